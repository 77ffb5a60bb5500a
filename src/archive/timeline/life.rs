//! The lives of one process: when each began and was online, when and why it ended.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::event::Stamp;

/// So many lives are listed from the beginning, and as many from the end.
const LISTED: usize = 20;
/// Minutes with restarts that are told apart.
const MINUTES: usize = 20_000;

/// Why a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Nobody asked for it: a crash, an exit, a signal from elsewhere.
    Own,
    /// PM2 was told to stop or restart it.
    Stopped,
    /// `cron_restart`: PM2 restarted a process that has one on the full minute. The log says nothing else of it, so a restart by
    /// hand in that second is counted here too.
    Cron,
    /// A reload put a new worker in its place.
    Reloaded,
    /// A watched file changed.
    Watch,
    /// It had more than `max_memory_restart`.
    Memory,
    /// The daemon ended.
    Shutdown,
}

/// From a start to an end, as far as the log holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// `starting in`.
    pub started: Option<Stamp>,
    /// `online`: spawned; with `wait_ready`, ready or given up waiting.
    pub online: Option<Stamp>,
    /// `exited`.
    pub ended: Option<Stamp>,
    /// `None`: the log does not tell an end.
    pub end: Option<End>,
    /// 0 also for a killed process, and for an uncaught exception in cluster mode.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<Arc<str>>,
    /// From `starting` to the end, in milliseconds; PM2's log has whole seconds.
    pub uptime_ms: Option<u64>,
    /// From the order to stop to the end, in milliseconds.
    pub drain_ms: Option<u64>,
    #[serde(skip)]
    told: Option<(End, Option<Stamp>)>,
}

/// How long lives were, in milliseconds; PM2's log has whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptimes {
    /// The shortest.
    pub shortest_ms: u64,
    /// On average.
    pub mean_ms: u64,
    /// The longest.
    pub longest_ms: u64,
}

/// The restarts within one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Its beginning.
    pub at: Stamp,
    /// How often the process was started again.
    pub restarts: u64,
}

/// The lives of one process, counted; the first and the last are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct Book {
    pub ends: BTreeMap<End, u64>,
    pub longest_drain_ms: Option<u64>,
    starts: u64,
    uptimes: Option<Uptimes>,
    uptime_total: u64,
    uptime_count: u64,
    minutes: BTreeMap<DateTime, u64>,
    first: Vec<Life>,
    last: VecDeque<Life>,
    #[serde(skip)]
    current: Option<Life>,
    /// The outgoing worker of a reload.
    #[serde(skip)]
    old: Option<Life>,
}

impl Book {
    /// A process was started; one that lives is replaced by it.
    pub fn start(&mut self, time: Option<Stamp>) {
        if self.starts > 0 {
            self.count(time);
        }
        self.starts += 1;
        let replaced = self.current.replace(Life { started: time, ..Life::default() });
        if let Some(lost) = replaced.and_then(|replaced| self.old.replace(replaced)) {
            self.keep(lost);
        }
    }

    /// It is online.
    pub fn online(&mut self, time: Option<Stamp>) {
        if let Some(life) = &mut self.current {
            life.online = life.online.or(time);
        }
    }

    /// It was told to end.
    pub fn tell(&mut self, is_old: bool, why: End, time: Option<Stamp>) {
        let life = if is_old { &mut self.old } else { &mut self.current };
        if let Some(life) = life {
            life.told = Some((why, time));
        }
    }

    /// It ended. How long it lived, where the log tells.
    pub fn end(&mut self, is_old: bool, why: End, cause: (i32, Option<Arc<str>>), time: Option<Stamp>) -> Option<u64> {
        let life = if is_old { self.old.take() } else { self.current.take() };
        let mut life = life.unwrap_or_default();
        let (why, told_at) = life.told.take().unwrap_or((why, None));
        life.drain_ms = between(told_at, time);
        (life.ended, life.end, life.code, life.signal) = (time, Some(why), Some(cause.0), cause.1);
        let uptime = between(life.started, time);
        life.uptime_ms = uptime;
        if let Some(uptime) = uptime {
            self.uptime(uptime, uptime, uptime, 1);
        }
        *self.ends.entry(why).or_default() += 1;
        self.longest_drain_ms = self.longest_drain_ms.max(life.drain_ms);
        self.keep(life);
        uptime
    }

    /// Another daemon's log begins: what ran is not heard of again.
    pub fn restart(&mut self) {
        let lost: Vec<Life> = self.old.take().into_iter().chain(self.current.take()).collect();
        lost.into_iter().for_each(|life| self.keep(life));
    }

    fn uptime(&mut self, shortest: u64, longest: u64, total: u64, count: u64) {
        self.uptime_total = self.uptime_total.saturating_add(total);
        self.uptime_count += count;
        let known = self.uptimes.unwrap_or(Uptimes { shortest_ms: shortest, mean_ms: 0, longest_ms: longest });
        self.uptimes = Some(Uptimes {
            shortest_ms: known.shortest_ms.min(shortest),
            mean_ms: self.uptime_total / self.uptime_count.max(1),
            longest_ms: known.longest_ms.max(longest),
        });
    }

    /// Adds the lives of the same process in a later archive.
    pub fn merge(&mut self, mut later: Self) {
        self.restart();
        later.restart();
        self.starts += later.starts;
        self.longest_drain_ms = self.longest_drain_ms.max(later.longest_drain_ms);
        later.ends.into_iter().for_each(|(end, count)| *self.ends.entry(end).or_default() += count);
        if let Some(Uptimes { shortest_ms, longest_ms, .. }) = later.uptimes {
            self.uptime(shortest_ms, longest_ms, later.uptime_total, later.uptime_count);
        }
        for (minute, count) in later.minutes {
            if self.minutes.len() < MINUTES || self.minutes.contains_key(&minute) {
                *self.minutes.entry(minute).or_default() += count;
            }
        }
        later.first.into_iter().chain(later.last).for_each(|life| self.keep(life));
    }

    fn keep(&mut self, life: Life) {
        if self.first.len() < LISTED {
            return self.first.push(life);
        }
        self.last.push_back(life);
        if self.last.len() > LISTED {
            self.last.pop_front();
        }
    }

    fn count(&mut self, time: Option<Stamp>) {
        let minute = time.and_then(|time| time.at.with().second(0).subsec_nanosecond(0).build().ok());
        let Some(minute) = minute else { return };
        if self.minutes.len() < MINUTES || self.minutes.contains_key(&minute) {
            *self.minutes.entry(minute).or_default() += 1;
        }
    }

    /// The first lives and the last, in order.
    pub fn lives(&self) -> Vec<Life> {
        let going_on = self.old.iter().chain(&self.current);
        self.first.iter().chain(&self.last).chain(going_on).cloned().collect()
    }

    /// When the last of them began.
    pub fn last_start(&self) -> Option<Stamp> {
        let last = self.current.as_ref().or(self.last.back()).or(self.first.last());
        last?.started
    }

    /// How long they were.
    pub fn uptimes(&self) -> Option<Uptimes> {
        self.uptimes
    }

    /// The minutes in which the process was started again, in order.
    pub fn minutes(&self) -> Vec<Minute> {
        let minute =
            |(at, restarts): (&DateTime, &u64)| Minute { at: Stamp { at: *at, offset: None }, restarts: *restarts };
        self.minutes.iter().map(minute).collect()
    }
}

/// Milliseconds, where both times are known and in order.
fn between(earlier: Option<Stamp>, later: Option<Stamp>) -> Option<u64> {
    u64::try_from(later?.ms_since(earlier?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::text::stamp;

    fn at(time: &str) -> Option<Stamp> {
        stamp::parse(&format!("2026-11-22T{time}"))
    }

    #[test]
    fn a_reload_keeps_the_old_life_apart_from_the_new() {
        let mut book = Book::default();
        book.start(at("12:00:00"));
        book.start(at("12:10:00"));
        book.tell(true, End::Reloaded, at("12:10:02"));
        book.end(true, End::Own, (0, None), at("12:10:05"));
        book.end(false, End::Own, (1, None), at("12:11:00"));
        let lives: Vec<_> = book.lives().into_iter().map(|life| (life.end, life.drain_ms)).collect();
        assert_eq!(lives, [(Some(End::Reloaded), Some(3000)), (Some(End::Own), None)]);
        let uptimes = book.uptimes().map(|up| (up.shortest_ms, up.mean_ms, up.longest_ms));
        assert_eq!(uptimes, Some((60_000, 332_500, 605_000)));
    }

    #[test]
    fn of_many_lives_the_ends_are_kept_and_all_are_counted() {
        let mut book = Book::default();
        for number in 0..100 {
            book.start(at("12:00:00"));
            book.end(false, End::Own, (number, None), at("12:00:01"));
        }
        let codes: Vec<_> = book.lives().iter().filter_map(|life| life.code).collect();
        assert_eq!(codes, (0..20).chain(80..100).collect::<Vec<_>>());
        assert_eq!((book.ends[&End::Own], book.minutes()[0].restarts), (100, 99));
    }
}
