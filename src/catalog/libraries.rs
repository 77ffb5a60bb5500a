//! The entry of a call: by its symbol, and by the version of the library that the caller means.

use std::cell::RefCell;
use std::ops::Deref;

use rustc_hash::FxHashMap;

use super::model::*;
use super::{Catalog, MAX_KNOWN, glob, is_of, tables};
use crate::modules::Resolver;

/// The catalogue for the calls of one file, whose package.json, or lockfile, says which versions of the libraries are meant. Of several
/// entries it is the first that holds for every version meant; one that says no `versions` holds for any.
#[derive(Clone, Copy)]
pub struct Libraries<'c, 'f> {
    catalog: &'c Catalog,
    resolver: &'f Resolver,
    file: &'f str,
}

thread_local! {
    /// The built-in entries of symbols: every call of a program asks for those of every kind.
    static FOUND: RefCell<FxHashMap<Box<str>, Found>> = RefCell::default();
}

macro_rules! lookups {
    ($($name:ident: $entry:ident,)+) => {
        /// Each finds the entry of a call by its symbol: the callee's, such as `express().listen`.
        impl<'c> Libraries<'c, '_> {
            $(#[doc = concat!("The [`", stringify!($entry), "`] that a call of `symbol` is.")]
            pub fn $name(&self, symbol: &str) -> Option<&'c $entry> {
                let user = &self.catalog.user;
                if user.$name.is_empty() && user.same.is_empty() {
                    return found(symbol, |found| self.fitting(symbol, &found.$name));
                }
                self.fitting(symbol, &candidates(&self.catalog.names(symbol), &user.$name, &tables::$name::TABLE))
            })+
        }

        /// The built-in entries of one symbol, by kind.
        struct Found {
            $($name: Vec<&'static $entry>,)+
        }

        impl Found {
            fn of(symbol: &str) -> Self {
                let names = Catalog::builtin().names(symbol);
                Self { $($name: candidates(&names, &[], &tables::$name::TABLE),)+ }
            }
        }
    };
}
kinds!(lookups);

/// What `choose` takes of the built-in entries of `symbol`.
fn found<E>(symbol: &str, choose: impl FnOnce(&Found) -> Option<&'static E>) -> Option<&'static E> {
    FOUND.with_borrow_mut(|known| {
        if let Some(found) = known.get(symbol) {
            return choose(found);
        }
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        choose(known.entry(symbol.into()).or_insert_with(|| Found::of(symbol)))
    })
}

impl<'c, 'f> Libraries<'c, 'f> {
    /// What `catalog` says of the calls in `file`.
    pub fn new(catalog: &'c Catalog, resolver: &'f Resolver, file: &'f str) -> Self {
        Self { catalog, resolver, file }
    }

    /// The [`Script`] that `path`, relative or absolute, is.
    pub fn script(&self, path: &str) -> Option<&'c Script> {
        let is_listed = |package: &Text| self.resolver.lists(self.file, package);
        let mut scripts = self.catalog.user.script.iter().chain(tables::SCRIPTS);
        scripts.find(|script| {
            script.globs.iter().any(|pattern| glob::matches(pattern, path))
                && (!script.if_listed || script.packages.iter().any(is_listed))
                && script.versions.as_deref().is_none_or(|versions| self.asks_for(script.packages.iter(), versions))
        })
    }

    fn fitting<'e, E: Named>(&self, symbol: &str, entries: &[&'e E]) -> Option<&'e E> {
        let fits = |entry: &E| {
            let packages = || entry.packages().iter().filter(|package| is_of(symbol, package));
            entry.versions().is_none_or(|versions| self.asks_for(packages(), versions))
        };
        entries.iter().copied().find(|entry| fits(entry))
    }

    fn asks_for<'p>(&self, mut packages: impl Iterator<Item = &'p Text>, versions: &str) -> bool {
        packages.any(|package| self.resolver.requires(self.file, package, versions) == Some(true))
    }
}

impl Deref for Libraries<'_, '_> {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        self.catalog
    }
}

/// Built-in entries of one kind, and their symbols in byte order, each with the position of its entry.
pub(super) struct Table<E: 'static> {
    pub entries: &'static [E],
    pub calls: &'static [(&'static str, u16)],
}

impl<E> Table<E> {
    fn of(&self, symbol: &str) -> impl Iterator<Item = &E> {
        let start = self.calls.partition_point(|(call, _)| *call < symbol);
        let end = self.calls.partition_point(|(call, _)| *call <= symbol);
        self.calls[start..end].iter().filter_map(|(_, at)| self.entries.get(usize::from(*at)))
    }
}

impl Catalog {
    /// What an entry may call `symbol`, the nearest first: its own name, the canonical one, what it is reached from.
    fn names(&self, symbol: &str) -> Vec<String> {
        let canonical = self.canonical(symbol);
        let prefixes = canonical.match_indices('.').rev().map(|(dot, _)| format!("{}.**", &canonical[..dot]));
        [symbol.to_owned(), canonical.to_string()].into_iter().chain(prefixes).collect()
    }
}

/// The entries that have one of `names`, the first of them before all others, a user's before the built-in ones. After one for any
/// version nothing comes.
fn candidates<'c, E: Named>(names: &[String], user: &'c [E], builtin: &'c Table<E>) -> Vec<&'c E> {
    let mut candidates = Vec::new();
    for name in names {
        let own = user.iter().filter(|entry| entry.calls().iter().any(|call| **call == **name));
        for entry in own.chain(builtin.of(name)) {
            candidates.push(entry);
            if entry.versions().is_none() {
                return candidates;
            }
        }
    }
    candidates
}
