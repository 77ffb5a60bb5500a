//! Which finding explains which incident.

use crate::archive::{Incident, IncidentKind, PortInUse};
use crate::checkout::{Place, file_name};
use crate::finding::{Confidence, Evidence, Finding, Related};
use crate::fleet::{App, Port};

use super::Join;
use super::account::lived;
use super::cause::{error_of, is_port_conflict};
use super::incident::is_silent;
use super::known::Known;
use super::observe::{is_told, places};

/// The findings that an incident confirms.
pub(super) struct Explanation {
    /// The one that carries it.
    pub best: usize,
    pub others: Vec<usize>,
    /// That one is what made it happen, and not only worse.
    pub is_explained: bool,
}

impl Explanation {
    /// Lets the others say which finding carries the incident.
    pub fn refer(&self, findings: &mut [Finding]) {
        let (rule, place) = (findings[self.best].rule, findings[self.best].location.clone());
        for at in &self.others {
            let finding = &mut findings[*at];
            finding.told_by = Some(rule);
            let is_told =
                finding.location == place || finding.related.iter().any(|other| Some(&other.place) == place.as_ref());
            let place = place.clone().filter(|_| !is_told && finding.rule != rule);
            finding
                .related
                .extend(place.map(|place| Related { place, message: format!("what happened is told there: {rule}") }));
        }
    }

    /// Names in `finding`, which carries the incident by itself, those that may have a share in it.
    pub fn relate(&self, mut finding: Finding, findings: &mut [Finding]) -> Finding {
        for at in std::iter::once(&self.best).chain(&self.others) {
            let other = &mut findings[*at];
            other.told_by = Some(finding.rule);
            let is_told = finding.related.iter().any(|known| Some(&known.place) == other.location.as_ref());
            let place = other.location.clone().filter(|_| !is_told);
            finding = finding.related(place, format!("may have a share in it: {}", other.rule));
        }
        finding
    }
}

/// What was measured of what the finding speaks of.
fn measured(incident: &Incident) -> Option<String> {
    let count = incident.count;
    match &incident.kind {
        IncidentKind::CrashLoop(crash) => Some(format!("{} ends, each {}", crash.exits, lived(crash.lifetime_ms?))),
        IncidentKind::ReadyTimeout(timeout) => Some(format!(
            "{}, online {}",
            if count == 1 { "a start".to_owned() } else { format!("{count} starts") },
            lived((timeout.shortest_ms, timeout.gap_ms))
        )),
        IncidentKind::WatchLoop { path } => {
            Some(format!("{count} restarts, each right after a start, most often because of `{path}`"))
        }
        _ => None,
    }
}

/// What the app said, what the daemon said, and what a list says.
fn first_of_each_kind(incident: &Incident) -> Vec<&Evidence> {
    let mut first: Vec<&Evidence> = Vec::new();
    for evidence in &incident.evidence {
        if first.iter().all(|known| known.kind != evidence.kind) {
            first.push(evidence);
        }
    }
    first
}

/// How sure a finding is once an incident confirms it.
fn raised(confidence: Confidence, is_cause: bool) -> Confidence {
    match confidence {
        Confidence::Medium if is_cause => Confidence::High,
        confidence => confidence.max(Confidence::Medium),
    }
}

/// Whether the finding is about what comes after the text at `said`.
fn is_just_behind(finding: &Finding, said: &Place) -> bool {
    places(finding).any(|place| place.file == said.file && said.span.start <= place.span.end)
}

impl Join<'_> {
    /// Gives the incident's evidence to the finding that explains it best, and its first lines to the others that it confirms.
    /// `None`: it confirms none.
    pub(super) fn explain(&self, incident: &Incident, findings: &mut [Finding]) -> Option<Explanation> {
        let confirmed: Vec<usize> =
            (0..findings.len()).filter(|at| self.is_confirmed(&findings[*at], incident)).collect();
        let said = self.said_at_the_end(incident);
        let is_cause: Vec<bool> =
            confirmed.iter().map(|at| self.is_cause(&findings[*at], incident, said.as_ref())).collect();
        let worth = |(at, is_cause): &(&usize, &bool)| {
            let finding = &findings[**at];
            (**is_cause, finding.severity, finding.confidence, std::cmp::Reverse(**at))
        };
        let (best, is_explained) = confirmed.iter().zip(&is_cause).max_by_key(worth)?;
        let (best, is_explained) = (*best, *is_explained);
        for (at, is_cause) in confirmed.iter().zip(is_cause) {
            let finding = &mut findings[*at];
            let said = said.as_ref().filter(|(place, _)| is_just_behind(finding, place));
            finding.evidence.extend(said.map(|(_, line)| line.clone()));
            finding.confidence = raised(finding.confidence, is_cause);
            if *at == best && is_cause {
                self.carry(finding, incident);
            }
            let shown = if *at == best { incident.evidence.iter().collect() } else { first_of_each_kind(incident) };
            finding.evidence.extend(shown.into_iter().cloned());
        }
        let others = confirmed.into_iter().filter(|at| *at != best).collect();
        Some(Explanation { best, others, is_explained })
    }

    /// Lets the finding tell of the incident: where, and how often.
    fn carry(&self, finding: &mut Finding, incident: &Incident) {
        let thrown = error_of(incident).and_then(|error| self.frame_place(error, incident.app.as_deref()));
        let elsewhere = thrown.map(|found| found.place).filter(|place| !self.is_at(finding, place));
        finding.related.extend(elsewhere.map(|place| Related { place, message: "thrown here".into() }));
        finding.message.extend(measured(incident).map(|measured| format!("; the logs show {measured}")));
    }

    fn is_confirmed(&self, finding: &Finding, incident: &Incident) -> bool {
        let Some(app) = incident.app.as_deref().filter(|app| self.concerns(finding, app)) else { return false };
        let confirms = |kind: &str| (self.pages.confirms)(finding.rule, kind);
        match &incident.kind {
            IncidentKind::PortInUse(port) if !self.may_open(finding, port) => false,
            IncidentKind::ReadyTimeout(timeout) => {
                confirms(incident.kind.rule()) && self.known(app).is_ready_timeout(timeout.gap_ms)
            }
            _ if error_of(incident).is_some_and(is_port_conflict) => {
                confirms("port-in-use") || confirms(incident.kind.rule())
            }
            _ => confirms(incident.kind.rule()),
        }
    }

    /// Whether the finding is about no port in particular, or it may be about this one.
    fn may_open(&self, finding: &Finding, taken: &PortInUse) -> bool {
        let Some(taken) = taken.port else { return true };
        let listens = self.fleet.apps.iter().filter(|app| is_told(finding, app)).flat_map(App::listens);
        let ports: Vec<&Port> = listens
            .filter(|(effect, ..)| places(finding).any(|place| *place == effect.place))
            .map(|(_, _, listen)| &listen.port)
            .collect();
        ports.is_empty() || ports.into_iter().any(|port| !matches!(port, Port::Number(other) if *other != taken))
    }

    /// An error of the program itself, or an end that it announced, has another cause than a finding elsewhere, which only makes
    /// it worse, as some findings always do.
    fn is_cause(&self, finding: &Finding, incident: &Incident, said: Option<&(Place, Evidence)>) -> bool {
        if (self.pages.worsens)(finding.rule, incident.kind.rule()) {
            return false;
        }
        match (error_of(incident), said) {
            (Some(error), _) if !is_port_conflict(error) => {
                let found = self.frame_place(error, incident.app.as_deref());
                found.is_none_or(|found| self.is_at(finding, &found.place) || self.names_file(finding, &found.place))
            }
            (None, Some((place, _))) => is_just_behind(finding, place),
            _ => true,
        }
    }

    /// What the checkout tells of the app called `name`.
    pub(super) fn known(&self, name: &str) -> Known {
        Known::of_checkout(self.fleet.apps.iter().filter(|app| self.identity.is(name, &app.app.name)))
    }

    /// What the program said before each end of a loop whose error no log shows.
    fn said_at_the_end(&self, incident: &Incident) -> Option<(Place, Evidence)> {
        let app = self.app(incident.app.as_deref()?).filter(|_| is_silent(incident))?;
        self.last_words(app, incident)
    }

    fn is_at(&self, finding: &Finding, thrown: &Place) -> bool {
        places(finding).any(|place| self.is_near(place, thrown))
    }

    /// The finding is about an option that names the file in which the error was thrown, as one that is preloaded.
    fn names_file(&self, finding: &Finding, thrown: &Place) -> bool {
        let of_option = |place: &&Place| finding.apps.iter().any(|app| app.config == place.file);
        let Some(option) = finding.location.as_ref().filter(of_option) else { return false };
        let is_script = self.fleet.apps.iter().any(|app| app.source() == Some(&thrown.file));
        let source = self.modules.checkout().source(&option.file).filter(|_| !is_script);
        source.is_some_and(|source| {
            source.line_text(source.position(option.span.start).line).contains(file_name(&thrown.file))
        })
    }
}
