//! Evidence from what the program printed, and from the daemon's log, for findings of the code.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::archive::{Event, EventKind, PmId, ProbeHit, Stream};
use crate::checkout::Place;
use crate::finding::{Confidence, Evidence, Finding};

use super::{Join, concerns};

impl Join<'_> {
    /// What confirms or contradicts the finding without being an incident.
    pub(super) fn attach_sightings(&self, finding: &mut Finding) {
        self.attach_words(finding);
        for (name, what, is_such) in EVENTS {
            if (self.confirms)(finding.rule, name) {
                let lines = self.daemon(finding, what, is_such);
                finding.evidence.extend(lines);
            }
        }
        let known = self.timeline.sightings.iter().filter(|sighting| {
            (self.confirms)(finding.rule, sighting.signature)
                && sighting.app.as_deref().is_some_and(|app| concerns(finding, app))
        });
        let lines: Vec<Evidence> = known.map(|sighting| sighting.evidence.clone()).take(MAX_HITS).collect();
        finding.evidence.extend(lines);
    }

    /// What the code that the finding speaks of prints: from several workers, or never.
    fn attach_words(&self, finding: &mut Finding) {
        let places: Vec<&Place> =
            finding.location.iter().chain(finding.related.iter().map(|related| &related.place)).collect();
        let ids: Vec<u32> = places.iter().flat_map(|place| self.probes.ids_of(place)).collect();
        let is_reached = self.is_reached(&places);
        if ids.is_empty() || (is_reached && !(self.confirms)(finding.rule, "duplicate-job")) {
            return;
        }
        let probes = self.timeline.probes.iter().filter(|probe| ids.contains(&probe.id));
        let hits: Vec<&ProbeHit> = probes
            .flat_map(|probe| &probe.hits)
            .filter(|hit| hit.app.as_deref().is_none_or(|app| concerns(finding, app)))
            .collect();
        let workers: BTreeSet<Option<u32>> = hits.iter().map(|hit| hit.pm_id).collect();
        let ran_alone = workers.len() == 1 && !workers.contains(&None) && self.worker_count(finding) > 1;
        match (is_reached, hits.is_empty()) {
            (false, true) => finding.evidence.extend(self.absence(finding)),
            (false, false) => finding.confidence = Confidence::Low,
            (true, _) if ran_alone => finding.confidence = Confidence::Low,
            (true, _) => finding.evidence.extend(hits.into_iter().take(MAX_HITS).map(|hit| hit.evidence.clone())),
        }
    }

    /// Whether some worker comes to what the finding speaks of.
    fn is_reached(&self, places: &[&Place]) -> bool {
        let effects = self.fleet.apps.iter().flat_map(|app| &app.effects);
        let mut told = effects
            .filter(|effect| places.contains(&&effect.place) && self.probes.ids_of(&effect.place).next().is_some());
        told.any(|effect| effect.is_reached())
    }

    fn worker_count(&self, finding: &Finding) -> usize {
        let apps = self.timeline.apps.iter().filter(|app| concerns(finding, &app.name));
        apps.map(|app| app.workers.iter().filter(|worker| worker.starts > 0).count()).max().unwrap_or(0)
    }

    /// The files that were searched for words that never came.
    fn absence(&self, finding: &Finding) -> Vec<Evidence> {
        let apps = self.timeline.apps.iter().filter(|app| concerns(finding, &app.name));
        let files = apps.flat_map(|app| &app.files).filter(|file| file.stream != Stream::Error && file.bytes > 0);
        let absent = |file: &crate::archive::LogFile| Evidence {
            kind: "absence",
            archive: file.archive,
            file: file.file.clone(),
            line: None,
            count: 0,
            first: None,
            last: None,
            excerpt: String::new(),
        };
        files.take(MAX_HITS).map(absent).collect()
    }

    /// The lines of the daemon's log about the finding's apps that are such events.
    fn daemon(&self, finding: &Finding, what: &str, is_such: fn(&Event) -> bool) -> Option<Evidence> {
        let concerned = |event: &&Event| event.app.as_deref().is_some_and(|app| concerns(finding, app));
        let mut events = self.timeline.events.iter().filter(concerned).filter(|event| is_such(event));
        let first = events.next()?;
        let (count, last) = events.fold((1, first), |(count, _), event| (count + 1, event));
        let app = first.app.as_deref().unwrap_or_default();
        let pm_id = first.pm_id.map(|id| id.to_string()).unwrap_or_default();
        Some(Evidence {
            kind: "daemon",
            archive: first.source.archive,
            file: Arc::clone(&first.source.file),
            line: Some(first.source.line),
            count,
            first: first.time.map(|time| time.to_string()),
            last: last.time.map(|time| time.to_string()),
            excerpt: format!("App [{app}:{pm_id}] {what}"),
        })
    }
}

/// An event of the daemon's log that confirms findings: the name that pages use, what it says, and which it is.
type Confirming = (&'static str, &'static str, fn(&Event) -> bool);

const EVENTS: [Confirming; 3] = [
    ("kill-timeout", "was still alive after kill_timeout", |event| matches!(event.kind, EventKind::KillTimeout { .. })),
    ("reload", "exited, stopped by a reload", |event| {
        matches!((event.pm_id, &event.kind), (Some(PmId::Old(_)), EventKind::Exited { .. }))
    }),
    ("watch-restart", "was restarted for a changed file", |event| matches!(event.kind, EventKind::WatchChange { .. })),
];

/// Lines shown of one job.
const MAX_HITS: usize = 4;
