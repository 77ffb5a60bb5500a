//! Which checkout the arguments mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::Failure;
use crate::checkout::below;

/// The checkout, and what of it was named.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Absolute, without symbolic links.
    pub root: PathBuf,
    /// Relative to the root, with `/`; empty: the whole checkout.
    pub paths: Vec<Arc<str>>,
    /// A directory was named, or nothing at all.
    pub has_directory: bool,
}

impl Target {
    /// The target of `paths`, relative to the working directory; none means `.`.
    ///
    /// # Errors
    /// A path does not exist, lies outside `root`, or two lie in different checkouts.
    pub fn find(paths: &[PathBuf], root: Option<&Path>) -> Result<Target, Failure> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        let named = paths.iter().map(|path| existing(path)).collect::<Result<Vec<_>, _>>()?;
        let root = match root {
            Some(root) => directory(root)?,
            None => common_root(paths, &named)?,
        };
        let mut relative = Vec::new();
        for (path, real) in paths.iter().zip(&named) {
            relative.push(relative_to(&root, path, real)?);
        }
        if relative.iter().any(|path| path.is_empty()) {
            relative.clear();
        }
        Ok(Target { root, paths: relative, has_directory: named.iter().any(|path| path.is_dir()) })
    }

    /// Whether `file` was named, by itself or with its folder.
    pub fn names(&self, file: &str) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|path| &**path == file || below(file, path).is_some())
    }
}

fn existing(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::usage(format!("cannot open {}: {error}", path.display())))
}

fn directory(path: &Path) -> Result<PathBuf, Failure> {
    let real = existing(path)?;
    if real.is_dir() { Ok(real) } else { Err(Failure::usage(format!("--root {} is no directory", path.display()))) }
}

/// The root that all paths share.
fn common_root(paths: &[PathBuf], named: &[PathBuf]) -> Result<PathBuf, Failure> {
    let mut roots = paths.iter().zip(named.iter().map(|path| root_of(path)));
    let (first, root) = roots.next().ok_or_else(|| Failure::usage("no path is given"))?;
    match roots.find(|(_, other)| *other != root) {
        None => Ok(root),
        Some((second, other)) => Err(Failure::usage(format!(
            "{} lies in {}, but {} in {}: check one checkout at a time, or name the folder of both with --root",
            first.display(),
            root.display(),
            second.display(),
            other.display(),
        ))),
    }
}

/// The nearest ancestor with `.git`, else the path itself if it is a directory, else the topmost ancestor with a
/// package.json, else the folder of the file.
fn root_of(path: &Path) -> PathBuf {
    if let Some(repository) = path.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    if path.is_dir() {
        return path.to_owned();
    }
    let package = path.ancestors().filter(|folder| folder.join("package.json").is_file()).last();
    package.or(path.parent()).unwrap_or(path).to_owned()
}

/// `real` relative to `root`; `typed` is how the user named it.
fn relative_to(root: &Path, typed: &Path, real: &Path) -> Result<Arc<str>, Failure> {
    let relative = real
        .strip_prefix(root)
        .map_err(|_| Failure::usage(format!("{} lies outside the root {}", typed.display(), root.display())))?;
    let names: Option<Vec<&str>> = relative.iter().map(|name| name.to_str()).collect();
    let names = names.ok_or_else(|| Failure::usage(format!("{}: the name is not UTF-8", typed.display())))?;
    Ok(names.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `files`, empty each, and folders for names that end in `/`.
    fn tree(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(if file.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            if !file.ends_with('/') {
                std::fs::write(&path, "").unwrap();
            }
        }
        let root = folder.path().canonicalize().unwrap();
        (folder, root)
    }

    fn find(root: &Path, paths: &[&str]) -> Result<(PathBuf, Vec<String>), Failure> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
        Target::find(&paths, None).map(|target| {
            let relative = target.root.strip_prefix(root).unwrap().to_owned();
            (relative, target.paths.iter().map(|path| path.to_string()).collect())
        })
    }

    #[test]
    fn the_nearest_repository_is_the_root() {
        let (_folder, root) = tree(&["a/.git/", "a/src/b.js", "a/package.json", "package.json"]);
        assert_eq!(find(&root, &["a/src/b.js"]), Ok(("a".into(), vec!["src/b.js".into()])));
        assert_eq!(find(&root, &["a/src"]), Ok(("a".into(), vec!["src".into()])));
        assert_eq!(find(&root, &["a"]), Ok(("a".into(), vec![])));
        assert_eq!(find(&root, &["a", "a/src/b.js"]), Ok(("a".into(), vec![])));
    }

    #[test]
    fn without_a_repository_a_directory_is_its_own_root() {
        let (_folder, root) = tree(&["package.json", "a/b/c.js"]);
        assert_eq!(find(&root, &["a/b"]), Ok(("a/b".into(), vec![])));
    }

    #[test]
    fn without_a_repository_a_file_belongs_to_the_topmost_package() {
        let (_folder, root) = tree(&["package.json", "a/package.json", "a/b/c.js"]);
        assert_eq!(find(&root, &["a/b/c.js"]), Ok(("".into(), vec!["a/b/c.js".into()])));
    }

    #[test]
    fn paths_of_two_checkouts_and_missing_paths_are_refused() {
        let (_folder, root) = tree(&["a/.git/", "b/.git/"]);
        let error = find(&root, &["a", "b"]).unwrap_err();
        assert!(error.message.contains("one checkout at a time"), "{}", error.message);
        assert!(find(&root, &["c"]).unwrap_err().message.contains("cannot open"));
        let outside = Target::find(&[root.join("a")], Some(&root.join("b"))).unwrap_err();
        assert!(outside.message.contains("outside the root"), "{}", outside.message);
    }
}
