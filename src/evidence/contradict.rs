//! What an archive shows against a finding.

use std::collections::BTreeMap;

use crate::archive::{EventKind, Incident, IncidentKind, PmId, Stamp, WorkerLog};
use crate::finding::{Confidence, Finding};

use super::Join;

/// Something that speaks against a finding: the name that pages use, and what was seen, in words.
type Contradiction = (&'static str, fn(&Join<'_>, &Finding) -> Option<String>);

pub(super) const CONTRADICTIONS: [Contradiction; 4] = [
    ("clean-stop", |join, finding| join.clean_stops(finding)),
    ("side-by-side", |join, finding| join.long_side_by_side(finding)),
    ("quick-ready", |join, finding| join.quick_starts(finding)),
    ("failed-ends", |join, finding| join.failed_ends(finding)),
];

/// So often it must have been seen.
const OFTEN: u64 = 2;
/// A start that takes longer may have waited, in ms; the daemon's log has whole seconds.
const QUICK_MS: i64 = 1000;

/// Processes that were up together for so long do not keep each other from listening, in ms.
const LONG_MS: i64 = 3_600_000;

impl Join<'_> {
    /// Takes confidence from a finding that the logs speak against.
    pub(super) fn contradict(&self, finding: &mut Finding) {
        for (name, observe) in CONTRADICTIONS {
            let seen = (self.pages.contradicts)(finding.rule, name).then(|| observe(self, finding)).flatten();
            if let Some(seen) = seen {
                finding.confidence = Confidence::Low;
                finding.message = format!("{}; but the logs show otherwise: {seen}", finding.message);
            }
        }
    }

    /// PM2 stopped its workers again and again, and never had to kill one.
    fn clean_stops(&self, finding: &Finding) -> Option<String> {
        let apps = self.timeline.apps.iter().filter(|app| self.concerns(finding, &app.name));
        let workers = apps.flat_map(|app| &app.workers);
        let (stops, kills) =
            workers.fold((0, 0), |(stops, kills), worker| (stops + worker.stops, kills + worker.forced_kills));
        (stops >= OFTEN && kills == 0).then(|| format!("{stops} stops ended in time, and none by SIGKILL"))
    }

    /// Several of its processes were up together for hours, none ended by itself, and no log shows an address in use.
    fn long_side_by_side(&self, finding: &Finding) -> Option<String> {
        let concerns = |app: Option<&str>| app.is_some_and(|app| self.concerns(finding, app));
        let is_refused = |incident: &Incident| {
            matches!(incident.kind, IncidentKind::PortInUse(_))
                && incident.app.as_deref().is_none_or(|app| concerns(Some(app)))
        };
        let apps = self.timeline.apps.iter().filter(|app| concerns(Some(&app.name)));
        let workers: Vec<&WorkerLog> = apps.flat_map(|app| &app.workers).filter(|worker| worker.starts > 0).collect();
        if workers.len() < 2
            || workers.iter().any(|worker| worker.own_exits > 0 || worker.errored)
            || self.timeline.incidents.iter().any(is_refused)
        {
            return None;
        }
        let up: Option<Vec<Stamp>> = workers.iter().map(|worker| worker.lives.last()?.started).collect();
        let since = up?.into_iter().max_by_key(|started| started.at)?;
        let until = self.timeline.events.iter().rev().find_map(|event| event.time)?;
        let ms = until.ms_since(since);
        let hours = ms / LONG_MS;
        (hours > 0).then(|| {
            format!("{} processes were up together for {hours} h and more, and no address was in use", workers.len())
        })
    }

    /// Its processes ended again and again, and with a code that says that they failed.
    fn failed_ends(&self, finding: &Finding) -> Option<String> {
        self.timeline.incidents.iter().find_map(|incident| match &incident.kind {
            IncidentKind::CrashLoop(crash) if crash.code != 0 && self.concerns(finding, incident.app.as_deref()?) => {
                Some(format!("{} ends with code {}, which is a failure", crash.exits, crash.code))
            }
            _ => None,
        })
    }

    /// Every start was online at once, and PM2 waits for `ready`.
    fn quick_starts(&self, finding: &Finding) -> Option<String> {
        let mut own = self.timeline.processes.iter().filter(|process| self.concerns(finding, &process.name));
        if !own.any(|process| process.pm2_env.get("wait_ready").is_some_and(|waits| *waits == true)) {
            return None;
        }
        let mut started: BTreeMap<u32, Option<Stamp>> = BTreeMap::new();
        let (mut quick, mut slow) = (0_u64, 0_u64);
        for event in &self.timeline.events {
            let (Some(PmId::Current(id)), Some(app)) = (event.pm_id, event.app.as_deref()) else { continue };
            match event.kind {
                EventKind::Starting { .. } => drop(started.insert(id, event.time)),
                EventKind::Online if self.concerns(finding, app) => {
                    let gap =
                        started.remove(&id).flatten().zip(event.time).map(|(start, online)| online.ms_since(start));
                    match gap {
                        Some(gap) if gap <= QUICK_MS => quick += 1,
                        _ => slow += 1,
                    }
                }
                _ => {}
            }
        }
        (quick >= OFTEN && slow == 0).then(|| format!("{quick} starts were online within a second"))
    }
}
