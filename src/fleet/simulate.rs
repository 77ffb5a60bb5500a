//! Running the program of each app for each of its workers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::host::{MainFile, Role, Sighting, WorkerHost};
use super::launcher::{self, Launched, Target};
use super::shared::Containers;
use super::table::{self, Run};
use super::{App, Behind, Fleet, Worker};
use crate::catalog::{Catalog, Libraries, Script};
use crate::checkout::{Span, parent};
use crate::ecosystem::{self, Ecosystem};
use crate::js::eval::{Interpreter, Limits};
use crate::js::value::{ModuleId, Nature, Origin, Value};
use crate::js::with_large_stack;
use crate::modules::entry::{Entry, entry};
use crate::modules::{EnvFiles, Modules};
use crate::pm2::environment::{WorkerEnv, worker_env};
use crate::pm2::{EnvValue, Launch, Mode, Runtime};

/// Workers of one app that are told apart; further ones are like the last of these.
const MAX_WORKERS: u32 = 16;

/// What every worker of every app of `ecosystems` does, the calls of libraries told by `catalog`.
pub fn simulate<'e>(modules: &Modules<'_>, ecosystems: &'e [Ecosystem], catalog: &'e Catalog) -> Fleet<'e> {
    let apps: Vec<&ecosystem::App> = ecosystems.iter().flat_map(|ecosystem| &ecosystem.apps).collect();
    let groups = by_script(&apps);
    let group = |members: &Vec<usize>| {
        let simulation = Simulation { modules, catalog, runs: Mutex::default() };
        // As many at a time as there are threads: those that come later are given the runs that fit.
        let at_once = |some: &[usize]| -> Vec<_> {
            some.par_iter().map(|index| (*index, simulation.app(apps[*index]))).collect()
        };
        members.chunks(rayon::current_num_threads()).flat_map(at_once).collect::<Vec<_>>()
    };
    let mut simulated: Vec<(usize, Vec<Simulated<'e>>)> = groups.par_iter().flat_map_iter(group).collect();
    simulated.sort_by_key(|(index, _)| *index);
    let (apps, behind): (Vec<_>, Vec<_>) = simulated.into_iter().flat_map(|(_, simulated)| simulated).unzip();
    Fleet { apps, behind: behind.into_iter().flatten().collect() }
}

/// An app in one environment, and what its main guard keeps it from.
type Simulated<'e> = (App<'e>, Option<Behind<'e>>);

/// The apps by the script that they start: process files for several hosts often start the same one.
fn by_script(apps: &[&ecosystem::App]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, app) in apps.iter().enumerate() {
        let started = app.launches.first().map(|launch| (&launch.cwd.value, &launch.script));
        groups.entry(started).or_default().push(index);
    }
    groups.into_values().collect()
}

/// The runs of one script, shared by the apps, environments and workers that start it.
struct Simulation<'m, 'e> {
    modules: &'m Modules<'m>,
    catalog: &'e Catalog,
    runs: Mutex<Vec<Known>>,
}

/// A run, and what it depended on.
struct Known {
    start: Start,
    reads: BTreeMap<Arc<str>, String>,
    run: Arc<Run>,
}

/// What a worker starts with, besides its environment.
#[derive(PartialEq, Eq)]
struct Start {
    source: Arc<str>,
    cwd: Arc<str>,
    args: Vec<Arc<str>>,
    instance_var: Arc<str>,
    role: Role,
    main_file: MainFile,
    has_channel: bool,
    is_compiled: bool,
}

/// What PM2 starts in the end.
#[derive(Clone)]
struct Started<'e> {
    entry: Option<Entry>,
    /// The framework's script that it is.
    script: Option<&'e Script>,
    /// How, where the script is npm or its like.
    launched: Option<Launched>,
}

/// What PM2 comes to run.
struct Program {
    source: Arc<str>,
    /// A build makes it of the source.
    is_compiled: bool,
    /// How, where the script is npm or its like.
    launched: Option<Launched>,
    /// What Node is given.
    main_file: MainFile,
}

impl<'m, 'e> Simulation<'m, 'e> {
    /// Its environments are run side by side: most of them differ in what programs ask first, `NODE_ENV`.
    fn app(&self, app: &'e ecosystem::App) -> Vec<Simulated<'e>> {
        app.launches.par_iter().map(|launch| with_large_stack(|| self.launch(app, launch))).collect()
    }

    fn launch(&self, app: &'e ecosystem::App, launch: &'e Launch) -> Simulated<'e> {
        let (started, main_file) = (self.started(app, launch), MainFile::of(launch));
        let simulated = self.simulated(app, launch, started.clone(), main_file);
        if simulated.asks_for_main && main_file != MainFile::Script {
            return simulated.beside(self.simulated(app, launch, started, MainFile::Script));
        }
        (simulated, None)
    }

    /// The app, its Node given `main_file`.
    fn simulated(
        &self,
        app: &'e ecosystem::App,
        launch: &'e Launch,
        Started { entry, script, launched }: Started<'e>,
        main_file: MainFile,
    ) -> App<'e> {
        let program = match &entry {
            Some(Entry::Source(file) | Entry::Mapped { source: file, .. }) if is_program(file) => {
                let is_compiled = matches!(entry, Some(Entry::Mapped { .. }));
                Some(Program { source: file.clone(), is_compiled, launched: launched.clone(), main_file })
            }
            _ => None,
        };
        let is_child = launched.as_ref().is_some_and(|launched| launched.is_child);
        let role = if launch.mode == Mode::Cluster && !is_child { Role::Cluster } else { Role::Fork };
        let count = launch.workers.at_least().clamp(1, MAX_WORKERS);
        let mut workers: Vec<Worker> = (0..count).map(|instance| Worker { instance, role }).collect();
        let mut runs: Vec<Arc<Run>> = Vec::new();
        if let Some(program) = &program {
            runs = workers.iter().map(|worker| self.worker(launch, program, worker)).collect();
            if role == Role::Fork && runs.iter().any(|run| run.forks()) {
                self.add_children(launch, program, &mut workers, &mut runs);
            }
        }
        let libraries = runs.iter().flat_map(|run| run.libraries.iter().cloned()).collect();
        let asks_for_main = runs.iter().any(|run| run.asks_for_main);
        let table = table::build(&runs);
        App {
            app,
            launch,
            entry,
            script,
            workers,
            effects: table.effects,
            launched,
            is_complete: program.is_some() && table.is_complete,
            files: table.files,
            entered: table.entered,
            worker_guards: table.worker_guards,
            elections: table.elections,
            asks_for_main,
            libraries,
        }
    }

    fn entry(&self, app: &ecosystem::App, launch: &Launch) -> Option<Entry> {
        let runs_node = launch.mode == Mode::Cluster
            || matches!(launch.interpreter.runtime, Runtime::Node | Runtime::NodeLoader | Runtime::Bun);
        let script = launch.script.as_deref().filter(|_| runs_node)?;
        let config_dir = parent(&app.config);
        Some(entry(self.modules.checkout(), self.modules.resolver(), &launch.cwd.value, config_dir, script))
    }

    /// What PM2 comes to start: the script, or what it starts where that is npm or its like.
    fn started(&self, app: &ecosystem::App, launch: &Launch) -> Started<'e> {
        let by_launcher = self.launched(launch).and_then(|launched| {
            let (entry, script) = match &launched.target {
                Target::Script(script) => (self.launched_entry(&launched.cwd, script), None),
                Target::Command(name) => (None, self.script(launch, &format!("node_modules/.bin/{name}"))),
            };
            let is_known = entry.is_some() || script.is_some();
            is_known.then_some(Started { entry, script, launched: Some(launched) })
        });
        by_launcher.unwrap_or_else(|| {
            let entry = self.entry(app, launch);
            let path = launch.script.as_deref();
            let script = path.and_then(|path| self.script(launch, path));
            // A name that is no file is a command that PM2 finds in PATH (lib/Common.js:138, v7.0.4).
            let is_command = |path: &&str| !path.contains('/') && !matches!(entry, Some(Entry::Source(_)));
            let command = path.filter(is_command).map(|name| format!("node_modules/.bin/{name}"));
            let script = script.or_else(|| self.script(launch, &command?));
            Started { entry, script, launched: None }
        })
    }

    fn script(&self, launch: &Launch, path: &str) -> Option<&'e Script> {
        let inside = format!("{}/package.json", launch.cwd.value);
        Libraries::new(self.catalog, self.modules.resolver(), &inside).script(path)
    }

    fn launched(&self, launch: &Launch) -> Option<Launched> {
        let can_start = |script: &&str| launch.mode == Mode::Fork || launcher::is_node_program(script);
        let script = launch.script.as_deref().filter(can_start)?;
        let words = std::iter::once(script.to_owned()).chain(launch.args.value.iter().map(|word| word.to_string()));
        launcher::launched(self.modules.resolver(), &launch.cwd.value, words.collect())
    }

    fn launched_entry(&self, cwd: &str, script: &str) -> Option<Entry> {
        let entry = entry(self.modules.checkout(), self.modules.resolver(), cwd, cwd, script);
        (!matches!(entry, Entry::Missing { .. })).then_some(entry)
    }

    /// The workers of an app's own cluster: one stands for all.
    fn add_children(&self, launch: &Launch, program: &Program, workers: &mut Vec<Worker>, runs: &mut Vec<Arc<Run>>) {
        for worker in workers.iter_mut() {
            worker.role = Role::Primary;
        }
        let child = Worker { instance: 0, role: Role::Child };
        runs.push(self.worker(launch, program, &child));
        workers.push(child);
    }

    fn worker(&self, launch: &Launch, program: &Program, worker: &Worker) -> Arc<Run> {
        let mut env = worker_env(launch, worker.instance);
        let Program { source, is_compiled, launched, main_file } = program;
        launched.iter().for_each(|launched| launched.assign(&mut env));
        let mut host = WorkerHost::new(self.modules, self.catalog, launch, &env, worker.role, source);
        (host.is_compiled, host.main_file) = (*is_compiled, *main_file);
        if let Some(launched) = launched {
            host.follow(launched);
        }
        let start = Start {
            source: source.clone(),
            cwd: host.cwd.clone(),
            args: host.args.to_vec(),
            instance_var: launch.instance_var.value.clone(),
            role: worker.role,
            main_file: host.main_file,
            has_channel: host.has_channel,
            is_compiled: host.is_compiled,
        };
        if let Some(run) = self.known(&start, &host) {
            return run;
        }
        let run = Arc::new(run(&mut host, source));
        let reads = std::mem::take(&mut host.reads);
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(Known { start, reads, run: run.clone() });
        run
    }

    /// A run of the same start that was given the same for all it read.
    fn known(&self, start: &Start, host: &WorkerHost<'_>) -> Option<Arc<Run>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let gets_the_same = |known: &&Known| known.reads.iter().all(|(name, got)| host.shows(name) == *got);
        runs.iter().filter(|known| known.start == *start).find(gets_the_same).map(|known| known.run.clone())
    }
}

fn is_program(file: &str) -> bool {
    let extensions = [".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"];
    extensions.iter().any(|extension| file.ends_with(extension)) || !crate::checkout::file_name(file).contains('.')
}

fn run(host: &mut WorkerHost<'_>, source: &Arc<str>) -> Run {
    let Some(Ok(ir)) = host.modules.lowered(source) else { return Run::default() };
    let (libraries, serves_exports) = (host.libraries_of_entry(), host.is_bun);
    // What a program does as the main module is seen when it is run as that.
    let limits = Limits { explore_main: host.main_file == MainFile::Script, ..Limits::PROGRAM };
    let mut interpreter = Interpreter::new(host, limits);
    let entry = interpreter.run(source, ir);
    if serves_exports {
        serve_export(&mut interpreter, libraries, entry);
    }
    let context = table::Context::of(&interpreter);
    drop(interpreter);
    host.record_shared_containers(context.files());
    let sightings: Vec<Sighting> = std::mem::take(&mut host.sightings);
    let mut run = table::run(context, sightings, &host.entered);
    run.libraries = std::mem::take(&mut host.libraries);
    run
}

/// Bun serves what its entry exports by default, where that has a method `fetch`.
fn serve_export(interpreter: &mut Interpreter<'_>, libraries: Libraries<'_, '_>, entry: ModuleId) {
    let exports = interpreter.exports(entry);
    let Some(server) = interpreter.heap().data(&exports, "default").cloned() else { return };
    let fetches = interpreter.heap().data(&server, "fetch").is_some_and(|fetch| interpreter.heap().is_function(fetch));
    let made_by = server.as_symbol().map_or("", |symbol| symbol.split("()").next().unwrap_or_default());
    if fetches || libraries.fetcher(made_by).is_some() {
        let place = server.origin.unwrap_or(Origin { module: entry, span: Span::default() });
        interpreter.call_from_outside(Value::symbol("Bun.serve", Nature::Object), vec![server], place);
    }
}

impl<'m> WorkerHost<'m> {
    fn new(
        modules: &'m Modules<'m>,
        catalog: &'m Catalog,
        launch: &'m Launch,
        env: &'m WorkerEnv,
        role: Role,
        entry: &'m str,
    ) -> Self {
        let args: &'m [Arc<str>] = &launch.args.value;
        Self {
            modules,
            catalog,
            env,
            env_open: launch.env_open.as_ref(),
            instance_var: &launch.instance_var.value,
            cwd: launch.cwd.value.clone(),
            args,
            role,
            entry,
            main_file: MainFile::of(launch),
            is_bun: launch.interpreter.runtime == Runtime::Bun,
            is_compiled: false,
            has_channel: true,
            sightings: Vec::new(),
            completable: Vec::new(),
            makers: BTreeMap::new(),
            entered: BTreeSet::new(),
            reads: BTreeMap::new(),
            made: BTreeMap::new(),
            paused: Vec::new(),
            settings: BTreeMap::new(),
            libraries: BTreeSet::new(),
            containers: Containers::default(),
            env_files: preloaded(modules, launch),
        }
    }

    /// The worker is the program that was launched in the end.
    fn follow(&mut self, launched: &'m Launched) {
        self.args = &launched.args;
        self.cwd = launched.cwd.as_str().into();
        self.env_files = EnvFiles::new(self.modules.checkout(), self.cwd.clone());
        self.main_file = MainFile::Script;
        self.has_channel = !launched.is_child;
    }
}

/// The `.env` files that the options of the app's node load.
fn preloaded<'m>(modules: &Modules<'m>, launch: &Launch) -> EnvFiles<'m> {
    let config = match launch.variable("DOTENV_CONFIG_PATH").map(|variable| &variable.value) {
        Some(EnvValue::Known(path)) => path,
        _ => ".env",
    };
    let cwd = launch.cwd.value.clone();
    EnvFiles::preloaded(modules.checkout(), cwd, &launch.node_args.value, config)
}
