//! Which versions of a library a file means: those that its package.json asks for, and where that leaves it open those that are
//! locked.

use std::sync::Arc;

use super::catalogs::Catalogs;
use super::lockfiles::Lockfiles;
use super::manifest::{Manifests, Requirement};
use super::memo::Memo;
use super::version;
use crate::checkout::{Checkout, parent};

/// The versions that the packages of a checkout mean.
pub(super) struct Versions {
    manifests: Arc<Manifests>,
    catalogs: Catalogs,
    lockfiles: Lockfiles,
    /// By folder, package and range: every call of a library asks.
    known: Memo<Option<bool>>,
}

impl Versions {
    /// Nothing is read yet.
    pub fn new(checkout: &Checkout, manifests: &Arc<Manifests>) -> Self {
        Self {
            manifests: manifests.clone(),
            catalogs: Catalogs::new(checkout, manifests),
            lockfiles: Lockfiles::new(checkout),
            known: Memo::default(),
        }
    }

    /// Whether all versions of package `name` that file `from` may mean lie in `range`, or all outside. `None`: it is open.
    pub fn lie_in(&self, from: &str, name: &str, range: &str) -> Option<bool> {
        self.known.get(&format!("{}\n{name}\n{range}", parent(from)), || {
            let manifest =
                self.manifests.governing(from).find(|manifest| manifest.requirements(name).next().is_some())?;
            agreed(manifest.requirements(name).map(|wanted| self.lies_in(from, &wanted, range)))
        })
    }

    fn lies_in(&self, from: &str, wanted: &Requirement<'_>, range: &str) -> Option<bool> {
        let listed = wanted.asked.strip_prefix("catalog:").and_then(|catalog| self.catalogs.range(wanted, catalog));
        let asked = listed.as_deref().unwrap_or(wanted.asked);
        version::lies_in(asked, range).or_else(|| self.locked_lies_in(asked, wanted, range)).or_else(|| {
            let directory = self.manifests.local_package(from, wanted.name)?;
            version::lies_in(self.manifests.at(&directory)?.version()?, range)
        })
    }

    fn locked_lies_in(&self, asked: &str, wanted: &Requirement<'_>, range: &str) -> Option<bool> {
        let locked = self.lockfiles.versions(&Requirement { asked, ..*wanted });
        agreed(locked.iter().map(|version| version::lies_in(version, range)))
    }
}

/// What all answers say, if they say the same.
fn agreed(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}
