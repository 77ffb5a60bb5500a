//! Containers in memory that one request fills and another looks into.

use std::collections::BTreeMap;

use super::effect::Action;
use super::host::{Sighting, WorkerHost};
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
    /// Records the containers that a handler looks into which only others fill. One that fills what it misses is a
    /// cache, and a cache may differ.
    pub fn record_shared_containers(&mut self) {
        for (made, uses) in std::mem::take(&mut self.containers).0 {
            let fills = |handler: u32| uses.iter().find(|(one, _)| one.writes && one.handler == handler);
            let reader = uses.iter().find(|(one, _)| !one.writes && fills(one.handler).is_none());
            let writer = uses.iter().find(|(one, _)| one.writes);
            if let (Some((read, path)), Some((written, _))) = (reader, writer) {
                self.sightings.push(Sighting {
                    action: Action::Container,
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
}
