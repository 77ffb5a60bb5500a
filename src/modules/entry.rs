//! From the script of an app to the source file that is followed.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::built::Origin;
use super::resolve::Resolver;
use crate::checkout::{Checkout, normalize};

/// What the script of an app is in this checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file that exists, of whatever language.
    Source(Arc<str>),
    /// A build makes the script of this source.
    Mapped {
        /// The script, relative to the checkout.
        built: String,
        /// The source, relative to the checkout.
        source: Arc<str>,
        /// What says so, in a few words.
        how: &'static str,
    },
    /// Neither the script nor a source of it.
    Missing {
        /// The paths looked at, relative to the checkout.
        tried: Vec<String>,
    },
}

/// Folders that `pm2 deploy` links the checked out revision to.
const DEPLOY_FOLDERS: [&str; 2] = ["current/", "source/"];

/// The entry for `script`, in `cwd`, else in `config_dir` (of the process file), else in the root; the two relative
/// to the checkout. A `cwd` of the server may end as a folder of the checkout does. The script may lack its extension, be a folder, be a path of this checkout (`<root>/server.js`), or be
/// the absolute path it has on the server.
///
/// Where script and source both exist, the source wins if a configuration says that the script is built from it or a
/// compiler's traces are in the script; else the script.
pub fn entry(checkout: &Checkout, resolver: &Resolver, cwd: &str, config_dir: &str, script: &str) -> Entry {
    let tried = candidates(checkout, cwd, config_dir, script);
    let loaded = tried.iter().find_map(|path| loaded(checkout, resolver, path));
    let found = loaded.or_else(|| tried.iter().find_map(|path| guessed(resolver, path)));
    found.unwrap_or(Entry::Missing { tried })
}

/// The paths in the checkout that `script` may mean, the likeliest first.
fn candidates(checkout: &Checkout, cwd: &str, config_dir: &str, script: &str) -> Vec<String> {
    if let Some(in_checkout) = script.trim_start_matches('/').strip_prefix("<root>/") {
        return normalize("", in_checkout).into_iter().collect();
    }
    let mut candidates: Vec<String> = match script.strip_prefix('/') {
        Some(on_server) => {
            let in_checkout = checkout.relative(Path::new(script)).map(|path| path.to_string());
            let tails = tails(on_server).filter_map(|tail| normalize("", tail));
            in_checkout.into_iter().chain(tails.filter(|tail| !tail.is_empty())).collect()
        }
        None => {
            let script = script.trim_start_matches("./");
            let revision = DEPLOY_FOLDERS.iter().find_map(|folder| script.strip_prefix(folder));
            let on_server = cwd.strip_prefix('/').into_iter().flat_map(tails).filter(|tail| checkout.is_dir(tail));
            let bases = [cwd, config_dir].into_iter().chain(on_server).chain([""]);
            let in_bases = bases.filter_map(|base| normalize(base, script));
            in_bases.chain(revision.and_then(|path| normalize("", path))).collect()
        }
    };
    let mut seen = FxHashSet::default();
    candidates.retain(|path| seen.insert(path.clone()));
    candidates
}

/// The path on a server, and what is left of it below each of its folders.
fn tails(on_server: &str) -> impl Iterator<Item = &str> {
    std::iter::once(on_server).chain(on_server.match_indices('/').map(|(at, _)| &on_server[at + 1..]))
}

/// What Node would load for `path`, or would after a build.
fn loaded(checkout: &Checkout, resolver: &Resolver, path: &str) -> Option<Entry> {
    let file = resolver.require(path)?;
    Some(match resolver.origin(&file) {
        Some(origin) => mapped(file, origin),
        None => Entry::Source(checkout.relative(&checkout.absolute(&file))?),
    })
}

fn guessed(resolver: &Resolver, path: &str) -> Option<Entry> {
    resolver.guess(path).map(|origin| mapped(path.to_owned(), origin))
}

fn mapped(built: String, origin: Origin) -> Entry {
    Entry::Mapped { built, source: origin.source.into(), how: origin.how }
}

#[cfg(test)]
mod tests;
