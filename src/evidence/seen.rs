//! Evidence from what the program printed, and from the daemon's log, for findings of the code.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::archive::{EventKind, PmId, ProbeHit, Stream};
use crate::checkout::Place;
use crate::finding::{Confidence, Evidence, Finding};

use super::{Join, concerns};

impl Join<'_> {
    /// What confirms or contradicts the finding without being an incident.
    pub(super) fn attach_sightings(&self, finding: &mut Finding) {
        if (self.confirms)(finding.rule, "duplicate-job") {
            self.attach_job(finding);
        }
        if (self.confirms)(finding.rule, "dropped-by-reload") {
            let reloads = self.reloads(finding);
            finding.evidence.extend(reloads);
        }
    }

    /// The job's own words: from several workers, or never.
    fn attach_job(&self, finding: &mut Finding) {
        let places: Vec<&Place> =
            finding.location.iter().chain(finding.related.iter().map(|related| &related.place)).collect();
        let ids: Vec<u32> = places.iter().flat_map(|place| self.probes.ids_of(place)).collect();
        if ids.is_empty() {
            return;
        }
        let probes = self.timeline.probes.iter().filter(|probe| ids.contains(&probe.id));
        let hits: Vec<&ProbeHit> = probes
            .flat_map(|probe| &probe.hits)
            .filter(|hit| hit.app.as_deref().is_none_or(|app| concerns(finding, app)))
            .collect();
        let workers: BTreeSet<Option<u32>> = hits.iter().map(|hit| hit.pm_id).collect();
        let ran_alone = workers.len() == 1 && !workers.contains(&None) && self.worker_count(finding) > 1;
        let says_never = finding.label == "true in no worker";
        if hits.is_empty() && says_never {
            finding.evidence.extend(self.absence(finding));
        } else if says_never || ran_alone {
            finding.confidence = if hits.is_empty() { finding.confidence } else { Confidence::Low };
        } else {
            finding.evidence.extend(hits.into_iter().take(MAX_HITS).map(|hit| hit.evidence.clone()));
        }
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

    /// Workers that PM2 stopped for a reload.
    fn reloads(&self, finding: &Finding) -> Option<Evidence> {
        let mut stops = self.timeline.events.iter().filter(|event| {
            let is_old = matches!(event.pm_id, Some(PmId::Old(_)));
            is_old
                && matches!(event.kind, EventKind::Exited { .. })
                && event.app.as_deref().is_some_and(|app| concerns(finding, app))
        });
        let first = stops.next()?;
        let (count, last) = stops.fold((1, first), |(count, _), event| (count + 1, event));
        let app: &str = first.app.as_deref().unwrap_or_default();
        let pm_id = first.pm_id.map(|id| id.to_string()).unwrap_or_default();
        Some(Evidence {
            kind: "daemon",
            archive: first.source.archive,
            file: Arc::clone(&first.source.file),
            line: Some(first.source.line),
            count,
            first: first.time.map(|time| time.to_string()),
            last: last.time.map(|time| time.to_string()),
            excerpt: format!("App [{app}:{pm_id}] exited (stopped by a reload)"),
        })
    }
}

/// Lines shown of one job.
const MAX_HITS: usize = 4;
