//! Which finding explains which incident.

use crate::archive::{ErrorBlock, Incident, IncidentKind};
use crate::finding::{Confidence, Finding};

use super::{Join, concerns};

/// Lines between a frame of a stack and a finding that speak of the same statement.
const NEAR: u32 = 3;

impl Join<'_> {
    /// Gives the incident's evidence to every finding that explains it; whether there is any.
    pub(super) fn explain(&self, incident: &Incident, findings: &mut [Finding]) -> bool {
        let mut is_explained = false;
        for finding in findings.iter_mut().filter(|finding| self.explains(finding, incident)) {
            finding.evidence.extend(incident.evidence.iter().cloned());
            finding.confidence = finding.confidence.max(Confidence::Medium);
            is_explained = true;
        }
        is_explained
    }

    fn explains(&self, finding: &Finding, incident: &Incident) -> bool {
        let Some(app) = incident.app.as_deref().filter(|app| concerns(finding, app)) else { return false };
        let rule = incident.kind.rule();
        match &incident.kind {
            IncidentKind::ReadyTimeout(timeout) => {
                (self.confirms)(finding.rule, rule) && self.is_listen_timeout(app, timeout.gap_ms)
            }
            IncidentKind::CrashLoop(_) | IncidentKind::PortInUse(_) => {
                (self.confirms)(finding.rule, rule)
                    || error_of(incident).is_some_and(|error| self.is_at(finding, error, incident))
            }
            _ => {
                (self.confirms)(finding.rule, rule)
                    || error_of(incident).is_some_and(|error| {
                        self.is_at(finding, error, incident)
                            || (is_port_conflict(error) && (self.confirms)(finding.rule, "port-in-use"))
                    })
            }
        }
    }

    /// Whether the time from start to online is the app's `listen_timeout`, give or take PM2's whole seconds.
    pub(super) fn is_listen_timeout(&self, app: &str, gap_ms: u64) -> bool {
        self.fleet.apps.iter().filter(|known| &*known.launch.name == app).any(|known| {
            let timeout = known.launch.listen_timeout.value;
            known.launch.wait_ready.value && gap_ms + 1000 >= timeout && gap_ms <= timeout * 2 + 2000
        })
    }

    fn is_at(&self, finding: &Finding, error: &ErrorBlock, incident: &Incident) -> bool {
        let Some(found) = self.frame_place(error, incident) else { return false };
        let line = |place: &crate::checkout::Place| {
            self.checkout.source(&place.file).map_or(0, |source| source.position(place.span.start).line)
        };
        let places = finding.location.iter().chain(finding.related.iter().map(|related| &related.place));
        places.filter(|place| place.file == found.file).any(|place| line(place).abs_diff(line(&found)) <= NEAR)
    }
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
