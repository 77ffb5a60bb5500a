//! Globs of scripts: names between `/`, `**` for any folders, `*` for any part of one name.

/// Whether the whole of `path` is what `pattern` says.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    names_match(&pattern, &path)
}

fn names_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], _) => path.is_empty(),
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| names_match(rest, &path[skipped..])),
        (_, []) => false,
        ([glob, pattern @ ..], [name, path @ ..]) => name_matches(glob, name) && names_match(pattern, path),
    }
}

fn name_matches(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| name_matches(after, &rest[at..]))
        }),
    }
}
