//! What the workers of one app tell side by side: a job that each of them does, requests that only one of them gets.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;

use crate::archive::scan::routine::{Routine, Spoken};
use crate::archive::scan::sighted::{Tally, Trace};
use crate::archive::timeline::event::whole_second;
use crate::archive::timeline::{DuplicateJob, UnevenLoad};

/// So many ticks that all of them share are no chance.
const TICKS: usize = 4;
/// What is said so soon after a tick is said of the same job, in seconds.
const JOB_S: i64 = 2;
/// So many requests would have been spread over all.
const REQUESTS: u64 = 50;
/// So often must a counter have been printed.
const PRINTS: usize = 3;

/// Words of work that is wrong when it is done twice.
const WORK: [&str; 24] = [
    "sent",
    "sending",
    "mailed",
    "emailed",
    "notified",
    "charged",
    "billed",
    "invoiced",
    "paid",
    "refunded",
    "published",
    "posted",
    "uploaded",
    "exported",
    "imported",
    "archived",
    "purged",
    "deleted",
    "expired",
    "synced",
    "backup",
    "report",
    "digest",
    "reminder",
];
/// Words for what a server counts when it is asked.
const ASKED: [&str; 4] = ["request", "reqs", "hits", "served"];

/// What was found, and where.
pub(super) type Found<T> = (T, Trace, BTreeSet<u32>);

/// The jobs that several workers do at the same ticks. Of what they say of one job what comes first tells of it.
pub(super) fn duplicate_jobs(routines: &[&Routine]) -> Vec<Found<DuplicateJob>> {
    let sentences: BTreeSet<&String> = routines.iter().flat_map(|routine| routine.sentences.keys()).collect();
    let mut said: Vec<Said> = sentences.into_iter().filter_map(|sentence| duplicate_job(sentence, routines)).collect();
    said.sort_by_key(|said| said.line);
    let mut jobs: Vec<Said> = Vec::new();
    for said in said {
        if !jobs.iter().any(|job| said.is_of(job)) {
            jobs.push(said);
        }
    }
    jobs.into_iter().map(|said| said.found).collect()
}

/// What several workers say at the same ticks.
struct Said {
    found: Found<DuplicateJob>,
    /// Its first line.
    line: u64,
    ticks: Vec<DateTime>,
}

impl Said {
    /// Whether the same workers say it while they do the other's job.
    fn is_of(&self, other: &Self) -> bool {
        let follows = |tick: &DateTime| {
            other.ticks.iter().any(|begin| (0..=JOB_S).contains(&tick.duration_since(*begin).as_secs()))
        };
        self.found.2 == other.found.2 && !self.ticks.is_empty() && self.ticks.iter().all(follows)
    }
}

fn duplicate_job(sentence: &str, routines: &[&Routine]) -> Option<Said> {
    let spoken: Vec<(&Routine, &[Spoken])> =
        routines.iter().filter_map(|routine| Some((*routine, &**routine.sentences.get(sentence)?))).collect();
    let first = spoken.first()?.1.first()?;
    // Who speaks is said in words that each worker keeps and no other uses.
    let is_name = |at: usize| {
        spoken.iter().all(|(_, spoken)| spoken.iter().all(|one| one.words.get(at) == spoken[0].words.get(at)))
    };
    let names: Vec<bool> = (0..first.words.len()).map(is_name).collect();
    let is_timed = first.time.is_some() || sentence.contains("#:#:#");
    let mut ticks: BTreeMap<Tick<'_>, BTreeSet<u32>> = BTreeMap::new();
    for (routine, spoken) in &spoken {
        for one in *spoken {
            ticks.entry(Tick::of(one, &names)).or_default().extend(routine.origin.pm_id);
        }
    }
    let shared: Vec<(&Tick<'_>, &BTreeSet<u32>)> = ticks.iter().filter(|(_, workers)| workers.len() > 1).collect();
    let workers: BTreeSet<u32> = shared.iter().flat_map(|(_, workers)| workers.iter().copied()).collect();
    // The first and the last tick may have been before a worker was there, or after it was gone.
    let is_rule = shared.len() >= TICKS && shared.len() + 2 >= ticks.len();
    let times: Vec<DateTime> = shared.iter().filter_map(|(tick, _)| tick.second).collect();
    if !(is_timed && is_rule && (is_on_the_minute(&times) || (is_regular(&times) && is_work(sentence)))) {
        return None;
    }
    let mut trace = Trace::default();
    for (routine, spoken) in spoken {
        let of_tick = |one: &&Spoken| ticks.get(&Tick::of(one, &names)).is_some_and(|workers| workers.len() > 1);
        spoken.iter().filter(of_tick).for_each(|one| trace.add(&routine.place, one.line, one.time, &one.text));
    }
    let job = DuplicateJob { text: first.text.as_str().into(), ticks: shared.len() as u64 };
    Some(Said { found: (job, trace, workers), line: first.line, ticks: times })
}

/// What is the same for all workers that do one job at one time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tick<'a> {
    second: Option<DateTime>,
    words: Vec<&'a str>,
}

impl<'a> Tick<'a> {
    fn of(spoken: &'a Spoken, names: &[bool]) -> Self {
        let second = spoken.time.map(|time| whole_second(time.at));
        let words = spoken.words.iter().zip(names).filter(|(_, is_name)| !**is_name).map(|(word, _)| word.as_str());
        Self { second, words: words.collect() }
    }
}

/// A timer of the program starts with the program; what falls on full minutes is a schedule.
fn is_on_the_minute(times: &[DateTime]) -> bool {
    times.len() >= TICKS && times.iter().all(|time| time.second() == 0)
}

/// Whether the gaps are equal, as far as whole seconds tell; without dates nothing speaks against it.
fn is_regular(times: &[DateTime]) -> bool {
    let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).collect();
    let (shortest, longest) = (gaps.iter().min().unwrap_or(&0), gaps.iter().max().unwrap_or(&0));
    longest - shortest <= 1
}

fn is_work(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    lower.split(|c: char| !c.is_alphabetic()).any(|word| WORK.contains(&word))
}

/// The one worker of several that got all requests: by the requests it logged, or by a counter that every worker prints.
pub(super) fn uneven_load(routines: &[&Routine]) -> Option<Found<UnevenLoad>> {
    by_requests(routines).or_else(|| by_counter(routines))
}

fn by_requests(routines: &[&Routine]) -> Option<Found<UnevenLoad>> {
    let (busy, idle): (Vec<&Routine>, Vec<&Routine>) = routines.iter().partition(|routine| routine.requests.count > 0);
    let [busy] = busy[..] else { return None };
    if busy.requests.count < REQUESTS || !idle.iter().all(|routine| routine.is_whole) {
        return None;
    }
    let mut trace = Trace::default();
    trace.extend(&busy.place, &busy.requests);
    found(busy, &idle, busy.requests.count, trace)
}

fn by_counter(routines: &[&Routine]) -> Option<Found<UnevenLoad>> {
    let counted = |sentence: &&String| ASKED.iter().any(|word| sentence.to_lowercase().contains(word));
    let mut sentences = routines.first()?.sentences.keys().filter(counted);
    sentences.find_map(|sentence| {
        let printed: Vec<&Vec<Spoken>> =
            routines.iter().filter_map(|routine| routine.sentences.get(sentence)).collect();
        let is_told = printed.len() == routines.len() && printed.iter().all(|spoken| spoken.len() >= PRINTS);
        let counters = printed.first().filter(|_| is_told)?.first()?.words.len();
        (0..counters).find_map(|at| counter(routines, &printed, at))
    })
}

/// What the numbers at the place `at` of a sentence tell.
fn counter(routines: &[&Routine], printed: &[&Vec<Spoken>], at: usize) -> Option<Found<UnevenLoad>> {
    let growths: Vec<u64> = printed.iter().map(|spoken| growth(spoken, at)).collect::<Option<_>>()?;
    let is_busy = |(_, growth): &(usize, &u64)| **growth > 0;
    let (busy, requests) = growths.iter().enumerate().find(is_busy)?;
    if *requests < REQUESTS || growths.iter().filter(|growth| **growth > 0).count() > 1 {
        return None;
    }
    let idle: Vec<&Routine> =
        routines.iter().enumerate().filter(|(index, _)| *index != busy).map(|(_, routine)| *routine).collect();
    let mut trace = Trace::default();
    for (routine, spoken) in routines.iter().zip(printed) {
        let mut tally = Tally::default();
        spoken.iter().for_each(|one| tally.add(one.line, one.time, &one.text));
        trace.extend(&routine.place, &tally);
    }
    found(routines[busy], &idle, *requests, trace)
}

/// By how much a number grew that never falls.
fn growth(spoken: &[Spoken], at: usize) -> Option<u64> {
    let numbers: Vec<u64> = spoken.iter().map(|one| one.words.get(at)?.parse().ok()).collect::<Option<_>>()?;
    numbers.is_sorted().then(|| numbers.last()?.checked_sub(*numbers.first()?))?
}

fn found(busy: &Routine, idle: &[&Routine], requests: u64, trace: Trace) -> Option<Found<UnevenLoad>> {
    let ids = idle.iter().filter_map(|routine| routine.origin.pm_id).collect();
    let busy = busy.origin.pm_id?;
    let workers = idle.iter().filter_map(|routine| routine.origin.pm_id).chain([busy]).collect();
    Some((UnevenLoad { busy, idle: ids, requests }, trace, workers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::scan::sighted::{Place, PlaceKind};
    use crate::archive::text::decode::Origin;
    use crate::archive::text::stamp::LastDate;
    use crate::archive::text::window::Window;

    fn routines(outputs: &[&str]) -> Vec<Routine> {
        let read = |(id, text): (u32, &&str)| {
            let place = Place { archive: 0, file: format!("a-out-{id}.log").into(), kind: PlaceKind::Log };
            let origin = Origin { app: Some("a".into()), pm_id: Some(id) };
            Routine::new(place, origin).fed(text, LastDate::default(), Window::default())
        };
        (0..).zip(outputs).map(read).collect()
    }

    fn jobs(outputs: &[&str]) -> Vec<(String, u64)> {
        let routines = routines(outputs);
        let found = duplicate_jobs(&routines.iter().collect::<Vec<_>>());
        found.into_iter().map(|(job, ..)| (job.text.to_string(), job.ticks)).collect()
    }

    /// `line` once for each of `times`; `#` in it stands for the time.
    fn ticks(line: &str, times: &[&str]) -> String {
        times.iter().map(|time| line.replace('#', time) + "\n").collect()
    }

    const SECONDS: [&str; 4] = ["11:20:15", "11:20:16", "11:20:17", "11:20:18"];
    const MINUTES: [&str; 4] = ["11:20:00", "11:25:00", "11:30:00", "11:35:00"];

    #[test]
    fn a_job_of_two_workers_is_told_whoever_says_it() {
        let [one, two] = ["0 pid 311", "1 pid 312"].map(|by| ticks(&format!("digest sent at # by {by}"), &SECONDS));
        assert_eq!(jobs(&[&one, &two]), [("digest sent at 11:20:15 by 0 pid 311".to_owned(), 4)]);
        assert_eq!(jobs(&[&one, ""]), []);
    }

    #[test]
    fn what_is_said_of_one_job_is_one() {
        let job = |seconds: [u32; 4]| {
            let told = |second| {
                format!("2026-11-22T11:20:{second:02}: digest begun\n2026-11-22T11:20:{:02}: digest sent\n", second + 1)
            };
            seconds.map(told).concat()
        };
        let (one, other) = (job([10, 20, 30, 40]), job([10, 20, 30, 40]));
        assert_eq!(jobs(&[&one, &other]), [("digest begun".to_owned(), 4)]);
    }

    #[test]
    fn what_falls_on_full_minutes_is_a_schedule() {
        let cleanup = ticks("2026-11-22T#: cache rebuilt", &MINUTES);
        assert_eq!(jobs(&[&cleanup, &cleanup]).len(), 1);
        let heartbeat = ticks("2026-11-22T#: cache rebuilt", &SECONDS);
        assert_eq!(jobs(&[&heartbeat, &heartbeat]), []);
    }

    #[test]
    fn workers_that_share_a_queue_do_different_jobs() {
        let done = |first: u32| {
            (0..)
                .zip(SECONDS)
                .map(|(at, time)| format!("invoice {} sent at {time}\n", first + at * 2))
                .collect::<String>()
        };
        assert_eq!(jobs(&[&done(100), &done(101)]), []);
    }

    #[test]
    fn a_guarded_job_is_one_workers() {
        let (job, beat) = (ticks("report sent at #", &SECONDS), ticks("alive at #", &SECONDS));
        assert_eq!(jobs(&[&format!("{job}{beat}"), &beat]), []);
    }

    fn load(outputs: &[&str]) -> Option<(u32, u64)> {
        let routines = routines(outputs);
        let found = uneven_load(&routines.iter().collect::<Vec<_>>());
        found.map(|(load, ..)| (load.busy, load.requests))
    }

    #[test]
    fn requests_that_one_worker_alone_logs_are_uneven() {
        let log = "GET /orders 200 3 ms\n".repeat(60);
        assert_eq!(load(&["up\n", &log, "up\n"]), Some((1, 60)));
        assert_eq!(load(&[&log, &log, "up\n"]), None);
        assert_eq!(load(&["up\n", "GET /orders 200 3 ms\n"]), None);
    }

    #[test]
    fn a_counter_that_grows_in_one_worker_alone_is_uneven() {
        let print = |totals: [u32; 3]| totals.map(|total| format!("requests total={total}\n")).concat();
        assert_eq!(load(&[&print([0, 40, 900]), &print([0, 0, 0])]), Some((0, 900)));
        assert_eq!(load(&[&print([0, 40, 900]), &print([0, 0, 1])]), None);
        let jobs = |totals: [u32; 3]| totals.map(|total| format!("jobs total={total}\n")).concat();
        assert_eq!(load(&[&jobs([0, 40, 900]), &jobs([0, 0, 0])]), None);
    }
}
