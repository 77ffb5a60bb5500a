//! From archived PM2 data to what happened: which file is what, what its lines say, and the incidents that follow.
//!
//! `~/.pm2` or parts of it -> [`scan`]: [`Event`]s of the daemon's log, [`ErrorBlock`]s of the apps' logs, lives of workers ->
//! [`judge`]: a [`Timeline`] with its [`Incident`]s. Files are streamed; what is kept are counters and the first and last few
//! lines of each kind.
//!
//! [`text`] reads a line, [`errors`] puts the lines of a stack together, [`processes`] reads saved lists.

mod errors;
mod judge;
mod processes;
mod scan;
mod text;
mod timeline;

pub use errors::signature::{Signature, WrittenSignature};
pub use judge::causes::missing as missing_module;
pub use scan::probe::Probe;
pub use scan::production::production;
pub use scan::sources::{OwnLogs, Sources};
pub use scan::{Scan, read, scan};
pub use text::naming::mangled;
pub use text::window::{Window, moment};
pub use timeline::{
    AppLogs, Archive, CrashLoop, DroppedByReload, DuplicateJob, ESM_LOADER, End, ErrorBlock, Event, EventKind,
    Exception, Frame, Incident, IncidentKind, Life, ListenCall, LogFile, LoggedError, Minute, Missing, Mode,
    Occurrence, Outlook, PmId, PortInUse, ProbeHit, ProbeHits, Problem, Process, Production, Proof, ReadyTimeout,
    Sighting, Source, Stamp, Stream, Timeline, UnevenLoad, Uptimes, Via, WorkerLog,
};
