//! What happened: one event of the timeline.

use std::fmt;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment as the log wrote it: civil time, and the offset where the log wrote one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time on the host's clock.
    pub at: DateTime,
    /// The host's offset from UTC. PM2's own log never has one.
    pub offset: Option<Offset>,
}

impl Stamp {
    /// That many milliseconds after the epoch, in UTC.
    pub(in crate::archive) fn from_millis(millis: i64) -> Option<Self> {
        let at = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(millis).ok()?);
        Some(Self { at, offset: Some(Offset::UTC) })
    }

    /// Milliseconds from `earlier` to `self`; both are read in UTC where both know their offset, as civil times otherwise.
    pub fn ms_since(self, earlier: Self) -> i64 {
        let (late, early) = match (self.offset, earlier.offset) {
            (Some(late), Some(early)) => (self.shifted(late), earlier.shifted(early)),
            _ => (self.at, earlier.at),
        };
        i64::try_from(late.duration_since(early).as_millis()).unwrap_or(i64::MAX)
    }

    /// The time on a clock with that offset, if both offsets are known.
    pub(in crate::archive) fn on(self, offset: Option<Offset>) -> DateTime {
        let shift = self.offset.zip(offset).map_or(0, |(its, other)| other.seconds() - its.seconds());
        self.at.saturating_add(jiff::SignedDuration::from_secs(shift.into()))
    }

    fn shifted(self, offset: Offset) -> DateTime {
        self.at.saturating_sub(jiff::SignedDuration::from_secs(i64::from(offset.seconds())))
    }
}

impl fmt::Display for Stamp {
    /// RFC 3339, without an offset where none is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at)?;
        match self.offset {
            Some(offset) if offset.is_zero() => f.write_str("Z"),
            Some(offset) => f.write_str(&from_utc(offset)),
            None => Ok(()),
        }
    }
}

/// The second in which `time` is.
pub(in crate::archive) fn whole_second(time: DateTime) -> DateTime {
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}

/// `+01:00`
pub(in crate::archive) fn from_utc(offset: Offset) -> String {
    let (sign, minutes) = (if offset.is_negative() { '-' } else { '+' }, offset.seconds().abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// PM2's number of a process. Global over all apps of a daemon; not `NODE_APP_INSTANCE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PmId {
    /// `3`.
    Current(u32),
    /// `_old_3`: the outgoing worker of a reload of 3.
    Old(u32),
}

impl PmId {
    /// Reads `3` or `_old_3`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("_old_") {
            Some(number) => number.parse().ok().map(Self::Old),
            None => text.parse().ok().map(Self::Current),
        }
    }

    /// The number that the worker has, or had before the reload.
    pub fn number(self) -> u32 {
        match self {
            Self::Current(number) | Self::Old(number) => number,
        }
    }
}

impl fmt::Display for PmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current(number) => write!(f, "{number}"),
            Self::Old(number) => write!(f, "_old_{number}"),
        }
    }
}

impl Serialize for PmId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PmId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no number of a process")))
    }
}

/// How PM2 runs a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// As a worker of the daemon's own cluster.
    Cluster,
    /// As a child process.
    Fork,
}

/// A line of a file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Which archive, from 0.
    pub archive: usize,
    /// The file, relative to the archive, with `/`.
    pub file: Arc<str>,
    /// From 1.
    pub line: u64,
    /// Where the line begins, in bytes of the (unpacked) file.
    pub offset: u64,
}

/// One thing that happened, as the daemon's log tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// PM2's name of the app, where the line or its neighbours tell it.
    pub app: Option<Arc<str>>,
    /// Which process.
    pub pm_id: Option<PmId>,
    /// When; whole seconds in PM2's own log.
    pub time: Option<Stamp>,
    /// What.
    pub kind: EventKind,
    /// Where it stands.
    pub source: Source,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// `New PM2 Daemon started`.
    DaemonStarted,
    /// `App [n:id] starting in -cluster mode-`: the authority on the mode.
    Starting {
        /// The mode it really got.
        mode: Mode,
    },
    /// `App [n:id] online`: spawned; with `wait_ready`, ready or given up waiting.
    Online,
    /// `App [n:id] exited with code [c] via signal [S]`.
    Exited {
        /// 0 also for a killed process, and for an uncaught exception in cluster mode.
        code: i32,
        /// The signal that ended it. `None`: PM2 printed `SIGINT`, its default text for no signal.
        signal: Option<Arc<str>>,
    },
    /// `App name:n id:ID disconnected`: cluster only.
    Disconnected,
    /// `Stopping app:n id:ID`: PM2 stops it on purpose (stop, restart, reload, delete, watch, memory, cron).
    Stopping,
    /// `failed to kill - retrying in 100ms`: still draining.
    RetryKill {
        /// The process.
        pid: u32,
    },
    /// `still alive after Nms`: SIGKILL follows, though PM2 4-6 say so even of a process that just ended by itself.
    KillTimeout {
        /// The process.
        pid: u32,
        /// The kill timeout.
        ms: u64,
    },
    /// `process killed` or `process tree killed`: it is gone.
    Killed {
        /// The process.
        pid: u32,
    },
    /// `could not be killed`: it survived SIGKILL.
    NotKilled {
        /// The process.
        pid: u32,
    },
    /// `had too many unstable restarts`: errored for good.
    UnstableLimit {
        /// The script's absolute path.
        script: Arc<str>,
        /// `max_restarts`.
        count: u64,
    },
    /// `will restart in Nms`: only under `exp_backoff_restart_delay`.
    WillRestart {
        /// The delay.
        ms: u64,
    },
    /// `exceeds --max-memory-restart value`.
    MemoryLimit {
        /// Bytes it had.
        current: u64,
        /// Bytes it may have.
        limit: u64,
    },
    /// `-reload- New worker listening`: before the timeout.
    NewWorkerListening,
    /// `in a stopped status, starting it`: reload of a fork-mode app, a plain restart.
    ForkReload,
    /// `Change detected on path P for app n - restarting`.
    WatchChange {
        /// Relative to the app's cwd.
        path: Arc<str>,
    },
    /// `Registering a cron job on`.
    CronRegistered,
    /// `Deregistering a cron job on`.
    CronDeregistered,
    /// `stale exit event ignored`: PM2 7 lost track of a process it started twice.
    StaleExit {
        /// The process.
        pid: u32,
    },
    /// `spawn ps ENOENT` or its like: the image has no `ps`.
    NoPs,
    /// `PM2 successfully stopped` and its like: the daemon ends.
    DaemonStopped,
    /// Another line at PM2's level `error`.
    Error {
        /// The line.
        text: Arc<str>,
    },
}
