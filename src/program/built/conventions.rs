//! Where builds put their output when no configuration tells.

use crate::checkout::{file_name, split_extension};

/// Folders that builds write.
const BUILD_FOLDERS: [&str; 10] =
    ["dist", "build", "lib", "out", "output", "built", "compiled", ".build", "dist-server", "target"];

/// Folders of sources in a package, `.` being the package itself.
pub(super) const SOURCE_FOLDERS: [&str; 5] = ["src", ".", "server", "app", "source"];

/// Names that a package's main module has.
const MAIN_NAMES: [&str; 4] = ["index", "server", "main", "app"];

/// Names that builds and launchers give to a main module.
const LAUNCHED_NAMES: [&str; 6] = ["bundle", "start", "www", "api", "backend", "run"];

/// Folders that hold the packages of a monorepo.
const MEMBER_FOLDERS: [&str; 4] = ["", "apps/", "packages/", "services/"];

/// The package above the first build folder of `built`, and the path below that folder.
pub(super) fn split(built: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for name in built.split('/') {
        let end = start + name.len();
        if BUILD_FOLDERS.contains(&name) && end < built.len() {
            return Some((built[..start].trim_end_matches('/'), &built[end + 1..]));
        }
        start = end + 1;
    }
    None
}

/// Where the source of `built` may be, with the extension of `built`: the same path under a folder of sources, or,
/// where several packages are built into one folder (`dist/api/main.js`), under that package.
pub(super) fn candidates(built: &str) -> impl Iterator<Item = String> {
    split(built).into_iter().flat_map(|(package, rest)| {
        let prefix = if package.is_empty() { String::new() } else { format!("{package}/") };
        let folders = SOURCE_FOLDERS.map(|folder| if folder == "." { String::new() } else { format!("{folder}/") });
        let mut candidates: Vec<String> = folders.iter().map(|folder| format!("{prefix}{folder}{rest}")).collect();
        for (at, _) in rest.match_indices('/') {
            let (member, rest) = (&rest[..at], &rest[at + 1..]);
            candidates.extend(MEMBER_FOLDERS.map(|folder| format!("{prefix}{folder}{member}/src/{rest}")));
            candidates.push(format!("{prefix}src/{rest}"));
        }
        candidates
    })
}

/// The names that the main module behind `built` may have, its own first; its own alone where that is no name for a
/// main module.
pub(super) fn main_names(built: &str) -> Vec<&str> {
    let stem = split_extension(file_name(built)).0;
    let bundle = stem.split('.').next().unwrap_or(stem);
    let others =
        if MAIN_NAMES.iter().chain(&LAUNCHED_NAMES).any(|name| *name == bundle) { &MAIN_NAMES[..] } else { &[] };
    [stem, bundle].into_iter().chain(others.iter().copied()).collect()
}
