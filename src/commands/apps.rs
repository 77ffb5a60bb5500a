//! Command lines that are apps themselves: `pm2 start dist/main.js -i max --name api`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::flag::text;
use super::{Command, Flag};
use crate::catalog::{Catalog, Libraries};
use crate::checkout::{Place, below, normalize};
use crate::ecosystem::{self, Ecosystem, Facts};
use crate::js::{Entry, Node, NodeKind};
use crate::modules::Modules;
use crate::modules::entry::{self, entry};

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
    let libraries = Libraries::new(Catalog::builtin(), modules.resolver(), &command.place.file);
    if target.contains(' ') || LAUNCHERS.contains(&target) || libraries.script(target).is_some() {
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

    fn option(&self, flag: &Flag) -> Option<Entry> {
        let (spec, value) = flag.option()?;
        Some(self.entry(spec.name, &flag.name, value))
    }

    fn entry(&self, key: &str, word: &str, value: Node) -> Entry {
        let place = self.place(word);
        Entry { key: key.into(), key_origin: place.clone(), value: Node { origin: place, ..value } }
    }

    fn place(&self, word: &str) -> Option<Place> {
        self.command.place_of(word, self.modules.checkout())
    }
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
