//! What the watchers of one app saw: changes by hand, or a loop of the app's own writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lives::Told;
use super::sighted::Trace;
use crate::archive::timeline::Stamp;

/// A change so soon after a start may be the app's own, in milliseconds.
const OWN_MS: i64 = 10_000;
/// So many different paths are counted.
const PATHS: usize = 100;

/// The changes that one app was restarted for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::archive) struct Watch {
    pub trace: Trace,
    /// How often each path was the one that changed.
    pub paths: BTreeMap<Arc<str>, u64>,
    /// The longest run of changes that each followed right after a start.
    pub longest: u64,
    #[serde(skip)]
    streak: u64,
    #[serde(skip)]
    started: Option<Stamp>,
    /// The app was started since the last change that counts: each of its instances has a watcher of its own.
    #[serde(skip)]
    is_news: bool,
}

impl Watch {
    /// A process of the app was started.
    pub fn start(&mut self, time: Option<Stamp>) {
        (self.started, self.is_news) = (time, true);
    }

    /// A file changed.
    pub fn change(&mut self, path: &Arc<str>, line: Told<'_>) {
        line.count(&mut self.trace);
        if self.paths.len() < PATHS || self.paths.contains_key(path) {
            *self.paths.entry(path.clone()).or_default() += 1;
        }
        let is_soon = line.time.zip(self.started).is_some_and(|(time, start)| time.ms_since(start) <= OWN_MS);
        match (is_soon, std::mem::take(&mut self.is_news)) {
            (true, true) => self.streak += 1,
            (true, false) => {}
            (false, _) => self.streak = 1,
        }
        self.longest = self.longest.max(self.streak);
    }

    /// Adds what the watchers of another archive saw.
    pub fn merge(&mut self, other: Self) {
        self.trace.merge(&other.trace);
        other.paths.into_iter().for_each(|(path, count)| *self.paths.entry(path).or_default() += count);
        self.longest = self.longest.max(other.longest);
    }

    /// The path that changed most often.
    pub fn main_path(&self) -> Option<&Arc<str>> {
        self.paths.iter().max_by_key(|(_, count)| **count).map(|(path, _)| path)
    }
}
