//! What an archive shows of an app beside incidents: what its code printed or never printed, how PM2 started and stopped it.

use std::collections::BTreeSet;

use crate::archive::{LogFile, LoggedError, ProbeHit, Stream};
use crate::checkout::{Place, file_name};
use crate::finding::{Evidence, Finding};
use crate::fleet::{Action, App};

use super::Join;
use super::daemon::EVENTS;
use super::probes::hits;

/// Lines shown of one thing.
pub(super) const MOST: usize = 4;

/// Something that an archive may show: the name that pages use, and what it shows of a finding's apps.
type Observation = (&'static str, fn(&Join<'_>, &Finding) -> Vec<Evidence>);

const OBSERVATIONS: [Observation; 7] = [
    ("printed", |join, finding| lines(join.printed(finding))),
    ("never-printed", |join, finding| join.absence(finding)),
    ("served", |join, finding| join.served(finding)),
    ("ready-printed", |join, finding| join.ready_printed(finding)),
    ("interleaved", |join, finding| join.interleaved(finding)),
    ("logged-error", |join, finding| join.logged_errors(finding)),
    ("status", |join, finding| join.status(finding)),
];

impl Join<'_> {
    /// What confirms the finding without being an incident.
    pub(super) fn observe(&self, finding: &mut Finding) {
        self.attach_words(finding);
        for (name, observe) in OBSERVATIONS {
            if (self.pages.confirms)(finding.rule, name) {
                finding.evidence.extend(observe(self, finding));
            }
        }
        for (name, is_such) in EVENTS {
            if (self.pages.confirms)(finding.rule, name) {
                finding.evidence.extend(self.daemon(finding, is_such));
            }
        }
        let known = self.timeline.sightings.iter().filter(|sighting| {
            (self.pages.confirms)(finding.rule, &sighting.signature)
                && sighting.app.as_deref().is_some_and(|app| self.concerns(finding, app))
        });
        let lines: Vec<Evidence> = known.map(|sighting| sighting.evidence.clone()).take(MOST).collect();
        finding.evidence.extend(lines);
    }

    /// What the functions behind the finding's effects printed.
    pub(super) fn printed(&self, finding: &Finding) -> Vec<&ProbeHit> {
        self.hits(finding, self.words_behind(finding))
    }

    /// The texts that they would print.
    fn words_behind(&self, finding: &Finding) -> BTreeSet<usize> {
        let mut positions = BTreeSet::new();
        for place in places(finding) {
            let apps = self.fleet.apps.iter().filter(|app| is_told(finding, app));
            let functions = apps.flat_map(|app| self.functions_behind(app, place));
            positions.extend(functions.flat_map(|function| self.probes.within(function)).map(|(_, at)| *at));
        }
        positions
    }

    /// The functions that run because of an effect at `place`: those that were followed, else its callback.
    fn functions_behind<'j>(&'j self, app: &'j App<'_>, place: &'j Place) -> impl Iterator<Item = &'j Place> {
        let effects = app.effects.iter().filter(move |effect| effect.place == *place);
        let callbacks = effects.flat_map(|effect| &effect.seen).flatten().filter_map(|seen| seen.callback.as_ref());
        app.functions_of(place).chain(callbacks)
    }

    /// Where texts were seen in the logs of the finding's apps.
    fn hits(&self, finding: &Finding, positions: impl IntoIterator<Item = usize>) -> Vec<&ProbeHit> {
        let all = positions.into_iter().flat_map(|at| hits(self.timeline, at));
        all.filter(|hit| hit.app.as_deref().is_none_or(|app| self.concerns(finding, app))).collect()
    }

    /// What the files printed in which each of the finding's apps does what the finding is about: both were at work.
    fn served(&self, finding: &Finding) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        for app in self.fleet.apps.iter().filter(|app| is_told(finding, app)) {
            let files = places(finding).map(|place| &place.file).filter(|file| app.files.contains(file));
            let files: BTreeSet<_> = files.collect();
            let positions = files.into_iter().flat_map(|file| self.probes.of_file(file)).map(|(_, at)| *at);
            let own = self.hits(finding, positions.collect::<BTreeSet<_>>());
            let own = own
                .into_iter()
                .filter(|hit| hit.app.as_deref().is_some_and(|name| self.identity.is(name, &app.app.name)));
            evidence.extend(own.map(|hit| hit.evidence.clone()).take(MOST / 2));
        }
        evidence
    }

    /// What the functions printed that say to PM2 that the app is ready.
    fn ready_printed(&self, finding: &Finding) -> Vec<Evidence> {
        let apps = self.fleet.apps.iter().filter(|app| is_told(finding, app));
        let functions = apps.flat_map(|app| {
            let ready = app.reached().filter(|(_, seen)| seen.action == Action::Ready);
            ready.filter_map(|(effect, _)| innermost(app, &effect.place))
        });
        let positions = functions.flat_map(|function| self.probes.within(function)).map(|(_, at)| *at);
        lines(self.hits(finding, positions.collect::<BTreeSet<_>>()))
    }

    /// Lines of several of the finding's apps in one file.
    fn interleaved(&self, finding: &Finding) -> Vec<Evidence> {
        let apps: Vec<&App<'_>> = self.fleet.apps.iter().filter(|app| is_told(finding, app)).collect();
        let said = |app: &App<'_>| {
            let texts = app.files.iter().flat_map(|file| self.probes.of_file(file)).map(|(_, at)| *at);
            let all = texts.collect::<BTreeSet<_>>().into_iter().flat_map(|at| hits(self.timeline, at));
            let shared = all.filter(|hit| apps.iter().any(|app| writes(app, &hit.evidence.file)));
            shared.max_by_key(|hit| hit.evidence.count).map(|hit| hit.evidence.clone())
        };
        apps.iter().filter_map(|app| said(app)).collect()
    }

    /// Errors that its apps printed and lived on after, which may be what the finding speaks of.
    fn logged_errors(&self, finding: &Finding) -> Vec<Evidence> {
        let own = self.timeline.errors.iter().filter(|logged| {
            logged.uncaught.is_none() && logged.app.as_deref().is_some_and(|app| self.concerns(finding, app))
        });
        let told = own.filter(|logged| self.is_of_start(finding, logged));
        told.flat_map(|logged| &logged.evidence).take(MOST).cloned().collect()
    }

    /// The stack leads to the finding, or has nothing of the app in it, as that of a connection that was refused.
    fn is_of_start(&self, finding: &Finding, logged: &LoggedError) -> bool {
        let (error, app) = (&logged.error, logged.app.as_deref());
        let mut own = (0..error.frames.len()).filter(|index| error.frames[*index].is_app()).peekable();
        own.peek().is_none()
            || own
                .filter_map(|index| self.locate(error, index, app))
                .any(|found| places(finding).any(|place| self.is_near(place, &found.place)))
    }

    /// What the saved list says of the processes of the finding's apps.
    fn status(&self, finding: &Finding) -> Vec<Evidence> {
        let own = self.timeline.processes.iter().filter(|process| self.concerns(finding, &process.name));
        let said = own.map(|process| {
            let status = process.status.as_deref().unwrap_or("saved");
            process.evidence(format!("{}: {status}, {} restarts", process.name, process.restart_time))
        });
        said.take(1).collect()
    }

    /// The files that were searched for words of the functions behind the finding's effects, none of which ever came.
    pub(super) fn absence(&self, finding: &Finding) -> Vec<Evidence> {
        let words = self.words_behind(finding);
        if words.is_empty() || !self.hits(finding, words).is_empty() {
            return Vec::new();
        }
        let apps = self.timeline.apps.iter().filter(|app| self.concerns(finding, &app.name));
        let files = apps
            .flat_map(|app| &app.files)
            .filter(|file| file.stream != Stream::Error && file.bytes > 0 && self.timeline.was_searched(file.archive));
        let absent = |file: &LogFile| Evidence {
            kind: "absence",
            archive: file.archive,
            file: file.file.clone(),
            line: None,
            count: 0,
            first: None,
            last: None,
            excerpt: String::new(),
            hit: None,
        };
        files.take(MOST).map(absent).collect()
    }

    /// Workers of the finding's apps that PM2 started.
    pub(super) fn worker_count(&self, finding: &Finding) -> usize {
        let apps = self.timeline.apps.iter().filter(|app| self.concerns(finding, &app.name));
        apps.map(|app| app.workers.iter().filter(|worker| worker.starts > 0).count()).max().unwrap_or(0)
    }
}

/// The places of a finding, its own first.
pub(super) fn places(finding: &Finding) -> impl Iterator<Item = &Place> {
    finding.location.iter().chain(finding.related.iter().map(|related| &related.place))
}

/// Whether a finding concerns an app of the checkout.
pub(super) fn is_told(finding: &Finding, app: &App<'_>) -> bool {
    finding.apps.iter().any(|told| told.name == app.app.name && told.config == app.app.config)
}

fn lines(hits: Vec<&ProbeHit>) -> Vec<Evidence> {
    hits.into_iter().take(MOST).map(|hit| hit.evidence.clone()).collect()
}

/// The innermost function that ran and holds `place`.
pub(super) fn innermost<'a>(app: &'a App<'_>, place: &Place) -> Option<&'a Place> {
    let around = app.entered.iter().map(|(_, function)| function);
    let around = around.filter(|function| function.file == place.file && function.span.contains(place.span));
    around.min_by_key(|function| function.span.end - function.span.start)
}

/// Whether the app writes a log of that name.
fn writes(app: &App<'_>, file: &str) -> bool {
    let launch = &app.launch;
    let files = [&launch.out_file, &launch.error_file, &launch.log_file].into_iter().flatten();
    files.into_iter().any(|log| file_name(&log.value) == file_name(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::contradict::CONTRADICTIONS;
    use crate::rules::pages::PAGES;

    #[test]
    fn pages_name_what_is_observed() {
        let signatures: toml::Table = toml::from_str(&std::fs::read_to_string("rules/logs/app.toml").unwrap()).unwrap();
        let signatures = signatures["signature"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap());
        let incidents = PAGES.iter().filter(|page| page.category == "incident").map(|page| page.id);
        let observed = OBSERVATIONS.iter().map(|(name, _)| *name).chain(EVENTS.iter().map(|(name, _)| *name));
        let known: BTreeSet<&str> = signatures
            .chain(incidents)
            .chain(observed)
            .chain(["duplicate-job", "one-shot-restarted", "watch-in-production"])
            .collect();
        let against: BTreeSet<&str> = CONTRADICTIONS.iter().map(|(name, _)| *name).collect();
        for page in PAGES {
            let unknown = page.confirmed_by.iter().chain(page.worsens).filter(|name| !known.contains(**name));
            assert_eq!(unknown.collect::<Vec<_>>(), [&""; 0], "confirmed_by of {}", page.id);
            assert!(page.contradicted_by.iter().all(|name| against.contains(name)), "contradicted_by of {}", page.id);
        }
    }
}
