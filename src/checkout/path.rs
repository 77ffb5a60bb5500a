//! Arithmetic on relative paths; the disk is not asked.

/// `path` as seen from `base_dir`, without `.`, `..` and doubled `/`; both relative to the root.
/// `None` where `path` is absolute or leaves the root.
///
/// `normalize("src/api", "../server.js")` is `src/server.js`.
pub fn normalize(base_dir: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in base_dir.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()?),
            _ => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// The directory of `path`; `""` for a file in the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The last name of `path`.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
