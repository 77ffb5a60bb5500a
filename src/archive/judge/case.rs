//! From what the logs tell of each app to its incidents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::causes::{self, ErrorGroup};
use super::siblings;
use crate::archive::errors::stack::Head;
use crate::archive::scan::lives::Lives;
use crate::archive::scan::routine::Routine;
use crate::archive::scan::sighted::{Sighted, Tally, Trace};
use crate::archive::scan::watch::Watch;
use crate::archive::scan::worker::Worker;
use crate::archive::text::excerpt::excerpt;
use crate::archive::timeline::event::whole_second;
use crate::archive::timeline::outlook::{self, Measured, Outlook};
use crate::archive::timeline::{
    CrashLoop, DroppedByReload, End, Exception, Incident, IncidentKind, ListenCall, LoggedError, Mode, PortInUse,
    Process, Proof, ReadyTimeout, Stamp, Stream,
};
use crate::finding::Evidence;
use crate::pm2::restart::Policy;

/// So many ends in a row, each after a short life, are a loop.
const LOOP: u64 = 3;
/// So many restarts for memory are a loop.
const MEMORY_LOOP: u64 = 2;
/// So many changes in a row, each right after a start, are a loop.
const WATCH_LOOP: u64 = 5;
/// Workers that start within this time start together, in milliseconds.
const TOGETHER_MS: i64 = 60_000;
/// No incident shows more evidence.
const EVIDENCE: usize = 12;

/// What is known of one app.
pub(super) struct Case<'a> {
    pub app: Option<Arc<str>>,
    pub workers: Vec<(u32, &'a Worker)>,
    pub sighted: Vec<&'a Sighted>,
    pub processes: Vec<&'a Process>,
    pub watch: Option<&'a Watch>,
    /// The live output of each worker, by its number.
    pub routines: Vec<&'a Routine>,
    pub groups: Vec<ErrorGroup>,
}

impl<'a> Case<'a> {
    /// Gathers what concerns `app`.
    pub fn new(
        app: Option<Arc<str>>,
        lives: &'a Lives,
        sighted: &'a [Sighted],
        routines: &'a [Routine],
        processes: &'a [Process],
    ) -> Self {
        let own = lives.workers.iter().filter(|((name, _), _)| Some(name) == app.as_ref());
        let sighted: Vec<&Sighted> = sighted.iter().filter(|file| file.origin.app == app).collect();
        Self {
            workers: own.map(|((_, id), worker)| (*id, worker)).collect(),
            groups: causes::group(&sighted, lives),
            routines: live(routines.iter().filter(|routine| routine.origin.app == app)),
            watch: app.as_ref().and_then(|app| lives.watches.get(app)),
            sighted,
            processes: processes.iter().filter(|process| Some(&process.name) == app.as_ref()).collect(),
            app,
        }
    }

    /// Its incidents, the most telling first.
    pub fn incidents(&self) -> Vec<Incident> {
        let mut incidents = Vec::new();
        incidents.extend(self.crash_loop());
        incidents.extend(self.ports_in_use());
        incidents.extend(self.groups.iter().flat_map(|group| self.error(group)));
        incidents.extend(self.out_of_memory());
        incidents.extend(self.forced_kill());
        incidents.extend(self.memory_restarts());
        incidents.extend(self.ready_timeout());
        incidents.extend(self.dropped_by_reload());
        incidents.extend(self.watch_loop());
        incidents.extend(self.side_by_side());
        incidents
    }

    /// Every error that its logs hold.
    pub fn errors(&self) -> impl Iterator<Item = LoggedError> {
        self.groups.iter().map(|group| {
            let (earliest, latest) = group.occurrences();
            let (first, last) = group.trace.span();
            LoggedError {
                first,
                last,
                app: self.app.clone(),
                workers: group.workers.iter().copied().collect(),
                error: group.error.clone(),
                count: group.trace.count(),
                rejections: group.rejections,
                uncaught: group.uncaught,
                evidence: group.trace.evidence().take(EVIDENCE).collect(),
                earliest,
                latest,
            }
        })
    }

    fn incident(&self, kind: IncidentKind, workers: impl IntoIterator<Item = u32>, trace: &Trace) -> Incident {
        let (first, last) = trace.span();
        let workers: BTreeSet<u32> = workers.into_iter().collect();
        Incident {
            kind,
            app: self.app.clone(),
            workers: workers.into_iter().collect(),
            count: trace.count(),
            first,
            last,
            evidence: trace.evidence().take(EVIDENCE).collect(),
        }
    }

    /// One incident over all workers for which `of` has a trace.
    fn over_workers(&self, kind: IncidentKind, of: impl Fn(&Worker) -> &Trace) -> Option<Incident> {
        let concerned: Vec<_> = self.workers.iter().filter(|(_, worker)| of(worker).count() > 0).collect();
        let mut trace = Trace::default();
        concerned.iter().for_each(|(_, worker)| trace.merge(of(worker)));
        (trace.count() > 0).then(|| self.incident(kind, concerned.iter().map(|(id, _)| *id), &trace))
    }

    fn crash_loop(&self) -> Option<Incident> {
        let looping: Vec<(u32, &Worker)> = self.workers.iter().copied().filter(|(_, worker)| loops(worker)).collect();
        let (mut trace, mut limits) = (Trace::default(), Trace::default());
        for (_, worker) in &looping {
            trace.merge(&worker.own.trace);
            limits.merge(&worker.limits);
        }
        let given_up = self.processes.iter().filter(|process| process.status.as_deref() == Some("errored"));
        let status: Vec<Evidence> = given_up.clone().map(|process| status(process)).collect();
        if looping.is_empty() && status.is_empty() {
            return None;
        }
        let mut errored: BTreeSet<u32> = given_up.filter_map(|process| process.pm_id).collect();
        errored.extend(looping.iter().filter(|(_, worker)| worker.is_errored()).map(|(id, _)| *id));
        let workers: BTreeSet<u32> = looping.iter().map(|(id, _)| *id).chain(errored.iter().copied()).collect();
        let error = self
            .error_behind(&workers, |group| group.uncaught.is_some())
            .or_else(|| self.error_behind(&workers, |group| group.is_farewell(&looping)))
            .or_else(|| self.error_behind(&workers, |group| group.rejections > 0));
        let policy = outlook::policy(self.processes.first().copied());
        let silent = self.groups.is_empty() && self.sighted.iter().any(|file| file.stream != Stream::Out);
        let revived = if status.is_empty() { revived(&looping) } else { None };
        let crash = CrashLoop { silent, revived, ..crash_loop(&looping, errored, error, &policy) };
        let kind = IncidentKind::CrashLoop(crash);
        let mut incident = self.incident(kind, workers, &trace);
        let ends = std::mem::take(&mut incident.evidence);
        let cause = error.into_iter().flat_map(|group| group.trace.evidence());
        incident.evidence = cause.chain(ends).chain(limits.evidence()).chain(status).take(EVIDENCE).collect();
        Some(incident)
    }

    /// The error that is such, of one of `workers`, or in a log that does not say whose it is.
    fn error_behind(&self, workers: &BTreeSet<u32>, is_such: impl Fn(&ErrorGroup) -> bool) -> Option<&ErrorGroup> {
        let mut such = self.groups.iter().filter(|group| is_such(group));
        let of_them = such.clone().find(|group| !group.workers.is_disjoint(workers));
        of_them.or_else(|| such.find(|group| group.workers.is_empty()))
    }

    fn ports_in_use(&self) -> Vec<Incident> {
        let mut ports: BTreeMap<(ListenCall, &str), (Trace, BTreeSet<u32>, PortInUse)> = BTreeMap::new();
        for file in &self.sighted {
            for ((id, captures), tally) in &file.signatures {
                let call = match &**id {
                    "listen-address-in-use" => ListenCall::Listen,
                    "bind-address-in-use" => ListenCall::Bind,
                    _ => continue,
                };
                let Some(place) = captures.get("place").filter(|_| self.is_no_remark(tally)) else { continue };
                let (trace, workers, _) = ports
                    .entry((call, place))
                    .or_insert_with(|| (Trace::default(), BTreeSet::new(), causes::address(place, call)));
                trace.extend(&file.place, tally);
                workers.extend(file.origin.pm_id);
            }
        }
        let incident = |(trace, workers, mut port): (Trace, BTreeSet<u32>, PortInUse)| {
            let same = |group: &&ErrorGroup| {
                causes::port_in_use(&group.error).is_some_and(|of| (of.port, of.call) == (port.port, port.call))
            };
            port.held_by = self.holder(port.call, &workers);
            port.error = self.groups.iter().find(same).map(|group| group.error.clone());
            self.incident(IncidentKind::PortInUse(port), workers, &trace)
        };
        let mut incidents: Vec<Incident> = ports.into_values().map(incident).collect();
        incidents.extend(self.logged_ports(&incidents));
        incidents
    }

    /// Ports of which a logger of the app tells alone, each time before the app ends itself.
    fn logged_ports(&self, known: &[Incident]) -> Vec<Incident> {
        let is_known = |port: &PortInUse| {
            let same = |kind: &IncidentKind| matches!(kind, IncidentKind::PortInUse(of) if (of.port, of.call) == (port.port, port.call));
            known.iter().any(|incident| same(&incident.kind))
        };
        let parting = self.groups.iter().filter(|group| group.parting > 0);
        let ports = parting.filter_map(|group| Some((group, causes::port_in_use(&group.error)?)));
        ports
            .filter(|(_, port)| !is_known(port))
            .map(|(group, mut port)| {
                port.held_by = self.holder(port.call, &group.workers);
                self.incident(IncidentKind::PortInUse(port), group.workers.iter().copied(), &group.trace)
            })
            .collect()
    }

    /// An app that says in words of its own that a port was taken, and goes on, has found another way. A launcher goes on without
    /// the server that it started; what ends processes more often than the app was started is told by somebody else.
    fn is_no_remark(&self, tally: &Tally) -> bool {
        let starts: u64 = self.workers.iter().map(|(_, worker)| worker.log().starts).sum();
        let is_refusal = |head: &Head<'_>| !head.led && causes::port_in_use(&Arc::new(head.block())).is_some();
        let is_quoted = |head: &Head<'_>| {
            self.groups.iter().any(|group| group.by_node > starts && group.error.message == head.block().message)
        };
        let is_own = |head: Head<'_>| is_refusal(&head) && !is_quoted(&head);
        self.may_have_ended() || Head::parse(tally.excerpt()).is_some_and(is_own)
    }

    /// Whether some worker ended of itself, or nothing is known of that.
    fn may_have_ended(&self) -> bool {
        self.workers.is_empty() || self.workers.iter().any(|(_, worker)| worker.own.trace.count() > 0)
    }

    /// The forked process of this app that got the address, where all others were refused it.
    fn holder(&self, call: ListenCall, refused: &BTreeSet<u32>) -> Option<u32> {
        let mut others = self.workers.iter().filter(|(id, _)| !refused.contains(id));
        let (id, worker) = others.next().filter(|_| others.next().is_none() && call == ListenCall::Listen)?;
        let is_forked = self.workers.iter().all(|(_, worker)| worker.mode() == Some(Mode::Fork));
        (is_forked && worker.own.trace.count() == 0 && !refused.is_empty()).then_some(*id)
    }

    /// What an error alone tells: a rejection, and an end.
    fn error(&self, group: &ErrorGroup) -> Vec<Incident> {
        if causes::port_in_use(&group.error).is_some() {
            return Vec::new();
        }
        let workers = || group.workers.iter().copied();
        if let Some(missing) = causes::missing(&group.error).filter(|_| group.is_fatal()) {
            return vec![self.incident(IncidentKind::ModuleNotFound(missing), workers(), &group.trace)];
        }
        let exception =
            |proof| Exception { error: group.error.clone(), proof, silent: Vec::new(), stopped: Vec::new() };
        let uncaught = group.uncaught.map(exception).map(|exception| {
            IncidentKind::UncaughtException(Exception { stopped: self.stopped(&group.workers), ..exception })
        });
        let rejected = (group.rejections > 0).then(|| {
            let silent = self.silent(&group.workers);
            IncidentKind::UnhandledRejection(Exception { silent, ..exception(Proof::Printed) })
        });
        let uncaught = uncaught.map(|kind| self.ended(self.incident(kind, workers(), &group.trace)));
        let rejected = rejected.map(|kind| self.incident(kind, workers(), &group.trace));
        uncaught.into_iter().chain(rejected).collect()
    }

    /// An incident that ended workers, with the times and the lines of PM2's own log where its log has no times: in that time it
    /// ended no more than are told there.
    fn ended(&self, incident: Incident) -> Incident {
        if incident.first.is_some() {
            return incident;
        }
        let is_of_it = |id: &u32| incident.workers.is_empty() || incident.workers.contains(id);
        let mut ends = Trace::default();
        self.workers.iter().filter(|(id, _)| is_of_it(id)).for_each(|(_, worker)| ends.merge(&worker.own.trace));
        let (first, last) = ends.span();
        let count = if ends.count() > 0 { incident.count.min(ends.count()) } else { incident.count };
        let evidence = incident.evidence.into_iter().chain(ends.evidence()).take(EVIDENCE).collect();
        Incident { count, first, last, evidence, ..incident }
    }

    /// Those of `workers` that the saved list calls stopped and whose last end nobody asked for.
    fn stopped(&self, workers: &BTreeSet<u32>) -> Vec<u32> {
        let ended_last = |id: &u32| {
            let lives = self.workers.iter().find(|(known, _)| known == id).map(|(_, worker)| worker.book.lives());
            lives.is_some_and(|lives| lives.last().is_some_and(|life| life.end == Some(End::Own)))
        };
        let stopped = self.processes.iter().filter(|process| process.status.as_deref() == Some("stopped"));
        let ids = stopped.filter_map(|process| process.pm_id).filter(|id| workers.is_empty() || workers.contains(id));
        ids.filter(ended_last).collect::<BTreeSet<u32>>().into_iter().collect()
    }

    /// Those of `workers` that never ended and have printed nothing to an output file of their own.
    fn silent(&self, workers: &BTreeSet<u32>) -> Vec<u32> {
        let is_silent = |id: &u32| {
            let output = self.routines.iter().find(|routine| routine.origin.pm_id == Some(*id));
            let worker = self.workers.iter().find(|(known, _)| known == id);
            output.is_some_and(|output| !output.has_lines && output.is_whole)
                && worker.is_some_and(|(_, worker)| worker.book.ends.is_empty())
        };
        workers.iter().copied().filter(is_silent).collect()
    }

    fn out_of_memory(&self) -> Option<Incident> {
        let mut trace = Trace::default();
        let mut workers = BTreeSet::new();
        for file in &self.sighted {
            for (_, tally) in file.signatures.iter().filter(|((id, _), _)| *id == "heap-exhausted") {
                trace.extend(&file.place, tally);
                workers.extend(file.origin.pm_id);
            }
        }
        (trace.count() > 0 && self.may_have_ended()).then(|| self.incident(IncidentKind::OutOfMemory, workers, &trace))
    }

    fn forced_kill(&self) -> Option<Incident> {
        let timeout_ms = self.workers.iter().filter_map(|(_, worker)| worker.timeout_ms).max();
        self.over_workers(IncidentKind::ForcedKill { timeout_ms }, |worker| &worker.forced)
    }

    fn memory_restarts(&self) -> Option<Incident> {
        let memory = || self.workers.iter().map(|(_, worker)| &worker.memory);
        let highest = memory().map(|memory| memory.highest).max().unwrap_or(0);
        let limit = memory().map(|memory| memory.limit).max().unwrap_or(0);
        self.over_workers(IncidentKind::MemoryRestartLoop { limit, highest }, |worker| &worker.memory.trace)
            .filter(|incident| incident.count >= MEMORY_LOOP)
    }

    fn ready_timeout(&self) -> Option<Incident> {
        let gaps = || self.workers.iter().filter_map(|(_, worker)| worker.ready.gap_ms);
        let ready = ReadyTimeout {
            gap_ms: gaps().map(|(_, longest)| longest).max()?,
            shortest_ms: gaps().map(|(shortest, _)| shortest).min()?,
            reloads: self.workers.iter().map(|(_, worker)| worker.ready.reloads).sum(),
        };
        let always = self.workers.iter().all(|(_, worker)| worker.ready.quick == 0);
        (always || ready.reloads > 0)
            .then(|| self.over_workers(IncidentKind::ReadyTimeout(ready), |worker| &worker.ready.trace))?
    }

    /// What PM2 does in fork mode, and in cluster mode when the new worker takes too long. A worker of which no reload was
    /// ever heard may serve nobody; one that PM2 waited for to say `ready` may have listened.
    fn dropped_by_reload(&self) -> Option<Incident> {
        let kind = |mode, listens| IncidentKind::DroppedByReload(DroppedByReload { mode, listens });
        let heard = self.workers.iter().any(|(_, worker)| worker.heard_reloads > 0);
        let fork = self.over_workers(kind(Mode::Fork, false), |worker| &worker.fork_reloads);
        if fork.is_some() || self.processes.iter().any(|process| process.waits_ready()) {
            return fork;
        }
        self.over_workers(kind(Mode::Cluster, heard), |worker| &worker.unheard_reloads)
    }

    /// What its workers tell side by side.
    fn side_by_side(&self) -> Vec<Incident> {
        let jobs = siblings::duplicate_jobs(&self.routines).into_iter().map(|(job, trace, workers)| Incident {
            count: job.ticks,
            ..self.incident(IncidentKind::DuplicateJob(job), workers, &trace)
        });
        let load = self.are_peers().then(|| siblings::uneven_load(&self.routines)).flatten();
        let load = load.map(|(load, trace, workers)| Incident {
            count: load.requests,
            ..self.incident(IncidentKind::UnevenLoad(load), workers, &trace)
        });
        jobs.chain(load).collect()
    }

    /// Whether all its workers share one port, started together and lived on, and the output of each is at hand.
    fn are_peers(&self) -> bool {
        let lives = || self.workers.iter().map(|(_, worker)| worker.book.lives());
        let starts: Vec<Stamp> = lives().filter_map(|lives| lives.first()?.started).collect();
        let first = starts.iter().min_by_key(|start| start.at);
        let is_together = |start: &Stamp| first.is_some_and(|first| start.ms_since(*first) < TOGETHER_MS);
        starts.len() == self.workers.len()
            && starts.iter().all(is_together)
            && self.routines.len() == self.workers.len()
            && self
                .workers
                .iter()
                .all(|(_, worker)| worker.mode() == Some(Mode::Cluster) && worker.book.ends.is_empty())
    }

    fn watch_loop(&self) -> Option<Incident> {
        let watch = self.watch.filter(|watch| watch.longest >= WATCH_LOOP)?;
        let kind = IncidentKind::WatchLoop { path: watch.main_path()?.clone() };
        Some(self.incident(kind, self.workers.iter().map(|(id, _)| *id), &watch.trace))
    }
}

impl ErrorGroup {
    /// Whether it ended a worker, or kept it from starting.
    fn is_fatal(&self) -> bool {
        self.uncaught.is_some() || self.rejections > 0
    }

    /// Whether a logger printed it before most ends of the workers.
    fn is_farewell(&self, workers: &[(u32, &Worker)]) -> bool {
        let printed_by = |id: &u32| self.workers.is_empty() || self.workers.contains(id);
        let own = workers.iter().filter(|(id, _)| printed_by(id));
        let ends: BTreeSet<_> =
            own.flat_map(|(_, worker)| worker.own.times.iter().map(|end| whole_second(*end))).collect();
        self.parting > 0 && self.parting * 2 >= ends.len() as u64
    }
}

/// Of the logs of each worker the last one: those that were rotated come before it.
fn live<'a>(routines: impl Iterator<Item = &'a Routine>) -> Vec<&'a Routine> {
    let by_worker: BTreeMap<Option<u32>, &Routine> = routines.map(|routine| (routine.origin.pm_id, routine)).collect();
    by_worker.into_values().collect()
}

fn loops(worker: &Worker) -> bool {
    worker.own.trace.count() > 0 && (worker.is_errored() || worker.own.longest >= LOOP)
}

/// When the last of those that PM2 gave up was started anew, if all were.
fn revived(looping: &[(u32, &Worker)]) -> Option<Stamp> {
    let given_up = looping.iter().filter(|(_, worker)| worker.is_errored());
    let revived: Option<Vec<Stamp>> = given_up.map(|(_, worker)| worker.revived).collect();
    revived?.into_iter().max_by_key(|time| time.at)
}

fn crash_loop(
    looping: &[(u32, &Worker)],
    errored: BTreeSet<u32>,
    error: Option<&ErrorGroup>,
    policy: &Policy,
) -> CrashLoop {
    let mut causes = BTreeMap::new();
    for (cause, count) in looping.iter().flat_map(|(_, worker)| &worker.own.causes) {
        *causes.entry(cause).or_insert(0) += count;
    }
    let cause = causes.into_iter().max_by_key(|(_, count)| *count).map(|(cause, _)| cause.clone());
    let (code, signal) = cause.unwrap_or_default();
    let lifetime_ms = over_all(looping.iter().filter_map(|(_, worker)| worker.own.lifetime_ms));
    let pause_ms = over_all(looping.iter().filter_map(|(_, worker)| worker.own.pause_ms));
    let measured = Measured {
        exits: looping.iter().map(|(_, worker)| worker.own.longest).max().unwrap_or(0),
        life_ms: lifetime_ms.map(|(shortest, _)| shortest),
        pause_ms: pause_ms.map(|(shortest, _)| shortest),
    };
    CrashLoop {
        exits: looping.iter().map(|(_, worker)| worker.own.trace.count()).sum(),
        outlook: if errored.is_empty() { measured.outlook(policy) } else { Outlook::GivenUp },
        errored: errored.into_iter().collect(),
        code,
        signal,
        mode: looping.iter().find_map(|(_, worker)| worker.mode()),
        clean: !looping.is_empty() && looping.iter().all(|(_, worker)| worker.own.unclean == 0),
        lifetime_ms,
        pause_ms,
        script: looping.iter().find_map(|(_, worker)| worker.script.clone()),
        revived: None,
        silent: false,
        error: error.map(|group| group.error.clone()),
    }
}

/// The range over all ranges.
fn over_all(ranges: impl Iterator<Item = (u64, u64)>) -> Option<(u64, u64)> {
    ranges.reduce(|(shortest, longest), (low, high)| (shortest.min(low), longest.max(high)))
}

/// What the saved list says of a process that PM2 gave up.
fn status(process: &Process) -> Evidence {
    // The unstable ones are not told: PM2 counts them anew once it has given up (lib/God.js:496, v7.0.4).
    let Process { name, status, restart_time, .. } = process;
    let restarts = if *restart_time == 1 { "restart" } else { "restarts" };
    process.evidence(excerpt(&format!("{name}: {}, {restart_time} {restarts}", status.as_deref().unwrap_or_default())))
}
