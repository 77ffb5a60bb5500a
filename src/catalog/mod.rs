//! What the calls of libraries do: listen, schedule, close, shut down, lock, keep state.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

mod glob;
mod libraries;
mod model;
mod user;

pub use libraries::Libraries;
pub use model::*;
pub use user::{Mistake, WrittenEntries};

/// The built-in tables, made of `rules/catalog/*.toml`.
#[allow(missing_docs, reason = "generated")]
mod tables {
    use std::borrow::Cow;

    use super::libraries::Table;
    use super::model::*;
    use super::model::{
        Kind::*, Literal::*, Loser::*, Place::*, Role::*, SinkKind::*, StateKind::*, Test::*, Which::*,
    };

    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

/// The libraries that are known. A user's entries come before the built-in ones.
pub struct Catalog {
    user: Entries,
}

static BUILTIN: Catalog = Catalog { user: Entries::EMPTY };

/// Methods of emitters that return their receiver.
const RETURNING_RECEIVER: [&str; 8] =
    ["addListener", "off", "on", "once", "prependListener", "removeAllListeners", "removeListener", "setMaxListeners"];

thread_local! {
    /// The canonical form of symbols without a user's entries: every call of a program asks for it several times.
    static CANONICAL: RefCell<FxHashMap<Box<str>, Rc<str>>> = RefCell::default();
}

/// How many of them are remembered.
const MAX_KNOWN: usize = 20_000;

/// How often a symbol is rewritten at most, should a user's entries lead in a circle.
const MAX_REWRITES: usize = 8;

impl Catalog {
    /// The built-in catalogue.
    pub fn builtin() -> &'static Catalog {
        &BUILTIN
    }

    /// The built-in catalogue and a user's own entries.
    pub fn with(user: Entries) -> Catalog {
        Catalog { user }
    }

    /// The symbol that the entries use for the value of `symbol`: `http.Server().on()` is `http.createServer()`, and
    /// so is `express().listen()`.
    pub fn canonical(&self, symbol: &str) -> Rc<str> {
        if !self.user.same.is_empty() {
            return self.canonicalised(symbol).into();
        }
        CANONICAL.with_borrow_mut(|known| {
            if let Some(canonical) = known.get(symbol) {
                return canonical.clone();
            }
            if known.len() >= MAX_KNOWN {
                known.clear();
            }
            let canonical: Rc<str> = self.canonicalised(symbol).into();
            known.insert(symbol.into(), canonical.clone());
            canonical
        })
    }

    fn canonicalised(&self, symbol: &str) -> String {
        let mut canonical = String::with_capacity(symbol.len());
        for step in steps(symbol) {
            canonical.push_str(step);
            for _ in 0..MAX_REWRITES {
                let Some(other) = self.rewritten(&canonical) else { break };
                canonical = other;
            }
        }
        canonical
    }

    /// The connections that a call of `symbol` closes.
    pub fn closed_connection(&self, symbol: &str) -> Option<&Connection> {
        let canonical = self.canonical(symbol);
        let mut connections = self.user.connection.iter().chain(tables::connection::TABLE.entries);
        connections.find(|connection| connection.close.iter().any(|close| **close == *symbol || **close == *canonical))
    }

    fn rewritten(&self, symbol: &str) -> Option<String> {
        let user = self.user.same.iter().find(|same| same.others.iter().any(|other| **other == *symbol));
        let builtin = || tables::SAME.binary_search_by_key(&symbol, |(other, _)| other).ok();
        let value = user.map(|same| &*same.value).or_else(|| Some(tables::SAME.get(builtin()?)?.1));
        value.or_else(|| returned_receiver(symbol)).map(str::to_owned)
    }
}

/// `http`, `.createServer`, `()` of `http.createServer()`. A dot in a package's name makes a step of its own, which
/// does no harm.
fn steps(symbol: &str) -> impl Iterator<Item = &str> {
    let starts = symbol.match_indices(['.', '(']).map(|(at, _)| at).chain([symbol.len()]);
    let mut start = 0;
    starts.map(move |end| &symbol[std::mem::replace(&mut start, end)..end])
}

/// Whether `symbol` is of `package`: `express().listen`, `@apollo/server/standalone.start` of `@apollo/server`.
fn is_of(symbol: &str, package: &str) -> bool {
    symbol.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '/']))
}

/// The package of `entry` that a call of `symbol` belongs to.
pub fn package<'e, E: Named>(entry: &'e E, symbol: &str) -> &'e str {
    let packages = entry.packages();
    let own = packages.iter().find(|package| is_of(symbol, package)).or(packages.first());
    own.map_or("a library", |package| package)
}

/// `http.createServer()` of `http.createServer().on()`.
fn returned_receiver(symbol: &str) -> Option<&str> {
    let (receiver, method) = symbol.strip_suffix("()")?.rsplit_once('.')?;
    (receiver.ends_with("()") && RETURNING_RECEIVER.contains(&method)).then_some(receiver)
}

#[cfg(test)]
mod tests;
