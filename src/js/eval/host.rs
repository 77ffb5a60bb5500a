//! Between a run and its host: how execution came to a call, what the call is, and what the host answers.

use std::sync::Arc;

use super::super::heap::{Class, Heap};
use super::super::ir::{Function, Module};
use super::super::node::Node;
use super::super::value::{Origin, Taint, Value};
use super::Instance;
use super::attempt::AttemptId;
use super::shared::Use;
use super::waits::WaitId;

/// Whether a place is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Never, as far as what is known and assumed goes.
    No,
    /// In some lives.
    Maybe,
    /// In every normal life of the process: one without a failure.
    Yes,
}

/// When in the life of the process code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// While the program starts.
    Load,
    /// When a server has begun to listen.
    Listening,
    /// For a request or another event from outside.
    Request,
    /// On a signal.
    Signal,
    /// When a timer or schedule fires.
    Timer,
    /// On a message from PM2 or a parent process.
    Message,
}

/// A condition that was passed on the way to a place, in [`Interpreter::guards`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuardId(pub u32);

/// A condition and which side of it was taken.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The conditions passed before.
    pub parent: Option<GuardId>,
    /// The condition.
    pub place: Origin,
    /// The side: the condition held, or not.
    pub holds: bool,
    /// What the condition came out as for this worker; `None` where undecided.
    pub outcome: Option<bool>,
    /// What it depends on.
    pub taint: Taint,
}

/// A reason why a place is reached only maybe, in [`Interpreter::doubts`](super::Interpreter::doubts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DoubtId(pub u32);

/// Why a place is reached only maybe.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The condition, loop or call from which execution goes this way only maybe.
    pub place: Origin,
    /// What is not known there.
    pub why: Arc<str>,
}

/// How execution came to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// Whether it does at all.
    pub reach: Reach,
    /// What that depends on.
    pub taint: Taint,
    /// In which part of the process's life.
    pub when: When,
    /// The host's number of the effect whose callback this is.
    pub cause: Option<u32>,
    /// The last condition passed.
    pub guard: Option<GuardId>,
    /// Why it comes there only maybe, the last reason of several.
    pub doubt: Option<DoubtId>,
    /// The code that fails with what happens here.
    pub attempt: Option<AttemptId>,
    /// The failure that is being handled.
    pub rescue: Option<AttemptId>,
}

impl Path {
    /// The start of the program.
    pub const START: Self = Self {
        reach: Reach::Yes,
        taint: Taint::NONE,
        when: When::Load,
        cause: None,
        guard: None,
        doubt: None,
        attempt: None,
        rescue: None,
    };
}

/// A call that leaves the program.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The callee's way out of its library or global: `express().listen`, `process.on`.
    pub symbol: &'a str,
    /// What the method was called on; where a call's result is called (`express()()`), that result.
    pub receiver: &'a Value,
    /// The arguments.
    pub arguments: &'a [Value],
    /// The call expression.
    pub site: Origin,
    /// The enclosing function's name.
    pub function: Option<&'a Arc<str>>,
    /// The result is awaited at once.
    pub awaited: bool,
    /// How execution came here.
    pub path: Path,
    /// Number of the call in order of execution.
    pub order: u32,
    /// What execution waited for before, in [`Interpreter::waits`](super::Interpreter::waits).
    pub waited: Option<WaitId>,
    /// The modules loaded so far.
    pub code: Code<'a>,
}

impl Call<'_> {
    /// Whether it is Node's own function that is called, or a global one.
    pub fn is_of_node(&self) -> bool {
        super::call::is_of_node(self.symbol)
    }
}

/// The code behind the functions of a run.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a>(pub(super) &'a [Instance]);

impl<'a> Code<'a> {
    /// A function of the program and its module; `None` for any other value.
    pub fn function(self, heap: &Heap, value: &Value) -> Option<(&'a Module, &'a Function)> {
        let Class::Closure(closure) = &heap.object(value.as_object()?).class else { return None };
        let ir = &self.0.get(closure.module.0 as usize)?.ir;
        Some((ir, &ir[closure.function]))
    }

    /// The file that `place` lies in.
    pub fn file(self, place: Origin) -> &'a str {
        self.0.get(place.module.0 as usize).map_or("", |module| &module.file)
    }
}

/// A function that a call will have run.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The function.
    pub function: Value,
    /// Its arguments; what it is given beside them without anybody knowing what is a last one that stands for any number
    /// ([`Value::further`]).
    pub arguments: Vec<Value>,
    /// How execution will come there.
    pub path: Path,
    /// What its writes mean for what runs after it.
    pub writes: Writes,
}

/// What the writes of a callback mean for what runs after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writes {
    /// They stand.
    Stand,
    /// They may have happened.
    Possible,
    /// They are for this life only: nothing runs after it.
    Private,
}

/// What a call does.
#[derive(Clone, Debug, Default)]
pub struct Reaction {
    /// Its result; `None`: whatever the library makes (`symbol()`).
    pub result: Option<Value>,
    /// Its result, where that is plain data.
    pub data: Option<Node>,
    /// What its result depends on.
    pub taint: Taint,
    /// Functions that it will have run, once the present task is over. `None`: every function among its arguments, maybe.
    pub callbacks: Option<Vec<Callback>>,
    /// The process ends here.
    pub exits: bool,
}

impl Reaction {
    /// The call gives `data`, and does nothing else.
    pub fn giving(data: Node) -> Self {
        Self { data: Some(data), callbacks: Some(Vec::new()), ..Self::default() }
    }
}

/// What stands behind a specifier.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the file and what it was lowered to")]
pub enum Loaded {
    /// A module of the checkout.
    Module { file: Arc<str>, ir: Arc<Module> },
    /// A JSON file of the checkout, lowered as an expression.
    Json { file: Arc<str>, ir: Arc<Module> },
    /// A program that does what a library does, as far as matters: its calls are seen where the program called it.
    Model { file: Arc<str>, ir: Arc<Module> },
    /// A library or a builtin of Node, by name without `node:`.
    Library(Arc<str>),
    /// Node would throw: there is no such file.
    Missing,
    /// It is there and cannot be followed, and why.
    Opaque(Arc<str>),
}

/// An environment variable.
#[derive(Clone, Debug)]
pub enum Variable {
    /// Set to this.
    Set(Value),
    /// Surely not set.
    Unset,
    /// Nothing sets it as far as is known.
    Assumed,
}

/// The world of the program.
pub trait Host {
    /// What `specifier` means in `from` (relative to the checkout).
    fn load(&mut self, from: &str, specifier: &str) -> Loaded;
    /// The environment variable `name`; the result's taint tells whether it depends on the worker.
    fn variable(&mut self, name: &str) -> Variable;
    /// All variables that are set to something known; `None`: there may be others.
    fn variables(&mut self) -> Vec<(Arc<str>, Value)>;
    /// The text of a file, by its path relative to the checkout.
    fn text(&mut self, file: &str) -> Option<Arc<str>>;
    /// Whether a file or folder is in the checkout; `None`: it may be made before the program runs.
    fn exists(&mut self, file: &str) -> Option<bool>;
    /// The names in a folder of the checkout; `None`: not known.
    fn list(&mut self, _folder: &str) -> Option<Vec<String>> {
        None
    }
    /// The files below a folder of the checkout whose path from there `glob` matches, as such paths; `None`: not known.
    fn matching(&mut self, _folder: &str, _glob: &str) -> Option<Vec<String>> {
        None
    }
    /// The path that `file` of the checkout has when the program runs: a compiler may give it another extension.
    fn at_run(&self, file: &str) -> String {
        file.to_owned()
    }
    /// The value of a global or library member that is known without a call (`cluster.isPrimary`).
    fn constant(&mut self, symbol: &str) -> Option<Value>;
    /// What `process.argv` holds; `None`: not known.
    fn argv(&mut self) -> Option<Vec<Arc<str>>> {
        None
    }
    /// Whether a failure of what the call of `symbol` promises reaches those who wait for it.
    fn may_fail(&mut self, _symbol: &str) -> bool {
        true
    }
    /// An error that the program throws at `site`, where no `try` is around.
    fn throws(&mut self, _site: Origin, _path: Path) {}
    /// Node throws at `site`, where no `try` is around, if the host has no more than the checkout: why.
    fn may_throw(&mut self, _why: String, _site: Origin, _path: Path) {}
    /// A module that is asked for at `site` and is not there, where nothing catches the error.
    fn missing(&mut self, _specifier: &str, _site: Origin, _path: Path) {}
    /// A function of the program begins to run.
    fn enters(&mut self, _function: Origin, _path: Path) {}
    /// A request uses a container that was there before it.
    fn uses(&mut self, _use: Use, _path: Path) {}
    /// The model's function that does what the call of `symbol` does, as its specifier and name: it is given the receiver,
    /// then the arguments.
    fn stand_in(&self, _symbol: &str) -> Option<(Arc<str>, Arc<str>)> {
        None
    }
    /// What a comparison of something unknown with this constant depends on.
    fn comparison(&self, _constant: &Value) -> Taint {
        Taint::NONE
    }
    /// The calls that made a value of a library's, the first first: the name of each, and its arguments where they are
    /// known.
    fn steps(&self, _value: &Value) -> Vec<(Arc<str>, Vec<Value>)> {
        Vec::new()
    }
    /// A call that leaves the program.
    fn call(&mut self, heap: &Heap, call: &Call<'_>) -> Reaction;
}
