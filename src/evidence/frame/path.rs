//! Which file of the checkout lay at a path of the host.

use std::sync::Arc;

use crate::checkout::{Checkout, normalize};
use crate::modules::Modules;

/// Where the files of an app may lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots<'a> {
    /// Its working directory in the checkout.
    pub cwd: &'a str,
    /// The files that its program reaches; empty: not known.
    pub files: &'a [Arc<str>],
    /// Its working directories on the host.
    pub host_cwds: Vec<&'a str>,
}

/// What a path of the host is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// That file.
    Itself(Arc<str>),
    /// A built file that the checkout does not hold: its source.
    Source(Arc<str>),
}

impl Roots<'_> {
    /// The file at `path`: below the app's working directory, else by the longest end of the path that is a file here, or is
    /// built from one.
    pub fn find(&self, modules: &Modules<'_>, path: &str) -> Option<Match> {
        let names = names(path);
        let own = self
            .host_cwds
            .iter()
            .find_map(|cwd| below(&names, cwd))
            .and_then(|rest| self.at(modules, &[self.cwd], rest));
        own.or_else(|| {
            (0..names.len()).find_map(|start| {
                let found = self.at(modules, &[self.cwd, ""], names.get(start..)?)?;
                (start + 1 < names.len() || self.is_reached(&found)).then_some(found)
            })
        })
    }

    /// What lies below one of `bases`.
    fn at(&self, modules: &Modules<'_>, bases: &[&str], names: &[String]) -> Option<Match> {
        let files = || bases.iter().filter_map(|base| normalize(base, &names.join("/")));
        let itself = files().find(|file| modules.checkout().is_file(file));
        let source = || files().find_map(|file| modules.resolver().source_of(&file));
        itself.map(|file| Match::Itself(file.into())).or_else(|| source().map(|file| Match::Source(file.into())))
    }

    /// A name alone says little: `index.js` is everywhere.
    fn is_reached(&self, found: &Match) -> bool {
        let (Match::Itself(file) | Match::Source(file)) = found;
        self.files.is_empty() || self.files.contains(file)
    }
}

/// The file of the checkout that a source map calls `source`, seen from `folder`.
pub(super) fn of_map(checkout: &Checkout, folder: &str, source: &str) -> Option<Arc<str>> {
    let is_address = source.contains("://") || source.starts_with('/');
    let beside = normalize(folder, source).filter(|_| !is_address).filter(|file| checkout.is_file(file));
    let names = names(source);
    let by_end = || (0..names.len()).map(|start| names[start..].join("/")).find(|file| checkout.is_file(file));
    beside.or_else(by_end).map(Arc::from)
}

/// The names in a path or address: `webpack://shop/./src/a.ts?x` and `C:\shop\src\a.ts` as well as `/srv/shop/src/a.ts`.
fn names(path: &str) -> Vec<String> {
    let path = path.replace('\\', "/");
    let is_address = path.contains("://");
    let path = path.split_once("://").map_or(path.as_str(), |(_, rest)| rest);
    let path = if is_address { path.split('?').next().unwrap_or(path) } else { path };
    let mut names: Vec<String> = Vec::new();
    for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
        if name == ".." { drop(names.pop()) } else { names.push(decoded(name)) }
    }
    names
}

/// `%20` and its like as the characters that they stand for.
fn decoded(name: &str) -> String {
    let mut pieces = name.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(piece.bytes().skip(2));
            }
            None => bytes.extend(std::iter::once(b'%').chain(piece.bytes())),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

/// What `path` has below `folder`.
fn below<'p>(path: &'p [String], folder: &str) -> Option<&'p [String]> {
    path.strip_prefix(names(folder).as_slice()).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::Resolver;

    fn find(files: &[&str], roots: &Roots<'_>, path: &str) -> Option<Match> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let checkout = Checkout::open(folder.path()).unwrap();
        let resolver = Resolver::new(&checkout);
        roots.find(&Modules::new(&checkout, &resolver), path)
    }

    fn itself(file: &str) -> Option<Match> {
        Some(Match::Itself(file.into()))
    }

    #[test]
    fn paths_of_every_host_are_matched_from_their_end() {
        let files = ["src/db.js", "src/my jobs/a.js"];
        for path in [
            "/srv/app/src/db.js",
            "/app/src/db.js",
            "C:\\apps\\shop\\src\\db.js",
            "webpack://shop/./src/db.js?4f2a",
            "webpack-internal:///(rsc)/./src/db.js",
            "/srv/app/dist/../src/db.js",
        ] {
            assert_eq!(find(&files, &Roots::default(), path), itself("src/db.js"), "{path}");
        }
        assert_eq!(find(&files, &Roots::default(), "/srv/app/src/my%20jobs/a.js"), itself("src/my jobs/a.js"));
    }

    #[test]
    fn the_working_directory_decides_between_packages() {
        let files = ["packages/api/src/a.js", "packages/web/src/a.js"];
        let roots = Roots { cwd: "packages/web", host_cwds: vec!["/srv/web"], ..Roots::default() };
        assert_eq!(find(&files, &roots, "/srv/web/src/a.js"), itself("packages/web/src/a.js"));
        assert_eq!(find(&files, &roots, "/app/src/a.js"), itself("packages/web/src/a.js"));
    }

    #[test]
    fn built_files_that_are_not_committed_are_their_sources() {
        let found = find(&["src/a.ts"], &Roots::default(), "/srv/app/dist/a.js");
        assert_eq!(found, Some(Match::Source("src/a.ts".into())));
    }

    #[test]
    fn a_name_alone_must_be_a_file_of_the_app() {
        let files = ["index.js", "lib/x.js"];
        let reached = ["lib/x.js".into()];
        let roots = Roots { files: &reached, ..Roots::default() };
        assert_eq!(find(&files, &roots, "/opt/tool/index.js"), None);
        assert_eq!(find(&files, &Roots::default(), "/app/index.js"), itself("index.js"));
    }
}
