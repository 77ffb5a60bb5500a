//! Promises: what follows them runs behind the present code.

use super::super::super::heap::Class;
use super::super::super::value::{Origin, Value};
use super::super::attempt::AttemptId;
use super::super::doubt::FAILS;
use super::super::function::is_endless;
use super::super::{Abrupt, Callback, Eval, Interpreter, Writes};
use super::Given;

impl Interpreter<'_> {
    /// `then`, `catch`, `finally` of a promise whose value is `value`, if it is settled.
    pub(super) fn promise_method(
        &mut self,
        this: &Value,
        value: Option<Value>,
        name: &str,
        given: &Given<'_>,
    ) -> Eval<Option<Value>> {
        if self.is_exact() && matches!(name, "then" | "catch" | "finally") {
            // What follows runs when values have been read.
            return Ok(Some(self.promise(None)));
        }
        let (arguments, site) = (given.all(), given.site);
        let settled = match &value {
            Some(value) => self.settled(value.clone()),
            None => Value::unknown("a promise that is settled later"),
        };
        match name {
            "then" | "catch" | "finally" if is_endless(&settled) => Ok(Some(settled)),
            "then" => match arguments.get(1).filter(|rejected| !rejected.is_undefined()) {
                None => Ok(Some(self.then(Some(this), arguments.first(), awaited(this, settled), site))),
                Some(rejected) => {
                    let (attempt, result) = self.attempt_promise(Some(site), |run| {
                        run.depends_on(run.path.attempt, this);
                        run.then(None, arguments.first(), awaited(this, settled), site)
                    });
                    self.reject_to(attempt, rejected, site);
                    Ok(Some(result))
                }
            },
            "finally" => {
                if let Some(next) = arguments.first() {
                    let callback = Callback {
                        function: next.clone(),
                        arguments: Vec::new(),
                        path: self.path,
                        writes: Writes::Stand,
                    };
                    self.run_soon(callback);
                }
                Ok(Some(if this.as_object().is_some() { this.clone() } else { settled }))
            }
            "catch" => {
                if let Some(handler) = arguments.first() {
                    match self.attempt_of(this) {
                        Some(attempt) => self.reject_to(attempt, handler, site),
                        None => self.follow_failure(handler, site),
                    }
                }
                Ok(Some(self.same_promise(settled)))
            }
            _ => self.object_method(this, name, given),
        }
    }

    /// What `catch` gives: a promise of the same value. A library's own may be more than a promise.
    fn same_promise(&mut self, settled: Value) -> Value {
        if settled.is_unknown() { settled } else { self.promise(Some(settled)) }
    }

    /// `promise.then(next)`: the promise of what `next` will return. It fails with `promise`, if given.
    fn then(&mut self, promise: Option<&Value>, next: Option<&Value>, settled: Value, site: Origin) -> Value {
        let Some(next) = next.filter(|next| self.heap.is_function(next)).cloned() else { return settled };
        let waits = self.waits_behind(promise.unwrap_or(&settled));
        let result = self.heap.allocate(Class::Promise(None), None);
        let class = Class::Continuation { promise: result, next, value: settled };
        let function = Value::object(self.heap.allocate(class, None));
        let (attempt, ()) = self.attempt_promise(Some(site), |run| {
            let path = run.path;
            promise.into_iter().for_each(|promise| run.depends_on(path.attempt, promise));
            run.run_soon(Callback { function, arguments: Vec::new(), path, writes: Writes::Stand });
        });
        let result = Value::object(result);
        self.attempts.wait_for(Some(attempt), waits);
        self.promises(&result, attempt);
        result
    }

    /// `handler` is called when `attempt` fails.
    fn reject_to(&mut self, attempt: AttemptId, handler: &Value, site: Origin) {
        self.rescue(attempt, |run| run.follow_failure(handler, site));
        if !self.heap.is_function(handler) && handler.as_symbol().is_none() {
            self.answer(attempt);
        }
    }

    /// The handler that is given at `site` runs if a promise is rejected.
    fn follow_failure(&mut self, handler: &Value, site: Origin) {
        let path = self.maybe_from(self.path, site, FAILS);
        let arguments = vec![Value::unknown("why a promise was rejected")];
        self.run_soon(Callback { function: handler.clone(), arguments, path, writes: Writes::Possible });
    }

    /// `new Promise((resolve, reject) => ...)`
    pub(super) fn new_promise(&mut self, executor: &Value, site: Origin) -> Eval {
        let promise = self.heap.allocate(Class::Promise(None), None);
        let resolve = Value::object(self.heap.allocate(Class::Settle(promise), None));
        let reject = Value::symbol("reject", super::super::super::value::Nature::Object);
        match self.invoke(executor.clone(), Value::undefined(), vec![resolve, reject], site, None, false) {
            Ok(_) => Ok(Value::object(promise)),
            Err(Abrupt::Throw(_)) if self.is_exact() => Ok(Value::object(promise)),
            Err(other) => Err(other),
        }
    }

    /// `Promise.all` and its kin: the values of all.
    pub(super) fn all(&mut self, list: &Value) -> Value {
        let Ok((promises, more)) = self.iterate(list) else { return self.promise(None) };
        let (attempt, ()) = self.attempt_promise(None, |run| {
            promises.iter().for_each(|promise| run.depends_on(run.path.attempt, promise));
        });
        let waits = promises.iter().flat_map(|promise| self.waits_behind(promise)).collect();
        self.attempts.wait_for(Some(attempt), waits);
        let values: Vec<Value> = promises.into_iter().map(|promise| self.settled(promise)).collect();
        let array = self.array(values);
        if let (Some(why), Some(id)) = (more, array.as_object()) {
            self.heap.open(id, why);
        }
        let promise = self.promise(Some(array));
        self.promises(&promise, attempt);
        promise
    }
}

/// What a continuation is given: `settled`, or what `promise` has come to when it runs.
fn awaited(promise: &Value, settled: Value) -> Value {
    if promise.as_object().is_some() { promise.clone() } else { settled }
}
