//! The scan: every archive is read alone, each file by one thread, large ones by several; what they told adds up.

pub(super) mod captured;
mod clock;
mod copies;
pub(super) mod daemon;
pub(super) mod inventory;
pub(super) mod lives;
mod mixed;
pub(super) mod moments;
pub(super) mod nameless;
pub(super) mod names;
pub(super) mod ndjson;
pub(super) mod output;
pub(super) mod pairs;
pub(super) mod parts;
pub(super) mod probe;
pub(super) mod production;
pub(super) mod routine;
pub(super) mod said;
pub(super) mod sighted;
pub(super) mod sources;
pub(super) mod watch;
pub(super) mod worker;

use std::io;
use std::ops::Range;
use std::path::Path;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use self::daemon::Daemons;
use self::inventory::{Kind, Log, Writers};
use self::mixed::Mixed;
use self::names::Names;
use self::output::{Reader, Search};
use self::parts::Cutting;
use self::routine::Routine;
use self::sighted::{Place, PlaceKind, Sighted};
use crate::archive::processes::process;
use crate::archive::scan::probe::Probe;
use crate::archive::scan::sources::{OwnLogs, Sources};
use crate::archive::text::day_order::DayOrder;
use crate::archive::text::format::Formats;
use crate::archive::text::lines::{self, Limits};
use crate::archive::text::stamp::LastDate;
use crate::archive::text::unpack;
use crate::archive::timeline::{Archive, Problem, Process, Production, Timeline, Via};

/// So much of both ends of a log shows how its dates are written, in bytes.
const ENDS: u64 = 1 << 16;

/// Reads everything and judges it.
pub fn scan(sources: &Sources<'_>, probes: &[Probe]) -> Timeline {
    read(sources, probes).tell(probes, sources.signatures)
}

/// Reads everything; a file that cannot be read becomes a [`Problem`], never an error.
pub fn read(sources: &Sources<'_>, probes: &[Probe]) -> Scan {
    let lists: Vec<Scan> = sources.logs.iter().map(|root| Scan::begin(root)).collect();
    let saved = sources.jlist.map(Scan::saved_list);
    let processes: Vec<Process> = saved.iter().chain(&lists).flat_map(Scan::processes).cloned().collect();
    let writers = Writers::new(&processes);
    let formats = Formats::new(&processes, sources.formats);
    let search = Search::new(probes, sources.signatures).within(sources.window).dated(formats);
    let mut scans: Vec<Scan> = lists
        .into_par_iter()
        .zip(sources.logs)
        .map(|(begun, root)| begun.read(root, &writers, &processes, &search))
        .collect();
    scans.extend(saved);
    scans.extend(sources.own.map(|own| Scan::of_checkout(own, &writers, &processes, &search)));
    scans.into_iter().fold(Scan::default(), Scan::merge)
}

/// What archives told, not yet judged. Scans add up: those of many hosts, made apart, to one.
#[derive(Clone, Default)]
pub struct Scan {
    pub(super) archives: Vec<Archive>,
    pub(super) logs: Vec<Log>,
    /// Of `pm2 jlist`.
    pub(super) saved: Vec<Process>,
    /// Of `dump.pm2`.
    pub(super) dumped: Vec<Process>,
    pub(super) daemons: Daemons,
    pub(super) sighted: Vec<Sighted>,
    pub(super) routines: Vec<Routine>,
    pub(super) problems: Vec<Problem>,
}

impl Scan {
    /// What could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Neither a log was found nor a process.
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty() && self.processes().next().is_none()
    }

    /// Which PM2 and Node ran: as the daemons' logs say, and the lists, which are younger.
    pub(super) fn production(&self) -> Production {
        let mut production = self.daemons.production.clone();
        for process in self.processes() {
            let version =
                |key: &str| process.pm2_env.get(key)?.as_str().map(|text| text.trim_start_matches('v').into());
            let (pm2_version, node_version) = (version("_pm2_version"), version("node_version"));
            production.merge(Production { pm2_version, node_version, ..Production::default() });
        }
        production
    }

    /// The lists of processes that were found.
    pub(super) fn processes(&self) -> impl Iterator<Item = &Process> {
        self.saved.iter().chain(&self.dumped)
    }

    /// Adds what another scan told of archives that come after these.
    pub fn merge(mut self, mut later: Self) -> Self {
        let before = self.archives.len();
        later.numbers().for_each(|archive| *archive += before);
        self.archives.extend(later.archives);
        self.logs.extend(later.logs);
        self.saved.extend(later.saved);
        self.dumped.extend(later.dumped);
        self.daemons.merge(later.daemons);
        self.sighted.extend(later.sighted);
        self.routines.extend(later.routines);
        self.problems.extend(later.problems);
        self
    }

    /// The numbers of the archives that all this points at.
    pub(super) fn numbers(&mut self) -> impl Iterator<Item = &mut usize> {
        let logs = self.logs.iter_mut().map(|log| &mut log.archive);
        let processes = self.saved.iter_mut().chain(&mut self.dumped).map(|process| &mut process.archive);
        let sighted = self.sighted.iter_mut().map(|file| &mut file.place.archive);
        let routines = self.routines.iter_mut().map(|routine| &mut routine.place.archive);
        logs.chain(processes).chain(self.daemons.archives()).chain(sighted).chain(routines)
    }

    /// The saved list.
    fn saved_list(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (saved, problem) = split(process::read(path, &name.into()));
        let archives = vec![Archive { path: path.to_owned(), files: Vec::new(), via: Via::Arguments }];
        Self { archives, saved, problems: problem.into_iter().collect(), ..Self::default() }
    }

    /// All of the archive `root` if it is a timeline, else its lists of processes: they tell how to read the rest.
    fn begin(root: &Path) -> Self {
        ndjson::read(root).unwrap_or_else(|| Self::lists(root))
    }

    /// The logs in the checkout.
    fn of_checkout(own: OwnLogs<'_>, writers: &Writers, processes: &[Process], search: &Search<'_>) -> Self {
        let mut scan = Self::default().read_logs(own.root, inventory::own(own, writers), processes, search);
        scan.archives.iter_mut().for_each(|archive| archive.via = Via::Checkout);
        scan
    }

    /// The lists in the archive `root`: what `pm2 save` left, what `pm2 jlist` or `prettylist` printed into a file.
    fn lists(root: &Path) -> Self {
        let mut scan = Self::default();
        for log in inventory::lists(root) {
            let (list, problem) = split(process::read(&log.path, &log.file));
            let kind = if process::is_dump(&list) { &mut scan.dumped } else { &mut scan.saved };
            kind.extend(list);
            scan.problems.extend(problem);
        }
        scan
    }

    /// Reads the logs of the archive `root`; `processes` are those of all lists.
    fn read(mut self, root: &Path, writers: &Writers, processes: &[Process], search: &Search<'_>) -> Self {
        if !self.archives.is_empty() {
            return self;
        }
        let logs = inventory::logs(root, writers);
        self.problems.extend(empty(root, &logs).filter(|_| self.saved.is_empty()));
        self.read_logs(root, logs, processes, search)
    }

    fn read_logs(mut self, root: &Path, logs: Vec<Log>, processes: &[Process], search: &Search<'_>) -> Self {
        let apps = || logs.par_iter().filter_map(|log| read_app(log, search)).collect();
        let (Mixed { daemons, printed, problems }, read): (_, Vec<(Sighted, Option<Problem>)>) =
            rayon::join(|| Mixed::read(&logs, search), apps);
        let (sighted, unread): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        self.problems.extend(problems.into_iter().chain(unread.into_iter().flatten()));
        let known = |process: &Process| (process.name.clone(), process.pm_id);
        let saved: Vec<_> = self.saved.iter().map(known).collect();
        self.saved.extend(printed.into_iter().filter(|process| !saved.contains(&known(process))));
        let files = logs.iter().map(|log| log.file.clone()).collect();
        self.archives = vec![Archive { path: root.to_owned(), files, via: Via::Arguments }];
        let routine = |log| Routine::read(log, dates(log, search), search.window);
        self.routines = logs.par_iter().filter_map(routine).collect();
        (self.logs, self.daemons, self.sighted) = (logs, daemons, sighted);
        if self.daemons.lives.offset.is_none() {
            self.daemons.set_offset(clock::offset(&self.daemons.lives, processes));
        }
        if self.daemons.lives.know_ends() {
            let names = Names::new(processes, &self.daemons.lives);
            self.settle(&names);
        }
        copies::forget(&mut self.daemons.sighted, &mut self.sighted);
        self
    }

    /// Finds the errors that ended a worker, as far as the daemons' logs that were read tell of ends.
    pub(super) fn settle(&mut self, names: &Names) {
        let Daemons { lives, sighted, .. } = &mut self.daemons;
        let mut split = Vec::new();
        for file in sighted.iter_mut().chain(&mut self.sighted).filter(|file| !file.is_settled()) {
            let origin = names.resolve(file.origin.clone());
            let ends = lives.ends(origin.app.as_deref(), origin.pm_id);
            let ended = file.settle(&ends);
            if origin.app.is_none() {
                split.extend(ends.by_app(ended).into_iter().map(|(app, keys)| file.split(app, &keys)));
            }
        }
        self.sighted.extend(split);
    }
}

fn split(read: Result<Vec<Process>, Problem>) -> (Vec<Process>, Option<Problem>) {
    match read {
        Ok(list) => (list, None),
        Err(problem) => (Vec::new(), Some(problem)),
    }
}

fn place(log: &Log, kind: PlaceKind) -> Place {
    Place { archive: log.archive, file: log.file.clone(), kind }
}

fn problem(log: &Log, error: &io::Error) -> Problem {
    Problem {
        file: log.path.clone(),
        message: format!("cannot be read to its end: {error}; the rest was not looked at"),
    }
}

/// An archive without a log.
fn empty(root: &Path, logs: &[Log]) -> Option<Problem> {
    let message = if root.exists() { "holds no logs" } else { "does not exist" };
    let message = format!("{message}: give a copied ~/.pm2, its logs folder, or log files");
    logs.is_empty().then(|| Problem { file: root.to_owned(), message })
}

/// Before the first date of a log of one app.
fn dates(log: &Log, search: &Search<'_>) -> LastDate {
    match &log.kind {
        Kind::App(origin, _) => search.dates_of(origin).ordered(DayOrder::of(&unpack::ends(&log.path, ENDS))),
        Kind::Daemon | Kind::Captured | Kind::List => LastDate::default(),
    }
}

/// The log of an app stands for itself.
fn read_app(log: &Log, search: &Search<'_>) -> Option<(Sighted, Option<Problem>)> {
    let Kind::App(origin, stream) = &log.kind else { return None };
    let needles = search.needles(*stream)?;
    let sighted = Sighted::new(place(log, PlaceKind::Log), origin.clone(), *stream);
    let (sighted, read) = read_parts(log, search, needles, sighted, Cutting::default());
    Some((sighted, read.err().map(|error| problem(log, &error))))
}

/// Reads the parts of a log side by side; what comes after an error is left out.
fn read_parts(
    log: &Log,
    search: &Search<'_>,
    needles: &AhoCorasick,
    mut sighted: Sighted,
    cutting: Cutting,
) -> (Sighted, io::Result<()>) {
    let parts = parts::parts(&log.path, needles, cutting);
    let date = dates(log, search);
    let read = |part: &Range<u64>| {
        let mut reader = Reader::new(search, sighted.clone()).dated(date.clone());
        let lines = parts::open(&log.path, part)
            .and_then(|text| lines::feed(text, Limits::default(), Some(needles), &mut reader));
        (reader.finish(), lines)
    };
    let told: Vec<(Sighted, io::Result<u64>)> = parts.par_iter().map(read).collect();
    let mut before = 0;
    for (part, (seen, lines)) in parts.iter().zip(told) {
        sighted.merge(seen.moved(before, part.start));
        match lines {
            Ok(lines) => before += lines,
            Err(error) => return (sighted, Err(error)),
        }
    }
    (sighted, Ok(()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::archive::text::decode::Origin;
    use crate::archive::timeline::Stream;

    fn archive(root: &Path, name: &str, daemon: &[&str], errors: &[&str]) -> PathBuf {
        let root = root.join(name);
        std::fs::create_dir_all(root.join("logs")).unwrap();
        std::fs::write(root.join("pm2.log"), daemon.join("\n")).unwrap();
        std::fs::write(root.join("logs/api-error-0.log"), errors.join("\n")).unwrap();
        root
    }

    fn told(scan: Scan, probes: &[Probe]) -> String {
        serde_json::to_string(&scan.tell(probes, &[])).unwrap()
    }

    fn pool() -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn scans_of_parts_add_up_to_the_scan_of_the_whole(
            daemons in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(DAEMON), 0..30), 3),
            errors in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(ERRORS), 0..20), 3),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let parts = daemons.iter().zip(&errors).zip(["a", "b", "c"]);
            let roots: Vec<PathBuf> =
                parts.map(|((daemon, errors), name)| archive(folder.path(), name, daemon, errors)).collect();
            let probes = [Probe::text("up")];
            let scanned = |logs: &[PathBuf]| read(&Sources { logs, ..Sources::default() }, &probes);
            let whole = told(scanned(&roots), &probes);
            let [a, b, c] = [0, 1, 2].map(|part| scanned(&roots[part..=part]));
            proptest::prop_assert_eq!(&told(a.merge(b).merge(c), &probes), &whole);
            let two = scanned(&roots[1..]);
            proptest::prop_assert_eq!(&told(scanned(&roots[..1]).merge(two), &probes), &whole);
            proptest::prop_assert_eq!(&told(pool().install(|| scanned(&roots)), &probes), &whole, "one thread");
            let kept: Vec<PathBuf> = roots.iter().map(|root| kept(scanned(std::slice::from_ref(root)), root)).collect();
            proptest::prop_assert_eq!(&without_probes(scanned(&kept)), &without_probes(scanned(&roots)), "timelines");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn parts_of_a_log_tell_what_the_whole_tells(
            lines in proptest::collection::vec((proptest::sample::select(ERRORS), 1_usize..700), 1..40),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("api-error-0.log");
            let text: String = lines.iter().map(|(line, times)| format!("{line}\n{}", "calm\n".repeat(*times))).collect();
            std::fs::write(&path, text).unwrap();
            let kind = Kind::App(Origin::default(), Stream::Error);
            let log = Log { path, archive: 0, file: "api-error-0.log".into(), kind, bytes: 0 };
            let probes = [Probe::text("up")];
            let search = Search::new(&probes, &[]);
            let needles = search.needles(Stream::Error).unwrap();
            let told = |part| {
                let sighted = Sighted::new(place(&log, PlaceKind::Log), Origin::default(), Stream::Error);
                read_parts(&log, &search, needles, sighted, Cutting { part, window: 1 << 13 }).0
            };
            proptest::prop_assert_eq!(told(1 << 11), told(1 << 40));
        }
    }

    /// The file that has `scan` as a timeline.
    fn kept(scan: Scan, root: &Path) -> PathBuf {
        let file = root.with_extension("ndjson");
        scan.write(std::fs::File::create(&file).unwrap()).unwrap();
        file
    }

    fn without_probes(scan: Scan) -> String {
        told(scan, &[])
    }

    const DAEMON: &[&str] = &[
        "2026-11-22T11:12:44: PM2 log: --- New PM2 Daemon started ---",
        "2026-11-22T11:12:44: PM2 log: Time                 : Sun Nov 22 2026 11:12:44 GMT+0100 (X)",
        "2026-11-22T11:12:44: PM2 log: App [api:0] starting in -cluster mode-",
        "2026-11-22T11:12:44: PM2 log: App [api:0] online",
        "2026-11-22T11:12:49: PM2 log: App [api:0] online",
        "2026-11-22T11:12:45: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]",
        "2026-11-22T11:12:46: PM2 log: App [jobs:1] starting in -fork mode-",
        "2026-11-22T11:12:46: PM2 log: App [jobs:1] exited with code [0] via signal [SIGINT]",
        "2026-11-22T11:12:47: PM2 log: Stopping app:api id:0",
        "2026-11-22T11:12:49: PM2 log: Process with pid 7 still alive after 1600ms, sending it SIGKILL now...",
        "2026-11-22T11:12:49: PM2 log: App [api:0] exited with code [0] via signal [SIGKILL]",
        "2026-11-22T11:12:49: PM2 log: Script /srv/api.js had too many unstable restarts (16). Stopped. \"errored\"",
        "Error: Cannot find module './x'",
        "    at f (/srv/a.js:1:2)",
    ];

    const ERRORS: &[&str] = &[
        "up",
        "2026-11-22T11:12:45: Error: boom",
        "2026-11-22T11:12:45:     at f (/srv/a.js:1:2)",
        "2026-11-22T11:12:45: Error: listen EADDRINUSE: address already in use :::3000",
        "You have triggered an unhandledRejection, you may have forgotten to catch a Promise rejection:",
        "Error: lost",
        "    at g (/srv/b.js:3:4)",
    ];
}
