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

/// `path` without its extension, and the extension: `("dist/a.test", "js")`. A leading dot starts no extension.
pub fn split_extension(path: &str) -> (&str, &str) {
    let name = file_name(path).trim_start_matches('.');
    match name.rsplit_once('.') {
        Some((_, extension)) => (&path[..path.len() - extension.len() - 1], extension),
        None => (path, ""),
    }
}

/// `path` below `directory`: `below("src/api/a.js", "src")` is `api/a.js`; everything is below `""`.
pub fn below<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
}

/// The directory of `path`, the directory of that, and so on up to the root `""`.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors((!path.is_empty()).then(|| parent(path)), |directory| {
        (!directory.is_empty()).then(|| parent(directory))
    })
}

/// `directory`, the directory of that, and so on up to the root `""`.
pub fn folders(directory: &str) -> impl Iterator<Item = &str> {
    std::iter::once(directory).chain(ancestors(directory))
}
