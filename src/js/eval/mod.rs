//! The one evaluator. It runs a module abstractly: known values are computed as JavaScript would, undecided ones stay
//! [`Unknown`](super::value::Unknown), both sides of an undecided branch are run and merged, and every call that leaves the program
//! for a library or for Node is shown to the [`Host`] together with the [`Path`] that led there.
//!
//! A process file is run for its exports; a program is run once for each kind of worker for its calls. All running has fuel.

mod assign;
pub mod attempt;
mod branch;
mod builtins;
mod call;
mod class;
mod conversions;
mod doubt;
mod errors;
mod expr;
mod from_node;
mod function;
mod generator;
mod host;
mod literal;
mod loops;
mod metadata;
mod models;
mod module;
mod operators;
mod pattern;
mod property;
mod shared;
mod stmt;
mod tasks;
mod to_node;
mod undecided;
mod waits;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use assign::MAX_ELEMENTS;

use super::heap::{CellId, EnvId, Heap};
use super::ir::{FunctionId, Module, TextId};
use super::value::{ModuleId, ObjectId, Origin, Taint, Value};
use crate::checkout::{Place, Span};
use attempt::{AttemptId, Attempts};

pub use host::{
    Call, Callback, Code, Doubt, DoubtId, Guard, GuardId, Host, Loaded, Path, Reach, Reaction, Variable, When, Writes,
};
pub use shared::Use;
pub use waits::{WaitId, Waits};

/// How much a run may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps in all.
    pub fuel: u64,
    /// Runs of one function because of one job or signal, after which its result is undecided.
    pub calls_per_function: u32,
    /// Turns of one loop, after which what it writes is undecided.
    pub turns: u32,
    /// Run what a worker's role or an assumption rules out, too, with [`Reach::No`].
    pub explore: bool,
    /// The same of what is ruled out because the script is not the main module.
    pub explore_main: bool,
}

impl Limits {
    /// For a process file: all that matters is the value.
    pub const PROCESS_FILE: Self =
        Self { fuel: 3_000_000, calls_per_function: 20_000, turns: 20_000, explore: false, explore_main: false };
    /// For a program: all that matters is which calls are reached.
    pub const PROGRAM: Self =
        Self { fuel: 4_000_000, calls_per_function: 24, turns: 64, explore: true, explore_main: true };
}

/// Why the evaluation of an expression did not go on.
#[derive(Clone, Debug)]
pub(crate) enum Abrupt {
    /// `throw`
    Throw(Value),
    /// The process ended.
    Exit,
    /// A variable was read before its declaration ran, in an async function that really runs later.
    NotYet,
    /// An optional chain ended.
    Short,
    /// An async function waits; the rest of it runs when values have been read.
    Suspended,
    /// No fuel, or too deep.
    Spent,
}

pub(crate) type Eval<T = Value> = Result<T, Abrupt>;

/// One activation of a function.
pub(crate) struct Activation<'m> {
    ir: &'m Module,
    module: ModuleId,
    env: EnvId,
    this: Value,
    arguments: Vec<Value>,
    home: Option<ObjectId>,
    function: Option<Arc<str>>,
    /// What it may have returned by now.
    returns: Vec<Value>,
    awaited: bool,
    /// In strict mode failed writes throw, and a missing `this` stays `undefined`.
    strict: bool,
    /// The ways on which execution may have left the statements that are running.
    left: Vec<undecided::Leave>,
    /// The labels of the loop that comes next.
    labels: Vec<Arc<str>>,
}

#[derive(Debug)]
struct Instance {
    file: Arc<str>,
    ir: Arc<Module>,
    /// Those of its texts that are values by now.
    texts: Box<[Option<Arc<str>>]>,
    env: EnvId,
    /// The CommonJS `module` object.
    module: ObjectId,
    /// The CommonJS variable `exports`.
    exports: Value,
    /// What `import * as` gives.
    namespace: ObjectId,
    language: Language,
}

/// What a module is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    /// To be run, as part of the program.
    Program,
    /// To be run in place of a library.
    Model,
    /// Data.
    Json,
}

/// The last call of the program itself: code of models is seen there.
#[derive(Clone)]
struct Caller {
    site: Origin,
    function: Option<Arc<str>>,
}

/// Why a module did not run to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Interruption {
    /// It throws: what the error says, and where.
    Throws(Arc<str>, Place),
    /// It ends the process.
    Exits,
    /// It takes too long to follow.
    Spent,
}

/// A function of a module.
type Function = (ModuleId, FunctionId);

/// A regular expression for Rust's engine; `None` where that cannot say it.
type Compiled = Option<Rc<builtins::Pattern>>;

/// A run of a module and everything it reaches.
pub struct Interpreter<'h> {
    host: &'h mut dyn Host,
    limits: Limits,
    heap: Heap,
    instances: Vec<Instance>,
    by_file: BTreeMap<Arc<str>, ModuleId>,
    environment: ObjectId,
    path: Path,
    guards: Vec<Guard>,
    doubts: Vec<Doubt>,
    assumptions: Vec<Arc<str>>,
    fuel: u64,
    depth: u32,
    async_depth: u32,
    clock: u32,
    /// What the present code has waited for.
    waited: Option<WaitId>,
    waits: Waits,
    attempts: Attempts,
    /// Calls of libraries whose promise was waited for: what they gave is a promise no more.
    fulfilled: BTreeSet<Origin>,
    /// The attempts behind promises.
    promised: BTreeMap<ObjectId, AttemptId>,
    /// The number of the handler that runs, and how many objects there were when it began.
    handler: u32,
    handler_began: usize,
    handlers: u32,
    opaque_calls: u32,
    argv: Option<Value>,
    /// The function that runs as a callback of its own: a job, a handler.
    callback: Option<Function>,
    /// How often each function ran: for each job, and each handler of a signal, by itself.
    runs: BTreeMap<(Option<Function>, Function), u32>,
    soon: VecDeque<tasks::Task>,
    later: VecDeque<tasks::Task>,
    seen: BTreeSet<tasks::Seen>,
    dead_rest: Option<GuardId>,
    /// What was assigned to undeclared names, and to members of libraries and globals.
    globals: ObjectId,
    /// Regular expressions, each compiled once.
    patterns: BTreeMap<(Arc<str>, Arc<str>), Compiled>,
    caller: Caller,
    /// What the generator that is running has yielded so far, as an array.
    yielded: Option<ObjectId>,
    /// Functions that somebody else may be calling right now.
    running: BTreeSet<ObjectId>,
    /// How many `try` blocks are running.
    tries: u32,
    /// Something in the innermost `try` block may have thrown, and why that is not known.
    may_throw: Option<Arc<str>>,
    /// Where the error was thrown that is on its way.
    thrown_at: Option<Origin>,
    /// Why the entry did not run to its end.
    interruption: Option<Interruption>,
}

/// Deepest nesting of calls.
const MAX_DEPTH: u32 = 180;

/// Elements or bytes that are handled in one step.
const SIZE_PER_STEP: u64 = 8;

impl<'h> Interpreter<'h> {
    /// A run that has not started.
    pub fn new(host: &'h mut dyn Host, limits: Limits) -> Self {
        let mut heap = Heap::new(!limits.explore);
        let environment = heap.allocate(super::heap::Class::Environment, None);
        let globals = heap.allocate(super::heap::Class::Plain, None);
        Self {
            host,
            limits,
            heap,
            instances: Vec::new(),
            by_file: BTreeMap::new(),
            environment,
            path: Path::START,
            guards: Vec::new(),
            doubts: Vec::new(),
            assumptions: Vec::new(),
            fuel: limits.fuel,
            depth: 0,
            async_depth: 0,
            clock: 0,
            waited: None,
            waits: Waits::default(),
            attempts: Attempts::default(),
            fulfilled: BTreeSet::new(),
            promised: BTreeMap::new(),
            handler: 0,
            handler_began: 0,
            handlers: 0,
            opaque_calls: 0,
            argv: None,
            callback: None,
            runs: BTreeMap::new(),
            soon: VecDeque::new(),
            later: VecDeque::new(),
            seen: BTreeSet::new(),
            dead_rest: None,
            globals,
            patterns: BTreeMap::new(),
            caller: Caller { site: Origin { module: ModuleId(0), span: Span::default() }, function: None },
            yielded: None,
            running: BTreeSet::new(),
            tries: 0,
            may_throw: None,
            thrown_at: None,
            interruption: None,
        }
    }

    /// The condition `id`.
    pub fn guard(&self, id: GuardId) -> Guard {
        self.guards[id.0 as usize]
    }

    /// All conditions passed.
    pub fn guards(&self) -> &[Guard] {
        &self.guards
    }

    /// Why places were reached only maybe.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The environment variables that were assumed unset, by assumption number.
    pub fn assumptions(&self) -> &[Arc<str>] {
        &self.assumptions
    }

    /// The file of a module, relative to the checkout.
    pub fn file(&self, module: ModuleId) -> &Arc<str> {
        &self.instances[module.0 as usize].file
    }

    /// The modules of the run, in order of loading.
    pub fn modules(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Module>)> {
        self.instances.iter().map(|instance| (&instance.file, &instance.ir))
    }

    /// Whether the run ended for want of fuel.
    pub fn is_spent(&self) -> bool {
        self.fuel == 0
    }

    /// What was waited for.
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Objects and variables.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// Whether a failure here would end every life of the program. It does run, so what seems to fail does not: a file
    /// is made before, an unset variable is set.
    fn is_normal_life(&self) -> bool {
        let starts = matches!(self.path.when, When::Load | When::Listening);
        self.limits.explore && !self.is_tried() && starts && self.path.reach == Reach::Yes
    }

    fn burn(&mut self) -> Eval<()> {
        let copied = self.heap.take_copied();
        self.burn_for(copied)
    }

    /// Burns fuel for one step that handles `size` elements or bytes.
    fn burn_for(&mut self, size: u64) -> Eval<()> {
        self.fuel = self.fuel.saturating_sub(1 + size / SIZE_PER_STEP);
        if self.fuel == 0 { Err(Abrupt::Spent) } else { Ok(()) }
    }

    /// Whether every value that comes out as known must be the one that Node gets, not only a likely one.
    fn is_exact(&self) -> bool {
        !self.limits.explore
    }

    fn assume(&mut self, name: &str) -> Taint {
        let index = self.assumptions.iter().position(|known| &**known == name).unwrap_or_else(|| {
            self.assumptions.push(name.into());
            self.assumptions.len() - 1
        });
        Taint::assumption(index)
    }

    /// A text of a module as a value: one for the whole run.
    fn text(&mut self, module: ModuleId, id: TextId) -> Arc<str> {
        let Instance { ir, texts, .. } = &mut self.instances[module.0 as usize];
        texts[id.index()].get_or_insert_with(|| ir[id].into()).clone()
    }

    fn variable_cell(&self, at: &Activation<'_>, binding: super::ir::BindingId) -> Option<CellId> {
        let binding = &at.ir[binding];
        self.heap.find(at.env, at.module, binding.scope, binding.position)
    }
}

impl<'m> Activation<'m> {
    fn new(ir: &'m Module, module: ModuleId, env: EnvId, this: Value) -> Self {
        Self {
            ir,
            module,
            env,
            this,
            arguments: Vec::new(),
            home: None,
            function: None,
            returns: Vec::new(),
            awaited: false,
            strict: ir.is_esm,
            left: Vec::new(),
            labels: Vec::new(),
        }
    }

    fn origin(&self, expr: super::ir::ExprId) -> Origin {
        Origin { module: self.module, span: self.ir.expr_span(expr) }
    }
}
