//! Lockfiles: which version of a dependency is installed, where the range that package.json asks for allows several.

mod bun;
mod npm;
mod pnpm;
#[cfg(test)]
mod tests;
mod yarn;

use std::sync::Arc;

use super::manifest::Requirement;
use super::memo::Memo;
use crate::checkout::{Checkout, below, folders, normalize};

/// Larger ones cost more time than their answer is worth.
const MAX_BYTES: u64 = 16 << 20;

/// What a lockfile tells.
enum Lock {
    Npm(npm::Lock),
    Yarn(yarn::Lock),
    Pnpm(pnpm::Lock),
    Bun(bun::Lock),
}

/// Reads a lockfile's text; `None` where it is none.
type Reader = fn(&str) -> Option<Lock>;

/// The lockfiles of the package managers by name.
const KINDS: [(&str, Reader); 5] = [
    ("npm-shrinkwrap.json", |text| npm::Lock::parse(text).map(Lock::Npm)),
    ("package-lock.json", |text| npm::Lock::parse(text).map(Lock::Npm)),
    ("yarn.lock", |text| Some(Lock::Yarn(yarn::Lock::parse(text)))),
    ("pnpm-lock.yaml", |text| Some(Lock::Pnpm(pnpm::Lock::parse(text)))),
    ("bun.lock", |text| bun::Lock::parse(text).map(Lock::Bun)),
];

impl Lock {
    /// The version of `wanted` that the package in `directory`, as seen from the lockfile, gets.
    fn version(&self, directory: &str, wanted: &Requirement<'_>) -> Option<String> {
        match self {
            Self::Npm(lock) => lock.version(directory, wanted.name),
            Self::Yarn(lock) => lock.version(wanted.name, wanted.asked),
            Self::Pnpm(lock) => lock.version(directory, wanted.name),
            Self::Bun(lock) => lock.version(directory, wanted.name),
        }
        .map(str::to_owned)
    }
}

/// The lockfiles of a checkout, each read once, when its answer is first needed.
pub(super) struct Lockfiles {
    checkout: Checkout,
    by_path: Memo<Option<Arc<Lock>>>,
}

impl Lockfiles {
    /// None read yet.
    pub fn new(checkout: &Checkout) -> Self {
        Self { checkout: checkout.clone(), by_path: Memo::default() }
    }

    /// The versions of `wanted` that the nearest lockfiles which know of it hold: several where those of two package managers
    /// lie side by side.
    pub fn versions(&self, wanted: &Requirement<'_>) -> Vec<String> {
        let mut held = folders(wanted.directory).map(|folder| self.versions_in(folder, wanted));
        held.find(|versions| !versions.is_empty()).unwrap_or_default()
    }

    fn versions_in(&self, folder: &str, wanted: &Requirement<'_>) -> Vec<String> {
        let directory = below(wanted.directory, folder).unwrap_or_default();
        let locks = KINDS.iter().filter_map(|(name, read)| self.at(&normalize(folder, name)?, *read));
        locks.filter_map(|lock| lock.version(directory, wanted)).collect()
    }

    fn at(&self, path: &str, read: Reader) -> Option<Arc<Lock>> {
        self.by_path.get(path, || {
            self.checkout.metadata(path).filter(|metadata| metadata.len() <= MAX_BYTES)?;
            read(self.checkout.source(path)?.text()).map(Arc::new)
        })
    }
}
