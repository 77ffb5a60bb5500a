//! Promises: what follows them runs behind the present code.

use super::super::super::heap::Class;
use super::super::super::value::{Origin, Value};
use super::super::{Abrupt, Callback, Eval, Interpreter, Reach, Writes};

impl Interpreter<'_> {
    /// `then`, `catch`, `finally` of a promise whose value is `value`, if it is settled.
    pub(super) fn promise_method(
        &mut self,
        value: Option<Value>,
        name: &str,
        arguments: &[Value],
    ) -> Eval<Option<Value>> {
        if self.is_exact() && matches!(name, "then" | "catch" | "finally") {
            // What follows runs when values have been read.
            return Ok(Some(self.promise(None)));
        }
        let settled = match &value {
            Some(value) => self.settled(value.clone()),
            None => Value::unknown("a promise that is settled later"),
        };
        match name {
            "then" => {
                if let Some(rejected) = arguments.get(1) {
                    self.follow(
                        rejected,
                        vec![Value::unknown("why a promise was rejected")],
                        Reach::Maybe,
                        Writes::Possible,
                    );
                }
                let Some(next) = arguments.first().filter(|next| self.heap.is_function(next)) else {
                    return Ok(Some(settled));
                };
                let next = next.clone();
                Ok(Some(self.then(next, settled)))
            }
            "finally" => {
                if let Some(next) = arguments.first() {
                    self.follow(next, Vec::new(), Reach::Yes, Writes::Stand);
                }
                Ok(Some(settled))
            }
            "catch" => {
                if let Some(handler) = arguments.first() {
                    self.follow(
                        handler,
                        vec![Value::unknown("why a promise was rejected")],
                        Reach::Maybe,
                        Writes::Possible,
                    );
                }
                Ok(Some(settled))
            }
            _ => Ok(None),
        }
    }

    /// `promise.then(next)`: the promise of what `next` will return.
    fn then(&mut self, next: Value, settled: Value) -> Value {
        let promise = self.heap.allocate(Class::Promise(None), None);
        let path = self.path;
        let class = Class::Continuation { promise, next, value: settled };
        let continuation = Value::object(self.heap.allocate(class, None));
        self.run_soon(Callback { function: continuation, arguments: Vec::new(), path, writes: Writes::Stand });
        Value::object(promise)
    }

    fn follow(&mut self, function: &Value, arguments: Vec<Value>, reach: Reach, writes: Writes) {
        let mut path = self.path;
        path.reach = path.reach.min(reach);
        self.run_soon(Callback { function: function.clone(), arguments, path, writes });
    }

    /// `new Promise((resolve, reject) => ...)`
    pub(super) fn new_promise(&mut self, executor: &Value, site: Origin) -> Eval {
        let promise = self.heap.allocate(Class::Promise(None), None);
        let resolve = Value::object(self.heap.allocate(Class::Settle(promise), None));
        let reject = Value::symbol("reject", super::super::super::value::Nature::Object);
        match self.invoke(executor.clone(), Value::undefined(), vec![resolve, reject], site, None, false) {
            Ok(_) | Err(Abrupt::Throw(_)) => Ok(Value::object(promise)),
            Err(other) => Err(other),
        }
    }

    /// `Promise.all` and its kin: the values of all.
    pub(super) fn all(&mut self, list: &Value) -> Value {
        let Ok((promises, more)) = self.iterate(list) else { return self.promise(None) };
        let values: Vec<Value> = promises.into_iter().map(|promise| self.settled(promise)).collect();
        let array = self.array(values);
        if let (Some(why), Some(id)) = (more, array.as_object()) {
            self.heap.open(id, why);
        }
        self.promise(Some(array))
    }
}
