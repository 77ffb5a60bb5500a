//! What an archive tells, for people and for machines.

mod commands;
mod json;
mod restarts;
mod text;

pub use json::render as json;
pub use text::render as text;
pub(super) use text::summary;

use std::path::{Path, PathBuf};

use crate::archive::{Frame, LoggedError, Sighting, Timeline};
use crate::evidence::{Account, Cause};

/// What there is to report.
pub struct Tale<'a> {
    /// All that was read.
    pub timeline: &'a Timeline,
    /// What went wrong, by its causes.
    pub incidents: Vec<(Cause<'a>, Account)>,
    /// Errors that may have been handled.
    pub errors: Vec<&'a LoggedError>,
    /// Lines that signatures of the user's own read.
    pub sightings: Vec<&'a Sighting>,
    /// The archives and the saved list as they were named when they were read.
    pub names: Vec<String>,
    /// What was given now.
    pub given: Given<'a>,
}

/// What the user named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Archives.
    pub logs: &'a [PathBuf],
    /// A saved `pm2 jlist`.
    pub jlist: Option<&'a Path>,
}

impl Tale<'_> {
    /// How many log files were read.
    fn files(&self) -> usize {
        self.timeline.archives.iter().map(|archive| archive.files.len()).sum()
    }
}

/// `/srv/app/server.js:12:3`
pub(super) fn address(frame: &Frame) -> String {
    format!("{}:{}:{}", frame.path, frame.line, frame.column)
}
