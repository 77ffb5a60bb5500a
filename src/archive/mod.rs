//! From archived PM2 data to what happened: which file is what, what its lines say, and the incidents that follow.
//!
//! `~/.pm2` or parts of it -> [`Event`]s of the daemon's log, [`ErrorBlock`]s of the apps' logs -> [`Incident`]s.
//! Files are streamed; what is kept are counters and the first and last few lines of each kind.

mod assemble;
mod captured;
mod cursor;
mod daemon;
mod day_order;
mod decode;
mod envelope;
mod errors;
mod event;
mod excerpt;
mod fingerprint;
mod format;
mod incident;
mod inspect;
mod inventory;
mod judge;
mod life;
mod lines;
mod listing;
mod lives;
mod moments;
mod names;
mod ndjson;
mod outlook;
mod output;
mod pairs;
mod parts;
mod probe;
mod process;
mod production;
mod routine;
mod scan;
mod siblings;
mod sighted;
mod signature;
mod stack;
mod stamp;
mod tale;
mod timeline;
mod unpack;
mod watch;
mod window;
mod worker;

pub use errors::missing as missing_module;
pub use event::{Event, EventKind, Mode, PmId, Source, Stamp};
pub use incident::{
    CrashLoop, DroppedByReload, DuplicateJob, ESM_LOADER, ErrorBlock, Exception, Frame, Incident, IncidentKind,
    ListenCall, Missing, PortInUse, Proof, ReadyTimeout, UnevenLoad,
};
pub use life::{End, Life, Minute, Uptimes};
pub use names::mangled;
pub use outlook::Outlook;
pub use probe::Probe;
pub use production::production;
pub use scan::{Scan, read, scan};
pub use signature::{Signature, WrittenSignature};
use std::path::{Path, PathBuf};
use std::sync::Arc;
pub use timeline::{
    AppLogs, Archive, LogFile, LoggedError, Occurrence, ProbeHit, ProbeHits, Problem, Process, Production, Sighting,
    Stream, Timeline, Via, WorkerLog,
};

pub use window::{Window, moment};

/// What there is to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// Copied `~/.pm2`, its `logs` folder, log files, captured output of `pm2 logs`: one archive each.
    pub logs: &'a [PathBuf],
    /// A saved `pm2 jlist`.
    pub jlist: Option<&'a Path>,
    /// Logs in the checkout itself: the last archive.
    pub own: Option<OwnLogs<'a>>,
    /// `log_date_format` of apps, by their names: what the process files say. Lists of processes are newer.
    pub formats: &'a [(Arc<str>, Arc<str>)],
    /// Signatures of the user's own.
    pub signatures: &'a [Signature],
    /// What happened at other times is left out.
    pub window: Window,
}

/// Logs that lie in the checkout.
#[derive(Clone, Copy, Debug)]
pub struct OwnLogs<'a> {
    /// The checkout.
    pub root: &'a Path,
    /// Relative to it.
    pub files: &'a [Arc<str>],
}
