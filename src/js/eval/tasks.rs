//! What runs after the present code: continuations of promises, callbacks.

use super::super::heap::Class;
use super::super::ir::{Param, Pattern};
use super::super::value::{ModuleId, ObjectId, Origin, Value};
use super::attempt::AttemptId;
use super::{Abrupt, Callback, Code, Eval, Function, Interpreter, Path, Reach, WaitId, When, Writes};

/// A function to be run.
pub(super) struct Task {
    pub function: Value,
    pub this: Value,
    pub arguments: Vec<Value>,
    pub path: Path,
    pub writes: Writes,
    /// Where the program had it queued: a model's function is seen there.
    pub queued_at: Origin,
    /// What execution had waited for when it was queued; what runs later begins anew.
    pub waited: Option<WaitId>,
    /// The handler that it belongs to; `None`: it is one.
    pub handler: Option<(u32, usize)>,
    /// It was tried before and met a variable that had no value yet.
    pub retried: bool,
}

/// Tasks that were queued, so that none is queued twice; one handler may be there for several failures.
pub(super) type Seen = (ObjectId, When, Option<u32>, Reach, Option<AttemptId>);

impl Interpreter<'_> {
    /// Queues a callback behind the present code and its promises.
    pub(super) fn run_later(&mut self, callback: Callback) {
        if let Some(task) = self.task(callback) {
            self.later.push_back(task);
        }
    }

    /// Queues a promise's continuation behind the present code.
    pub(super) fn run_soon(&mut self, callback: Callback) {
        let waited = self.waited;
        if let Some(task) = self.task(callback) {
            let handler = Some((self.handler, self.handler_began));
            self.soon.push_back(Task { waited, handler, ..task });
        }
    }

    fn task(&mut self, callback: Callback) -> Option<Task> {
        let id = callback.function.as_object()?;
        let path = callback.path;
        let arguments = self.spelt_out(&callback.function, callback.arguments);
        let key = (id, path.when, path.cause, path.reach, path.rescue);
        self.seen.insert(key).then_some(Task {
            function: callback.function,
            this: Value::undefined(),
            arguments,
            path: callback.path,
            writes: callback.writes,
            queued_at: self.caller.site,
            waited: None,
            handler: None,
            retried: false,
        })
    }

    /// The arguments of a callback with what stands for further ones made into one for each parameter: not known, but no error in
    /// a normal life, and nothing where the parameter has a default.
    fn spelt_out(&self, function: &Value, mut arguments: Vec<Value>) -> Vec<Value> {
        let Some(further) = arguments.pop_if(|last| last.is_further()) else { return arguments };
        let unsaid = self.parameters(function, arguments.len()).into_iter().map(|parameter| match parameter {
            Parameter::Any => Value::unknown(further.why().cloned().unwrap_or_default()).tainted(further.taint),
            Parameter::Defaulted | Parameter::Error => Value::undefined(),
        });
        arguments.extend(unsaid);
        arguments.push(further);
        arguments
    }

    /// The parameters of a function of the program behind the first `given`.
    fn parameters(&self, function: &Value, given: usize) -> Vec<Parameter> {
        if let Some(id) = function.as_object()
            && let Class::Bound { target, arguments, .. } = &self.heap.object(id).class
        {
            return self.parameters(target, given + arguments.len());
        }
        let Some((ir, function)) = Code(&self.instances).function(&self.heap, function) else { return Vec::new() };
        let parameter = |param: &Param| match ir[param.pattern] {
            Pattern::Default { .. } => Parameter::Defaulted,
            Pattern::Name(binding) if names_error(&ir[ir[binding].name]) => Parameter::Error,
            _ => Parameter::Any,
        };
        function.params.iter().skip(given).map(parameter).collect()
    }

    /// Runs the continuations of promises that are due.
    pub(super) fn drain_soon(&mut self) -> Eval<()> {
        if self.depth > MAX_NESTED {
            return Ok(());
        }
        while let Some(at) = self.soon.iter().position(|task| self.is_due(task)) {
            if let Some(task) = self.soon.remove(at) {
                self.run_task(task)?;
            }
        }
        Ok(())
    }

    /// Whether what a continuation is given is there: in a chain, an earlier one may be waiting for something itself.
    fn is_due(&self, task: &Task) -> bool {
        let class = task.function.as_object().map(|id| &self.heap.object(id).class);
        let Some(Class::Continuation { value, .. }) = class else { return true };
        let awaited = value.as_object().map(|id| &self.heap.object(id).class);
        !matches!(awaited, Some(Class::Promise(None)))
    }

    /// Runs everything that is queued: signals last, since nothing runs after them.
    pub(super) fn drain(&mut self) {
        loop {
            if self.drain_soon().is_err() {
                return;
            }
            let next = self.later.iter().position(|task| task.writes != Writes::Private);
            let overdue = if next.is_none() { self.soon.pop_front() } else { None };
            let task = overdue.or_else(|| self.later.remove(next.unwrap_or(0)));
            let Some(task) = task else { return };
            if self.run_task(task).is_err() {
                return;
            }
        }
    }

    /// The function of the program that a value is, or is bound to.
    fn code_of(&self, function: &Value) -> Option<Function> {
        let mut function = function;
        loop {
            match &self.heap.object(function.as_object()?).class {
                Class::Closure(closure) => return Some((closure.module, closure.function)),
                Class::Bound { target, .. } => function = target,
                _ => return None,
            }
        }
    }

    fn run_task(&mut self, task: Task) -> Eval<()> {
        let before = (self.path, self.async_depth, self.handler, self.handler_began, self.callback);
        self.callback = self.code_of(&task.function).or(self.callback);
        self.handlers += 1;
        (self.handler, self.handler_began) = task.handler.unwrap_or((self.handlers, self.heap.object_count()));
        self.path = task.path;
        let waited = std::mem::replace(&mut self.waited, task.waited);
        let mark = self.heap.watch();
        if !task.retried {
            self.async_depth += 1;
        }
        let is_models = self.code_of(&task.function).is_some_and(|(module, _)| self.is_model(module));
        let site = if is_models { task.queued_at } else { Origin { module: ModuleId(0), span: Default::default() } };
        let (function, this, arguments) = (task.function.clone(), task.this.clone(), task.arguments.clone());
        let result = self.invoke(function, this, arguments, site, None, false);
        if let Ok(promise) = &result {
            match task.writes {
                Writes::Stand if task.retried => self.depends_on(task.path.attempt, promise),
                Writes::Possible => self.answer_for(promise),
                _ => {}
            }
        }
        (self.path, self.async_depth, self.handler, self.handler_began, self.callback) = before;
        self.waited = waited;
        let writes = if task.path.reach == Reach::No { Writes::Private } else { task.writes };
        match (writes, &result) {
            (Writes::Stand, Ok(_)) => self.heap.keep(mark),
            (Writes::Possible, Ok(_)) => {
                let writes = self.heap.take_back(mark);
                self.heap.merge(writes, &"a callback may have run".into());
            }
            (Writes::Private, _) | (_, Err(_)) => {
                self.heap.take_back(mark);
            }
        }
        match result {
            Err(Abrupt::Spent) => Err(Abrupt::Spent),
            Err(Abrupt::NotYet) if !task.retried => {
                self.later.push_back(Task { retried: true, ..task });
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// What a parameter takes.
enum Parameter {
    /// By its name, a failure.
    Error,
    /// It need not be given.
    Defaulted,
    Any,
}

/// Whether a parameter is called as errors are: `e`, `err`, `error`, `connectError`.
fn names_error(name: &str) -> bool {
    let name = name.trim_matches('_').to_ascii_lowercase();
    matches!(&*name, "e" | "er" | "ex") || name.ends_with("err") || name.ends_with("error")
}

/// How deep in calls `await` still runs what is due.
const MAX_NESTED: u32 = 40;
