//! Which files of a checkout are process files.

use std::sync::Arc;

/// A file that PM2 is, or might be, started with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessFile {
    /// Relative to the checkout.
    pub path: Arc<str>,
    /// How it was found.
    pub found: Found,
}

/// What makes a file a process file; decides what may be said when it turns out to be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A user or a command names it.
    Named,
    /// It is called like one.
    ByName,
    /// It reads like one: it is one only if it evaluates to apps.
    ByContent,
    /// It is called like one, except that PM2 does not take such a name: worth a word only if it evaluates to apps.
    Misnamed,
}

/// The parts of a name by which PM2 takes a file for a process file, anywhere in it. lib/Common.js:242 (v7.0.4).
const SUFFIXES: [&str; 6] = [".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"];

/// Whether PM2 reads a file of that name as a process file, and does not run it as an app.
pub fn is_taken(path: &str) -> bool {
    SUFFIXES.iter().any(|suffix| base(path).contains(suffix))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
