//! Calls: to functions of the program, to builtins, and out of the program.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{Argument, ArgumentsId, Expr, ExprId};
use super::super::value::{Kind, Nature, Origin, Taint, Value};
use super::builtins::{Given, is_global};
use super::doubt::why_called;
use super::{Abrupt, Activation, Call, Callback, Code, Eval, Interpreter, Path, Reach, Reaction, Writes};

impl Interpreter<'_> {
    pub(super) fn call(
        &mut self,
        at: &mut Activation<'_>,
        id: ExprId,
        callee: ExprId,
        arguments: ArgumentsId,
        optional: bool,
        awaited: bool,
    ) -> Eval {
        let site = at.origin(id);
        if matches!(at.ir[callee], Expr::Super) {
            let arguments = self.arguments(at, arguments)?;
            return self.call_super(at, arguments, site);
        }
        let callee_at = at.origin(callee);
        let (callee, this, method) = self.callee(at, callee)?;
        if optional && callee.is_nullish() == Some(true) {
            return Err(Abrupt::Short);
        }
        if method.is_none() {
            self.demands(&callee, "called", callee_at);
        }
        let arguments = self.arguments(at, arguments)?;
        let function = at.function.clone();
        if let Some(name) = method {
            let given = Given::new(&arguments, site, function.as_ref());
            self.doubt(&name, &given);
            self.uses_by(&this, &name, site);
            if let Some(value) = self.call_method(&this, &name, &given)? {
                return Ok(value.tainted(this.taint));
            }
        }
        self.invoke(callee, this, arguments, site, function.as_ref(), awaited)
    }

    /// The callee, its `this`, and the method's name where the receiver's own kind may have it built in.
    fn callee(&mut self, at: &mut Activation<'_>, callee: ExprId) -> Eval<(Value, Value, Option<Arc<str>>)> {
        let ir = at.ir;
        let (object, key, optional) = match ir[callee] {
            Expr::Member { object, key, optional } => (object, key, optional),
            _ => return Ok((self.eval(at, callee)?, Value::undefined(), None)),
        };
        let is_super = matches!(ir[object], Expr::Super);
        let object_at = object;
        let object = self.eval(at, object)?;
        if optional && object.is_nullish() == Some(true) {
            return Err(Abrupt::Short);
        }
        self.demands(&object, "read", at.origin(object_at));
        let Some(name) = self.key(at, key)? else {
            return Ok((Value::unknown("which method is called is not known"), object, None));
        };
        let this = if is_super && object.as_symbol().is_none() { at.this.clone() } else { object.clone() };
        let value = self.get_for(&object, &this, &name)?;
        let built_in = match &value.kind {
            Kind::Undefined => !self.is_exact(),
            Kind::Unknown(unknown) => unknown.choices.is_empty(),
            _ => false,
        };
        Ok((value, this, built_in.then_some(name)))
    }

    pub(super) fn arguments(&mut self, at: &mut Activation<'_>, arguments: ArgumentsId) -> Eval<Vec<Value>> {
        let arguments = &at.ir[arguments];
        let mut values = Vec::with_capacity(arguments.len());
        let mut further = None;
        for (position, argument) in arguments.iter().enumerate() {
            let value = self.eval(at, argument.value)?;
            if !argument.spread {
                values.push(value);
                continue;
            }
            let (elements, more) = self.iterate(&value)?;
            values.extend(elements.into_iter().map(|element| element.tainted(value.taint)));
            further = further.or(more);
            if further.is_some() {
                // Of what comes behind it, the place is not known.
                self.evaluate_rest(at, &arguments[position + 1..])?;
                break;
            }
        }
        values.extend(further.map(Value::further));
        Ok(values)
    }

    fn evaluate_rest(&mut self, at: &mut Activation<'_>, arguments: &[Argument]) -> Eval<()> {
        for argument in arguments {
            self.eval(at, argument.value)?;
        }
        Ok(())
    }

    /// A builtin function may throw for arguments that are not known.
    fn doubt(&mut self, function: &str, given: &Given<'_>) {
        let is_made = |argument: &&Value| argument.as_symbol().is_none_or(|symbol| symbol.contains('('));
        let why = given.all().iter().filter(is_made).find_map(Value::why);
        if let Some(why) = why.filter(|_| !never_throws(function)) {
            self.throw_perhaps(why);
        }
    }

    /// Calls `callee`, whatever it is.
    pub(super) fn invoke(
        &mut self,
        callee: Value,
        this: Value,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
        awaited: bool,
    ) -> Eval {
        self.burn()?;
        match &callee.kind {
            Kind::Object(id) => match self.heap.object(*id).class.clone() {
                Class::Closure(closure) => {
                    let result = self.called_from(site, function, |run| run.call_closure(&closure, this, arguments))?;
                    self.promised_at(&result, site);
                    Ok(result)
                }
                Class::Bound { target, this, arguments: mut bound } => {
                    bound.extend(arguments);
                    self.invoke(target, this, bound, site, function, awaited)
                }
                Class::Continuation { promise, next, value } => {
                    let value = self.settled(value);
                    let promised = self.promised.get(&promise).copied();
                    self.waits_for(&Value::object(promise));
                    self.fulfil(&value);
                    let result = self.invoke(next, Value::undefined(), vec![value], site, function, awaited)?;
                    self.depends_on(promised, &result);
                    let waits = self.waits_behind(&result);
                    self.attempts.wait_for(promised, waits);
                    let result = self.settled(result);
                    self.heap.change(promise, |class| *class = Class::Promise(Some(result)));
                    Ok(Value::undefined())
                }
                Class::Settle(promise) => {
                    let value = arguments.into_iter().next().unwrap_or_else(Value::undefined);
                    let value = self.settled(value);
                    self.heap.change(promise, |class| *class = Class::Promise(Some(value)));
                    Ok(Value::undefined())
                }
                Class::Constructor { .. } if self.is_exact() => {
                    self.fail("TypeError", "Class constructor cannot be invoked without 'new'", callee.taint)
                }
                Class::Constructor { .. } => self.construct(callee.clone(), arguments, site, function),
                Class::Derived(inner) => self.invoke(inner, this, arguments, site, function, awaited),
                _ => self.not_callable(callee.taint, site),
            },
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => {
                self.invoke_any(callee.clone().into_choices(), this, arguments, site, function, awaited)
            }
            Kind::Unknown(unknown) => match unknown.symbol.clone() {
                Some(symbol) => self.call_symbol(&symbol, &callee, this, arguments, site, function, awaited),
                None => self.call_opaque(&callee, arguments, site),
            },
            _ if self.is_exact() => self.not_callable(callee.taint, site),
            _ => self.call_opaque(&callee, arguments, site),
        }
    }

    fn not_callable(&mut self, because: Taint, site: Origin) -> Eval {
        self.fail("TypeError", "the callee is not a function", because).map(|value| value.at(site))
    }

    fn invoke_any(
        &mut self,
        choices: Vec<Value>,
        this: Value,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
        awaited: bool,
    ) -> Eval {
        let all_outside = choices.iter().all(|choice| choice.as_symbol().is_some());
        let mut results = Vec::new();
        for choice in choices {
            let (this, arguments) = (this.clone(), arguments.clone());
            let receiver = match this.kind {
                Kind::Unknown(_) => Value::undefined(),
                _ => this,
            };
            if all_outside {
                results.push(self.invoke(choice, receiver, arguments, site, function, awaited)?);
            } else {
                results.extend(self.maybe(site, "which function is called is not known", |run| {
                    run.invoke(choice, receiver, arguments, site, function, awaited)
                })?);
            }
        }
        Ok(Value::one_of(results, "which function is called is not known").or_origin(site))
    }

    #[allow(clippy::too_many_arguments, reason = "a call has this many parts")]
    fn call_symbol(
        &mut self,
        symbol: &Arc<str>,
        callee: &Value,
        this: Value,
        arguments: Vec<Value>,
        site: Origin,
        function: Option<&Arc<str>>,
        awaited: bool,
    ) -> Eval {
        let given = Given::new(&arguments, site, function);
        self.doubt(symbol, &given);
        if let Some(value) = self.call_borrowed(symbol, &this, &given)? {
            return Ok(value);
        }
        if let Some(value) = self.call_builtin(symbol, &given)? {
            return Ok(value);
        }
        let receiver = if symbol.ends_with("()") && this.is_undefined() { callee } else { &this };
        if let Some(stand_in) = self.stand_in(symbol, &arguments, site)? {
            let arguments = std::iter::once(receiver.clone()).chain(arguments).collect();
            return self.invoke(stand_in, Value::undefined(), arguments, site, function, awaited);
        }
        let (seen_at, seen_in) = self.as_the_program_sees(site, function, callee);
        let reaction = self.ask_host(symbol, receiver, &arguments, seen_at, seen_in.as_ref(), awaited);
        if reaction.callbacks.is_none() && !self.is_model(site.module) {
            self.escape(symbol, &arguments, site)?;
        }
        let has_result = reaction.result.is_some() || reaction.data.is_some();
        let result = self.react(reaction, symbol, callee, seen_at)?;
        match self.perhaps_made(symbol, &arguments, site)? {
            Some(made) if !has_result => Ok(Value::one_of(vec![result, made], "what a library makes of a class")),
            _ => Ok(result),
        }
    }

    pub(super) fn ask_host(
        &mut self,
        symbol: &str,
        receiver: &Value,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
        awaited: bool,
    ) -> Reaction {
        self.opaque_calls += 1;
        self.fulfilled.remove(&site);
        self.clock += 1;
        let (path, order, waited) = (self.path, self.clock, self.waited);
        let code = Code(&self.instances);
        let call = Call { symbol, receiver, arguments, site, function, awaited, path, order, waited, code };
        let reaction = self.host.call(&self.heap, &call);
        self.answer_by(symbol);
        arguments.iter().for_each(|argument| self.answer_for(argument));
        reaction
    }

    pub(super) fn react(&mut self, reaction: Reaction, symbol: &str, callee: &Value, site: Origin) -> Eval {
        for callback in reaction.callbacks.into_iter().flatten() {
            let callback = self.explained(callback, symbol, site);
            self.called_from(site, None, |run| run.run_later(callback));
        }
        if reaction.exits {
            return Err(Abrupt::Exit);
        }
        let result = match reaction.data {
            Some(data) => self.value_from(&data, site)?,
            None => reaction.result.unwrap_or_else(|| made_by(symbol)),
        };
        Ok(result.tainted(callee.taint.with(reaction.taint)).or_origin(site))
    }

    /// A call of something that is not known at all: the functions among its arguments may run.
    fn call_opaque(&mut self, callee: &Value, arguments: Vec<Value>, site: Origin) -> Eval {
        self.opaque_calls += 1;
        self.throw_perhaps("the callee is not known");
        self.answer_by("");
        arguments.iter().for_each(|argument| self.answer_for(argument));
        self.escape("", &arguments, site)?;
        let why = callee.why().cloned().unwrap_or_else(|| "the callee is not known".into());
        Ok(Value::unknown(why).at(site).tainted(callee.taint))
    }

    /// Functions handed out of the program, directly or in an object, may be run by whoever got them. Where values must
    /// be exact they may be run at once, and objects may be changed.
    fn escape(&mut self, symbol: &str, arguments: &[Value], site: Origin) -> Eval<()> {
        if self.is_exact() {
            return self.hand_out(symbol, arguments);
        }
        for argument in arguments {
            for function in self.functions_in(argument) {
                let path = Path { attempt: Some(self.attempt_of_others()), ..self.path };
                let path = match self.path.reach {
                    Reach::Yes => self.maybe_from(path, site, why_called(symbol)),
                    _ => path,
                };
                let arguments = vec![Value::further("whoever calls it decides it")];
                self.run_later(Callback { function, arguments, path, writes: Writes::Possible });
            }
        }
        Ok(())
    }

    fn hand_out(&mut self, symbol: &str, arguments: &[Value]) -> Eval<()> {
        let why: Arc<str> = "a library's function may change it".into();
        let is_nodes_own = is_of_node(symbol);
        for argument in arguments {
            if !runs_later(symbol) {
                for function in self.functions_in(argument) {
                    self.call_perhaps(&function, &why)?;
                }
            }
            if !is_nodes_own {
                self.blur(argument, &why);
            }
        }
        Ok(())
    }

    fn functions_in(&self, value: &Value) -> Vec<Value> {
        if self.heap.is_function(value) {
            return vec![value.clone()];
        }
        let Some(id) = value.as_object() else { return Vec::new() };
        let object = self.heap.object(id);
        let elements: &[Value] = match &object.class {
            Class::Array(elements) => elements,
            _ => &[],
        };
        let own = object.properties.iter().filter_map(|(_, property)| match &property.slot {
            super::super::heap::Slot::Value(value) => Some(value),
            super::super::heap::Slot::Accessor { .. } => None,
        });
        elements.iter().chain(own).filter(|value| self.heap.is_function(value)).cloned().collect()
    }
}

/// What a library's function makes, as far as its name goes.
pub(super) fn made_by(symbol: &str) -> Value {
    if symbol.len() > MAX_SYMBOL {
        return Value::unknown("it comes from deep inside a library");
    }
    Value::symbol(format!("{symbol}()"), Nature::Anything)
}

/// A library's member.
pub(super) fn member_of(symbol: &str, key: &str) -> Value {
    if symbol.len() > MAX_SYMBOL {
        return Value::unknown("it comes from deep inside a library");
    }
    let nature = if symbol == "process" { Nature::Object } else { Nature::Anything };
    if key == "default" && !symbol.ends_with(')') && !symbol.contains("().") {
        return Value::symbol(symbol, nature);
    }
    Value::symbol(format!("{symbol}.{key}"), nature)
}

/// Whether a function is Node's own: none of them changes an object that it is given.
pub(super) fn is_of_node(symbol: &str) -> bool {
    let module = symbol.split(['.', '/', '(']).next().unwrap_or_default();
    NODE_MODULES.contains(&module) || is_global(module)
}

/// Whether a function of Node runs what it is given only when the present code is over.
fn runs_later(symbol: &str) -> bool {
    is_of_node(symbol) && !symbol.ends_with("Sync") && symbol != "require"
}

/// Whether a builtin function or method takes whatever it is given.
fn never_throws(function: &str) -> bool {
    let namespace = function.split('.').next().unwrap_or_default();
    matches!(namespace, "console" | "Math" | "Number" | "String" | "Boolean" | "parseInt" | "parseFloat" | "isNaN")
        || matches!(function, "Array.isArray" | "Object.is" | "push" | "unshift" | "includes" | "indexOf" | "concat")
}

const NODE_MODULES: [&str; 22] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "crypto",
    "dns",
    "events",
    "fs",
    "http",
    "https",
    "module",
    "net",
    "os",
    "path",
    "process",
    "querystring",
    "stream",
    "url",
    "util",
    "worker_threads",
    "zlib",
];

const MAX_SYMBOL: usize = 160;
