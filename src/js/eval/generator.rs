//! Generators. Where values must be exact, the body is run to its end when the first value is asked for.

use super::super::heap::{Class, Closure};
use super::super::ir::ExprId;
use super::super::value::{Nature, ObjectId, Value};
use super::{Abrupt, Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// What a call of a generator function gives. In a program that is explored the body is run once, maybe; what it
    /// yields is not followed.
    pub(super) fn generator(&mut self, closure: &Closure, this: Value, arguments: Vec<Value>) -> Eval {
        let ir = self.instances[closure.module.0 as usize].ir.clone();
        let function = &ir[closure.function];
        if self.is_exact() && !function.is_async {
            let generator = Class::Generator { closure: closure.clone(), this, arguments };
            return Ok(Value::object(self.heap.allocate(generator, None)));
        }
        if self.may_run(closure) {
            let place = super::Origin { module: closure.module, span: function.span };
            let outer = self.yielded.take();
            let result = self.maybe(place, "how far a generator is run", |run| {
                run.run_function(&ir, function, closure, this, arguments)
            });
            self.yielded = outer;
            result?;
        }
        Ok(Value::unknown_of(Nature::Object, UNFOLLOWED))
    }

    /// Makes an iterator of a generator whose body has not begun. Node runs the body piece by piece, and others may look in
    /// between at what it writes: only one that writes nothing but its own can be run at once.
    pub(super) fn begin_generator(&mut self, id: ObjectId) -> Eval<()> {
        let Class::Generator { closure, this, arguments } = self.heap.object(id).class.clone() else { return Ok(()) };
        if !self.may_run(&closure) {
            return Err(Abrupt::Spent);
        }
        let ir = self.instances[closure.module.0 as usize].ir.clone();
        let function = &ir[closure.function];
        self.heap.change(id, |class| *class = Class::Iterator(Vec::new()));
        let mark = self.heap.watch();
        let list = self.heap.allocate(Class::Array(Vec::new()), None);
        let outer = self.yielded.replace(list);
        let result = self.run_function(&ir, function, &closure, this, arguments);
        self.yielded = outer;
        let values = self.iterate(&Value::object(list));
        let writes = self.heap.take_back(mark);
        let (values, open) = match (result, values?) {
            (Err(Abrupt::Spent), _) => return Err(Abrupt::Spent),
            (Ok(last), given) if writes.is_empty() && last.is_undefined() => given,
            (Err(Abrupt::Suspended), (values, _)) if writes.is_empty() => (values, Some(UNFOLLOWED.into())),
            _ => {
                self.heap.merge(writes, &UNFOLLOWED.into());
                self.throw_perhaps(UNFOLLOWED);
                (Vec::new(), Some(UNFOLLOWED.into()))
            }
        };
        self.heap.change(id, |class| *class = Class::Iterator(values));
        self.opened(Value::object(id), open);
        Ok(())
    }

    /// `yield value` and `yield* value`. A generator that goes on and on is left where it has yielded enough.
    pub(super) fn yield_value(&mut self, at: &mut Activation<'_>, value: Option<ExprId>, delegates: bool) -> Eval {
        let value = match value {
            Some(value) => self.eval(at, value)?,
            None => Value::undefined(),
        };
        if let Some(list) = self.yielded {
            let (values, further) = if delegates { self.iterate(&value)? } else { (vec![value], None) };
            self.append(list, &values, further.as_ref());
            if self.heap.array(list).len() > MOST_YIELDED {
                return Err(Abrupt::Suspended);
            }
        }
        Ok(Value::unknown("the value that `yield` gets"))
    }
}

/// Values after which a generator is left.
const MOST_YIELDED: usize = 1_000;

/// Why what a generator yields is not known.
const UNFOLLOWED: &str = "what a generator yields";
