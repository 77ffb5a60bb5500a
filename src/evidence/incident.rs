//! Incidents that no finding explains, as findings of their own.

use std::sync::Arc;

use crate::archive::{CrashLoop, Incident, IncidentKind, PortInUse};
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Finding};
use crate::fleet::{Action, App, Port};
use crate::js::eval::When;

use super::Join;
use super::account::Account;
use super::cause::{Cause, causes, error_of};

impl Join<'_> {
    /// One finding for each cause.
    pub(super) fn report(&self, incidents: &[&Incident]) -> Vec<Finding> {
        causes(incidents).iter().filter_map(|cause| self.finding(cause)).collect()
    }

    fn finding(&self, cause: &Cause<'_>) -> Option<Finding> {
        let incident = cause.incident;
        let rule = (self.reported_as)(incident.kind.rule())?;
        let name = incident.app.as_deref().unwrap_or("an app");
        let Account { severity, message, help } = Account::of(cause, &self.known(name))?;
        let app = incident.app.as_deref().and_then(|name| self.app(name));
        let found = error_of(incident).and_then(|error| self.frame_place(error, incident.app.as_deref()));
        let is_approximate = found.as_ref().is_some_and(|found| found.is_approximate);
        let message = if is_approximate { format!("{message}; {APPROXIMATE}") } else { message };
        let finding = Finding::new(rule, severity, message).help(help);
        let code = found.map(|found| found.place);
        let place = code.or_else(|| app.and_then(|app| place_of(app, incident)));
        let mut finding = match place {
            Some(place) => finding.at(place, label(incident)),
            None => finding,
        };
        finding = match app {
            Some(app) => finding.app(app.app.reference()),
            None => finding.app(AppRef { name: name.into(), config: Arc::from(""), envs: Vec::new() }),
        };
        for (place, what) in app.filter(|_| is_silent(incident)).into_iter().flat_map(suspects) {
            finding = finding.related(Some(place), what);
        }
        let confidence = if is_approximate { Confidence::Medium } else { Confidence::High };
        finding.evidence = cause.evidence().into_iter().cloned().collect();
        Some(finding.scope(format!("{name}: {}", incident.kind.rule())).confidence(confidence))
    }
}

/// Said where the checkout is not what ran.
const APPROXIMATE: &str =
    "the place is approximate, for what ran was not built from this very file: it was found by what it does";

/// A crash loop whose error no log shows.
fn is_silent(incident: &Incident) -> bool {
    matches!(&incident.kind, IncidentKind::CrashLoop(CrashLoop { error: None, .. }))
}

/// Where the program may end while it starts: what to look at when no log shows the error.
fn suspects<'a>(app: &'a App<'_>) -> impl Iterator<Item = (Place, &'static str)> + 'a {
    let ends =
        app.reached().filter(|(_, seen)| seen.when == When::Load).filter_map(|(effect, seen)| match &seen.action {
            Action::Throw => Some((effect.place.clone(), "may be what ends it: thrown while the program loads")),
            Action::Missing(_) => Some((effect.place.clone(), "may be what ends it: not in the checkout")),
            _ => None,
        });
    ends.take(MAX_SUSPECTS)
}

/// Places shown.
const MAX_SUSPECTS: usize = 3;

/// The place that is concerned, where no stack tells.
fn place_of(app: &App<'_>, incident: &Incident) -> Option<Place> {
    let option = |key: &str| app.app.option_place(key).cloned();
    let listen = || {
        let IncidentKind::PortInUse(PortInUse { port: Some(port), .. }) = &incident.kind else { return None };
        app.listens()
            .find(|(_, _, listen)| listen.port == Port::Number(*port))
            .map(|(effect, _, _)| effect.place.clone())
    };
    let own = match &incident.kind {
        IncidentKind::PortInUse(_) => listen(),
        IncidentKind::UnevenLoad(_) => app.listens().next().map(|(effect, ..)| effect.place.clone()),
        IncidentKind::DuplicateJob(_) => app.schedules().next().map(|(effect, ..)| effect.place.clone()),
        IncidentKind::ForcedKill { .. } => option("kill_timeout"),
        IncidentKind::ReadyTimeout(_) => option("wait_ready"),
        IncidentKind::MemoryRestartLoop { .. } => option("max_memory_restart"),
        _ => None,
    };
    own.or_else(|| option("script")).or_else(|| app.app.place().cloned())
}

fn label(incident: &Incident) -> &'static str {
    match &incident.kind {
        IncidentKind::UncaughtException(_) => "thrown here",
        IncidentKind::UnhandledRejection(_) => "rejected here",
        IncidentKind::PortInUse(_) => "the port was taken",
        IncidentKind::CrashLoop(CrashLoop { error: Some(_), .. }) => "ended by an error here",
        _ => "this app",
    }
}
