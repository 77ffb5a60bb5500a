//! From what was read to what happened.

mod case;
pub(super) mod causes;
mod siblings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::case::Case;
use crate::archive::errors::signature::Signature;
use crate::archive::scan::Scan;
use crate::archive::scan::inventory::{Kind, Log};
use crate::archive::scan::names::Names;
use crate::archive::scan::probe::Probe;
use crate::archive::scan::said::add_seconds;
use crate::archive::scan::sighted::{Sighted, Trace};
use crate::archive::text::decode::Origin;
use crate::archive::timeline::{AppLogs, LogFile, ProbeHit, ProbeHits, Process, Sighting, Timeline};

impl Scan {
    /// Judges all that was read; `probes` and the user's `own` signatures are those that were searched.
    pub fn tell(mut self, probes: &[Probe], own: &[Signature]) -> Timeline {
        let all: Vec<Process> = self.processes().cloned().collect();
        let names = Names::new(&all, &self.daemons.lives);
        self.settle(&names);
        let mut sighted = std::mem::take(&mut self.daemons.sighted);
        sighted.append(&mut self.sighted);
        sighted.iter_mut().for_each(|file| file.origin = names.resolve(std::mem::take(&mut file.origin)));
        // What ran when the archive was made, else what `pm2 save` wrote.
        let processes = if self.saved.is_empty() { self.dumped } else { self.saved };
        let origins = sighted.iter().map(|file| file.origin.app.clone());
        let apps: BTreeSet<Option<Arc<str>>> = origins.chain(names.apps().map(|app| Some(app.clone()))).collect();
        self.routines.iter_mut().for_each(|file| file.origin = names.resolve(std::mem::take(&mut file.origin)));
        let case = |app| Case::new(app, &self.daemons.lives, &sighted, &self.routines, &processes);
        let cases: Vec<Case<'_>> = apps.into_iter().map(case).collect();
        Timeline {
            archives: self.archives,
            apps: cases.iter().filter_map(|case| app_logs(case, &self.logs, &names)).collect(),
            incidents: cases.iter().flat_map(Case::incidents).collect(),
            errors: cases.iter().flat_map(Case::errors).collect(),
            sightings: sighted.iter().flat_map(|file| sightings(file, own)).collect(),
            probes: (0..).zip(probes).map(|(number, _)| hits(&sighted, number)).collect(),
            production: self.daemons.production,
            events: self.daemons.events,
            unlisted_events: self.daemons.unlisted,
            problems: self.problems,
            processes: processes.clone(),
        }
    }
}

fn app_logs(case: &Case<'_>, logs: &[Log], names: &Names) -> Option<AppLogs> {
    let name = case.app.clone()?;
    let modes: BTreeSet<_> = case.workers.iter().flat_map(|(_, worker)| worker.modes.iter().copied()).collect();
    Some(AppLogs {
        modes: modes.into_iter().collect(),
        workers: case.workers.iter().map(|(_, worker)| worker.log()).collect(),
        files: logs.iter().filter_map(|log| log_file(log, &name, names)).collect(),
        name,
    })
}

fn log_file(log: &Log, app: &Arc<str>, names: &Names) -> Option<LogFile> {
    let Kind::App(origin, stream) = &log.kind else { return None };
    let origin = names.resolve(origin.clone());
    let of_app = origin.app.as_ref() == Some(app);
    let (archive, file, stream, bytes) = (log.archive, log.file.clone(), *stream, log.bytes);
    of_app.then_some(LogFile { archive, file, stream, pm_id: origin.pm_id, bytes })
}

fn hits(sighted: &[Sighted], probe: u32) -> ProbeHits {
    let mut traces: BTreeMap<Origin, (Trace, BTreeMap<_, _>)> = BTreeMap::new();
    for file in sighted {
        for ((_, pm_id), said) in file.probes.range((probe, None)..=(probe, Some(u32::MAX))) {
            let (app, pm_id) = (file.origin.app.clone(), pm_id.or(file.origin.pm_id));
            let (trace, seconds) = traces.entry(Origin { app, pm_id }).or_default();
            trace.extend(&file.place, &said.tally);
            add_seconds(seconds, &said.seconds);
        }
    }
    let hit = |(origin, (trace, seconds)): (Origin, (Trace, _))| {
        Some(ProbeHit { app: origin.app, pm_id: origin.pm_id, evidence: trace.summary()?, seconds })
    };
    ProbeHits { hits: traces.into_iter().filter_map(hit).collect() }
}

fn sightings(file: &Sighted, own: &[Signature]) -> impl Iterator<Item = Sighting> {
    file.signatures.iter().map(|((signature, captures), tally)| Sighting {
        signature: signature.clone(),
        own: own.iter().any(|own| own.id() == signature),
        captures: captures.clone(),
        app: file.origin.app.clone(),
        pm_id: file.origin.pm_id,
        evidence: tally.evidence(&file.place),
    })
}
