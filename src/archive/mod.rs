//! From archived PM2 data to what happened: which file is what, what its lines say, and the incidents that follow.
//!
//! `~/.pm2` or parts of it -> [`Event`]s of the daemon's log, [`ErrorBlock`]s of the apps' logs -> [`Incident`]s.
//! Files are streamed; what is kept are counters and the first and last few lines of each kind.

mod assemble;
mod captured;
mod daemon;
mod decode;
mod errors;
mod event;
mod incident;
mod inventory;
mod judge;
mod lines;
mod lives;
mod names;
mod output;
mod process;
mod production;
mod scan;
mod sighted;
mod signature;
mod stack;
mod stamp;
mod tale;
mod timeline;
mod unpack;

pub use event::{Event, EventKind, Mode, PmId, Source, Stamp};
pub use incident::{
    CrashLoop, ErrorBlock, Exception, Frame, Incident, IncidentKind, ListenCall, Missing, PortInUse, Proof,
    ReadyTimeout,
};
pub use production::production;
pub use scan::scan;
use std::path::{Path, PathBuf};
pub use timeline::{
    AppLogs, Archive, LogFile, LoggedError, ProbeHit, ProbeHits, Problem, Process, Production, Sighting, Stream,
    Timeline, WorkerLog,
};

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
