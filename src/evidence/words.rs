//! What jobs and handlers print, against what is said of them: run by several workers at once, by one alone, or never.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time};

use crate::archive::ProbeHit;
use crate::finding::{Confidence, Finding};

use super::Join;
use super::observe::{MOST, places};

impl Join<'_> {
    /// Compares what the finding says of a job or handler with what that printed.
    pub(super) fn attach_words(&self, finding: &mut Finding) {
        let is_told = self.fleet.apps.iter().flat_map(|app| &app.effects).filter(|effect| {
            effect.seen.iter().flatten().any(|seen| seen.callback.is_some())
                && places(finding).any(|place| *place == effect.place)
        });
        let effects: Vec<_> = is_told.collect();
        if effects.is_empty() {
            return;
        }
        let is_reached = effects.iter().any(|effect| effect.is_reached());
        let hits = self.printed(finding);
        match is_reached {
            false if hits.is_empty() => finding.evidence.extend(self.absence(finding)),
            false => finding.confidence = Confidence::Low,
            true if (self.pages.confirms)(finding.rule, "duplicate-job") => self.compare_workers(finding, &hits),
            true => {}
        }
    }

    fn compare_workers(&self, finding: &mut Finding, hits: &[&ProbeHit]) {
        let workers: BTreeSet<Option<u32>> = hits.iter().map(|hit| hit.pm_id).collect();
        let all_searched = (0..self.timeline.archives.len()).all(|archive| self.timeline.was_searched(archive));
        let ran_alone =
            all_searched && workers.len() == 1 && !workers.contains(&None) && self.worker_count(finding) > 1;
        if ran_alone {
            finding.confidence = Confidence::Low;
            return;
        }
        finding.evidence.extend(hits.iter().take(MOST).map(|hit| hit.evidence.clone()));
        if let Some(runs) = Runs::of(hits).or_else(|| Runs::of_shared(hits, self.worker_count(finding))) {
            finding.message = format!("{}; the logs show it: {runs}", finding.message);
            finding.confidence = Confidence::High;
        } else if workers.len() > 1 && !workers.contains(&None) {
            finding.message = format!("{}; the logs show it from {} workers", finding.message, workers.len());
        }
    }
}

/// What several workers did at once.
#[derive(Debug, PartialEq, Eq)]
struct Runs {
    /// How many at the most.
    workers: usize,
    /// How often.
    times: usize,
    /// The time of day, if it is always the same.
    at: Option<Time>,
    days: usize,
}

impl Runs {
    /// The moments at which two or more workers printed the same; `None`: none, or the lines have no times.
    fn of(hits: &[&ProbeHit]) -> Option<Self> {
        let mut by_second: BTreeMap<DateTime, BTreeSet<u32>> = BTreeMap::new();
        for hit in hits {
            let Some(id) = hit.pm_id else { continue };
            for second in hit.seconds.keys() {
                by_second.entry(*second).or_default().insert(id);
            }
        }
        Self::at(by_second.iter().map(|(second, workers)| (second, workers.len())))
    }

    /// The same of a log that all `workers` write and that does not say who did: most of the time a line comes several times
    /// in a second, again and again, and never more often than there are workers.
    fn of_shared(hits: &[&ProbeHit], workers: usize) -> Option<Self> {
        let said = hits.iter().filter(|hit| hit.pm_id.is_none()).map(|hit| &hit.seconds);
        let said = said.max_by_key(|seconds| seconds.len())?;
        let runs = Self::at(said.iter().map(|(second, count)| (second, *count as usize)))?;
        (runs.workers <= workers && runs.times > 1 && runs.times * 2 > said.len()).then_some(runs)
    }

    /// The moments with more than one run.
    fn at<'t>(moments: impl Iterator<Item = (&'t DateTime, usize)>) -> Option<Self> {
        let shared: Vec<(&DateTime, usize)> = moments.filter(|(_, count)| *count > 1).collect();
        let workers = shared.iter().map(|(_, count)| *count).max()?;
        let times: BTreeSet<Time> = shared.iter().map(|(second, _)| second.time()).collect();
        let days: BTreeSet<Date> = shared.iter().map(|(second, _)| second.date()).collect();
        let at = times.first().copied().filter(|_| times.len() == 1);
        Some(Self { workers, times: shared.len(), at, days: days.len() })
    }
}

impl std::fmt::Display for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { workers, times, at, days } = self;
        write!(f, "it ran {workers} times at once")?;
        match (at, days) {
            (Some(at), 1) => write!(f, ", at {at}"),
            (Some(at), days) => write!(f, ", at {at} on {days} days"),
            (None, _) => write!(f, ", at {times} different moments"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Evidence;

    fn hit(pm_id: u32, seconds: &[&str]) -> ProbeHit {
        let evidence = Evidence {
            kind: "log",
            archive: 0,
            file: format!("logs/api-out-{pm_id}.log").into(),
            line: Some(1),
            count: seconds.len() as u64,
            first: None,
            last: None,
            excerpt: "report sent".into(),
            hit: None,
        };
        let seconds = seconds.iter().map(|second| (second.parse().unwrap(), 1)).collect();
        ProbeHit { app: Some("api".into()), pm_id: Some(pm_id), evidence, seconds }
    }

    fn told(hits: &[ProbeHit]) -> Option<String> {
        Runs::of(&hits.iter().collect::<Vec<_>>()).map(|runs| runs.to_string())
    }

    #[test]
    fn runs_at_the_same_second_are_counted() {
        let nights = ["2026-03-01T03:00:00", "2026-03-02T03:00:00"];
        assert_eq!(told(&[hit(0, &nights), hit(1, &nights)]).unwrap(), "it ran 2 times at once, at 03:00:00 on 2 days");
        assert_eq!(told(&[hit(0, &nights), hit(1, &nights[..1])]).unwrap(), "it ran 2 times at once, at 03:00:00");
        let ticks = ["2026-03-01T03:00:00", "2026-03-01T03:05:00"];
        let three = [hit(0, &ticks), hit(1, &ticks), hit(2, &ticks[1..])];
        assert_eq!(told(&three).unwrap(), "it ran 3 times at once, at 2 different moments");
    }

    #[test]
    fn in_a_log_of_all_workers_the_lines_of_each_second_are_counted() {
        let of = |counts: &[u32]| {
            let seconds =
                (1..).zip(counts).map(|(day, count)| (jiff::civil::date(2026, 3, day).at(3, 0, 0, 0), *count));
            let hit = ProbeHit { pm_id: None, seconds: seconds.collect(), ..hit(0, &[]) };
            Runs::of_shared(&[&hit], 3).map(|runs| runs.to_string())
        };
        assert_eq!(of(&[3, 3, 2]).unwrap(), "it ran 3 times at once, at 03:00:00 on 3 days");
        assert_eq!(of(&[3, 1, 1, 1]), None, "once by chance");
        assert_eq!(of(&[9, 9]), None, "one run says several lines");
    }

    #[test]
    fn runs_at_different_times_prove_nothing() {
        assert_eq!(told(&[hit(0, &["2026-03-01T03:00:00"]), hit(1, &["2026-03-02T03:00:00"])]), None);
    }
}
