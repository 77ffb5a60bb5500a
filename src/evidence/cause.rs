//! Incidents by what made them: a crash loop and the exception behind it are one.

use std::borrow::Cow;

use crate::archive::{ErrorBlock, Frame, Incident, IncidentKind};
use crate::finding::Evidence;

/// An incident that no other one explains, and those that are what it looks like from elsewhere.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What happened.
    pub incident: &'a Incident,
    /// What followed from it.
    pub effects: Vec<&'a Incident>,
}

impl Cause<'_> {
    /// The cause and its effects.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        std::iter::once(self.incident).chain(self.effects.iter().copied())
    }

    /// The incident, with the times of what followed from it where its own lines have none.
    pub fn dated(&self) -> Cow<'_, Incident> {
        let Some(effect) = self.effects.first().filter(|_| self.incident.first.is_none()) else {
            return Cow::Borrowed(self.incident);
        };
        Cow::Owned(Incident { first: effect.first, last: effect.last, ..self.incident.clone() })
    }

    /// The lines that prove it, its own first, each once.
    pub fn evidence(&self) -> Vec<&Evidence> {
        let mut evidence: Vec<&Evidence> = Vec::new();
        for line in self.incidents().flat_map(|incident| &incident.evidence) {
            if !evidence.iter().any(|known| is_same_line(known, line)) {
                evidence.push(line);
            }
        }
        evidence
    }

    /// The innermost line of the app's own code in the stack, as it was on the host.
    pub fn frame(&self) -> Option<&Frame> {
        error_of(self.incident).and_then(innermost_frame)
    }
}

/// Whether both are one line, whatever was looked for in it.
fn is_same_line(one: &Evidence, other: &Evidence) -> bool {
    (one.archive, &one.file, one.line, one.count, &one.excerpt)
        == (other.archive, &other.file, other.line, other.count, &other.excerpt)
}

/// The innermost line of the app's own code in the stack of `error`, else of what caused it.
pub fn innermost_frame(error: &ErrorBlock) -> Option<&Frame> {
    error.app_frame().or_else(|| error.cause.as_deref().and_then(innermost_frame))
}

/// The causes among `incidents`, in their order.
pub fn causes<'a>(incidents: &[&'a Incident]) -> Vec<Cause<'a>> {
    let effects = |cause| incidents.iter().copied().filter(|other| is_effect_of(other, cause)).collect();
    let is_cause = |incident: &&&Incident| !incidents.iter().any(|other| is_effect_of(incident, other));
    incidents.iter().filter(is_cause).map(|incident| Cause { incident, effects: effects(incident) }).collect()
}

/// Whether `effect` is what `cause` looks like from elsewhere.
pub(super) fn is_effect_of(effect: &Incident, cause: &Incident) -> bool {
    if std::ptr::eq(effect, cause) {
        return false;
    }
    if effect.app != cause.app {
        return is_remnant_of(effect, cause);
    }
    let same_error = || error_of(effect).is_some() && error_of(effect) == error_of(cause);
    match (&effect.kind, &cause.kind) {
        (IncidentKind::CrashLoop(_), IncidentKind::PortInUse(_) | IncidentKind::ModuleNotFound(_)) => {
            same_error() || error_of(effect).is_none_or(is_port_conflict)
        }
        (IncidentKind::CrashLoop(_), IncidentKind::UncaughtException(_) | IncidentKind::UnhandledRejection(_)) => {
            same_error()
        }
        (IncidentKind::CrashLoop(_), IncidentKind::OutOfMemory) => true,
        (
            IncidentKind::UncaughtException(error) | IncidentKind::UnhandledRejection(error),
            IncidentKind::PortInUse(_),
        ) => is_port_conflict(&error.error),
        (IncidentKind::UncaughtException(_) | IncidentKind::UnhandledRejection(_), IncidentKind::ModuleNotFound(_)) => {
            same_error()
        }
        _ => false,
    }
}

/// What V8 wrote last into the daemon's log, where the line that names the app did not come any more.
fn is_remnant_of(effect: &Incident, cause: &Incident) -> bool {
    effect.app.is_none()
        && matches!((&effect.kind, &cause.kind), (IncidentKind::OutOfMemory, IncidentKind::OutOfMemory))
}

/// The error that an incident carries.
pub(super) fn error_of(incident: &Incident) -> Option<&ErrorBlock> {
    match &incident.kind {
        IncidentKind::CrashLoop(crash) => crash.error.as_deref(),
        IncidentKind::PortInUse(port) => port.error.as_deref(),
        IncidentKind::UncaughtException(exception) | IncidentKind::UnhandledRejection(exception) => {
            Some(&exception.error)
        }
        IncidentKind::ModuleNotFound(missing) => missing.error.as_deref(),
        _ => None,
    }
}

/// `EADDRINUSE`, however it was printed.
pub(super) fn is_port_conflict(error: &ErrorBlock) -> bool {
    error.message.contains("EADDRINUSE") || error.code.as_deref() == Some("EADDRINUSE")
}
