//! Process files: which files are some, what PM2 reads from them, and the apps in them.

mod discover;
mod evaluate;
mod load;
mod masked;
mod secret;
mod yaml;

use std::sync::Arc;

pub use discover::{Found, ProcessFile, discover};
pub use evaluate::evaluate;
pub use load::{Sources, load};
pub use masked::to_json;

use crate::checkout::Place;
use crate::finding::AppRef;
use crate::js::Node;
use crate::pm2::{Launch, Options};

/// One evaluated process file.
#[derive(Clone, Debug)]
pub struct Ecosystem {
    /// Relative to the checkout.
    pub file: Arc<str>,
    /// What the file exports.
    pub root: Node,
    /// In the file's order; none where PM2 reads none.
    pub apps: Vec<App>,
    /// Why PM2 takes less from the file than was meant, or nothing.
    pub problems: Vec<Problem>,
}

/// One app of a process file.
#[derive(Clone, Debug)]
pub struct App {
    /// PM2's name of it.
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

    /// The app as findings name it, in the base and all environments.
    pub fn reference(&self) -> AppRef {
        AppRef { name: self.name.clone(), config: self.config.clone(), envs: Vec::new() }
    }

    /// The app as findings name it where only some launches are concerned.
    pub fn reference_in<'a>(&self, launches: impl IntoIterator<Item = &'a Launch>) -> AppRef {
        let concerned: Vec<&Launch> = launches.into_iter().collect();
        if concerned.len() == self.launches.len() || concerned.iter().any(|launch| launch.env_name.is_none()) {
            return self.reference();
        }
        AppRef { envs: concerned.iter().filter_map(|launch| launch.env_name.clone()).collect(), ..self.reference() }
    }
}

/// Why a process file is not what it was meant to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which kind of.
    pub kind: ProblemKind,
    /// Where.
    pub place: Place,
    /// What is wrong, and what PM2 does.
    pub message: String,
    /// The change to make.
    pub help: String,
}

/// What is wrong with a process file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// It does not parse.
    Syntax,
    /// What it exports holds no app that PM2 could start.
    NoApps,
    /// PM2 does not take a file of that name for a process file, and would run it as an app.
    FileName,
    /// ES module and CommonJS are mixed up.
    Module,
}
