//! Calls: to functions of the program, to builtins, and out of the program.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{Argument, Expr, ExprId, Key};
use super::super::value::{Kind, Nature, Origin, Value};
use super::{Abrupt, Activation, Call, Callback, Code, Eval, Interpreter, Reach, Reaction, Writes};

impl Interpreter<'_> {
    pub(super) fn call(
        &mut self,
        at: &mut Activation<'_>,
        id: ExprId,
        callee: ExprId,
        arguments: &[Argument],
        optional: bool,
        awaited: bool,
    ) -> Eval {
        let site = at.origin(id);
        if matches!(at.ir.exprs[callee.index()], Expr::Super) {
            let arguments = self.arguments(at, arguments)?;
            return self.call_super(at, arguments, site);
        }
        let (callee, this, method) = self.callee(at, callee)?;
        if optional && callee.is_nullish() == Some(true) && method.is_none() {
            return Err(Abrupt::Short);
        }
        let arguments = self.arguments(at, arguments)?;
        let function = at.function.clone();
        if let Some(name) = method {
            if let Some(value) = self.call_method(&this, &name, &arguments, site, function.as_ref())? {
                return Ok(value.tainted(this.taint));
            }
        }
        self.invoke(callee, this, arguments, site, function.as_ref(), awaited)
    }

    /// The callee, its `this`, and the method's name where the receiver's own kind may have it built in.
    fn callee(&mut self, at: &mut Activation<'_>, callee: ExprId) -> Eval<(Value, Value, Option<Arc<str>>)> {
        let ir = at.ir;
        let Expr::Member { object, key, optional } = &ir.exprs[callee.index()] else {
            return Ok((self.eval(at, callee)?, Value::undefined(), None));
        };
        let is_super = matches!(ir.exprs[object.index()], Expr::Super);
        let object = self.eval(at, *object)?;
        if *optional && object.is_nullish() == Some(true) {
            return Err(Abrupt::Short);
        }
        let Some(name) = self.computed_key(at, key)? else {
            return Ok((Value::unknown("which method is called is not known"), object, None));
        };
        let value = self.get(&object, &name)?;
        let this = if is_super && object.as_symbol().is_none() { at.this.clone() } else { object };
        let built_in = matches!(value.kind, Kind::Undefined | Kind::Unknown(_)).then_some(name);
        Ok((value, this, built_in))
    }

    fn computed_key(&mut self, at: &mut Activation<'_>, key: &Key) -> Eval<Option<Arc<str>>> {
        self.key(at, key)
    }

    pub(super) fn arguments(&mut self, at: &mut Activation<'_>, arguments: &[Argument]) -> Eval<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.eval(at, argument.value)?;
            if argument.spread {
                values.extend(self.iterate(&value).0);
            } else {
                values.push(value);
            }
        }
        Ok(values)
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
                    self.waits += 1;
                    let result = self.invoke(next, Value::undefined(), vec![value], site, function, awaited)?;
                    self.depends_on(self.promised.get(&promise).copied(), &result);
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
                Class::Constructor { .. } => self.construct(callee.clone(), arguments, site, function),
                Class::Derived(inner) => self.invoke(inner, this, arguments, site, function, awaited),
                _ => Ok(Value::unknown("the callee is no function").at(site)),
            },
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => {
                self.invoke_any(callee.clone().into_choices(), this, arguments, site, function, awaited)
            }
            Kind::Unknown(unknown) => match unknown.symbol.clone() {
                Some(symbol) => self.call_symbol(&symbol, &callee, this, arguments, site, function, awaited),
                None => self.call_opaque(&callee, arguments, site),
            },
            _ => self.call_opaque(&callee, arguments, site),
        }
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
                results.extend(self.maybe("which function is called is not known", |run| {
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
        if let Some(value) = self.call_builtin(symbol, &arguments, site, function)? {
            return Ok(value);
        }
        let receiver = if symbol.ends_with("()") && this.is_undefined() { callee } else { &this };
        let (seen_at, seen_in) = self.as_the_program_sees(site, function, callee);
        let reaction = self.ask_host(symbol, receiver, &arguments, seen_at, seen_in.as_ref(), awaited);
        if reaction.callbacks.is_none() && !self.is_model(site.module) {
            self.escape(&arguments);
        }
        self.react(reaction, symbol, callee, seen_at)
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
        self.clock += 1;
        let (path, order, waits) = (self.path, self.clock, self.waits);
        let code = Code(&self.instances);
        let call = Call { symbol, receiver, arguments, site, function, awaited, path, order, waits, code };
        let reaction = self.host.call(&self.heap, &call);
        self.answer_by(symbol);
        arguments.iter().for_each(|argument| self.answer_for(argument));
        reaction
    }

    pub(super) fn react(&mut self, reaction: Reaction, symbol: &str, callee: &Value, site: Origin) -> Eval {
        for callback in reaction.callbacks.into_iter().flatten() {
            self.run_later(callback);
        }
        if reaction.exits {
            return Err(Abrupt::Exit);
        }
        let result = reaction.result.unwrap_or_else(|| made_by(symbol));
        Ok(result.tainted(callee.taint).or_origin(site))
    }

    /// A call of something that is not known at all: the functions among its arguments may run.
    fn call_opaque(&mut self, callee: &Value, arguments: Vec<Value>, site: Origin) -> Eval {
        self.opaque_calls += 1;
        self.answer_by("");
        arguments.iter().for_each(|argument| self.answer_for(argument));
        self.escape(&arguments);
        let why = callee.why().cloned().unwrap_or_else(|| "the callee is not known".into());
        Ok(Value::unknown(why).at(site).tainted(callee.taint))
    }

    /// Functions handed out of the program, directly or in an object, may be run by whoever got them.
    fn escape(&mut self, arguments: &[Value]) {
        for argument in arguments {
            for function in self.functions_in(argument) {
                let mut path = self.path;
                path.reach = path.reach.min(Reach::Maybe);
                self.run_later(Callback { function, arguments: Vec::new(), path, writes: Writes::Possible });
            }
        }
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

const MAX_SYMBOL: usize = 160;
