//! Which files of a checkout are process files.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checkout::{Checkout, below};

/// A file that PM2 is, or might be, started with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessFile {
    /// Relative to the checkout.
    pub path: Arc<str>,
    /// How it was found.
    pub found: Found,
}

/// What makes a file a process file; decides what may be said when it turns out to be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A user or a command names it.
    Named,
    /// It is called like one.
    ByName,
    /// It reads like one: it is one only if it evaluates to apps.
    ByContent,
    /// It is called like one, except that PM2 does not take such a name: worth a word only if it evaluates to apps.
    Misnamed,
}

impl ProcessFile {
    /// A file that a user or a command names.
    pub fn named(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), found: Found::Named }
    }
}

/// The parts of a name by which PM2 takes a file for a process file, anywhere in it. lib/Common.js:242 (v7.0.4).
const SUFFIXES: [&str; 6] = [".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"];

/// How process files are called.
const NAMES: [&str; 4] = ["ecosystem", "pm2", "processes", "process"];

/// What can hold a program that exports apps.
const PROGRAMS: [&str; 6] = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"];

/// Files of other tools that have PM2's suffixes.
const FOREIGN: [&str; 6] =
    ["package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "tsconfig", "jsconfig"];

/// Folders whose files are no part of what runs.
const ASIDE: [&str; 21] = [
    "__fixtures__",
    "__tests__",
    "archive",
    "archived",
    "backup",
    "backups",
    "deprecated",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "node_modules",
    "sample",
    "samples",
    "template",
    "templates",
    "test",
    "test-data",
    "testdata",
    "tests",
    "vendor",
];

/// Words in a file name that say the same.
const ASIDE_NAMES: [&str; 4] = ["example", "sample", "template", ".dist"];

/// Options that no other tool has.
pub(super) const TELLING: [&str; 16] = [
    "apps",
    "error_file",
    "exec_interpreter",
    "exec_mode",
    "exp_backoff_restart_delay",
    "ignore_watch",
    "instance_var",
    "kill_timeout",
    "listen_timeout",
    "max_memory_restart",
    "max_restarts",
    "merge_logs",
    "min_uptime",
    "node_args",
    "out_file",
    "wait_ready",
];

/// The path without what tells the kind of file: `ecosystem.config.ts` is, or was, the source of `ecosystem.config.cjs`.
fn of_any_kind(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(path, _)| path)
}

/// The process files among `files`, in their order. The text of a file is asked for only where its name leaves it open.
pub fn discover<'a>(
    files: impl IntoIterator<Item = &'a str>,
    text_of: impl Fn(&str) -> Option<Arc<str>>,
) -> Vec<ProcessFile> {
    let found = |path: &str| classify(path, &text_of).map(|found| ProcessFile { path: path.into(), found });
    let mut files: Vec<ProcessFile> = files.into_iter().filter_map(found).collect();
    let sure = files
        .iter()
        .filter(|file| file.found == Found::ByName)
        .filter_map(|file| text_of(&file.path))
        .collect::<Vec<_>>();
    let is_part = |path: &str| sure.iter().any(|text| text.contains(stem(path)));
    let taken: BTreeSet<Arc<str>> =
        files.iter().filter(|file| file.found == Found::ByName).map(|file| of_any_kind(&file.path).into()).collect();
    files.retain(|file| {
        file.found != Found::Misnamed || !(is_part(&file.path) || taken.contains(of_any_kind(&file.path)))
    });
    files
}

/// The process files of the `folders` that were named, which are looked at as checkouts of their own: a fixture that is named is
/// meant.
pub fn discover_in(
    folders: &[&str],
    checkout: &Checkout,
    text_of: impl Fn(&str) -> Option<Arc<str>>,
) -> Vec<ProcessFile> {
    let in_folder = |folder: &&str| {
        let files = candidates(checkout).filter_map(|file| below(file, folder));
        let found = discover(files, |file| text_of(&format!("{folder}/{file}")));
        let whole = |file: ProcessFile| ProcessFile { path: format!("{folder}/{}", file.path).into(), ..file };
        found.into_iter().map(whole).collect::<Vec<_>>()
    };
    folders.iter().flat_map(in_folder).collect()
}

/// The name by which another file would require it.
fn stem(path: &str) -> &str {
    let base = base(path);
    base.rsplit_once('.').map_or(base, |(stem, _)| stem)
}

fn classify(path: &str, text_of: &impl Fn(&str) -> Option<Arc<str>>) -> Option<Found> {
    let base = base(path);
    if is_aside(path) || FOREIGN.iter().any(|name| base.starts_with(name)) {
        return None;
    }
    if !is_taken(path) {
        let is_program = PROGRAMS.iter().any(|suffix| base.ends_with(suffix)) && !base.ends_with(".d.ts");
        return (is_program && is_called_so(base)).then_some(Found::Misnamed);
    }
    if is_called_so(base) && base.contains(".config.") {
        return Some(Found::ByName);
    }
    let text = text_of(path)?;
    let reads_so = reads_like_one(path, &text);
    if is_called_so(base) {
        return (reads_so || mentions(&text, &["apps", "script"])).then_some(Found::ByName);
    }
    reads_so.then_some(Found::ByContent)
}

/// The process file at `path`, which a user named. `None`: it is neither called like one nor does it read like one, so a
/// changed file of the app is meant.
pub fn named(path: &Arc<str>, text_of: impl Fn(&str) -> Option<Arc<str>>) -> Option<ProcessFile> {
    let is_meant = || is_called_so(base(path)) || text_of(path).is_some_and(|text| reads_like_one(path, &text));
    (is_taken(path) && is_meant()).then(|| ProcessFile::named(path.clone()))
}

fn reads_like_one(path: &str, text: &str) -> bool {
    // Data holds prose too: translations are long, and say all of these words somewhere.
    let has = if base(path).ends_with(".json") { has_key } else { mentions };
    has(text, &["script", "exec", "cmd", "command"]) && has(text, &TELLING)
}

/// The files of a checkout that may be process files: all, and those that git ignores but that are called so.
pub fn candidates(checkout: &Checkout) -> impl Iterator<Item = &str> {
    let ignored = checkout.ignored_files().iter().filter(|file| is_called_so(base(file)));
    checkout.files().iter().chain(ignored).map(|file| &**file)
}

/// Whether PM2 reads a file of that name as a process file, and does not run it as an app.
pub fn is_taken(path: &str) -> bool {
    SUFFIXES.iter().any(|suffix| base(path).contains(suffix))
}

/// `ecosystem.config.js`, `pm2-staging.json`; not `processor.json`, `pm2lint.json`.
fn is_called_so(base: &str) -> bool {
    let base = base.trim_start_matches(['.', '_']).to_ascii_lowercase();
    NAMES.iter().any(|name| base.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

pub(crate) fn is_aside(path: &str) -> bool {
    let (folders, base) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| ASIDE.contains(&folder)) || ASIDE_NAMES.iter().any(|word| base.contains(word))
}

/// Whether one of the words stands in the text by itself.
fn mentions(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| behind(text, word).next().is_some())
}

/// Whether one of the words is a key somewhere in the text, quoted or not.
fn has_key(text: &str, words: &[&str]) -> bool {
    let is_key = |rest: &str| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':');
    words.iter().any(|word| behind(text, word).any(is_key))
}

/// What follows the word, each time that it stands in the text by itself.
fn behind<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    memchr::memmem::find_iter(text.as_bytes(), word).filter_map(move |at| {
        let (before, rest) = (text.get(..at)?, text.get(at + word.len()..)?);
        (!before.ends_with(is_word) && !rest.starts_with(is_word)).then_some(rest)
    })
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Option<Found> {
        discover([path], |_| Some(text.into())).first().map(|file| file.found)
    }

    #[test]
    fn names_of_process_files_need_no_content() {
        assert_eq!(found("ecosystem.config.js", ""), Some(Found::ByName));
        assert_eq!(found("deploy/pm2.staging.config.cjs", ""), Some(Found::ByName));
        assert_eq!(found("ecosystem.config.js.bak", ""), Some(Found::ByName));
    }

    #[test]
    fn data_files_must_read_like_one() {
        assert_eq!(found("process.json", r#"{"apps": [{"script": "a.js"}]}"#), Some(Found::ByName));
        assert_eq!(found("process.json", r#"{"steps": []}"#), None);
        assert_eq!(found("server.yml", "script: a.js\nexec_mode: cluster"), Some(Found::ByContent));
        assert_eq!(found("server.yml", "script: a.js"), None);
        assert_eq!(found("fleet.json", "{ apps: [{ 'script' : 'a.js' }] }"), Some(Found::ByContent));
        // Every translation of a site was parsed and run as a process file.
        assert_eq!(found("locales/en.json", r#"{"hint": "run the script of your apps: it is a command"}"#), None);
    }

    #[test]
    fn names_that_pm2_does_not_take_are_told_apart() {
        assert_eq!(found("ecosystem.js", ""), Some(Found::Misnamed));
        assert_eq!(found("ecosystem.config.ts", ""), Some(Found::Misnamed));
        assert_eq!(found("ecosystem.config.prod.js", ""), Some(Found::Misnamed));
        assert_eq!(found("ecosystem.md", ""), None);
        assert_eq!(found("src/processor.js", ""), None);
    }

    #[test]
    fn a_file_that_is_named_may_be_a_changed_file_of_the_app() {
        let named = |path: &str, text: &str| named(&path.into(), |_| Some(text.into())).is_some();
        assert!(named("examples/ecosystem.config.js", ""));
        assert!(named("deploy.json", r#"{ "apps": [{ "script": "a.js" }] }"#));
        assert!(!named("package.json", r#"{ "scripts": { "start": "node a.js" } }"#));
        assert!(!named(".pre-commit-config.yaml", "repos: []"));
        assert!(!named("src/server.js", "exports.apps = [{ script }]"));
    }

    #[test]
    fn parts_of_process_files_are_none_themselves() {
        let text = |path: &str| {
            Some(if path == "ecosystem.config.js" { "require('./ecosystem.base')".into() } else { "".into() })
        };
        assert_eq!(discover(["ecosystem.base.js", "ecosystem.config.js"], text).len(), 1);
    }

    #[test]
    fn files_of_other_tools_and_examples_are_left_alone() {
        for path in [
            "package.json",
            "tests/ecosystem.config.js",
            "ecosystem.config.example.js",
            "a/node_modules/b/pm2.json",
            "docs/archive/2025-11/ecosystem.config 2.js",
        ] {
            assert_eq!(found(path, "apps script exec_mode"), None, "{path}");
        }
    }
}
