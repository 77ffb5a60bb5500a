//! Scans as lines of JSON: what `pm2lint logs --timeline` writes, and takes for an archive.
//!
//! The first line names the format, the last one the number of lines between; each of these is one record. So a timeline can be
//! cut, searched and compared by line, and one that was torn is noticed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::Scan;
use super::inventory::Log;
use super::routine::Routine;
use super::sighted::Sighted;
use super::watch::Watch;
use super::worker::Worker;
use crate::archive::text::unpack;
use crate::archive::timeline::{Archive, Event, Problem, Process, Production};

/// Of the format; no other one is read.
const VERSION: u32 = 1;
/// No line is longer, in bytes.
const LONGEST: u64 = 64 << 20;
/// Nor is the first line, in bytes.
const HEADER: u64 = 1 << 10;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    timeline: u32,
    tool: Tool,
}

#[derive(Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
}

impl Header {
    fn this() -> Self {
        let (name, version) = (env!("CARGO_PKG_NAME").to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self { timeline: VERSION, tool: Tool { name, version } }
    }

    fn parse(line: &str) -> Option<Self> {
        let header: Self = serde_json::from_str(line).ok()?;
        (header.tool.name == env!("CARGO_PKG_NAME")).then_some(header)
    }
}

/// A further line: `{"worker":{...}}`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Record {
    Archive(Archive),
    Log(Log),
    /// Of `pm2 jlist`.
    Saved(Process),
    /// Of `dump.pm2`.
    Dumped(Process),
    Daemons(Daemons),
    Worker {
        app: Arc<str>,
        pm_id: u32,
        #[serde(flatten)]
        told: Box<Worker>,
    },
    Watch {
        app: Arc<str>,
        #[serde(flatten)]
        told: Watch,
    },
    Event(Event),
    /// Words of workers in a daemon's log.
    Loose(Sighted),
    Sighted(Sighted),
    Routine(Routine),
    Problem(Problem),
    /// How many records come before it.
    End(u64),
}

/// What the daemons tell beside their workers and events.
#[derive(Serialize, Deserialize)]
struct Daemons {
    production: Production,
    /// Seconds from UTC.
    offset: Option<i32>,
    /// Events that are not listed.
    unlisted: u64,
}

impl Scan {
    /// Writes all that was read as a timeline: a file that can be given in place of the archives.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, mut out: impl Write) -> io::Result<()> {
        let mut line = |value: &[u8]| out.write_all(value).and_then(|()| out.write_all(b"\n"));
        line(&serde_json::to_vec(&Header::this())?)?;
        let mut count = 0;
        for record in self.records() {
            line(&serde_json::to_vec(&record)?)?;
            count += 1;
        }
        line(&serde_json::to_vec(&Record::End(count))?)
    }

    fn records(self) -> impl Iterator<Item = Record> {
        let lives = self.daemons.lives;
        let daemons = Daemons {
            production: self.daemons.production,
            offset: lives.offset.map(Offset::seconds),
            unlisted: self.daemons.unlisted,
        };
        let worker = |((app, pm_id), told)| Record::Worker { app, pm_id, told: Box::new(told) };
        let watch = |(app, told)| Record::Watch { app, told };
        (self.archives.into_iter().map(Record::Archive))
            .chain(self.logs.into_iter().map(Record::Log))
            .chain(self.saved.into_iter().map(Record::Saved))
            .chain(self.dumped.into_iter().map(Record::Dumped))
            .chain([Record::Daemons(daemons)])
            .chain(lives.workers.into_iter().map(worker))
            .chain(lives.watches.into_iter().map(watch))
            .chain(self.daemons.events.into_iter().map(Record::Event))
            .chain(self.daemons.sighted.into_iter().map(Record::Loose))
            .chain(self.sighted.into_iter().map(Record::Sighted))
            .chain(self.routines.into_iter().map(Record::Routine))
            .chain(self.problems.into_iter().map(Record::Problem))
    }

    fn take(&mut self, record: Record) {
        let lives = &mut self.daemons.lives;
        match record {
            Record::Archive(archive) => self.archives.push(archive),
            Record::Log(log) => self.logs.push(log),
            Record::Saved(process) => self.saved.push(process),
            Record::Dumped(process) => self.dumped.push(process),
            Record::Daemons(Daemons { production, offset, unlisted }) => {
                self.daemons.production = production;
                self.daemons.unlisted = unlisted;
                lives.offset = offset.and_then(|seconds| Offset::from_seconds(seconds).ok());
            }
            Record::Worker { app, pm_id, told } => drop(lives.workers.insert((app, pm_id), *told)),
            Record::Watch { app, told } => drop(lives.watches.insert(app, told)),
            Record::Event(event) => self.daemons.events.push(event),
            Record::Loose(sighted) => self.daemons.sighted.push(sighted),
            Record::Sighted(sighted) => self.sighted.push(sighted),
            Record::Routine(routine) => self.routines.push(routine),
            Record::Problem(problem) => self.problems.push(problem),
            Record::End(_) => {}
        }
    }
}

/// The timeline in the file at `path`; `None`: it is none. What is wrong with it is among its problems.
pub(super) fn read(path: &Path) -> Option<Scan> {
    let mut text = BufReader::new(path.is_file().then(|| unpack::open(path).ok())??);
    let mut first = Vec::new();
    text.by_ref().take(HEADER).read_until(b'\n', &mut first).ok()?;
    let header = Header::parse(str::from_utf8(&first).ok()?)?;
    let mut scan = Scan::default();
    let read = if header.timeline == VERSION { records(text, &mut scan) } else { Err(foreign(&header)) };
    let count = scan.archives.len();
    if scan.numbers().any(|archive| *archive >= count) {
        scan = Scan::default();
        scan.problems.push(problem(path, "points at archives that it does not name: write it again".to_owned()));
    }
    scan.problems.extend(read.err().map(|message| problem(path, message)));
    if scan.archives.is_empty() {
        scan.archives.push(Archive { path: path.to_owned(), ..Archive::default() });
    }
    Some(scan)
}

fn problem(path: &Path, message: String) -> Problem {
    Problem { file: path.to_owned(), message }
}

fn foreign(header: &Header) -> String {
    let Header { timeline, tool } = header;
    format!(
        "line 1: a timeline of version {timeline}, by pm2lint {}; this one reads version {VERSION}: write it again from the archive",
        tool.version
    )
}

/// What is wrong with a line, without serde's place: it counts lines within the line.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(why, _)| format!("{why} (column {})", error.column()))
}

/// Reads every record into `scan`, up to the first that cannot be read; the error names its line.
fn records(mut text: impl BufRead, scan: &mut Scan) -> Result<(), String> {
    let mut line = Vec::new();
    for number in 2_u64.. {
        line.clear();
        let read = text.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let told = read.map_err(|error| error.to_string()).and_then(|bytes| match bytes {
            0 => Err("the end is missing".to_owned()),
            _ => serde_json::from_slice(&line).map_err(|error| why(&error)),
        });
        match told.map_err(|why| format!("line {number}: {why}; what comes before was read: copy the file again"))? {
            Record::End(count) if count + 2 == number => return Ok(()),
            Record::End(count) => {
                return Err(format!("line {number}: of {count} records some are missing: copy the file again"));
            }
            record => scan.take(record),
        }
    }
    Ok(())
}
