//! Which files the checkout has, by the rules of git.

use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{Checkout, read_file};

/// Directories that hold no source of this checkout.
const NEVER_ENTERED: [&str; 2] = [".git", "node_modules"];

/// Ignore files, the strongest last.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// What a walk met, sorted.
pub(super) struct Listing {
    /// Files that no rule leaves out.
    pub files: Vec<Arc<str>>,
    /// Files that a rule leaves out, in folders that none does.
    pub ignored: Vec<Arc<str>>,
}

/// The files of `checkout`. Links to directories are not followed, as git does not.
pub(super) fn files(checkout: &Checkout) -> Listing {
    let mut rules = Rules::default();
    let walk = WalkDir::new(checkout.root()).into_iter().filter_entry(|entry| rules.keep(entry));
    let mut files: Vec<Arc<str>> = walk.flatten().filter_map(|entry| relative_file(checkout, &entry)).collect();
    let ignored = rules.ignored.iter().filter_map(|entry| relative_file(checkout, entry));
    let mut ignored: Vec<Arc<str>> = ignored.collect();
    files.sort_unstable();
    ignored.sort_unstable();
    Listing { files, ignored }
}

fn relative_file(checkout: &Checkout, entry: &DirEntry) -> Option<Arc<str>> {
    let kind = entry.file_type();
    let is_file = || kind.is_file() || checkout.contain(entry.path()).is_some_and(|target| target.is_file());
    if kind.is_dir() || !is_file() {
        return None;
    }
    let below = entry.path().strip_prefix(checkout.root()).ok()?.to_str()?;
    Some(if std::path::MAIN_SEPARATOR == '/' { below.into() } else { below.replace('\\', "/").into() })
}

/// Whether the ignore files leave `relative` out, which may not exist.
pub(super) fn is_ignored(checkout: &Checkout, relative: &str) -> bool {
    let mut directories: Vec<&str> = super::ancestors(relative).collect();
    directories.reverse();
    let mut rules: Vec<Gitignore> = Vec::new();
    for directory in directories {
        let path = checkout.root().join(directory);
        rules.extend(IGNORE_FILES.iter().filter_map(|name| rules_of(&path, name)));
    }
    let path = checkout.root().join(relative);
    let verdicts = rules.iter().rev().map(|rules| rules.matched_path_or_any_parents(&path, false));
    verdicts.into_iter().find(|verdict| !verdict.is_none()).is_some_and(|verdict| verdict.is_ignore())
}

/// The ignore rules of the directories that the walk is in, outermost first.
#[derive(Default)]
struct Rules {
    /// With the depth of the directory.
    stack: Vec<(usize, Gitignore)>,
    /// Files that they left out.
    ignored: Vec<DirEntry>,
}

impl Rules {
    /// Whether the walk takes `entry`; a directory's own rules come into force with it.
    fn keep(&mut self, entry: &DirEntry) -> bool {
        self.stack.retain(|(depth, _)| *depth < entry.depth());
        let is_dir = entry.file_type().is_dir();
        if self.leaves_out(entry, is_dir) {
            if !is_dir {
                self.ignored.push(entry.clone());
            }
            return false;
        }
        if is_dir {
            let rules = IGNORE_FILES.iter().filter_map(|name| rules_of(entry.path(), name));
            self.stack.extend(rules.map(|rules| (entry.depth(), rules)));
        }
        true
    }

    fn leaves_out(&self, entry: &DirEntry, is_dir: bool) -> bool {
        if entry.depth() == 0 {
            return false;
        }
        if NEVER_ENTERED.iter().any(|name| entry.file_name() == *name) {
            return true;
        }
        let verdicts = self.stack.iter().rev().map(|(_, rules)| rules.matched(entry.path(), is_dir));
        verdicts
            .into_iter()
            .find(|verdict| !verdict.is_none())
            .is_some_and(|verdict| matches!(verdict, Match::Ignore(_)))
    }
}

/// The rules in file `name` of `directory`. Like git, a link instead of a file is not followed.
fn rules_of(directory: &Path, name: &str) -> Option<Gitignore> {
    let path = directory.join(name);
    path.symlink_metadata().ok().filter(|metadata| metadata.is_file())?;
    let text = read_file(&path, &path.metadata().ok()?)?;
    let mut builder = GitignoreBuilder::new(directory);
    for line in String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').lines() {
        // A line that is no glob rules nothing out, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}
