//! The scan: lists of processes, then the daemons' logs, then the apps' logs, then the judgement.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::captured;
use super::daemon::{DaemonLog, Daemons, Grammar};
use super::decode::Origin;
use super::inventory::{self, Kind, Log, Writers};
use super::judge::Case;
use super::lines::{self, Limits, Sink};
use super::names::Names;
use super::output::{Reader, Search};
use super::sighted::{Place, Sighted, Trace};
use super::timeline::{AppLogs, Archive, LogFile, ProbeHit, ProbeHits, Problem, Process, Sighting, Timeline};
use super::{Probe, Sources, process, unpack};

/// Reads everything; a file that cannot be read becomes a [`Problem`], never an error.
pub fn scan(sources: &Sources<'_>, probes: &[Probe]) -> Timeline {
    let mut problems = Vec::new();
    let lists = Lists::read(sources, &mut problems);
    let writers = Writers::new(lists.all());
    let roots = sources.logs.iter().enumerate();
    let logs: Vec<Log> = roots.flat_map(|(archive, root)| inventory::logs(root, archive, &writers)).collect();
    problems.extend(sources.logs.iter().enumerate().filter_map(|(archive, root)| empty(root, archive, &logs)));
    let search = Search::new(probes);
    let mut daemons = read_daemons(&logs, &search, &mut problems);
    let names = Names::new(lists.all(), &daemons.lives);
    let mut sighted = std::mem::take(&mut daemons.sighted);
    sighted.extend(read_apps(&logs, &search, &daemons, &names, &mut problems));
    sighted.iter_mut().for_each(|file| file.origin = names.resolve(std::mem::take(&mut file.origin)));
    let archives = archives(sources, &logs);
    let tale = Tale { logs, processes: lists.best(), daemons, names, sighted };
    tale.tell(archives, probes, problems)
}

/// The lists of processes that were given.
struct Lists {
    saved: Vec<Process>,
    dumped: Vec<Process>,
    all: Vec<Process>,
}

impl Lists {
    fn read(sources: &Sources<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut keep = |list: Result<Vec<Process>, Problem>| {
            list.unwrap_or_else(|problem| {
                problems.push(problem);
                Vec::new()
            })
        };
        let mut dumped = Vec::new();
        for (archive, root) in sources.logs.iter().enumerate() {
            let path = root.join("dump.pm2");
            if path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
                dumped.extend(keep(process::read(&path, archive, &"dump.pm2".into())));
            }
        }
        let saved = sources.jlist.map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            keep(process::read(path, sources.logs.len(), &name.into()))
        });
        let saved = saved.unwrap_or_default();
        let all = saved.iter().chain(&dumped).cloned().collect();
        Self { saved, dumped, all }
    }

    fn all(&self) -> &[Process] {
        &self.all
    }

    /// What ran when the archive was made, else what `pm2 save` wrote.
    fn best(self) -> Vec<Process> {
        if self.saved.is_empty() { self.dumped } else { self.saved }
    }
}

fn place(log: &Log, kind: &'static str) -> Place {
    Place { archive: log.archive, file: log.file.clone(), kind }
}

fn problem(log: &Log, error: &io::Error) -> Problem {
    Problem {
        file: log.path.clone(),
        message: format!("cannot be read to its end: {error}; the rest was not looked at"),
    }
}

/// An archive without a log.
fn empty(root: &Path, archive: usize, logs: &[Log]) -> Option<Problem> {
    let message = if root.exists() { "holds no logs" } else { "does not exist" };
    let message = format!("{message}: give a copied ~/.pm2, its logs folder, or log files");
    logs.iter().all(|log| log.archive != archive).then(|| Problem { file: root.to_owned(), message })
}

/// One after the other: each goes on where the last one ended.
fn read_daemons(logs: &[Log], search: &Search<'_>, problems: &mut Vec<Problem>) -> Daemons {
    let grammar = Grammar::new();
    let mut daemons = Daemons::default();
    let mut archive = None;
    for log in logs {
        if archive.replace(log.archive) != Some(log.archive) {
            daemons.lives.restart();
        }
        let read = match &log.kind {
            Kind::Daemon => {
                let mut reader = DaemonLog::new(&grammar, search, place(log, "daemon"), &mut daemons);
                let read = every_line(log, &mut reader);
                reader.finish();
                read
            }
            Kind::Captured => {
                let mut reader = captured::reader(&grammar, search, place(log, "log"), &mut daemons);
                let read = every_line(log, &mut reader);
                let sighted = reader.finish();
                daemons.sighted.extend(sighted);
                read
            }
            Kind::App(..) => Ok(()),
        };
        problems.extend(read.err().map(|error| problem(log, &error)));
    }
    daemons
}

fn every_line(log: &Log, sink: &mut impl Sink) -> io::Result<()> {
    lines::feed(unpack::open(&log.path)?, Limits::default(), None, sink)
}

/// Side by side: each file stands for itself.
fn read_apps(
    logs: &[Log],
    search: &Search<'_>,
    daemons: &Daemons,
    names: &Names,
    problems: &mut Vec<Problem>,
) -> Vec<Sighted> {
    let read = |log: &Log| {
        let Kind::App(origin, stream) = &log.kind else { return None };
        let needles = search.needles(*stream)?;
        let origin = names.resolve(origin.clone());
        let ends = daemons.lives.ends(origin.app.as_deref(), origin.pm_id);
        let ended = |time| ends.after(time);
        let mut reader = Reader::new(search, &ended, Sighted::new(place(log, "log"), origin, *stream));
        let read = unpack::open(&log.path)
            .and_then(|text| lines::feed(text, Limits::default(), Some(needles), &mut reader))
            .map_err(|error| problem(log, &error));
        Some((reader.finish(), read.err()))
    };
    let read: Vec<(Sighted, Option<Problem>)> = logs.par_iter().filter_map(read).collect();
    let (sighted, failed): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    problems.extend(failed.into_iter().flatten());
    sighted
}

fn archives(sources: &Sources<'_>, logs: &[Log]) -> Vec<Archive> {
    let of = |archive: usize| logs.iter().filter(move |log| log.archive == archive).map(|log| log.file.clone());
    let given = sources.logs.iter().enumerate();
    let mut archives: Vec<Archive> =
        given.map(|(archive, path)| Archive { path: path.clone(), files: of(archive).collect() }).collect();
    archives.extend(sources.jlist.map(|path| Archive { path: path.to_owned(), files: Vec::new() }));
    archives
}

/// All that was read.
struct Tale {
    logs: Vec<Log>,
    processes: Vec<Process>,
    daemons: Daemons,
    names: Names,
    sighted: Vec<Sighted>,
}

impl Tale {
    fn tell(self, archives: Vec<Archive>, probes: &[Probe], problems: Vec<Problem>) -> Timeline {
        let origins = self.sighted.iter().map(|file| file.origin.app.clone());
        let apps: BTreeSet<Option<Arc<str>>> = origins.chain(self.names.apps().map(|app| Some(app.clone()))).collect();
        let case = |app| Case::new(app, &self.daemons.lives, &self.sighted, &self.processes);
        let cases: Vec<Case<'_>> = apps.into_iter().map(case).collect();
        Timeline {
            archives,
            apps: cases.iter().filter_map(|case| self.app(case)).collect(),
            incidents: cases.iter().flat_map(Case::incidents).collect(),
            errors: cases.iter().flat_map(Case::errors).collect(),
            sightings: self.sighted.iter().flat_map(sightings).collect(),
            probes: probes.iter().map(|probe| self.hits(probe)).collect(),
            production: self.daemons.production.clone(),
            events: self.daemons.events.clone(),
            unlisted_events: self.daemons.unlisted,
            processes: self.processes.clone(),
            problems,
        }
    }

    fn app(&self, case: &Case<'_>) -> Option<AppLogs> {
        let name = case.app.clone()?;
        let modes: BTreeSet<_> = case.workers.iter().flat_map(|(_, worker)| worker.modes.iter().copied()).collect();
        let files = self.logs.iter().filter_map(|log| self.file(log, &name)).collect();
        Some(AppLogs {
            modes: modes.into_iter().collect(),
            workers: case.workers.iter().map(|(_, worker)| worker.counts).collect(),
            files,
            name,
        })
    }

    fn file(&self, log: &Log, app: &Arc<str>) -> Option<LogFile> {
        let Kind::App(origin, stream) = &log.kind else { return None };
        let origin = self.names.resolve(origin.clone());
        let of_app = origin.app.as_ref() == Some(app);
        let (archive, file, stream, bytes) = (log.archive, log.file.clone(), *stream, log.bytes);
        of_app.then_some(LogFile { archive, file, stream, pm_id: origin.pm_id, bytes })
    }

    fn hits(&self, probe: &Probe) -> ProbeHits {
        let mut traces: BTreeMap<_, Trace> = BTreeMap::new();
        for file in &self.sighted {
            if let Some(tally) = file.probes.get(&probe.id) {
                traces.entry(&file.origin).or_default().extend(&file.place, tally);
            }
        }
        let hit = |(origin, trace): (&Origin, Trace)| {
            Some(ProbeHit { app: origin.app.clone(), pm_id: origin.pm_id, evidence: trace.summary()? })
        };
        ProbeHits { id: probe.id, hits: traces.into_iter().filter_map(hit).collect() }
    }
}

fn sightings(file: &Sighted) -> impl Iterator<Item = Sighting> {
    file.signatures.iter().map(|((signature, captures), tally)| Sighting {
        signature,
        captures: captures.clone(),
        app: file.origin.app.clone(),
        pm_id: file.origin.pm_id,
        evidence: tally.evidence(&file.place),
    })
}
