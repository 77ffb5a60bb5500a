//! Where builds put their output when no configuration tells.

use crate::checkout::{below, file_name, normalize, split_extension};

/// Folders that builds write.
const BUILD_FOLDERS: [&str; 10] =
    ["dist", "build", "lib", "out", "output", "built", "compiled", ".build", "dist-server", "target"];

/// Folders of sources in a package, `.` being the package itself.
const SOURCE_FOLDERS: [&str; 5] = ["src", ".", "server", "app", "source"];

/// Names that a package's main module has.
const MAIN_NAMES: [&str; 4] = ["index", "server", "main", "app"];

/// Names that builds and launchers give to a main module.
const LAUNCHED_NAMES: [&str; 6] = ["bundle", "start", "www", "api", "backend", "run"];

/// Folders that hold the packages of a monorepo.
const MEMBER_FOLDERS: [&str; 4] = [".", "apps", "packages", "services"];

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
/// where several packages are built into one folder (`dist/api/main.js`), under that package, whose own path may be kept in it
/// (`dist/apps/api/apps/api/src/main.js`).
pub(super) fn candidates(built: &str) -> impl Iterator<Item = String> {
    split(built).into_iter().flat_map(|(package, rest)| {
        let mut candidates: Vec<String> = SOURCE_FOLDERS.iter().map(|folder| format!("{folder}/{rest}")).collect();
        for (at, _) in rest.match_indices('/') {
            let (member, rest) = (&rest[..at], &rest[at + 1..]);
            candidates.extend(MEMBER_FOLDERS.map(|folder| format!("{folder}/{member}/src/{rest}")));
            candidates.push(format!("src/{rest}"));
            let is_whole = MEMBER_FOLDERS.iter().any(|folder| below(rest, folder).is_some());
            candidates.extend(is_whole.then(|| rest.to_owned()));
        }
        candidates.into_iter().filter_map(move |candidate| normalize(package, &candidate))
    })
}

/// The packages that `built` may be the main module of: the one that its folder is named for, then the one built.
pub(super) fn packages(built: &str) -> impl Iterator<Item = String> {
    split(built).into_iter().flat_map(|(package, rest)| {
        let members = rest.split_once('/').map(|(member, _)| MEMBER_FOLDERS.map(|folder| format!("{folder}/{member}")));
        let members = members.into_iter().flatten().filter_map(move |member| normalize(package, &member));
        members.chain([package.to_owned()])
    })
}

/// Where the main module of `package` may be that becomes `built`.
pub(super) fn main_modules(package: &str, built: &str) -> impl Iterator<Item = String> {
    let names = main_names(built).into_iter();
    let modules = names.flat_map(|name| SOURCE_FOLDERS.map(|folder| format!("{folder}/{name}.js")));
    modules.filter_map(move |module| normalize(package, &module))
}

/// The names that the main module behind `built` may have, its own first; its own alone where that is no name for a
/// main module.
fn main_names(built: &str) -> Vec<&str> {
    let stem = split_extension(file_name(built)).0;
    let bundle = stem.split('.').next().unwrap_or(stem);
    let others =
        if MAIN_NAMES.iter().chain(&LAUNCHED_NAMES).any(|name| *name == bundle) { &MAIN_NAMES[..] } else { &[] };
    [stem, bundle].into_iter().chain(others.iter().copied()).collect()
}
