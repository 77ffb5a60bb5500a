//! One process over all its lives: which of its ends PM2 asked for, and what went wrong on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::lives::Told;
use super::pairs;
use super::sighted::Trace;
use crate::archive::timeline::life::Book;
use crate::archive::timeline::{End, Mode, PmId, Stamp, WorkerLog};

/// An end after a longer life does not count as part of a loop, in milliseconds.
const SHORT_LIFE_MS: u64 = 600_000;
/// A job that ends after a longer life, does not count as one that PM2 repeats, in milliseconds.
const SHORT_JOB_MS: u64 = 60_000;
/// A start so long after an end is none that PM2 made for it, in milliseconds: somebody, or a timer of the host, ran it again.
const LONG_PAUSE_MS: u64 = 60_000;
/// So many times of ends are kept per worker, to compare errors with.
const EXITS: usize = 25_000;
/// A gap between `starting` and `online` below this is nothing, in milliseconds.
const READY_GAP_MS: u64 = 2_000;

/// The exit code, and the signal that ended it.
pub(super) type Cause = (i32, Option<Arc<str>>);

/// One worker over all its lives.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct Worker {
    counts: WorkerLog,
    pub book: Book,
    pub modes: BTreeSet<Mode>,
    pub own: OwnExits,
    pub forced: Trace,
    /// The last kill timeout that was printed while it was being stopped.
    pub timeout_ms: Option<u64>,
    pub ready: Ready,
    pub memory: Memory,
    pub fork_reloads: Trace,
    /// Reloads in which the new worker spoke before the old one was stopped.
    pub heard_reloads: u64,
    /// The others.
    pub unheard_reloads: Trace,
    pub limits: Trace,
    pub script: Option<Arc<str>>,
    /// When it was started after PM2 had given it up, if it has not ended by itself since.
    #[serde(default)]
    pub revived: Option<Stamp>,
    mode: Option<Mode>,
    #[serde(skip)]
    now: Now,
}

/// How it stands at one line of the log.
#[derive(Clone, Debug, Default)]
struct Now {
    started: Option<Stamp>,
    alive: bool,
    waiting: bool,
    ended: Option<Stamp>,
    /// A cron job was registered since its end: the next start is not a restart.
    cron: bool,
    /// What PM2 said of the stop that is to come.
    why: Option<End>,
    stopping: bool,
    old_stopping: bool,
    given_up: bool,
    reload: Reload,
}

/// Ends that PM2 did not ask for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct OwnExits {
    pub trace: Trace,
    /// How many an exception may have caused: no signal did, nor a clean end in fork mode.
    pub thrown: u64,
    /// When these came.
    pub times: Vec<DateTime>,
    #[serde(with = "pairs")]
    pub causes: BTreeMap<Cause, u64>,
    /// The longest run of them, each after a short life.
    pub longest: u64,
    /// Shortest and longest life, in milliseconds.
    pub lifetime_ms: Option<(u64, u64)>,
    /// Shortest and longest time from such an end to the next start, in milliseconds.
    pub pause_ms: Option<(u64, u64)>,
    /// How many were not of fork mode with code 0.
    pub unclean: u64,
    #[serde(skip)]
    streak: u64,
    /// The last end was one of them.
    #[serde(skip)]
    is_last: bool,
}

/// Starts that were slow to be ready.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct Ready {
    pub trace: Trace,
    pub gap_ms: Option<(u64, u64)>,
    /// Starts without such a gap.
    pub quick: u64,
    /// Reloads without a word of the new worker.
    pub reloads: u64,
}

/// Restarts for memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct Memory {
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

impl Worker {
    /// A worker with the number `pm_id`, not heard of yet.
    pub fn new(pm_id: u32) -> Self {
        Self { counts: WorkerLog { pm_id, ..WorkerLog::default() }, ..Self::default() }
    }

    /// Another daemon's log begins: it does not run.
    pub fn restart(&mut self) {
        let Now { ended, cron, given_up, .. } = self.now;
        self.now = Now { ended, cron, given_up, ..Now::default() };
        self.book.restart();
    }

    pub(super) fn start(&mut self, mode: Mode, time: Option<Stamp>) {
        self.counts.starts += 1;
        self.modes.insert(mode);
        self.mode = Some(mode);
        self.now.reload = if self.now.alive { Reload::Waiting } else { Reload::None };
        let pause = time.zip(self.now.ended).and_then(|(start, end)| u64::try_from(start.ms_since(end)).ok());
        self.own.go_on(pause.filter(|_| !self.now.cron && !self.now.alive), self.now.cron);
        (self.now.alive, self.now.waiting, self.now.stopping, self.now.started) = (true, true, false, time);
        if std::mem::take(&mut self.now.given_up) {
            self.revived = time;
        }
        self.book.start(time);
    }

    pub(super) fn online(&mut self, line: Told<'_>) {
        self.counts.online += 1;
        self.book.online(line.time);
        let waited = std::mem::take(&mut self.now.waiting);
        match line.ms_since(self.now.started).filter(|_| waited) {
            Some(gap) if gap >= READY_GAP_MS => self.ready.add(gap, line),
            Some(_) => self.ready.quick += 1,
            None => {}
        }
    }

    /// PM2 says why it is going to stop it.
    pub(super) fn announce(&mut self, why: End) {
        self.now.why = Some(why);
    }

    pub(super) fn stop(&mut self, id: PmId, line: Told<'_>) {
        let why = self.now.why.take();
        match id {
            PmId::Current(_) => {
                self.now.stopping = true;
                self.book.tell(false, why.unwrap_or(End::Stopped), line.time);
            }
            PmId::Old(_) => {
                self.now.old_stopping = true;
                self.book.tell(true, why.unwrap_or(End::Reloaded), line.time);
                self.replace(line);
            }
        }
    }

    fn replace(&mut self, line: Told<'_>) {
        match std::mem::take(&mut self.now.reload) {
            Reload::Waiting => {
                self.ready.reloads += 1;
                self.ready.add(line.ms_since(self.now.started).unwrap_or(0), line);
                line.count(&mut self.unheard_reloads);
            }
            Reload::Ready => self.heard_reloads += 1,
            Reload::None => {}
        }
    }

    /// Whether it is the new worker of a reload and has not spoken.
    pub(super) fn is_awaited(&self) -> bool {
        self.now.reload == Reload::Waiting
    }

    /// The new worker of a reload spoke.
    pub(super) fn hear(&mut self) {
        self.now.reload = Reload::Ready;
    }

    /// Whether it was told to end and has not.
    pub(super) fn is_stopping(&self) -> bool {
        self.now.stopping || self.now.old_stopping
    }

    /// Whether it is the outgoing worker of a reload that was told to end and has not.
    pub(super) fn is_old_stopping(&self) -> bool {
        self.now.old_stopping
    }

    pub(super) fn give_up(&mut self, script: &Arc<str>, line: Told<'_>) {
        (self.counts.errored, self.now.given_up) = (true, true);
        self.script = Some(script.clone());
        line.count(&mut self.limits);
    }

    pub(super) fn reload_in_fork_mode(&mut self, line: Told<'_>) {
        if self.now.why != Some(End::Memory) {
            line.count(&mut self.fork_reloads);
        }
    }

    pub(super) fn exceed(&mut self, current: u64, limit: u64, line: Told<'_>) {
        self.announce(End::Memory);
        self.memory.add(current, limit, line);
    }

    /// A cron job was registered for it.
    pub(super) fn schedule(&mut self) {
        self.now.cron = true;
    }

    /// Its cron job was taken back: PM2 does so before it restarts or deletes a process (God/ActionMethods.js:399, v7.0.3).
    pub(super) fn unschedule(&mut self, time: Option<Stamp>) {
        self.now.cron = true;
        if self.now.alive && time.is_some_and(|time| time.at.second() == 0) {
            self.announce(End::Cron);
        }
    }

    /// Whether PM2 did not ask for it.
    pub(super) fn exit(&mut self, id: PmId, cause: Cause, is_down: bool, line: Told<'_>) -> bool {
        let is_old = matches!(id, PmId::Old(_));
        let asked = std::mem::take(if is_old { &mut self.now.old_stopping } else { &mut self.now.stopping });
        self.now.alive &= is_old;
        (self.now.ended, self.now.cron) = (line.time, false);
        let why = if is_down { End::Shutdown } else { End::Own };
        let is_own = !(asked || is_down);
        let uptime = self.book.end(is_old, why, cause.clone(), line.time).filter(|_| !is_old);
        if is_own {
            self.counts.own_exits += 1;
            self.revived = None;
            self.own.add(cause, self.mode, uptime, line);
            return true;
        }
        self.counts.stops += 1;
        self.own.interrupt();
        if cause.1.as_deref() == Some("SIGKILL") {
            self.counts.forced_kills += 1;
            line.count(&mut self.forced);
        }
        false
    }

    /// Adds what another archive told; the other one is the later one.
    pub(super) fn merge(&mut self, other: Self) {
        self.counts.merge(&other.counts);
        self.book.merge(other.book);
        self.modes.extend(other.modes);
        self.own.merge(other.own);
        self.forced.merge(&other.forced);
        self.timeout_ms = other.timeout_ms.or(self.timeout_ms);
        self.ready.merge(&other.ready);
        self.memory.merge(&other.memory);
        self.fork_reloads.merge(&other.fork_reloads);
        self.heard_reloads += other.heard_reloads;
        self.unheard_reloads.merge(&other.unheard_reloads);
        self.limits.merge(&other.limits);
        self.script = other.script.or(self.script.take());
        self.revived = other.revived.or(self.revived.filter(|_| other.counts.own_exits == 0));
        self.mode = other.mode.or(self.mode);
    }

    /// Everything that points at lines.
    pub(super) fn traces(&mut self) -> [&mut Trace; 7] {
        let Self { own, forced, ready, memory, fork_reloads, unheard_reloads, limits, .. } = self;
        [&mut own.trace, forced, &mut ready.trace, &mut memory.trace, fork_reloads, unheard_reloads, limits]
    }

    /// The mode of the last start.
    pub fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// Whether PM2 gave it up.
    pub fn is_errored(&self) -> bool {
        self.counts.errored
    }

    /// What is counted of it.
    pub fn log(&self) -> WorkerLog {
        WorkerLog {
            ends: self.book.ends.clone(),
            uptimes: self.book.uptimes(),
            longest_drain_ms: self.book.longest_drain_ms,
            restarts_per_minute: self.book.minutes(),
            lives: self.book.lives(),
            ..self.counts.clone()
        }
    }
}

impl OwnExits {
    fn add(&mut self, cause: Cause, mode: Option<Mode>, life: Option<u64>, line: Told<'_>) {
        line.count(&mut self.trace);
        let is_clean = cause == (0, None) && mode == Some(Mode::Fork);
        self.unclean += u64::from(!is_clean);
        if !is_clean && cause.1.is_none() {
            self.thrown += 1;
            self.times.extend(line.time.filter(|_| self.times.len() < EXITS).map(|time| time.at));
        }
        *self.causes.entry(cause).or_default() += 1;
        self.lifetime_ms = hull(self.lifetime_ms, life.map(|life| (life, life)));
        let limit = if is_clean { SHORT_JOB_MS } else { SHORT_LIFE_MS };
        self.streak = if life.is_none_or(|life| life <= limit) { self.streak + 1 } else { 1 };
        self.longest = self.longest.max(self.streak);
        self.is_last = true;
    }

    fn merge(&mut self, other: Self) {
        self.trace.merge(&other.trace);
        self.thrown += other.thrown;
        self.times.extend(other.times);
        self.times.truncate(EXITS);
        other.causes.into_iter().for_each(|(cause, count)| *self.causes.entry(cause).or_default() += count);
        self.longest = self.longest.max(other.longest);
        self.lifetime_ms = hull(self.lifetime_ms, other.lifetime_ms);
        self.pause_ms = hull(self.pause_ms, other.pause_ms);
        self.unclean += other.unclean;
    }

    /// A start came `pause` ms after the last end, as far as it is known.
    fn go_on(&mut self, pause: Option<u64>, is_scheduled: bool) {
        let pause = pause.filter(|_| self.is_last);
        if is_scheduled || pause.is_some_and(|pause| pause > LONG_PAUSE_MS) {
            self.streak = 0;
        } else {
            self.pause_ms = hull(self.pause_ms, pause.map(|pause| (pause, pause)));
        }
    }

    /// An end came that PM2 asked for.
    fn interrupt(&mut self) {
        (self.streak, self.is_last) = (0, false);
    }
}

/// The smallest and the largest of two ranges.
fn hull(one: Option<(u64, u64)>, other: Option<(u64, u64)>) -> Option<(u64, u64)> {
    let both = one.zip(other).map(|((low, high), (lower, higher))| (low.min(lower), high.max(higher)));
    both.or(one).or(other)
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
