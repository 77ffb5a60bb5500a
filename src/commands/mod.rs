//! The `pm2` commands that the checkout runs: in scripts of package.json, Dockerfiles, compose and CI files, shell scripts,
//! Procfiles, units of systemd, and the deploy sections of process files.

mod apps;
pub mod dockerfile;
mod flag;
mod invocation;
mod known;
mod overlay;
pub mod shell;
mod sources;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use apps::apps;

use crate::checkout::{Place, file_name, normalize};
use crate::ecosystem::{self, Ecosystem, Facts};
use crate::modules::Modules;

/// One call of PM2's command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// From the program to the last word.
    pub place: Place,
    /// `pm2`, `pm2-runtime`, `pm2-docker` or `pm2-dev`.
    pub program: Arc<str>,
    /// `start`, `reload`, `scale` ... `pm2-runtime` without a verb starts.
    pub verb: Arc<str>,
    /// What follows the verb and is no flag: process files, names, numbers.
    pub targets: Vec<Arc<str>>,
    /// In order, long ones without their value's `=`.
    pub flags: Vec<Flag>,
    /// What follows `--`: the arguments of the script.
    pub args: Vec<Arc<str>>,
    /// The variables that are set for this command alone: `NODE_ENV=production pm2 start`.
    pub assigned: Vec<(Arc<str>, Arc<str>)>,
    /// The folder that paths are taken from, relative to the checkout, as far as is known.
    pub folder: Arc<str>,
    /// The script of package.json that it is in.
    pub script: Option<Arc<str>>,
    /// How it is run.
    pub by: Runner,
    /// Nothing follows it.
    pub is_last: bool,
}

/// What runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// Nothing: the container starts it itself.
    Container,
    /// A shell that it replaces (`exec`).
    Replaced,
    /// A shell that waits for it.
    Shell,
}

/// An option of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// `--env`, `-i`.
    pub name: Arc<str>,
    /// Its value, if it takes one.
    pub value: Option<Arc<str>>,
}

/// Everything that the checkout starts with PM2: its process files, the apps of its commands after them, and all its commands.
pub fn started(modules: &Modules<'_>, named: &[Arc<str>], facts: &Facts) -> (Vec<Ecosystem>, Vec<Command>) {
    let ecosystems = ecosystem::read(modules, named, facts.version, facts.node.as_ref());
    let commands = find(modules, &ecosystems);
    let mut ecosystems = overlay::overlay(modules, &commands, &ecosystems, facts);
    ecosystems.extend(apps(modules, &commands, named, facts));
    (ecosystems, commands)
}

/// Every `pm2` command of the checkout, in order of file and place.
pub fn find(modules: &Modules<'_>, ecosystems: &[Ecosystem]) -> Vec<Command> {
    let scripts = sources::scripts(modules, ecosystems);
    let mut commands: Vec<Command> = scripts.iter().flat_map(invocation::in_script).collect();
    commands.sort_by(|a, b| a.place.cmp(&b.place));
    commands
}

impl Command {
    /// The value of an option, by either of its names.
    pub fn value(&self, long: &str, short: &str) -> Option<&Arc<str>> {
        let is_it = |flag: &&Flag| matches!(&*flag.name, name if name == long || name == short);
        self.flags.iter().rfind(is_it)?.value.as_ref()
    }

    /// Whether it starts what does not run.
    pub fn starts(&self) -> bool {
        matches!(&*self.verb, "start" | "startOrRestart" | "startOrReload" | "startOrGracefulReload")
    }

    /// Whether it reloads: worker by worker, as far as the mode allows.
    pub fn reloads(&self) -> bool {
        matches!(&*self.verb, "reload" | "gracefulReload" | "startOrReload" | "startOrGracefulReload")
    }

    /// The process file that it names: the one at that path, else the only one that the path ends with.
    pub fn process_file<'e>(&self, ecosystems: &'e [Ecosystem]) -> Option<&'e Ecosystem> {
        let target = self.targets.first()?;
        let path = normalize(&self.folder, target);
        if let Some(exact) = ecosystems.iter().find(|ecosystem| path.as_deref() == Some(&*ecosystem.file)) {
            return Some(exact);
        }
        let mut like = ecosystems.iter().filter(|ecosystem| file_name(&ecosystem.file) == file_name(target));
        like.next().filter(|_| like.next().is_none())
    }

    /// Whether it is about `app`: by the process file, the name, the namespace or `all`.
    pub fn concerns(&self, app: &crate::ecosystem::App, ecosystems: &[Ecosystem]) -> bool {
        if let Some(only) = self.value("--only", "").filter(|only| !only.split(',').any(|name| *name == *app.name)) {
            return only.contains(['$', '{']);
        }
        let named = |target: &Arc<str>| {
            **target == *"all"
                || app.launches.iter().any(|launch| launch.name == *target || launch.namespace == *target)
        };
        match self.process_file(ecosystems) {
            Some(ecosystem) => ecosystem.file == app.config,
            None => self.targets.iter().any(named),
        }
    }
}
