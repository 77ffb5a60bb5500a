//! The lives of the workers, as the daemon's log tells them: which ends PM2 asked for, and which came of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::sighted::{Place, PlaceKind, Trace};
use super::watch::Watch;
use super::worker::Worker;
use crate::archive::text::decode::Origin;
use crate::archive::timeline::event::whole_second;
use crate::archive::timeline::{End, Event, EventKind, Mode, PmId, Stamp};

/// So many ends without a number are kept per app.
const UNNUMBERED: usize = 25_000;
/// PM2 looks every 100 ms whether a process that it stops is gone; it tells the same end a second time within this, in milliseconds.
const TWICE_MS: i64 = 120;
/// How long before the first end that is known another one would be, in seconds: as long as the known ones last, but so long.
const SHORT_BEFORE_S: i64 = 60;
/// And no longer.
const LONG_BEFORE_S: i64 = 600;
/// A daemon that is ending is gone within this, in milliseconds.
const DOWN_MS: u64 = 60_000;
/// More workers are not told apart: no daemon has so many.
const WORKERS: usize = 10_000;
/// The app and PM2's number.
pub(super) type Key = (Arc<str>, u32);

/// All workers of the daemons of an archive.
#[derive(Clone, Debug, Default)]
pub(in crate::archive) struct Lives {
    pub workers: BTreeMap<Key, Worker>,
    /// The daemon's offset from UTC, if its banner was seen.
    pub offset: Option<Offset>,
    /// The app that has a number now.
    names: BTreeMap<u32, Arc<str>>,
    last_end: Option<Key>,
    /// New workers of reloads that listen and whose old ones were not told to stop yet. PM2 does not say which they are, and stops
    /// the old one right after each such line; several reloads go on at a time.
    listening: u32,
    /// The daemon is ending: no worker ends of itself, though it may be started once more.
    down: bool,
    /// When that was told.
    down_at: Option<Stamp>,
    /// Ends of which only the app is known.
    unnumbered: BTreeMap<Arc<str>, Vec<Stamp>>,
    /// By app, what its watchers saw.
    pub watches: BTreeMap<Arc<str>, Watch>,
}

impl Lives {
    /// Takes the next event, and fills in whose it is where the line alone does not tell; `text` is the line.
    /// Whether it is the end of a worker that PM2 did not ask for.
    pub fn take(&mut self, event: &mut Event, text: &str) -> bool {
        self.name(event);
        let place = Place { archive: event.source.archive, file: event.source.file.clone(), kind: PlaceKind::Daemon };
        let line = Told { place: &place, number: event.source.line, time: event.time, text };
        match &event.kind {
            EventKind::DaemonStarted => self.restart(),
            EventKind::DaemonStopped => (self.down, self.down_at) = (true, event.time),
            EventKind::UnstableLimit { script, .. } => self.give_up(script, line),
            EventKind::NewWorkerListening => self.listening += u32::from(self.workers.values().any(Worker::is_awaited)),
            EventKind::KillTimeout { ms, .. } => self.stopping().for_each(|worker| worker.timeout_ms = Some(*ms)),
            EventKind::WatchChange { path } => self.changed(event.app.as_ref(), path, line),
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
                let mut stopping = self.workers.iter().filter(|(_, worker)| worker.is_stopping());
                if let (Some(((app, id), worker)), None) = (stopping.next(), stopping.next()) {
                    event.app = Some(app.clone());
                    event.pm_id = Some(if worker.is_old_stopping() { PmId::Old(*id) } else { PmId::Current(*id) });
                }
            }
            (_, Some(id)) if event.app.is_none() => event.app = self.names.get(&id.number()).cloned(),
            (_, Some(PmId::Current(id))) => drop(event.app.clone().map(|app| self.names.insert(id, app))),
            _ => {}
        }
    }

    /// A process of `app` ended, whichever. PM2 says so a second time of one that it stopped itself (God/ActionMethods.js:316,
    /// v7.0.3), so of two that follow each other closely none is known to have ended by itself.
    pub fn end_of(&mut self, app: Arc<str>, time: Stamp) {
        let ends = self.unnumbered.entry(app).or_default();
        if ends.last().is_some_and(|last| time.ms_since(*last) <= TWICE_MS) {
            ends.pop();
        } else if ends.len() < UNNUMBERED {
            ends.push(time);
        }
    }

    /// The mode of the last start of a process.
    pub fn mode(&self, process: &Origin) -> Option<Mode> {
        let key = process.app.clone().zip(process.pm_id)?;
        self.workers.get(&key)?.mode()
    }

    /// Whether any end could be known.
    pub fn know_ends(&self) -> bool {
        !(self.workers.is_empty() && self.unnumbered.is_empty())
    }

    /// Another daemon's log begins: nothing runs.
    pub fn restart(&mut self) {
        (self.down, self.listening) = (false, 0);
        self.workers.values_mut().for_each(Worker::restart);
    }

    /// The one app that was ever started, and its process if that is the only one.
    pub fn only(&self) -> Option<Origin> {
        let (app, pm_id) = self.workers.keys().next()?;
        let alone = self.workers.keys().all(|(other, _)| other == app);
        let pm_id = Some(*pm_id).filter(|_| self.workers.len() == 1);
        alone.then(|| Origin { app: Some(app.clone()), pm_id })
    }

    /// Adds what the daemons of another archive told.
    pub fn merge(&mut self, other: Self) {
        self.offset = self.offset.or(other.offset);
        for (key, worker) in other.workers {
            if self.workers.len() < WORKERS || self.workers.contains_key(&key) {
                self.workers.entry(key).or_default().merge(worker);
            }
        }
        for (app, ends) in other.unnumbered {
            self.unnumbered.entry(app).or_default().extend(ends);
        }
        for (app, watch) in other.watches {
            self.watches.entry(app).or_default().merge(watch);
        }
    }

    /// The numbers of the archives that it points at.
    pub fn archives(&mut self) -> impl Iterator<Item = &mut usize> {
        let watched = self.watches.values_mut().map(|watch| &mut watch.trace);
        self.workers.values_mut().flat_map(Worker::traces).chain(watched).flat_map(Trace::archives)
    }

    fn give_up(&mut self, script: &Arc<str>, line: Told<'_>) {
        if let Some(worker) = self.last_end.as_ref().and_then(|key| self.workers.get_mut(key)) {
            worker.give_up(script, line);
        }
    }

    /// A watcher restarts all processes of its app.
    fn changed(&mut self, app: Option<&Arc<str>>, path: &Arc<str>, line: Told<'_>) {
        let Some(app) = app else { return };
        if self.watches.len() < WORKERS || self.watches.contains_key(app) {
            self.watches.entry(app.clone()).or_default().change(path, line);
        }
        let own = self.workers.iter_mut().filter(|((name, _), _)| name == app);
        own.for_each(|(_, worker)| worker.announce(End::Watch));
    }

    fn stopping(&mut self) -> impl Iterator<Item = &mut Worker> {
        self.workers.values_mut().filter(|worker| worker.is_stopping())
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
        let worker = self.workers.entry(key).or_insert_with(|| Worker::new(id.number()));
        match kind {
            EventKind::Starting { mode } => {
                self.down &= line.ms_since(self.down_at).is_some_and(|ms| ms < DOWN_MS);
                worker.start(*mode, line.time);
                self.watches.get_mut(app).into_iter().for_each(|watch| watch.start(line.time));
            }
            EventKind::Online => worker.online(line),
            EventKind::Exited { code, signal } => return worker.exit(id, (*code, signal.clone()), down, line),
            EventKind::Stopping => {
                if matches!(id, PmId::Old(_)) && self.listening > 0 && worker.is_awaited() {
                    self.listening -= 1;
                    worker.hear();
                }
                worker.stop(id, line);
            }
            EventKind::MemoryLimit { current, limit } => worker.exceed(*current, *limit, line),
            EventKind::ForkReload => worker.reload_in_fork_mode(line),
            EventKind::CronRegistered => worker.schedule(),
            EventKind::CronDeregistered => worker.unschedule(line.time),
            _ => {}
        }
        false
    }

    /// When the workers of `app` (or the one with the number `pm_id`) ended of themselves, sorted, on the daemon's clock.
    pub fn ends(&self, app: Option<&str>, pm_id: Option<u32>) -> Ends<'_> {
        let of = self
            .workers
            .iter()
            .filter(|((name, id), _)| app.is_none_or(|app| app == &**name) && pm_id.is_none_or(|pm_id| pm_id == *id));
        let unnumbered = self.unnumbered.iter().filter(|(name, _)| app.is_none_or(|app| app == &***name));
        let unnumbered = unnumbered.flat_map(|(app, ends)| ends.iter().map(move |end| (end.on(self.offset), app)));
        let numbered = of.flat_map(|((app, _), worker)| worker.own.times.iter().map(move |time| (*time, app)));
        let mut ends: Vec<(DateTime, &Arc<str>)> = numbered.chain(unnumbered).collect();
        ends.sort_unstable();
        Ends::new(ends, self.offset)
    }
}

/// When workers ended of themselves, and of which app they were.
pub(in crate::archive) struct Ends<'l> {
    ends: Vec<(DateTime, &'l Arc<str>)>,
    offset: Option<Offset>,
}

impl<'l> Ends<'l> {
    /// `ends` in order, on a clock with that offset from UTC.
    pub fn new(ends: Vec<(DateTime, &'l Arc<str>)>, offset: Option<Offset>) -> Self {
        Self { ends, offset }
    }

    /// Whether ends at `time` would be known: it is between the first one and the last one, or not long before.
    pub fn are_known_at(&self, time: Stamp) -> bool {
        let Some(((first, _), (last, _))) = self.ends.first().zip(self.ends.last()) else { return false };
        let before = last.duration_since(*first).as_secs().clamp(SHORT_BEFORE_S, LONG_BEFORE_S);
        let at = time.on(self.offset);
        first.duration_since(at).as_secs() <= before && at <= *last
    }

    /// The errors that ended workers of one app alone, by that app; `ended` has each error with an end that it came before.
    pub fn by_app(&self, ended: Vec<(Arc<str>, usize)>) -> BTreeMap<Arc<str>, Vec<Arc<str>>> {
        let mut apps: BTreeMap<Arc<str>, BTreeSet<&Arc<str>>> = BTreeMap::new();
        for (error, end) in ended {
            apps.entry(error).or_default().extend(self.ends.get(end).map(|(_, app)| *app));
        }
        let mut errors: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
        for (error, apps) in apps {
            if let (Some(app), 1) = (apps.first(), apps.len()) {
                errors.entry(Arc::clone(app)).or_default().push(error);
            }
        }
        errors
    }

    /// Which ones, by their indices, came within so many `seconds` after `time`; the daemon's log has whole seconds.
    pub fn after(&self, time: Stamp, seconds: i64) -> Option<Range<usize>> {
        let second = whole_second(time.on(self.offset));
        let next = self.ends.partition_point(|(end, _)| *end < second);
        let behind = self.ends.partition_point(|(end, _)| end.duration_since(second).as_secs() <= seconds);
        (next < behind).then_some(next..behind)
    }
}

/// A line of the daemon's log.
#[derive(Clone, Copy)]
pub(in crate::archive) struct Told<'a> {
    place: &'a Place,
    number: u64,
    pub time: Option<Stamp>,
    text: &'a str,
}

impl Told<'_> {
    /// Counts it.
    pub fn count(self, trace: &mut Trace) {
        trace.add(self.place, self.number, self.time, self.text);
    }

    /// Milliseconds since `start`.
    pub fn ms_since(self, start: Option<Stamp>) -> Option<u64> {
        u64::try_from(self.time?.ms_since(start?)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::text::stamp;

    fn at(text: &str) -> Stamp {
        stamp::parse(text).unwrap()
    }

    #[test]
    fn an_end_within_the_second_is_found_on_the_daemons_clock() {
        let app = Arc::from("a");
        let ends = ["2026-11-22T12:00:05", "2026-11-22T12:00:09"].map(|time| (at(time).at, &app)).to_vec();
        let ends = Ends::new(ends, Offset::from_seconds(3600).ok());
        for (time, end) in [
            ("2026-11-22T12:00:04.900", Some(0..1)),
            ("2026-11-22T11:00:05.300Z", Some(0..1)),
            ("2026-11-22T12:00:05Z", None),
            ("2026-11-22T12:00:06", None),
            ("2026-11-22T12:00:09+01:00", Some(1..2)),
            ("2026-11-22T12:00:10", None),
        ] {
            assert_eq!(ends.after(at(time), 1), end, "{time}");
        }
    }
}
