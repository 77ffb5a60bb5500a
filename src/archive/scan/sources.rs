//! What a scan is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::archive::errors::signature::Signature;
use crate::archive::text::window::Window;

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
