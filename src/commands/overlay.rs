//! What a command line adds to the apps of the process file that it starts. lib/API.js:986 (v7.0.4).

use super::{Command, Flag};
use crate::ecosystem::{self, App, Ecosystem, Facts};
use crate::js::{Entry, Node};
use crate::modules::Modules;

/// The options that a command line gives to apps whose file has none.
const GIVEN: [&str; 2] = ["namespace", "watch"];

/// Gives each app of a process file what all commands that start it say: `--watch`, `--namespace`. Commands that differ are
/// for different hosts, and change nothing.
pub(super) fn overlay(
    modules: &Modules<'_>,
    commands: &[Command],
    ecosystems: &[Ecosystem],
    facts: &Facts,
) -> Vec<Ecosystem> {
    let app = |app: &App| {
        let starting: Vec<&Command> = commands.iter().filter(|command| starts(command, app, ecosystems)).collect();
        let given = given(modules, &starting, app);
        if given.is_empty() { app.clone() } else { ecosystem::extended(app, given, facts, modules) }
    };
    let overlaid = |file: &Ecosystem| Ecosystem { apps: file.apps.iter().map(app).collect(), ..file.clone() };
    ecosystems.iter().map(overlaid).collect()
}

fn starts(command: &Command, app: &App, ecosystems: &[Ecosystem]) -> bool {
    let names_file = || command.process_file(ecosystems).is_some_and(|file| file.file == app.config);
    command.starts() && names_file() && command.concerns(app, ecosystems)
}

fn given(modules: &Modules<'_>, starting: &[&Command], app: &App) -> Vec<Entry> {
    let Some((first, others)) = starting.split_first() else { return Vec::new() };
    let is_shared = |flag: &&Flag| others.iter().all(|other| other.flags.contains(flag));
    let entry = |flag: &Flag| {
        let (spec, value) = flag.option().filter(|_| flag.counts_for_files())?;
        let is_free = app.options.value(spec.name).is_none_or(|own| own.truthy() == Some(false));
        let origin = first.place_of(&flag.name, modules.checkout());
        (is_free && GIVEN.contains(&spec.name)).then(|| Entry {
            key: spec.name.into(),
            key_origin: origin.clone(),
            value: Node { origin, ..value },
        })
    };
    first.flags.iter().filter(is_shared).filter_map(entry).collect()
}
