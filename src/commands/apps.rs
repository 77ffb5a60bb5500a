//! Command lines that are apps themselves: `pm2 start dist/main.js -i max --name api`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Command, Flag};
use crate::catalog::Catalog;
use crate::checkout::{Place, Span, below, normalize};
use crate::ecosystem::{self, Ecosystem, Facts};
use crate::js::{Entry, Node, NodeKind};
use crate::modules::Modules;
use crate::modules::entry::{self, entry};
use crate::pm2::options::{self, Type};

/// The options that short flags, and those with another name, stand for. lib/binaries/CLI.js:35 (v7.0.4).
const FLAGS: [(&str, &str); 12] = [
    ("-c", "cron_restart"),
    ("-e", "error_file"),
    ("-f", "force"),
    ("-i", "instances"),
    ("-k", "kill_timeout"),
    ("-l", "log_file"),
    ("-n", "name"),
    ("-o", "out_file"),
    ("-p", "pid_file"),
    ("-x", "execute_command"),
    ("--env", ""),
    ("--write", ""),
];

/// Programs of package managers, which start what package.json says.
const LAUNCHERS: [&str; 4] = ["npm", "npx", "pnpm", "yarn"];

/// The apps that `commands` start by their script, one [`Ecosystem`] each: they are alternatives, as far as anybody knows.
/// A script that is neither in the checkout nor a program of a package manager may be anything, and is passed over. Where folders
/// are `named`, only commands in them count.
pub fn apps(modules: &Modules<'_>, commands: &[Command], named: &[Arc<str>], facts: &Facts) -> Vec<Ecosystem> {
    let folders: Vec<&Arc<str>> = named.iter().filter(|path| modules.checkout().is_dir(path)).collect();
    let is_asked = |file: &str| folders.is_empty() || folders.iter().any(|folder| below(file, folder).is_some());
    let starts = |command: &&Command| &*command.verb == "start" && is_asked(&command.place.file);
    let mut in_file: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for command in commands.iter().filter(starts) {
        for target in &command.targets {
            let Some(folder) = folder(modules, command, target) else { continue };
            let index = in_file.entry(&command.place.file).or_default();
            let started = Started { modules, command, target, folder };
            found.extend(ecosystem::of_command(
                &command.place.file,
                *index,
                started.node(),
                &started.folder,
                facts,
                modules,
            ));
            *index += 1;
        }
    }
    found
}

/// The folder that the command is run in, as far as the script tells: that of the file, or one above it.
fn folder(modules: &Modules<'_>, command: &Command, target: &str) -> Option<Arc<str>> {
    if ecosystem::is_taken(target) || target.contains(['$', '{', '*']) {
        return None;
    }
    if target.contains(' ') || LAUNCHERS.contains(&target) || Catalog::builtin().script(target).is_some() {
        return Some(command.folder.clone());
    }
    let is_there = |folder: &&str| {
        let entry = entry(modules.checkout(), modules.resolver(), folder, folder, target);
        let is_file = target.contains(['.', '/']);
        is_file && matches!(entry, entry::Entry::Source(_) | entry::Entry::Mapped { .. })
    };
    std::iter::successors(Some(&*command.folder), |folder| {
        folder.rsplit_once('/').map(|(above, _)| above).or((!folder.is_empty()).then_some(""))
    })
    .find(is_there)
    .map(Arc::from)
}

/// One app that a command starts.
struct Started<'a> {
    modules: &'a Modules<'a>,
    command: &'a Command,
    target: &'a str,
    folder: Arc<str>,
}

impl Started<'_> {
    /// The entry that a process file would have for it.
    fn node(&self) -> Node {
        let mut entries = vec![self.entry("script", self.target, text(self.target))];
        entries.extend(self.command.flags.iter().filter_map(|flag| self.option(flag)));
        if let Some(first) = self.command.args.first() {
            let args = self.command.args.iter().map(|word| Node { origin: self.place(word), ..text(word) }).collect();
            entries.push(self.entry("args", first, Node::new(NodeKind::Array(args))));
        }
        if !self.command.assigned.is_empty() {
            let variables = self.command.assigned.iter().map(|(name, value)| self.entry(name, name, text(value)));
            entries.push(self.entry("env", "", Node::new(NodeKind::Object(variables.collect()))));
        }
        Node { origin: Some(self.command.place.clone()), ..Node::new(NodeKind::Object(entries)) }
    }

    /// The option that a flag sets: `--no-autorestart` is `autorestart: false`.
    fn option(&self, flag: &Flag) -> Option<Entry> {
        let long = flag.name.trim_start_matches('-').replace('-', "_");
        let known = FLAGS.iter().find(|(name, _)| *name == &*flag.name).map(|(_, option)| *option);
        let (name, is_on) = match (known, long.strip_prefix("no_")) {
            (Some(option), _) => (option, true),
            (None, Some(option)) => (option, false),
            (None, None) => (&*long, true),
        };
        let spec = options::find(name).filter(|_| flag.name.starts_with("--") || known.is_some())?;
        let value = match &flag.value {
            Some(value) if spec.name == "watch" => Node::new(NodeKind::Array(vec![text(value)])),
            Some(value) => text(value),
            None if spec.types.contains(&Type::Boolean) => Node::new(NodeKind::Bool(is_on)),
            None => return None,
        };
        Some(self.entry(spec.name, &flag.name, value))
    }

    fn entry(&self, key: &str, word: &str, value: Node) -> Entry {
        let place = self.place(word);
        Entry { key: key.into(), key_origin: place.clone(), value: Node { origin: place, ..value } }
    }

    /// Where a word of the command stands; the whole command, where it is not written like this.
    fn place(&self, word: &str) -> Option<Place> {
        let whole = &self.command.place;
        let source = self.modules.checkout().source(&whole.file)?;
        let slice = source.slice(whole.span);
        let at = slice.match_indices(word).map(|(at, _)| at).find(|at| is_word(slice, *at, word.len()));
        Some(match at.filter(|_| !word.is_empty()) {
            Some(at) => {
                let start = whole.span.start + at as u32;
                Place::new(whole.file.clone(), Span::new(start, start + word.len() as u32))
            }
            None => whole.clone(),
        })
    }
}

/// Whether nothing that belongs to a word stands round a part of the text.
fn is_word(text: &str, start: usize, length: usize) -> bool {
    let is_end =
        |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '\\' | ',' | ';'));
    let (before, rest) = text.split_at(start);
    is_end(before.chars().next_back()) && is_end(rest[length..].chars().next())
}

/// The value of a word, which a shell may fill in.
fn text(word: &str) -> Node {
    Node::new(match word.contains(['$', '`']) || word.contains("{{") {
        true => NodeKind::Unknown("the shell decides it".into()),
        false => NodeKind::String(word.into()),
    })
}

/// The folder after `cd`, where that is known.
pub(super) fn changed(folder: &Arc<str>, words: &[String]) -> Option<Arc<str>> {
    match words {
        [cd, to] if cd == "cd" && !to.starts_with(['/', '~', '$', '-']) && !to.contains('$') => {
            normalize(folder, to).map(Arc::from)
        }
        _ => None,
    }
}
