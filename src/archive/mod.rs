//! From archived PM2 data to what happened: which file is what, what its lines say, and the incidents that follow.
//!
//! `~/.pm2` or parts of it -> [`Event`]s of the daemon's log, [`ErrorBlock`]s of the apps' logs -> [`Incident`]s.
//! Files are streamed; what is kept are counters and the first and last few lines of each kind.

mod event;
mod incident;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

pub use event::{Event, EventKind, Mode, PmId, Source, Stamp};
pub use incident::{
    CrashLoop, ErrorBlock, Exception, Frame, Incident, IncidentKind, ListenCall, Missing, PortInUse, Proof,
    ReadyTimeout,
};

use crate::finding::Evidence;

/// What there is to read.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Copied `~/.pm2`, its `logs` folder, log files, captured output of `pm2 logs`: one archive each.
    pub logs: &'a [PathBuf],
    /// A saved `pm2 jlist`.
    pub jlist: Option<&'a Path>,
}

/// A text that the program prints and that somebody wants to know about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The asker's number for it.
    pub id: u32,
    /// What is searched, literally, in the logs of the apps.
    pub text: String,
}

/// Where a probe's text was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbeHits {
    /// [`Probe::id`].
    pub id: u32,
    /// One entry per app and process, sorted; empty: the text was never seen.
    pub hits: Vec<ProbeHit>,
}

/// How often one process printed a probe's text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbeHit {
    /// PM2's name of the app.
    pub app: Option<Arc<str>>,
    /// Which process; `None`: its file is shared by all.
    pub pm_id: Option<u32>,
    /// Lines, files and times; `evidence.count` is how often.
    pub evidence: Evidence,
}

/// Everything that an archive tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Timeline {
    /// What was given, in order: [`Evidence::archive`] counts in it.
    pub archives: Vec<Archive>,
    /// The daemon that ran last.
    pub production: Production,
    /// By name.
    pub apps: Vec<AppLogs>,
    /// The processes of the saved list, else of `dump.pm2`, in its order.
    pub processes: Vec<Process>,
    /// What the daemon's log tells, in the order of the log.
    pub events: Vec<Event>,
    /// What went wrong, most telling first within an app.
    pub incidents: Vec<Incident>,
    /// One entry per probe, in the order asked.
    pub probes: Vec<ProbeHits>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One `--logs` argument, or the saved process list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// As given.
    pub path: PathBuf,
    /// The log files that were read, relative to it, with `/`.
    pub files: Vec<Arc<str>>,
}

/// What is known of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Production {
    /// `7.0.4`.
    pub pm2_version: Option<Arc<str>>,
    /// `20.20.2`: the Node that the daemon and every cluster worker use.
    pub node_version: Option<Arc<str>>,
    /// PM2's home on the host.
    pub home: Option<Arc<str>>,
    /// The default kill timeout of the daemon (`SIGTERM timeout`).
    pub kill_timeout_ms: Option<u64>,
    /// How often memory is checked.
    pub worker_interval_ms: Option<u64>,
}

/// The logs of one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppLogs {
    /// PM2's name of it.
    pub name: Arc<str>,
    /// The modes in which the daemon started it, sorted; two if it changed.
    pub modes: Vec<Mode>,
    /// Its processes, sorted by number.
    pub workers: Vec<WorkerLog>,
    /// The files that hold its output.
    pub files: Vec<LogFile>,
}

/// What the daemon's log counts for one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WorkerLog {
    /// PM2's number.
    pub pm_id: u32,
    /// `starting in`.
    pub starts: u64,
    /// `online`.
    pub online: u64,
    /// Exits that PM2 did not ask for.
    pub own_exits: u64,
    /// Exits that PM2 asked for: stop, restart, reload, delete, watch, memory, cron.
    pub stops: u64,
    /// Of these, those by SIGKILL.
    pub forced_kills: u64,
    /// Whether PM2 gave it up.
    pub errored: bool,
}

/// A file with output of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogFile {
    /// Which archive, from 0.
    pub archive: usize,
    /// Relative to the archive, with `/`.
    pub file: Arc<str>,
    /// Which stream.
    pub stream: Stream,
    /// The only process that writes it; `None`: shared.
    pub pm_id: Option<u32>,
    /// How large, in bytes as stored.
    pub bytes: u64,
}

/// Which output a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error, and PM2's prints of uncaught errors.
    Error,
    /// Both.
    Combined,
}

/// One process of `pm2 jlist` or `dump.pm2`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Process {
    /// PM2's name.
    pub name: Arc<str>,
    /// PM2's number; dumps of old versions have none.
    pub pm_id: Option<u32>,
    /// `online`, `errored`, `stopped`, `waiting restart`.
    pub status: Option<Arc<str>>,
    /// Restarts so far, those by hand too.
    pub restart_time: u64,
    /// Restarts within `min_uptime`.
    pub unstable_restarts: u64,
    /// All that PM2 holds of it (`pm2_env`; the entry itself in a dump).
    #[serde(skip)]
    pub pm2_env: Arc<serde_json::Value>,
    /// The file it was read from, relative to its archive.
    pub file: Arc<str>,
    /// Which archive; one more than the last for the saved list.
    pub archive: usize,
}

/// A file that could not be read, or only in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which.
    pub file: PathBuf,
    /// Why, and what to do.
    pub message: String,
}

/// Reads everything; a file that cannot be read becomes a [`Problem`], never an error.
pub fn scan(sources: &Sources<'_>, probes: &[Probe]) -> Timeline {
    let archives = sources.logs.iter().map(|path| Archive { path: path.clone(), files: Vec::new() }).collect();
    let probes = probes.iter().map(|probe| ProbeHits { id: probe.id, hits: Vec::new() }).collect();
    Timeline { archives, probes, ..Timeline::default() }
}
