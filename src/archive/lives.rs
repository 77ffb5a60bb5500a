//! The lives of the workers, as the daemon's log tells them: which ends PM2 asked for, and which came of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::event::{Event, EventKind, Mode, PmId, Stamp};
use super::sighted::{Place, Trace};
use super::timeline::WorkerLog;

/// An end after a longer life does not count as part of a loop, in milliseconds.
const SHORT_LIFE_MS: u64 = 60_000;
/// A start so long after an end is none that PM2 made for it, in milliseconds.
const LONG_PAUSE_MS: i64 = 60_000;
/// So many times of ends are kept per worker, to compare errors with.
const EXITS: usize = 100_000;
/// More workers are not told apart: no daemon has so many.
const WORKERS: usize = 10_000;
/// A gap between `starting` and `online` below this is nothing, in milliseconds.
const READY_GAP_MS: u64 = 2_000;

/// The app and PM2's number.
pub(super) type Key = (Arc<str>, u32);

/// The exit code, and the signal that ended it.
pub(super) type Cause = (i32, Option<Arc<str>>);

/// All workers of the daemons of an archive.
#[derive(Debug, Default)]
pub(super) struct Lives {
    pub workers: BTreeMap<Key, Worker>,
    /// The daemon's offset from UTC, if its banner was seen.
    pub offset: Option<Offset>,
    /// The app that has a number now.
    names: BTreeMap<u32, Arc<str>>,
    last_end: Option<Key>,
    /// The daemon is ending: no worker ends of itself.
    down: bool,
}

/// One worker over all its lives.
#[derive(Debug, Default)]
pub(super) struct Worker {
    pub counts: WorkerLog,
    pub modes: BTreeSet<Mode>,
    pub own: OwnExits,
    pub forced: Trace,
    /// The last kill timeout that was printed while it was being stopped.
    pub timeout_ms: Option<u64>,
    pub ready: Ready,
    pub memory: Memory,
    pub fork_reloads: Trace,
    pub limits: Trace,
    pub script: Option<Arc<str>>,
    mode: Option<Mode>,
    started: Option<Stamp>,
    alive: bool,
    waiting: bool,
    ended: Option<Stamp>,
    /// A cron job was registered since its end: the next start is not a restart.
    cron: bool,
    stopping: bool,
    old_stopping: bool,
    reload: Reload,
}

/// Ends that PM2 did not ask for.
#[derive(Debug, Default)]
pub(super) struct OwnExits {
    pub trace: Trace,
    /// How many an exception may have caused: no signal did, nor a clean end in fork mode.
    pub thrown: u64,
    /// When these came.
    pub times: Vec<DateTime>,
    pub causes: BTreeMap<Cause, u64>,
    /// The longest run of them, each after a short life.
    pub longest: u64,
    /// Shortest and longest life, in milliseconds.
    pub lifetime_ms: Option<(u64, u64)>,
    /// How many were not of fork mode with code 0.
    pub unclean: u64,
    streak: u64,
}

/// Starts that were slow to be ready.
#[derive(Debug, Default)]
pub(super) struct Ready {
    pub trace: Trace,
    pub gap_ms: Option<(u64, u64)>,
    /// Starts without such a gap.
    pub quick: u64,
    /// Reloads without a word of the new worker.
    pub reloads: u64,
}

/// Restarts for memory.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub trace: Trace,
    pub limit: u64,
    pub highest: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reload {
    #[default]
    None,
    /// The new worker was started, the old one lives.
    Waiting,
    /// The new worker listens or is ready.
    Ready,
}

impl Lives {
    /// Takes the next event, and fills in whose it is where the line alone does not tell; `text` is the line.
    /// Whether it is the end of a worker that PM2 did not ask for.
    pub fn take(&mut self, event: &mut Event, text: &str) -> bool {
        self.name(event);
        let place = Place { archive: event.source.archive, file: event.source.file.clone(), kind: "daemon" };
        let line = Told { place: &place, number: event.source.line, time: event.time, text };
        match &event.kind {
            EventKind::DaemonStarted => self.restart(),
            EventKind::DaemonStopped => self.down = true,
            EventKind::UnstableLimit { script, .. } => self.give_up(script, line),
            EventKind::NewWorkerListening => self.listening(),
            EventKind::KillTimeout { ms, .. } => self.stopping().for_each(|worker| worker.timeout_ms = Some(*ms)),
            kind => return self.take_own(event.app.as_ref(), event.pm_id, kind, line),
        }
        false
    }

    fn name(&mut self, event: &mut Event) {
        match (&event.kind, event.pm_id) {
            (EventKind::UnstableLimit { .. }, _) => {
                (event.app, event.pm_id) = self.last_end.clone().map(|(app, id)| (app, PmId::Current(id))).unzip();
            }
            (EventKind::RetryKill { .. } | EventKind::KillTimeout { .. } | EventKind::Killed { .. }, None) => {
                let mut stopping = self.workers.iter().filter(|(_, worker)| worker.stopping || worker.old_stopping);
                if let (Some(((app, id), worker)), None) = (stopping.next(), stopping.next()) {
                    event.app = Some(app.clone());
                    event.pm_id = Some(if worker.old_stopping { PmId::Old(*id) } else { PmId::Current(*id) });
                }
            }
            (_, Some(id)) if event.app.is_none() => event.app = self.names.get(&id.number()).cloned(),
            (_, Some(PmId::Current(id))) => drop(event.app.clone().map(|app| self.names.insert(id, app))),
            _ => {}
        }
    }

    /// Another daemon's log begins: nothing runs.
    pub fn restart(&mut self) {
        self.down = false;
        for worker in self.workers.values_mut() {
            (worker.alive, worker.stopping, worker.old_stopping, worker.waiting) = (false, false, false, false);
            (worker.started, worker.reload) = (None, Reload::None);
        }
    }

    /// Adds what the daemons of another archive told.
    pub fn merge(&mut self, other: Self) {
        self.offset = self.offset.or(other.offset);
        for (key, worker) in other.workers {
            if self.workers.len() < WORKERS || self.workers.contains_key(&key) {
                self.workers.entry(key).or_default().merge(worker);
            }
        }
    }

    /// The archive is the one with the number `archive` of several.
    pub fn renumber(&mut self, by: usize) {
        for worker in self.workers.values_mut() {
            let Worker { own, forced, ready, memory, fork_reloads, limits, .. } = worker;
            for trace in [&mut own.trace, forced, &mut ready.trace, &mut memory.trace, fork_reloads, limits] {
                trace.renumber(by);
            }
        }
    }

    fn give_up(&mut self, script: &Arc<str>, line: Told<'_>) {
        let Some(worker) = self.last_end.as_ref().and_then(|key| self.workers.get_mut(key)) else { return };
        worker.counts.errored = true;
        worker.script = Some(script.clone());
        line.count(&mut worker.limits);
    }

    fn listening(&mut self) {
        if let Some(worker) = self.workers.values_mut().find(|worker| worker.reload == Reload::Waiting) {
            worker.reload = Reload::Ready;
        }
    }

    fn stopping(&mut self) -> impl Iterator<Item = &mut Worker> {
        self.workers.values_mut().filter(|worker| worker.stopping || worker.old_stopping)
    }

    fn take_own(&mut self, app: Option<&Arc<str>>, id: Option<PmId>, kind: &EventKind, line: Told<'_>) -> bool {
        let (Some(app), Some(id)) = (app, id) else { return false };
        let key = (app.clone(), id.number());
        let down = self.down;
        if let EventKind::Exited { .. } = kind {
            self.last_end = Some(key.clone());
        }
        if self.workers.len() >= WORKERS && !self.workers.contains_key(&key) {
            return false;
        }
        let worker = self.workers.entry(key).or_default();
        worker.counts.pm_id = id.number();
        match kind {
            EventKind::Starting { mode } => {
                self.down = false;
                worker.start(*mode, line.time);
            }
            EventKind::Online => worker.online(line),
            EventKind::Exited { code, signal } => return worker.exit(id, (*code, signal.clone()), down, line),
            EventKind::Stopping => worker.stop(id, line),
            EventKind::MemoryLimit { current, limit } => worker.memory.add(*current, *limit, line),
            EventKind::ForkReload => line.count(&mut worker.fork_reloads),
            EventKind::CronRegistered | EventKind::CronDeregistered => worker.cron = true,
            _ => {}
        }
        false
    }

    /// When the workers of `app` (or the one with the number `pm_id`) ended of themselves, sorted, on the daemon's clock.
    pub fn ends(&self, app: Option<&str>, pm_id: Option<u32>) -> Ends {
        let of = self
            .workers
            .iter()
            .filter(|((name, id), _)| app.is_none_or(|app| app == &**name) && pm_id.is_none_or(|pm_id| pm_id == *id));
        let mut times: Vec<DateTime> = of.flat_map(|(_, worker)| worker.own.times.iter().copied()).collect();
        times.sort_unstable();
        Ends { times, offset: self.offset }
    }
}

/// When workers ended of themselves.
pub(super) struct Ends {
    times: Vec<DateTime>,
    offset: Option<Offset>,
}

impl Ends {
    /// Which one, by its index, came within the second after `time`; the daemon's log has whole seconds.
    pub fn after(&self, time: Stamp) -> Option<usize> {
        let shift = time.offset.zip(self.offset).map_or(0, |(its, ours)| ours.seconds() - its.seconds());
        let at = time.at.saturating_add(jiff::SignedDuration::from_secs(shift.into()));
        let second = at.with().subsec_nanosecond(0).build().unwrap_or(at);
        let next = self.times.partition_point(|end| *end < second);
        self.times.get(next).filter(|end| end.duration_since(second).as_secs() <= 1).map(|_| next)
    }
}

/// A line of the daemon's log.
#[derive(Clone, Copy)]
struct Told<'a> {
    place: &'a Place,
    number: u64,
    time: Option<Stamp>,
    text: &'a str,
}

impl Told<'_> {
    fn count(self, trace: &mut Trace) {
        trace.add(self.place, self.number, self.time, self.text);
    }

    /// Milliseconds since `start`.
    fn ms_since(self, start: Option<Stamp>) -> Option<u64> {
        u64::try_from(self.time?.ms_since(start?)).ok()
    }
}

impl Worker {
    fn start(&mut self, mode: Mode, time: Option<Stamp>) {
        self.counts.starts += 1;
        self.modes.insert(mode);
        self.mode = Some(mode);
        self.reload = if self.alive { Reload::Waiting } else { Reload::None };
        let pause = time.zip(self.ended).map_or(0, |(start, end)| start.ms_since(end));
        if self.cron || pause > LONG_PAUSE_MS {
            self.own.streak = 0;
        }
        (self.alive, self.waiting, self.stopping, self.started) = (true, true, false, time);
    }

    fn online(&mut self, line: Told<'_>) {
        self.counts.online += 1;
        let waited = std::mem::take(&mut self.waiting);
        match line.ms_since(self.started).filter(|_| waited) {
            Some(gap) if gap >= READY_GAP_MS => self.ready.add(gap, line),
            Some(_) => self.ready.quick += 1,
            None => {}
        }
    }

    fn stop(&mut self, id: PmId, line: Told<'_>) {
        match id {
            PmId::Current(_) => self.stopping = true,
            PmId::Old(_) => {
                self.old_stopping = true;
                if std::mem::take(&mut self.reload) == Reload::Waiting {
                    self.ready.reloads += 1;
                    self.ready.add(line.ms_since(self.started).unwrap_or(0), line);
                }
            }
        }
    }

    /// Whether PM2 did not ask for it.
    fn exit(&mut self, id: PmId, cause: Cause, down: bool, line: Told<'_>) -> bool {
        let asked = match id {
            PmId::Current(_) => {
                self.alive = false;
                std::mem::take(&mut self.stopping)
            }
            PmId::Old(_) => std::mem::take(&mut self.old_stopping),
        };
        (self.ended, self.cron) = (line.time, false);
        if !(asked || down) {
            let life = line.ms_since(self.started).filter(|_| matches!(id, PmId::Current(_)));
            self.counts.own_exits += 1;
            self.own.add(cause, self.mode, life, line);
            return true;
        }
        self.counts.stops += 1;
        self.own.streak = 0;
        if cause.1.as_deref() == Some("SIGKILL") {
            self.counts.forced_kills += 1;
            line.count(&mut self.forced);
        }
        false
    }

    /// Adds what another archive told; the other one is the later one.
    fn merge(&mut self, other: Self) {
        self.counts.merge(&other.counts);
        self.modes.extend(other.modes);
        self.own.merge(other.own);
        self.forced.merge(&other.forced);
        self.timeout_ms = other.timeout_ms.or(self.timeout_ms);
        self.ready.merge(&other.ready);
        self.memory.merge(&other.memory);
        self.fork_reloads.merge(&other.fork_reloads);
        self.limits.merge(&other.limits);
        self.script = other.script.or(self.script.take());
        self.mode = other.mode.or(self.mode);
    }

    /// The mode of the last start.
    pub fn mode(&self) -> Option<Mode> {
        self.mode
    }
}

/// The smallest and the largest of two ranges.
fn hull(one: Option<(u64, u64)>, other: Option<(u64, u64)>) -> Option<(u64, u64)> {
    let both = one.zip(other).map(|((low, high), (lower, higher))| (low.min(lower), high.max(higher)));
    both.or(one).or(other)
}

impl OwnExits {
    fn merge(&mut self, other: Self) {
        self.trace.merge(&other.trace);
        self.thrown += other.thrown;
        self.times.extend(other.times);
        self.times.truncate(EXITS);
        other.causes.into_iter().for_each(|(cause, count)| *self.causes.entry(cause).or_default() += count);
        self.longest = self.longest.max(other.longest);
        self.lifetime_ms = hull(self.lifetime_ms, other.lifetime_ms);
        self.unclean += other.unclean;
    }

    fn add(&mut self, cause: Cause, mode: Option<Mode>, life: Option<u64>, line: Told<'_>) {
        line.count(&mut self.trace);
        let unclean = cause != (0, None) || mode != Some(Mode::Fork);
        self.unclean += u64::from(unclean);
        if unclean && cause.1.is_none() {
            self.thrown += 1;
            self.times.extend(line.time.filter(|_| self.times.len() < EXITS).map(|time| time.at));
        }
        *self.causes.entry(cause).or_default() += 1;
        self.lifetime_ms = hull(self.lifetime_ms, life.map(|life| (life, life)));
        self.streak = if life.is_none_or(|life| life <= SHORT_LIFE_MS) { self.streak + 1 } else { 1 };
        self.longest = self.longest.max(self.streak);
    }
}

impl Ready {
    fn merge(&mut self, other: &Self) {
        self.trace.merge(&other.trace);
        self.gap_ms = hull(self.gap_ms, other.gap_ms);
        self.quick += other.quick;
        self.reloads += other.reloads;
    }

    fn add(&mut self, gap: u64, line: Told<'_>) {
        line.count(&mut self.trace);
        self.gap_ms = hull(self.gap_ms, Some((gap, gap)));
    }
}

impl Memory {
    fn merge(&mut self, other: &Self) {
        self.trace.merge(&other.trace);
        self.limit = if other.trace.count() > 0 { other.limit } else { self.limit };
        self.highest = self.highest.max(other.highest);
    }

    fn add(&mut self, current: u64, limit: u64, line: Told<'_>) {
        line.count(&mut self.trace);
        self.limit = limit;
        self.highest = self.highest.max(current);
    }
}

#[cfg(test)]
mod tests {
    use super::super::stamp;
    use super::*;

    fn at(text: &str) -> Stamp {
        stamp::parse(text).unwrap()
    }

    #[test]
    fn an_end_within_the_second_is_found_on_the_daemons_clock() {
        let times = ["2026-11-22T12:00:05", "2026-11-22T12:00:09"].map(|time| at(time).at).to_vec();
        let ends = Ends { times, offset: Offset::from_seconds(3600).ok() };
        for (time, end) in [
            ("2026-11-22T12:00:04.900", Some(0)),
            ("2026-11-22T11:00:05.300Z", Some(0)),
            ("2026-11-22T12:00:05Z", None),
            ("2026-11-22T12:00:06", None),
            ("2026-11-22T12:00:09+01:00", Some(1)),
            ("2026-11-22T12:00:10", None),
        ] {
            assert_eq!(ends.after(at(time)), end, "{time}");
        }
    }
}
