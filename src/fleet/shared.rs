//! Containers in memory that one request fills and another looks into.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::effect::{Action, Container};
use super::host::{Sighting, WorkerHost};
use super::written;
use crate::js::eval::{Path, Reach, Use};
use crate::js::value::{Origin, Taint};

/// The containers of one worker, by the place where they are made, and what requests do to them.
#[derive(Default)]
pub(super) struct Containers(BTreeMap<Origin, Vec<(Use, Path)>>);

/// Uses of one container that are remembered.
const MAX_USES: usize = 64;

impl Containers {
    /// A request uses one.
    pub fn note(&mut self, one: Use, path: Path) {
        let uses = self.0.entry(one.made).or_default();
        let is_known = |(known, _): &(Use, Path)| known.handler == one.handler && known.writes == one.writes;
        if uses.len() < MAX_USES && !uses.iter().any(is_known) {
            uses.push((one, path));
        }
    }
}

impl WorkerHost<'_> {
    /// Records the containers that a handler looks into which only others fill, or that it counts in. One that fills what
    /// it misses is a cache, and a cache may differ.
    pub fn record_shared_containers(&mut self, files: &[Arc<str>]) {
        for (made, uses) in std::mem::take(&mut self.containers).0 {
            let filled_by = |handler: u32| uses.iter().find(|(one, _)| one.writes && one.handler == handler);
            let mut reads = uses.iter().filter(|(one, _)| !one.writes);
            let counted = reads.clone().find_map(|(read, path)| {
                let (written, _) = filled_by(read.handler)?;
                self.counts(files, read.site).then_some((Container::Counted, written, read, path))
            });
            let shared = counted.or_else(|| {
                let (read, path) = reads.find(|(one, _)| filled_by(one.handler).is_none())?;
                let (written, _) = uses.iter().find(|(one, _)| one.writes)?;
                Some((Container::Handed, written, read, path))
            });
            if let Some((container, written, read, path)) = shared {
                self.sightings.push(Sighting {
                    action: Action::Container(container),
                    site: made,
                    object: None,
                    callback: None,
                    also: vec![written.site, read.site],
                    function: None,
                    path: Path { reach: path.reach.min(Reach::Maybe), ..*path },
                    switch: None,
                    order: 0,
                    awaited: false,
                    waited: None,
                    taint: Taint::NONE,
                });
            }
        }
    }

    /// Whether what is read at `read` is counted.
    fn counts(&self, files: &[Arc<str>], read: Origin) -> bool {
        let file = files.get(read.module.0 as usize).and_then(|file| self.modules.lowered(file));
        file.is_some_and(|ir| ir.is_ok_and(|ir| written::counts(&ir, read.span)))
    }
}
