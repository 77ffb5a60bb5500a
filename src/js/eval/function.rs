//! Functions of the program: closures, activations, promises.

use std::sync::Arc;

use super::super::heap::{Class, Closure, Slot};
use super::super::ir::{BindingKind, Body, Expr, Function, FunctionId, Module, Pattern, PatternId, ScopeId, Stmt};
use super::super::value::{Kind, Nature, ObjectId, Value};
use super::stmt::Flow;
use super::tasks::Task;
use super::{Abrupt, Activation, Eval, Interpreter, MAX_DEPTH, Path, When, Writes};

impl Interpreter<'_> {
    /// A function expression's value.
    pub(super) fn closure(&mut self, at: &Activation<'_>, function: FunctionId) -> Value {
        let is_arrow = at.ir[function].is_arrow;
        let closure = Closure {
            module: at.module,
            function,
            env: at.env,
            this: is_arrow.then(|| Box::new(at.this.clone())),
            home: if is_arrow { at.home } else { None },
            strict: at.strict,
        };
        Value::object(self.heap.allocate(Class::Closure(closure), None))
    }

    /// A method of a class or object, for which `super` means the prototype of `home`.
    pub(super) fn method(&mut self, at: &Activation<'_>, function: FunctionId, home: ObjectId) -> Value {
        let closure =
            Closure { module: at.module, function, env: at.env, this: None, home: Some(home), strict: at.strict };
        let origin = super::Origin { module: at.module, span: at.ir[function].span };
        Value::object(self.heap.allocate(Class::Closure(closure), None)).at(origin)
    }

    /// Gives the function declarations of a scope their values, and `var`s `undefined`.
    pub(super) fn hoist(&mut self, at: &Activation<'_>, scope: ScopeId) {
        let ir = at.ir;
        for binding in ir.declared(scope) {
            if binding.kind == BindingKind::Var
                && let Some(cell) = self.heap.find(at.env, at.module, scope, binding.position)
            {
                self.heap.write(cell, Value::undefined());
            }
        }
        for (binding, function) in &ir[ir[scope].hoisted] {
            let (module, strict) = (at.module, at.strict);
            let closure = Closure { module, function: *function, env: at.env, this: None, home: None, strict };
            let origin = super::Origin { module, span: at.ir[*function].span };
            let value = Value::object(self.heap.allocate(Class::Closure(closure), None)).at(origin);
            self.initialise(at, *binding, value);
        }
    }

    /// Runs a function of the program.
    pub(super) fn call_closure(&mut self, closure: &Closure, this: Value, arguments: Vec<Value>) -> Eval {
        let ir = self.instances[closure.module.0 as usize].ir.clone();
        let function = &ir[closure.function];
        if function.is_generator {
            return self.generator(closure, this, arguments);
        }
        if !self.may_run(closure) {
            return match self.is_exact() {
                true => Err(Abrupt::Spent),
                false => Ok(Value::unknown(format!("`{}` runs too often to follow", display_name(&ir, function)))),
            };
        }
        match function.is_async {
            true => self.call_async(&ir, function, closure, this, arguments),
            false => self.run_function(&ir, function, closure, this, arguments),
        }
    }

    fn call_async(
        &mut self,
        ir: &Module,
        function: &Function,
        closure: &Closure,
        this: Value,
        arguments: Vec<Value>,
    ) -> Eval {
        self.async_depth += 1;
        let (waits, (attempt, result)) = self.waiting_apart(|run| {
            run.attempt_promise(None, |run| run.run_function(ir, function, closure, this.clone(), arguments.clone()))
        });
        self.async_depth -= 1;
        let exits_later = !waits.is_empty() && matches!(result, Err(Abrupt::Exit));
        self.attempts.wait_for(Some(attempt), waits);
        let promise = match result {
            Ok(value) => {
                self.depends_on(Some(attempt), &value);
                self.attempts.wait_for(Some(attempt), self.waits_behind(&value));
                self.promise(Some(value))
            }
            Err(Abrupt::Suspended) => self.promise(None),
            Err(Abrupt::NotYet) => {
                let function = Value::object(self.heap.allocate(Class::Closure(closure.clone()), None));
                let path = Path { attempt: Some(attempt), ..self.path };
                let (writes, waited) = (Writes::Stand, self.waited);
                let handler = Some((self.handler, self.handler_began));
                let queued_at = self.caller.site;
                self.soon.push_back(Task {
                    function,
                    this,
                    arguments,
                    path,
                    writes,
                    queued_at,
                    waited,
                    handler,
                    retried: true,
                });
                self.promise(None)
            }
            Err(Abrupt::Throw(error)) if is_endless(&error) => self.promise(Some(error)),
            Err(Abrupt::Throw(error)) => {
                let rejected = Value::unknown("a rejected promise").tainted(error.taint);
                self.promise(Some(rejected))
            }
            Err(Abrupt::Exit) if exits_later => self.promise(Some(Value::unknown(super::loops::ENDLESS))),
            Err(other) => return Err(other),
        };
        self.promises(&promise, attempt);
        Ok(promise)
    }

    pub(super) fn may_run(&mut self, closure: &Closure) -> bool {
        if self.is_model(closure.module) {
            return self.depth < MAX_DEPTH;
        }
        let is_apart = matches!(self.path.when, When::Timer | When::Signal);
        let key = (self.callback.filter(|_| is_apart), (closure.module, closure.function));
        let runs = self.runs.entry(key).or_default();
        *runs += 1;
        *runs <= self.limits.calls_per_function && self.depth < MAX_DEPTH
    }

    pub(super) fn run_function(
        &mut self,
        ir: &Module,
        function: &Function,
        closure: &Closure,
        this: Value,
        arguments: Vec<Value>,
    ) -> Eval {
        self.burn()?;
        let names = ir[function.scope].names;
        let env = self.heap.enter(Some(closure.env), closure.module, function.scope, names);
        let this = closure.this.as_deref().cloned().unwrap_or(this);
        let mut at = Activation {
            arguments,
            home: closure.home,
            function: function.name.map(|name| self.text(closure.module, name)),
            strict: closure.strict || is_strict(ir, function.body),
            ..Activation::new(ir, closure.module, env, this)
        };
        if self.is_exact() && !at.strict && !function.is_arrow && at.this.is_nullish() == Some(true) {
            at.this = Value::symbol("globalThis", Nature::Object);
        }
        if !self.is_model(closure.module) {
            self.host.enters(super::Origin { module: closure.module, span: function.span }, self.path);
        }
        let before = self.path;
        self.depth += 1;
        let result = self.run_body(&mut at, function, closure);
        self.depth -= 1;
        self.path = before;
        self.dead_rest = None;
        result
    }

    fn run_body(&mut self, at: &mut Activation<'_>, function: &Function, closure: &Closure) -> Eval {
        self.hoist(at, function.scope);
        if let Some(binding) = function.self_binding {
            let own = Value::object(self.heap.allocate(Class::Closure(closure.clone()), None));
            self.initialise(at, binding, own);
        }
        self.bind_parameters(at, function)?;
        let ir = at.ir;
        let last = match function.body {
            Body::Expr(expr) => {
                let value = self.eval(at, expr)?;
                return Ok(value);
            }
            Body::Block(body) => match self.statements(at, &ir[body]) {
                Ok(Flow::Return(value)) => Some(value),
                Ok(_) => Some(Value::undefined()),
                // Where no `return` was reached before, the function fails at its end.
                Err(Abrupt::Throw(_)) if !at.returns.is_empty() => None,
                Err(left) => return Err(left),
            },
        };
        let returns = std::mem::take(&mut at.returns);
        Ok(Value::one_of(returns.into_iter().chain(last), "which `return` is reached is not known"))
    }

    fn bind_parameters(&mut self, at: &mut Activation<'_>, function: &Function) -> Eval<()> {
        for (position, param) in function.params.iter().enumerate() {
            let value = argument(&at.arguments, position);
            self.bind(at, param.pattern, value.clone())?;
            if let (Some(property), Some(this)) = (param.property, at.this.as_object()) {
                let property = self.text(at.module, property);
                self.heap.set(this, property, value, None);
            }
        }
        if let Some(rest) = function.rest {
            let tail = at.arguments.get(function.params.len()..).unwrap_or_default().to_vec();
            let further = at.arguments.last().filter(|last| last.is_further()).cloned();
            let tail = self.argument_list(tail, further);
            self.bind(at, rest, tail)?;
        }
        Ok(())
    }

    /// Arguments as an array, which is open where further ones may follow.
    pub(super) fn argument_list(&mut self, mut arguments: Vec<Value>, further: Option<Value>) -> Value {
        arguments.retain(|argument| !argument.is_further());
        let array = self.array(arguments);
        match further.as_ref().and_then(Value::why) {
            Some(why) => self.opened(array, Some(why.clone())),
            None => array,
        }
    }

    /// A promise; pending where there is no value.
    pub(super) fn promise(&mut self, value: Option<Value>) -> Value {
        let value = value.map(|value| self.settled(value));
        Value::object(self.heap.allocate(Class::Promise(value), None))
    }

    /// What `await` makes of a value.
    pub(super) fn settle(&mut self, value: Value) -> Eval {
        self.drain_soon()?;
        let value = self.settled(value);
        if is_endless(&value) { Err(Abrupt::Throw(value)) } else { Ok(value) }
    }

    /// The value behind any number of promises.
    pub(super) fn settled(&mut self, value: Value) -> Value {
        let mut value = value;
        for _ in 0..8 {
            let Some(id) = value.as_object() else { break };
            match &self.heap.object(id).class {
                Class::Promise(Some(inner)) => value = inner.clone().tainted(value.taint),
                Class::Promise(None) => return Value::unknown("a promise that is settled later").tainted(value.taint),
                _ => break,
            }
        }
        value
    }

    /// The prototype object of a plain function used as a class.
    pub(super) fn prototype_of_function(&mut self, id: ObjectId) -> ObjectId {
        if let Some(Slot::Value(value)) = self.heap.object(id).properties.get("prototype").map(|found| &found.slot)
            && let Some(prototype) = value.as_object()
        {
            return prototype;
        }
        let prototype = self.heap.allocate(Class::Plain, None);
        self.define_hidden(prototype, "constructor".into(), Value::object(id));
        self.define_hidden(id, "prototype".into(), Value::object(prototype));
        prototype
    }

    /// How many parameters a function says it has: those before the first with a default.
    pub(super) fn function_length(&self, id: ObjectId) -> Value {
        let Class::Closure(closure) = &self.heap.object(id).class else {
            return Value::unknown_of(Nature::Number, "how many parameters it has");
        };
        let ir = &self.instances[closure.module.0 as usize].ir;
        let params = &ir[closure.function].params;
        let has_default = |pattern: PatternId| matches!(ir[pattern], Pattern::Default { .. });
        Value::number(params.iter().take_while(|param| !has_default(param.pattern)).count() as f64)
    }

    /// Whether a function has no prototype for `new`.
    pub(super) fn is_arrow(&self, id: ObjectId) -> bool {
        match &self.heap.object(id).class {
            Class::Closure(closure) => {
                let ir = &self.instances[closure.module.0 as usize].ir;
                let function = &ir[closure.function];
                function.is_arrow || closure.home.is_some() || function.is_async
            }
            _ => false,
        }
    }

    /// The name a function or class shows.
    pub(super) fn function_name(&self, id: ObjectId) -> Arc<str> {
        match &self.heap.object(id).class {
            Class::Closure(closure) => {
                let ir = &self.instances[closure.module.0 as usize].ir;
                ir[closure.function].name.map_or("", |name| &ir[name]).into()
            }
            Class::Constructor { module, class, .. } => {
                let ir = &self.instances[module.0 as usize].ir;
                ir[*class].name.map_or("", |name| &ir[name]).into()
            }
            Class::Bound { target: Value { kind: Kind::Object(target), .. }, .. } => {
                format!("bound {}", self.function_name(*target)).into()
            }
            _ => "".into(),
        }
    }
}

/// The argument at `position`: `undefined` where there is none.
pub(super) fn argument(arguments: &[Value], position: usize) -> Value {
    match (arguments.get(position), arguments.last()) {
        (Some(given), _) if !given.is_further() => given.clone(),
        (_, Some(further)) if further.is_further() => Value::unknown(further.why().cloned().unwrap_or_default()),
        _ => Value::undefined(),
    }
}

/// Whether a function begins with `'use strict'`.
pub(super) fn is_strict(ir: &Module, body: Body) -> bool {
    let Body::Block(statements) = body else { return false };
    ir[statements].first().is_some_and(|first| match ir[*first] {
        Stmt::Expr(expr) => matches!(ir[expr], Expr::String(text) if ir[text] == *"use strict"),
        _ => false,
    })
}

/// Whether a promise waits for a loop that never ends.
pub(super) fn is_endless(value: &Value) -> bool {
    value.why().is_some_and(|why| &**why == super::loops::ENDLESS)
}

fn display_name<'m>(ir: &'m Module, function: &Function) -> &'m str {
    function.name.map_or("a function", |name| &ir[name])
}
