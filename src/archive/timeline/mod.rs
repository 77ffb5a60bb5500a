//! What an archive tells, put together.

pub(super) mod event;
mod incident;
pub(super) mod life;
pub(super) mod outlook;
mod settings;

pub use event::{Event, EventKind, Mode, PmId, Source, Stamp};
pub use incident::{
    CrashLoop, DroppedByReload, DuplicateJob, ESM_LOADER, ErrorBlock, Exception, Frame, Incident, IncidentKind,
    ListenCall, Missing, PortInUse, Proof, ReadyTimeout, UnevenLoad,
};
pub use life::{End, Life, Minute, Uptimes};
pub use outlook::Outlook;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize, Serializer};

use crate::finding::Evidence;

/// An error as an app's log shows it, however often.
///
/// In fork mode PM2 prints an unhandled rejection as an app would print an error that it caught: no `rejections`, no proof.
/// Only the code at the place of the stack can tell them apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoggedError {
    /// PM2's name of the app.
    pub app: Option<Arc<str>>,
    /// Whose own file shows it, sorted; empty: a shared file.
    pub workers: Vec<u32>,
    /// The first one.
    pub error: Arc<ErrorBlock>,
    /// How often.
    pub count: u64,
    /// How many of them PM2 announced as unhandled rejections; it does so in cluster mode alone.
    pub rejections: u64,
    /// What proves that it ended a worker.
    pub uncaught: Option<Proof>,
    /// The first time.
    pub first: Option<Stamp>,
    /// The last time.
    pub last: Option<Stamp>,
    /// One per file.
    pub evidence: Vec<Evidence>,
    /// The first few times that it was printed, in order.
    pub earliest: Vec<Occurrence>,
    /// The last few times, without those that are among the first.
    pub latest: Vec<Occurrence>,
}

/// One of the times that an error was printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Occurrence {
    /// When.
    pub time: Option<Stamp>,
    /// Its head, cut to a readable length.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub source: Source,
}

/// A known kind of line in an app's error log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sighting {
    /// The signature's id in `rules/logs/app.toml`, or in the user's settings.
    pub signature: Cow<'static, str>,
    /// It is the user's.
    pub own: bool,
    /// What it captured, by name.
    pub captures: BTreeMap<Arc<str>, Arc<str>>,
    /// PM2's name of the app.
    pub app: Option<Arc<str>>,
    /// Which process; `None`: its file is shared by all.
    pub pm_id: Option<u32>,
    /// Where, how often.
    pub evidence: Evidence,
}

/// Where a probe's text was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProbeHits {
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
    /// How often in which second, as far as the lines tell and up to a limit.
    #[serde(skip)]
    pub seconds: BTreeMap<DateTime, u32>,
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
    /// What the daemon's log tells, in the order of the log; of a very long one the beginning.
    pub events: Vec<Event>,
    /// How many events are not listed; [`Timeline::apps`] and incidents count them all.
    pub unlisted_events: u64,
    /// What went wrong, most telling first within an app.
    pub incidents: Vec<Incident>,
    /// Every error that an app printed to an error log, proven fatal or not, most frequent first within an app.
    pub errors: Vec<LoggedError>,
    /// Lines of error logs that a signature of `rules/logs/app.toml` matched.
    pub sightings: Vec<Sighting>,
    /// One entry per probe, in the order asked.
    pub probes: Vec<ProbeHits>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One `--logs` argument, or the saved process list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// As given.
    #[serde(serialize_with = "readable")]
    pub path: PathBuf,
    /// The log files that were read, relative to it, with `/`.
    pub files: Vec<Arc<str>>,
    /// How it came here.
    #[serde(skip)]
    pub via: Via,
}

impl Archive {
    /// As the user named it, with `/`.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }
}

/// How an archive came here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// From a timeline that was written when it was read: it cannot be asked for other texts any more.
    #[default]
    Timeline,
    /// The user named it.
    Arguments,
    /// Logs that lie in the checkout.
    Checkout,
}

/// A path as it can be read; what is no Unicode in it is replaced.
fn readable<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// What is known of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// `+01:00`: what the host's clock was ahead of UTC when the daemon was started.
    #[serde(default)]
    pub utc_offset: Option<Arc<str>>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// All exits by what made them.
    pub ends: BTreeMap<End, u64>,
    /// How long it lived, over the lives of which the log has both ends.
    pub uptimes: Option<Uptimes>,
    /// The longest time from an order to stop to the end, in milliseconds.
    pub longest_drain_ms: Option<u64>,
    /// The minutes in which it was started again, in order; quiet minutes are left out.
    pub restarts_per_minute: Vec<Minute>,
    /// The first of its lives and the last.
    pub lives: Vec<Life>,
}

impl WorkerLog {
    /// Adds what another archive counted for the same process.
    pub(super) fn merge(&mut self, other: &Self) {
        self.pm_id = other.pm_id;
        self.starts += other.starts;
        self.online += other.online;
        self.own_exits += other.own_exits;
        self.stops += other.stops;
        self.forced_kills += other.forced_kills;
        self.errored |= other.errored;
    }
}

impl Production {
    /// Adds what a later archive told.
    pub(super) fn merge(&mut self, later: Self) {
        self.pm2_version = later.pm2_version.or(self.pm2_version.take());
        self.node_version = later.node_version.or(self.node_version.take());
        self.home = later.home.or(self.home.take());
        self.kill_timeout_ms = later.kill_timeout_ms.or(self.kill_timeout_ms);
        self.worker_interval_ms = later.worker_interval_ms.or(self.worker_interval_ms);
        self.utc_offset = later.utc_offset.or(self.utc_offset.take());
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    #[serde(serialize_with = "settings::serialize")]
    pub pm2_env: Arc<serde_json::Value>,
    /// The file it was read from, relative to its archive.
    pub file: Arc<str>,
    /// Which archive; one more than the last for the saved list.
    pub archive: usize,
}

impl Process {
    /// Whether PM2 waits for its `ready`.
    pub fn waits_ready(&self) -> bool {
        self.pm2_env.get("wait_ready").is_some_and(|value| *value == true)
    }

    /// What the list says of it, as evidence.
    pub fn evidence(&self, says: String) -> Evidence {
        Evidence {
            kind: "status",
            archive: self.archive,
            file: self.file.clone(),
            line: None,
            count: 1,
            first: None,
            last: None,
            excerpt: says,
            hit: None,
        }
    }
}

impl Timeline {
    /// The archives as the user named them, by [`Evidence::archive`]; not the checkout, whose logs need no name before them.
    pub fn names(&self) -> Vec<String> {
        self.archives.iter().filter(|archive| archive.via != Via::Checkout).map(Archive::name).collect()
    }

    /// By which clock times are told that have no offset of their own, in words, where the archive is of one host and tells it.
    pub fn clock(&self) -> Option<String> {
        let logged = self.archives.iter().filter(|archive| !archive.files.is_empty());
        let offset = self.production.utc_offset.as_deref().filter(|_| logged.count() == 1)?;
        let zone = if offset == "+00:00" { "UTC".to_owned() } else { format!("UTC{offset}") };
        Some(format!("by the host's clock, {zone} when PM2 was started"))
    }

    /// Whether the archive with that number was searched for the texts that were asked for.
    pub fn was_searched(&self, archive: usize) -> bool {
        self.archives.get(archive).is_some_and(|archive| archive.via != Via::Timeline)
    }

    /// Keeps what concerns these apps alone.
    pub fn retain_apps(&mut self, is_asked: impl Fn(&str) -> bool) {
        let keeps = |app: &Option<Arc<str>>| app.as_deref().is_some_and(&is_asked);
        self.apps.retain(|app| is_asked(&app.name));
        self.processes.retain(|process| is_asked(&process.name));
        self.events.retain(|event| keeps(&event.app));
        self.incidents.retain(|incident| keeps(&incident.app));
        self.errors.retain(|error| keeps(&error.app));
        self.sightings.retain(|sighting| keeps(&sighting.app));
    }
}

/// A file that could not be read, or only in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which.
    #[serde(serialize_with = "readable")]
    pub file: PathBuf,
    /// Why, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.file.display(), self.message)
    }
}
