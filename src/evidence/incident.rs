//! Incidents that no finding explains, as findings of their own.

use std::borrow::Cow;
use std::sync::Arc;

use crate::archive::{CrashLoop, Incident, IncidentKind, PortInUse};
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Evidence, Finding};
use crate::fleet::{Action, App, Port};
use crate::js::eval::When;

use super::Join;
use super::account::Account;
use super::cause::{Cause, error_of};
use super::frame::Found;

impl Join<'_> {
    /// A cause as a finding.
    pub(super) fn finding(&self, cause: &Cause<'_>) -> Option<Finding> {
        let incident = cause.incident;
        let rule = (self.pages.reported_as)(incident.kind.rule())?;
        let name = incident.app.as_deref().unwrap_or("an app");
        let Account { severity, message, help } = Account::of(cause, &self.known(name))?;
        let app = incident.app.as_deref().and_then(|name| self.app(name));
        let Told { places, is_approximate, mut evidence } = self.told(app, incident);
        let help = if evidence.is_empty() || !is_silent(incident) { help } else { LAST_WORDS.to_owned() };
        let message = if is_approximate { format!("{message}; {APPROXIMATE}") } else { message };
        let mut finding = Finding::new(rule, severity, message).help(help);
        let mut places = places.into_iter();
        let fallback = || app.and_then(|app| place_of(app, incident)).map(|(place, label)| (place, label.into()));
        if let Some((place, label)) = places.next().or_else(fallback) {
            finding = finding.at(place, label);
        }
        for (place, what) in places {
            finding = finding.related(Some(place), what);
        }
        finding = match app {
            Some(app) => finding.app(app.app.reference()),
            None => finding.app(AppRef { name: name.into(), config: Arc::from(""), envs: Vec::new() }),
        };
        let confidence = if is_approximate { Confidence::Medium } else { Confidence::High };
        evidence.extend(cause.evidence().into_iter().cloned());
        finding.evidence = evidence;
        Some(finding.scope(format!("{name}: {}", incident.kind.rule())).confidence(confidence))
    }

    /// Where the code tells of the incident: by the stack, else by the message, else by what was said before the end, else by what
    /// may end the start.
    fn told(&self, app: Option<&App<'_>>, incident: &Incident) -> Told {
        let error = error_of(incident);
        if let Some(found) = error.and_then(|error| self.frame_place(error, incident.app.as_deref())) {
            let Found { place, is_approximate } = found;
            return Told { places: vec![(place, label(incident).into())], is_approximate, evidence: Vec::new() };
        }
        if let Some(place) = error.and_then(|error| self.failed_import(error, incident.app.as_deref())) {
            return Told { places: vec![(place, "this import fails".into())], ..Told::default() };
        }
        let Some(app) = app else { return Told::default() };
        let made = error.map_or_else(Vec::new, |error| self.made_at(error, app));
        if !made.is_empty() {
            let what = if made.len() == 1 { "its message is made here" } else { "its message may be made here" };
            let places = made.into_iter().take(MAX_SUSPECTS).map(|place| (place, what.into()));
            return Told { places: places.collect(), ..Told::default() };
        }
        match self.last_words(app, incident).filter(|_| is_end(incident)) {
            Some((place, line)) => {
                Told { places: vec![(place, "said before each end".into())], evidence: vec![line], ..Told::default() }
            }
            None if is_silent(incident) => Told { places: suspects(app), ..Told::default() },
            None => Told::default(),
        }
    }
}

/// What to do about an app that says something before it ends.
const LAST_WORDS: &str =
    "what it says right before it ends tells why: mend that; the same script under plain `node` shows it at once";

/// What the code tells of an incident.
#[derive(Default)]
struct Told {
    /// The best first, each with what it shows.
    places: Vec<(Place, Cow<'static, str>)>,
    is_approximate: bool,
    evidence: Vec<Evidence>,
}

/// Said where the checkout is not what ran.
const APPROXIMATE: &str =
    "the place is approximate, for what ran was not built from this very file: it was found by what it does";

/// The app ended by itself.
fn is_end(incident: &Incident) -> bool {
    matches!(&incident.kind, IncidentKind::CrashLoop(_) | IncidentKind::UncaughtException(_))
}

/// A crash loop whose error no log shows.
pub(super) fn is_silent(incident: &Incident) -> bool {
    matches!(&incident.kind, IncidentKind::CrashLoop(CrashLoop { error: None, .. }))
}

/// Where the program may end while it starts, the surest first: what to look at when no log shows the error.
fn suspects(app: &App<'_>) -> Vec<(Place, Cow<'static, str>)> {
    let ends =
        app.reached().filter(|(_, seen)| seen.when == When::Load).filter_map(|(effect, seen)| match &seen.action {
            Action::Throw => {
                Some((seen.reach, &effect.place, "may be what ends it: thrown while the program loads".into()))
            }
            Action::Missing(_) => Some((seen.reach, &effect.place, "may be what ends it: not in the checkout".into())),
            Action::MayThrow(why) => Some((seen.reach, &effect.place, format!("may be what ends it: {why}").into())),
            _ => None,
        });
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by_key(|(reach, ..)| std::cmp::Reverse(*reach));
    ends.into_iter().take(MAX_SUSPECTS).map(|(_, place, what)| (place.clone(), what)).collect()
}

/// Places shown.
const MAX_SUSPECTS: usize = 3;

/// The place that is concerned, where no stack tells, and what is said of it.
fn place_of(app: &App<'_>, incident: &Incident) -> Option<(Place, &'static str)> {
    let option = |key: &str| app.app.option_place(key).cloned();
    let own = match &incident.kind {
        IncidentKind::PortInUse(port) => (listen_of(app, port), "the port was taken"),
        IncidentKind::UnevenLoad(_) => (app.listens().next().map(|(effect, ..)| effect.place.clone()), "this server"),
        IncidentKind::DuplicateJob(_) => (app.schedules().next().map(|(effect, ..)| effect.place.clone()), "this job"),
        IncidentKind::ForcedKill { .. } => (option("kill_timeout"), "so long PM2 waits"),
        IncidentKind::ReadyTimeout(_) => (option("wait_ready"), "PM2 waits for it"),
        IncidentKind::MemoryRestartLoop { .. } => (option("max_memory_restart"), "the limit"),
        _ => (None, ""),
    };
    let app = || Some((option("script").or_else(|| app.app.place().cloned())?, "this app"));
    own.0.map(|place| (place, own.1)).or_else(app)
}

/// Where the program opens the port.
fn listen_of(app: &App<'_>, taken: &PortInUse) -> Option<Place> {
    let port = Port::Number(taken.port?);
    app.listens().find(|(_, _, listen)| listen.port == port).map(|(effect, ..)| effect.place.clone())
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
