//! The world of one worker: its environment, its modules, and what happens when it calls out of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use super::classify;
use super::effect::Action;
use super::election;
use super::schedule::Switch;
use super::shared::Containers;
use crate::catalog::{Catalog, Libraries, List, Text};
use crate::checkout::{Glob, split_extension};
use crate::ecosystem::data::data;
use crate::js::eval::{Call, Callback, Host, Loaded, Path, Reach, Reaction, Use, Variable, WaitId, When, Writes};
use crate::js::heap::Heap;
use crate::js::value::{Nature, Origin, Taint, Value};
use crate::modules::models::is_model;
use crate::modules::{EnvFiles, Modules};
use crate::pm2::environment::{Lookup, WorkerEnv};
use crate::pm2::{EnvValue, Launch, Mode};

/// Stands for all variables among those that a worker asked for: `{ ...process.env }`. No variable has this name.
const EVERY: &str = "=";

/// What a worker is to the `cluster` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A worker of PM2's own cluster.
    Cluster,
    /// A process of its own that never forks.
    Fork,
    /// A process of its own, as the primary of its own cluster.
    Primary,
    /// A worker that a [`Role::Primary`] forked.
    Child,
}

impl Role {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Fork => "fork",
            Self::Primary => "primary",
            Self::Child => "child",
        }
    }

    fn is_primary(self) -> bool {
        matches!(self, Self::Fork | Self::Primary)
    }
}

/// The file that Node is given, as `process.argv[1]` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MainFile {
    /// PM2's own, which loads the script. lib/God/ForkMode.js:60, lib/God/ClusterMode.js:48 (v7.0.3)
    Container(&'static str),
    /// The script: another interpreter than node and bun gets it as it is.
    Script,
}

impl MainFile {
    pub fn of(launch: &Launch) -> Self {
        let interpreter = &*launch.interpreter.command;
        match launch.mode {
            Mode::Cluster => Self::Container("ProcessContainer.js"),
            Mode::Fork if interpreter.ends_with("node") => Self::Container("ProcessContainerFork.js"),
            Mode::Fork if interpreter.ends_with("bun") => Self::Container("ProcessContainerForkBun.js"),
            Mode::Fork => Self::Script,
        }
    }
}

/// One thing that one worker does.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub action: Action,
    pub site: Origin,
    pub object: Option<Origin>,
    pub callback: Option<Origin>,
    pub also: Vec<Origin>,
    pub function: Option<Arc<str>>,
    pub path: Path,
    /// The option on which it hangs beside.
    pub switch: Option<Switch>,
    pub order: u32,
    pub awaited: bool,
    pub waited: Option<WaitId>,
    /// What the action's own values depend on.
    pub taint: Taint,
}

/// A job that is registered and not started.
pub(super) struct Paused {
    /// Where it was made.
    pub made: Origin,
    /// The calls that start it.
    pub started_by: List<Text>,
    /// Its sighting.
    pub sighting: usize,
}

/// The world of one worker.
pub(super) struct WorkerHost<'m> {
    pub modules: &'m Modules<'m>,
    pub catalog: &'m Catalog,
    pub env: &'m WorkerEnv,
    pub env_open: Option<&'m Arc<str>>,
    pub instance_var: &'m str,
    pub cwd: Arc<str>,
    pub args: &'m [Arc<str>],
    pub role: Role,
    /// The entry, relative to the checkout.
    pub entry: &'m str,
    pub main_file: MainFile,
    /// Bun runs the program.
    pub is_bun: bool,
    /// A compiler made what runs: TypeScript is JavaScript by then.
    pub is_compiled: bool,
    /// There is a channel to PM2: another program in between has none.
    pub has_channel: bool,
    pub sightings: Vec<Sighting>,
    /// The sightings of servers and children, of which later calls may tell more.
    pub completable: Vec<usize>,
    /// The last sighting of a thing of which one process alone may have one, by where it, or what it is made on, was made.
    pub makers: BTreeMap<Origin, u32>,
    /// The functions that ran, each with the number of the sighting in whose callback it did.
    pub entered: BTreeSet<(Option<u32>, Origin)>,
    /// The variables that the worker asked for, with what it got: two workers that get the same do the same.
    pub reads: BTreeMap<Arc<str>, String>,
    /// The calls of libraries, by their place and what was called: a library's object knows what it was made with.
    pub made: BTreeMap<(Origin, u64), Made>,
    /// Jobs that are registered and not started.
    pub paused: Vec<Paused>,
    /// What `app.set(name, value)` set, by the application and the name.
    pub settings: BTreeMap<(Origin, Arc<str>), Value>,
    /// Libraries that were loaded.
    pub libraries: BTreeSet<Arc<str>>,
    /// Containers that requests use.
    pub containers: Containers,
    pub env_files: EnvFiles<'m>,
}

/// What a library's object was made by.
pub(super) struct Made {
    /// The object whose method was called.
    of: Value,
    /// The arguments.
    pub with: Vec<Value>,
}

impl<'m> WorkerHost<'m> {
    /// Records what happens at the site of a call; gives its number, for its callbacks.
    pub fn record(&mut self, call: &Call<'_>, action: Action, taint: Taint) -> u32 {
        let number = self.sightings.len();
        match &action {
            Action::Sticky(_) | Action::Child(_) => self.completable.push(number),
            Action::State(state) if state.is_idle => self.completable.push(number),
            Action::Singleton(_) => {
                let places = std::iter::once(call.site).chain(call.receiver.origin);
                self.makers.extend(places.map(|place| (place, number as u32)));
            }
            _ => {}
        }
        self.sightings.push(Sighting {
            action,
            site: call.site,
            object: call.receiver.origin,
            callback: None,
            also: Vec::new(),
            function: call.function.cloned(),
            path: call.path,
            switch: None,
            order: call.order,
            awaited: call.awaited,
            waited: call.waited,
            taint,
        });
        number as u32
    }

    /// What `value`, a library's, was made by. Several calls of a model are seen at one place: the value's symbol tells
    /// which of them.
    pub fn made(&self, value: &Value) -> Option<&Made> {
        self.made.get(&(value.origin?, key_of(value.as_symbol()?.strip_suffix("()")?)))
    }

    /// Records something that is no call.
    fn record_beside_calls(&mut self, action: Action, site: Origin, path: Path) {
        self.sightings.push(Sighting {
            action,
            site,
            object: None,
            function: None,
            callback: None,
            also: Vec::new(),
            path,
            switch: None,
            order: 0,
            awaited: false,
            waited: None,
            taint: Taint::NONE,
        });
    }

    /// What the worker gets for a variable, or for [`EVERY`] of them, to compare with what another got.
    pub fn shows(&self, name: &str) -> String {
        if name == EVERY { format!("{:?}", self.known()) } else { format!("{:?}", self.look_up(name)) }
    }

    /// The variables of a copy of the environment, as far as they are known.
    fn known(&self) -> Vec<(Arc<str>, Value)> {
        let known = self.env.variables.values().filter_map(|variable| {
            let Variable::Set(value) = self.look_up(&variable.name) else { return None };
            matches!(variable.value, EnvValue::Known(_)).then(|| (variable.name.clone(), value))
        });
        known.collect()
    }

    /// `NODE_APP_INSTANCE` in what a library made of the environment, as numbers and booleans.
    fn names_instance(&self, symbol: &str) -> bool {
        symbol.rsplit_once('.').is_some_and(|(made, name)| made.contains("()") && name == self.instance_var)
    }

    /// `app.get(name)`, for what `app.set(name, value)` has set.
    fn setting(&mut self, call: &Call<'_>) -> Option<Reaction> {
        self.libraries(call).setting(call.symbol)?;
        let (_, method) = call.symbol.rsplit_once('.')?;
        let key = (call.receiver.origin?, Arc::from(call.arguments.first()?.as_str()?));
        match (method, call.arguments) {
            ("set", [_, value]) => {
                self.settings.insert(key, value.clone());
                None
            }
            ("get", [_]) => {
                let result = Some(self.settings.get(&key)?.clone());
                Some(Reaction { result, callbacks: Some(Vec::new()), ..Reaction::default() })
            }
            _ => None,
        }
    }

    /// The names of files of the checkout, as those that are there when the program runs.
    fn seen_at_run(&self, files: Vec<String>) -> Vec<String> {
        if !self.is_compiled {
            return files;
        }
        let mut made: Vec<String> =
            files.iter().filter(|file| !file.ends_with(".d.ts")).map(|file| compiled(file)).collect();
        made.dedup();
        made
    }

    /// The catalogue, as the file of `call` has its libraries; a model is read as if it stood in the entry.
    pub fn libraries<'f>(&'f self, call: &Call<'f>) -> Libraries<'m, 'f> {
        let file = call.code.file(call.site);
        Libraries::new(self.catalog, self.modules.resolver(), if is_model(file) { self.entry } else { file })
    }

    /// The same, where the call is not at hand: as the entry has them.
    pub fn libraries_of_entry(&self) -> Libraries<'m, 'm> {
        Libraries::new(self.catalog, self.modules.resolver(), self.entry)
    }

    fn look_up(&self, name: &str) -> Variable {
        let taint = match name {
            "pm_id" => Taint::PM_ID,
            "NODE_APP_INSTANCE" | "NODE_UNIQUE_ID" | "unique_id" => Taint::INSTANCE,
            _ if name == self.instance_var => Taint::INSTANCE,
            _ => Taint::NONE,
        };
        if let Some(value) = self.env_files.overriding(name) {
            return Variable::Set(value);
        }
        match self.env.get(name) {
            Lookup::Set(EnvValue::Known(text)) => Variable::Set(Value::string(text.clone()).tainted(taint)),
            Lookup::Set(EnvValue::Unknown(why)) => {
                Variable::Set(Value::unknown_of(Nature::String, why.clone()).tainted(taint))
            }
            Lookup::Set(EnvValue::Filled(why)) => {
                Variable::Set(Value::unknown_of(Nature::Text, why.clone()).tainted(taint))
            }
            Lookup::Undefined => Variable::Set(Value::undefined().tainted(taint)),
            Lookup::Open => self.outside(name),
        }
    }

    /// A variable that neither PM2 nor the process file sets.
    fn outside(&self, name: &str) -> Variable {
        match (self.env_files.filling(name), self.env_open) {
            (Some(value), _) => Variable::Set(value),
            (None, Some(why)) => Variable::Set(Value::unknown(why.clone())),
            (None, None) => Variable::Assumed,
        }
    }
}

impl Host for WorkerHost<'_> {
    fn load(&mut self, from: &str, specifier: &str) -> Loaded {
        let loaded = self.modules.load(from, specifier);
        if let Loaded::Library(name) = &loaded {
            self.libraries.insert(name.clone());
        }
        loaded
    }

    fn variable(&mut self, name: &str) -> Variable {
        let variable = self.look_up(name);
        self.reads.entry(name.into()).or_insert_with(|| format!("{variable:?}"));
        variable
    }

    fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
        let known = self.known();
        self.reads.entry(EVERY.into()).or_insert_with(|| format!("{known:?}"));
        known
    }

    fn text(&mut self, file: &str) -> Option<Arc<str>> {
        self.modules.checkout().source(file).map(|source| source.text().clone())
    }

    fn exists(&mut self, file: &str) -> Option<bool> {
        let checkout = self.modules.checkout();
        (checkout.is_file(file) || checkout.is_dir(file)).then_some(true)
    }

    fn list(&mut self, folder: &str) -> Option<Vec<String>> {
        let checkout = self.modules.checkout();
        checkout.is_dir(folder).then(|| self.seen_at_run(checkout.list_dir(folder)))
    }

    fn matching(&mut self, folder: &str, glob: &str) -> Option<Vec<String>> {
        let checkout = self.modules.checkout();
        let glob = Glob::new(glob).filter(|_| checkout.is_dir(folder))?;
        let files = checkout.files_below(folder).map(str::to_owned).collect();
        Some(self.seen_at_run(files).into_iter().filter(|file| glob.matches(file)).collect())
    }

    fn at_run(&self, file: &str) -> String {
        if self.is_compiled { compiled(file) } else { file.to_owned() }
    }

    fn constant(&mut self, symbol: &str) -> Option<Value> {
        let role = self.role;
        let of_role = |value: bool| Some(Value::bool(value).tainted(Taint::ROLE));
        match symbol {
            "cluster.isPrimary" | "cluster.isMaster" => of_role(role.is_primary()),
            "cluster.isWorker" => of_role(!role.is_primary()),
            "cluster.worker" if role.is_primary() => Some(Value::undefined().tainted(Taint::ROLE)),
            "cluster.worker.id" | "cluster.worker.process.pid" => Some(
                Value::unknown_of(Nature::Number, "the number that the cluster gives a worker").tainted(Taint::ROLE),
            ),
            "worker_threads.isMainThread" => Some(Value::bool(true)),
            "process.cwd()" => Some(Value::string(format!("/<root>/{}", self.cwd).trim_end_matches('/'))),
            "import.meta.main" => Some(Value::bool(self.main_file == MainFile::Script).tainted(Taint::LAUNCHER)),
            "process.connected" | "process.send" if !self.has_channel => {
                Some(Value::undefined().tainted(Taint::CHANNEL))
            }
            "process.connected" => Some(Value::bool(true).tainted(Taint::CHANNEL)),
            "process.send" => Some(Value::symbol("process.send", Nature::Object).tainted(Taint::CHANNEL)),
            _ if self.names_instance(symbol) => {
                Some(Value::unknown("a library reads it from the worker's number").tainted(Taint::INSTANCE))
            }
            _ => None,
        }
    }

    fn argv(&mut self) -> Option<Vec<Arc<str>>> {
        let main = match self.main_file {
            MainFile::Container(name) => format!("/usr/lib/node_modules/pm2/lib/{name}"),
            MainFile::Script => format!("/<root>/{}", self.at_run(self.entry)),
        };
        let own = ["/usr/bin/node".into(), main.into()];
        Some(own.into_iter().chain(self.args.iter().cloned()).collect())
    }

    fn missing(&mut self, specifier: &str, site: Origin, path: Path) {
        self.record_beside_calls(Action::Missing(specifier.into()), site, path);
    }

    fn may_fail(&mut self, symbol: &str) -> bool {
        let libraries = self.libraries_of_entry();
        let is_lazy = libraries.connection(symbol).is_some_and(|connection| connection.lazy);
        libraries.abort(symbol).is_none() && !is_lazy
    }

    fn throws(&mut self, site: Origin, path: Path) {
        if matches!(path.when, When::Load | When::Signal) {
            self.record_beside_calls(Action::Throw, site, path);
        }
    }

    fn may_throw(&mut self, why: String, site: Origin, path: Path) {
        if path.when == When::Load {
            self.record_beside_calls(Action::MayThrow(why.into()), site, path);
        }
    }

    fn enters(&mut self, function: Origin, path: Path) {
        if path.reach > Reach::No {
            self.entered.insert((path.cause, function));
        }
    }

    fn uses(&mut self, one: Use, path: Path) {
        self.containers.note(one, path);
    }

    fn stand_in(&self, symbol: &str) -> Option<(Arc<str>, Arc<str>)> {
        let entry = self.libraries_of_entry().stand_in(symbol)?;
        Some((Arc::from(&*entry.model), Arc::from(&*entry.function)))
    }

    fn comparison(&self, constant: &Value) -> Taint {
        if election::says_another_was_first(constant) { Taint::PROCESS } else { Taint::NONE }
    }

    fn steps(&self, value: &Value) -> Vec<(Arc<str>, Vec<Value>)> {
        let Some(names) = value.as_symbol().and_then(|symbol| symbol.strip_suffix("()")) else { return Vec::new() };
        let mut value = Some(value);
        let step = |name: &str| {
            let made = value.and_then(|value| self.made(value));
            value = made.map(|made| &made.of);
            (Arc::from(name.trim_start_matches('.')), made.map(|made| made.with.clone()).unwrap_or_default())
        };
        let mut steps: Vec<_> = names.split("()").collect::<Vec<_>>().into_iter().rev().map(step).collect();
        steps.reverse();
        steps
    }

    fn call(&mut self, heap: &Heap, call: &Call<'_>) -> Reaction {
        let is_of_result = call.symbol.ends_with("()");
        if !is_of_result {
            let made = Made { of: call.receiver.clone(), with: call.arguments.to_vec() };
            self.made.insert((call.site, key_of(call.symbol)), made);
        }
        if call.symbol == "es-main" {
            let is_main = Value::bool(self.main_file == MainFile::Script).tainted(Taint::LAUNCHER);
            return Reaction { result: Some(is_main), ..Reaction::default() };
        }
        if let Some(setting) = self.setting(call) {
            return setting;
        }
        let reaction = self.env_files.react(heap, call).or_else(|| data(call));
        reaction.unwrap_or_else(|| classify::classify(self, heap, call))
    }
}

/// A callback of a call, to be run as `path` says.
pub(super) fn callback(function: &Value, path: Path, writes: Writes) -> Callback {
    Callback { function: function.clone(), arguments: Vec::new(), path, writes }
}

/// The path of a callback of effect `cause`, in part `when` of the worker's life.
pub(super) fn path_of(call: &Call<'_>, when: When, cause: Option<u32>, at_most: Reach) -> Path {
    Path { reach: call.path.reach.min(at_most), when, cause: cause.or(call.path.cause), ..call.path }
}

/// What a compiler calls what it makes of `file`.
fn compiled(file: &str) -> String {
    let (stem, extension) = split_extension(file);
    match extension {
        "ts" | "tsx" => format!("{stem}.js"),
        "mts" => format!("{stem}.mjs"),
        "cts" => format!("{stem}.cjs"),
        _ => file.to_owned(),
    }
}

/// What stands for the symbol of a call in [`WorkerHost::made`].
fn key_of(symbol: &str) -> u64 {
    rustc_hash::FxBuildHasher.hash_one(symbol)
}
