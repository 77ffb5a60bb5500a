//! Process files: which files are some, what PM2 reads from them, and the apps in them.

pub(crate) mod data;
mod discover;
mod evaluate;
#[cfg(test)]
pub(crate) mod fixture;
mod load;
mod masked;
mod problem;
mod secret;
mod world;
pub(crate) mod yaml;

use std::sync::Arc;

pub(crate) use discover::is_aside;
pub use discover::{Found, ProcessFile, candidates, discover, is_taken};
pub use evaluate::{Facts, evaluate, extended, of_command, read, root};
pub use load::{Sources, load};
pub use masked::{property_to_json, to_json, value_to_text, variable_to_text};
pub use problem::{Problem, ProblemKind};
pub use secret::{conceal, is_credential};

use crate::checkout::{Place, Span};
use crate::finding::{AppRef, Change, Literal};
use crate::js::Node;
use crate::pm2::{Launch, Options, Version};

/// One evaluated process file.
#[derive(Clone, Debug)]
pub struct Ecosystem {
    /// Relative to the checkout.
    pub file: Arc<str>,
    /// The PM2 that reads it.
    pub version: Version,
    /// The Node that the daemon runs on, where an archive tells: `22.23.3`.
    pub node: Option<Arc<str>>,
    /// What the file exports.
    pub root: Node,
    /// In the file's order. Some that PM2 does not get, as they were meant: see [`Ecosystem::is_started`].
    pub apps: Vec<App>,
    /// It is a command line, in the file, that starts the app by its script.
    pub is_command: bool,
    /// Why PM2 takes less from the file than was meant, or nothing.
    pub problems: Vec<Problem>,
}

impl Ecosystem {
    /// Whether `pm2 start` with this file starts its apps.
    pub fn is_started(&self) -> bool {
        self.problems.iter().all(|problem| problem.kind == ProblemKind::NoApps)
    }

    /// Every app under every environment.
    pub fn launches(&self) -> impl Iterator<Item = (&App, &Launch)> {
        self.apps.iter().flat_map(|app| app.launches.iter().map(move |launch| (app, launch)))
    }
}

/// Leaves of each app what PM2 would run with `--env name`: without an `env_<name>` that is what it runs without `--env`.
pub fn select_environment(ecosystems: &mut [Ecosystem], name: &str) {
    let is_asked = |launch: &Launch| launch.env_name.as_deref() == Some(name);
    for app in ecosystems.iter_mut().flat_map(|ecosystem| &mut ecosystem.apps) {
        match app.launches.iter().position(is_asked) {
            Some(at) => app.launches = vec![app.launches.swap_remove(at)],
            None => app.launches.truncate(1),
        }
    }
}

/// One app of a process file.
#[derive(Clone, Debug)]
pub struct App {
    /// PM2's name of it, as the process file has it; a launch may run under another one.
    pub name: Arc<str>,
    /// The process file, relative to the checkout.
    pub config: Arc<str>,
    /// Its position in the process file, from 0.
    pub index: usize,
    /// Its entry as evaluated.
    pub node: Node,
    /// Its options after PM2's rules.
    pub options: Options,
    /// What PM2 would run: without `--env` first, then under every `env_*` in the file's order.
    pub launches: Vec<Launch>,
    /// The first line of the script, where that is a `#!` line.
    pub shebang: Option<Arc<str>>,
}

impl App {
    /// Where an option is written: PM2's name of it, whatever spelling the file uses.
    pub fn option_place(&self, key: &str) -> Option<&Place> {
        self.options.place(key)
    }

    /// Where the app is written.
    pub fn place(&self) -> Option<&Place> {
        self.node.origin.as_ref()
    }

    /// Where to point: at `place` if there is one, else at the app, else at the file.
    pub fn place_or_entry(&self, place: Option<&Place>) -> Place {
        place.or(self.place()).cloned().unwrap_or_else(|| Place::new(self.config.clone(), Span::default()))
    }

    /// The change that gives it `option: value`, whether it is written or not. `None`: the app is not written as an object.
    pub fn set(&self, option: &'static str, value: Literal) -> Option<Change> {
        let key = self.options.get(option).and_then(|option| option.written.key_origin.clone());
        Some(Change::Set { object: self.place()?.clone(), key, name: option, value })
    }

    /// The app as findings name it, in the base and all environments.
    pub fn reference(&self) -> AppRef {
        AppRef { name: self.name.clone(), config: self.config.clone(), envs: Vec::new() }
    }

    /// The app as findings name it where one launch is concerned; that without `--env` stands for all.
    pub fn reference_in(&self, launch: &Launch) -> AppRef {
        AppRef { envs: launch.env_name.iter().cloned().collect(), ..self.reference() }
    }
}
