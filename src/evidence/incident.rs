//! Incidents that no finding explains, as findings of their own.

use std::sync::Arc;

use crate::archive::{CrashLoop, Incident, IncidentKind, PortInUse};
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Finding};
use crate::fleet::{App, Port};

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
        let finding = Finding::new(rule, severity, message).help(help);
        let app = self.app(incident);
        let code = error_of(incident).and_then(|error| self.frame_place(error, incident));
        let place = code.or_else(|| app.and_then(|app| place_of(app, incident)));
        let mut finding = match place {
            Some(place) => finding.at(place, label(incident)),
            None => finding,
        };
        finding = match app {
            Some(app) => finding.app(app.app.reference()),
            None => finding.app(AppRef { name: name.into(), config: Arc::from(""), envs: Vec::new() }),
        };
        finding.evidence = cause.evidence().into_iter().cloned().collect();
        Some(finding.scope(format!("{name}: {}", incident.kind.rule())).confidence(Confidence::High))
    }
}

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
