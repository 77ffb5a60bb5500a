//! The fleet: every worker that PM2 would start, and what each of them does.
//!
//! For each app and each environment the program is run abstractly once for each kind of worker; what comes of it is a table
//! of workers and effects, which the rules ask.

mod arguments;
mod by_name;
mod classify;
mod closing;
pub mod effect;
mod election;
mod host;
mod launcher;
mod main_guard;
mod message;
mod per_worker;
mod schedule;
mod shared;
mod simulate;
mod sink;
mod table;
mod undecided;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use effect::{
    Action, Close, Closing, Container, Delay, Doubt, Effect, Failure, Listen, PassedGuard, Port, Schedule, Seen,
    Signal, WrongClose,
};
pub use host::Role;
pub use launcher::{Launched, Target};
pub use main_guard::Behind;
pub use message::{Flaw, Message};
pub use per_worker::{Child, Pool, Singleton, State, Sticky};
pub use simulate::simulate;
pub use undecided::{Question, Undecided, undecided};

use crate::catalog::Script;
use crate::checkout::Place;
use crate::ecosystem;
use crate::finding::AppRef;
use crate::modules::Modules;
use crate::modules::entry::Entry;
use crate::pm2::{Launch, Mode};

/// Every app under every environment.
pub struct Fleet<'e> {
    /// In the order of the process files, apps and environments.
    pub apps: Vec<App<'e>>,
    /// What main guards that are never true keep some of them from.
    pub behind: Vec<Behind<'e>>,
}

/// One app under one environment.
pub struct App<'e> {
    /// The app as the process file has it.
    pub app: &'e ecosystem::App,
    /// What PM2 would run.
    pub launch: &'e Launch,
    /// What the script is in the checkout; `None`: not known, or no program of Node's.
    pub entry: Option<Entry>,
    /// The framework's script that it is.
    pub script: Option<&'e Script>,
    /// Another program starts it (`npm start`), so that PM2's own code is not in its process.
    pub launched: Option<Launched>,
    /// Every worker; those of an unknown number stand for all.
    pub workers: Vec<Worker>,
    /// The table.
    pub effects: Vec<Effect>,
    /// The program was followed to its end: what was not seen is not there.
    pub is_complete: bool,
    /// Files that the program reaches, in order of loading.
    pub files: Vec<Arc<str>>,
    /// The functions that run, each with the effect in whose callback it does; `None`: while the program loads.
    pub entered: BTreeSet<(Option<usize>, Place)>,
    /// Conditions on the worker's number or role, and what each came out as for the workers that came to it; `None`:
    /// undecided.
    pub worker_guards: BTreeMap<Place, Vec<Option<bool>>>,
    /// Conditions on what tells a process from all others: an id of its own, the answer of a lock.
    pub elections: BTreeSet<Place>,
    /// The script asks whether it is the main module.
    pub asks_for_main: bool,
    /// Libraries and modules of Node that it loads, without `node:`.
    pub libraries: BTreeSet<Arc<str>>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its number, as in `NODE_APP_INSTANCE`.
    pub instance: u32,
    /// What it is to the `cluster` module.
    pub role: Role,
}

impl App<'_> {
    /// The app as findings name it.
    pub fn reference(&self) -> AppRef {
        self.app.reference_in(self.launch)
    }

    /// How the program runs: what a launcher starts in a cluster worker is a process of its own.
    pub fn mode(&self) -> Mode {
        match &self.launched {
            Some(launched) if launched.is_child => Mode::Fork,
            _ => self.launch.mode,
        }
    }

    /// The source that was followed.
    pub fn source(&self) -> Option<&Arc<str>> {
        match self.entry.as_ref()? {
            Entry::Source(file) | Entry::Mapped { source: file, .. } => Some(file),
            Entry::Missing { .. } => None,
        }
    }

    /// Whether several processes come to `effect`; a worker of the app's own cluster stands for all of them.
    pub fn is_repeated(&self, effect: &Effect) -> bool {
        let is_child = |index: usize| self.workers.get(index).is_some_and(|worker| worker.role == Role::Child);
        effect.worker_count() >= 2 || effect.reached_by().any(is_child)
    }

    /// Whether requests come to several processes, as far as is known: not where one alone listens. The primary of the app's own
    /// cluster may listen for its workers.
    pub fn shares_requests(&self) -> bool {
        let mut listens = self.listens().peekable();
        self.forks() || listens.peek().is_none() || listens.any(|(listen, ..)| self.is_repeated(listen))
    }

    fn forks(&self) -> bool {
        self.workers.iter().any(|worker| worker.role == Role::Child)
    }

    /// The processes of the app, in words.
    pub fn processes(&self) -> String {
        match self.forks() {
            true => "the workers that the app forks".into(),
            false => self.launch.workers.to_string(),
        }
    }

    /// Whether a file that the program reaches names one of `packages` in quotes, as an import does.
    pub fn imports(&self, modules: &Modules<'_>, packages: &[&str]) -> bool {
        let sources = self.files.iter().filter_map(|file| modules.checkout().source(file));
        let is_named = |text: &str, package: &str| {
            text.match_indices(package).any(|(at, _)| text[..at].ends_with(['\'', '"', '`']))
        };
        sources.into_iter().any(|source| packages.iter().any(|package| is_named(source.text(), package)))
    }

    /// Effects that some worker comes to.
    pub fn reached(&self) -> impl Iterator<Item = (&Effect, &Seen)> {
        self.effects.iter().filter(|effect| effect.is_reached()).filter_map(|effect| Some((effect, effect.best()?)))
    }

    /// Servers that open a port.
    pub fn listens(&self) -> impl Iterator<Item = (&Effect, &Seen, &Listen)> {
        self.reached().filter_map(|(effect, seen)| match &seen.action {
            Action::Listen(listen) => Some((effect, seen, listen)),
            _ => None,
        })
    }

    /// Jobs that run again and again.
    pub fn schedules(&self) -> impl Iterator<Item = (&Effect, &Seen, &Schedule)> {
        self.reached().filter_map(|(effect, seen)| match &seen.action {
            Action::Schedule(schedule) => Some((effect, seen, schedule)),
            _ => None,
        })
    }

    /// Handlers of signals.
    pub fn signals(&self) -> impl Iterator<Item = (&Effect, &Seen, &Signal)> {
        self.reached().filter_map(|(effect, seen)| match &seen.action {
            Action::Signal(signal) => Some((effect, seen, signal)),
            _ => None,
        })
    }

    /// Effects that happen because of effect `cause`: in its callbacks, and theirs.
    pub fn following(&self, cause: &Effect) -> impl Iterator<Item = (&Effect, &Seen)> {
        let place = &cause.place;
        self.reached().filter(move |(_, seen)| self.causes(seen).any(|above| above.place == *place))
    }

    /// The functions that run because of the effects at `cause`: their callbacks, and what these call.
    pub fn functions_of(&self, cause: &Place) -> impl Iterator<Item = &Place> {
        let is_cause = move |number: &usize| {
            self.effects.get(*number).is_some_and(|effect| {
                effect.place == *cause
                    || effect.best().is_some_and(|seen| self.causes(seen).any(|above| above.place == *cause))
            })
        };
        self.entered.iter().filter(move |(by, _)| by.as_ref().is_some_and(is_cause)).map(|(_, function)| function)
    }

    /// Whether a condition in the functions that run because of the effects at `cause` may tell the workers apart.
    pub fn tells_workers_apart(&self, cause: &Place) -> bool {
        let differs = |outcomes: &[Option<bool>]| outcomes.iter().any(|one| one.is_none() || *one != outcomes[0]);
        let guards = self.worker_guards.iter().filter(|(_, outcomes)| differs(outcomes));
        self.has_inside(cause, guards.map(|(guard, _)| guard))
    }

    /// Whether what happens because of the effects at `cause` is left to one process: those that do not get a lock fail, or a
    /// condition asks who did.
    pub fn elects(&self, cause: &Effect) -> bool {
        self.following(cause).any(|(_, seen)| seen.action == Action::Lock)
            || self.has_inside(&cause.place, &self.elections)
    }

    /// Whether one of `places` is in the functions that run because of the effects at `cause`.
    fn has_inside<'a>(&self, cause: &Place, places: impl IntoIterator<Item = &'a Place>) -> bool {
        let functions: Vec<&Place> = self.functions_of(cause).collect();
        let is_inside = |place: &Place| {
            functions.iter().any(|function| function.file == place.file && function.span.contains(place.span))
        };
        places.into_iter().any(is_inside)
    }

    /// The effects in whose callbacks `seen` happens, the nearest first.
    pub fn causes<'s>(&'s self, seen: &'s Seen) -> impl Iterator<Item = &'s Effect> {
        let above = move |effect: &&'s Effect| {
            effect.best().and_then(|seen| seen.cause).and_then(|cause| self.effects.get(cause))
        };
        std::iter::successors(seen.cause.and_then(|cause| self.effects.get(cause)), above).take(16)
    }
}
