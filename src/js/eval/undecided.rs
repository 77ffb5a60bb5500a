//! Ways that may have been left: where it is not known whether a `return`, `break` or `throw` was reached, what follows
//! may or may not have happened.
//!
//! Only exact runs keep account of it. A program that is explored for its calls goes on as if nothing had been left,
//! with a lower [`Reach`](super::Reach).

use std::sync::Arc;

use super::super::heap::{Class, Mark, Slot};
use super::super::value::{ObjectId, Value};
use super::stmt::Flow;
use super::{Abrupt, Activation, Eval, Interpreter};

/// A way on which execution may have left the statements that are running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    Return,
    Break(Option<Arc<str>>),
    Continue(Option<Arc<str>>),
}

/// The points behind which everything only may have happened, innermost last.
pub(super) struct Doubts {
    seen: usize,
    marks: Vec<Mark>,
}

const WHY: &str = "it is not known how far execution comes";

impl Doubts {
    /// None yet.
    pub fn new(at: &Activation<'_>) -> Self {
        Self { seen: at.left.len(), marks: Vec::new() }
    }
}

impl Interpreter<'_> {
    /// Takes note that execution may have left before this point.
    pub(super) fn note_doubts(&mut self, at: &Activation<'_>, doubts: &mut Doubts) {
        if self.is_exact() && at.left.len() > doubts.seen {
            doubts.marks.push(self.heap.watch());
        }
        doubts.seen = at.left.len();
    }

    /// Ends doubtful statements: `flow` is how they ended if they ran at all.
    pub(super) fn end_doubts(&mut self, at: &mut Activation<'_>, doubts: Doubts, flow: Eval<Flow>) -> Eval<Flow> {
        if doubts.marks.is_empty() {
            return flow;
        }
        for mark in doubts.marks.into_iter().rev() {
            let writes = self.heap.take_back(mark);
            self.heap.merge(writes, &WHY.into());
        }
        match flow {
            Ok(flow) => {
                self.leave_perhaps(at, flow);
                Ok(Flow::Normal)
            }
            Err(Abrupt::Throw(_)) => {
                self.throw_perhaps(WHY);
                Ok(Flow::Normal)
            }
            Err(Abrupt::Suspended) => {
                self.leave_perhaps(at, Flow::Return(Value::unknown("a promise that is settled later")));
                Ok(Flow::Normal)
            }
            Err(other) => Err(other),
        }
    }

    /// Execution may have gone on with `flow` instead of here.
    pub(super) fn leave_perhaps(&mut self, at: &mut Activation<'_>, flow: Flow) {
        let leave = match flow {
            Flow::Normal => return,
            Flow::Return(value) => {
                at.returns.push(value);
                Leave::Return
            }
            Flow::Break(label) => Leave::Break(label),
            Flow::Continue(label) => Leave::Continue(label),
        };
        at.left.push(leave);
    }

    /// The innermost `try` block may have been left by an error.
    pub(super) fn throw_perhaps(&mut self, why: &str) {
        if self.is_exact() && self.tries > 0 {
            self.may_throw = Some(why.into());
        }
    }

    /// Runs `body` as often as nobody knows: until what it may have changed changes no more.
    pub(super) fn repeat<'m>(
        &mut self,
        at: &mut Activation<'m>,
        why: &Arc<str>,
        mut body: impl FnMut(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<()> {
        for _ in 0..MOST_PASSES {
            let mark = self.heap.watch();
            let flow = body(self, at);
            let writes = self.heap.take_back(mark);
            match flow {
                Ok(flow) => self.leave_perhaps(at, flow),
                Err(Abrupt::Throw(_)) => self.throw_perhaps(why),
                Err(other) => return Err(other),
            }
            if !self.heap.widen(writes, why) {
                return Ok(());
            }
        }
        Err(Abrupt::Spent)
    }

    /// A function that somebody else got may be called now, any number of times, with anything.
    pub(super) fn call_perhaps(&mut self, function: &Value, why: &Arc<str>) -> Eval<()> {
        let Some(id) = function.as_object() else { return Ok(()) };
        let arguments = vec![Value::further(why.clone())];
        let site = super::Origin { module: super::ModuleId(0), span: Default::default() };
        if !self.running.insert(id) {
            return Ok(());
        }
        let result = self.repeat_call(
            |run| run.invoke(function.clone(), Value::undefined(), arguments.clone(), site, None, false),
            why,
        );
        self.running.remove(&id);
        result
    }

    pub(super) fn repeat_call(&mut self, mut call: impl FnMut(&mut Self) -> Eval, why: &Arc<str>) -> Eval<()> {
        for _ in 0..MOST_PASSES {
            let mark = self.heap.watch();
            let result = call(self);
            let writes = self.heap.take_back(mark);
            match result {
                Ok(_) => {}
                Err(Abrupt::Throw(_)) => self.throw_perhaps(why),
                Err(other) => return Err(other),
            }
            if !self.heap.widen(writes, why) {
                return Ok(());
            }
        }
        Err(Abrupt::Spent)
    }

    /// Somebody may have changed the object, and all that it leads to.
    pub(super) fn blur(&mut self, value: &Value, why: &Arc<str>) {
        let mut pending: Vec<ObjectId> = value.clone().into_choices().iter().filter_map(Value::as_object).collect();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(id) = pending.pop() {
            if !seen.insert(id) || self.heap.is_function(&Value::object(id)) {
                continue;
            }
            pending.extend(self.held_by(id));
            self.blur_properties(id, &Value::unknown(why.clone()), why);
        }
    }

    /// Objects that an object holds.
    fn held_by(&self, id: ObjectId) -> Vec<ObjectId> {
        let object = self.heap.object(id);
        let own = object.properties.iter().filter_map(|(_, property)| match &property.slot {
            Slot::Value(value) => Some(value),
            Slot::Accessor { .. } => None,
        });
        let contents: Vec<&Value> = match &object.class {
            Class::Array(elements) | Class::Set(elements) => elements.iter().collect(),
            Class::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        own.chain(contents)
            .flat_map(|value| value.clone().into_choices())
            .filter_map(|value| value.as_object())
            .collect()
    }

    /// Every property, known or not, may have become `value`.
    pub(super) fn blur_properties(&mut self, id: ObjectId, value: &Value, why: &Arc<str>) {
        let object = self.heap.object(id);
        let own: Vec<_> = object.properties.iter().map(|(key, property)| (key.clone(), property.clone())).collect();
        for (key, mut property) in own {
            let old = match property.slot {
                Slot::Value(old) => old,
                Slot::Accessor { .. } => Value::unknown(why.clone()),
            };
            property.slot = Slot::Value(old.or(value.clone(), why));
            self.heap.define(id, key, property);
        }
        if let Class::Map(_) | Class::Set(_) | Class::Iterator(_) = self.heap.object(id).class {
            return self.heap.forget_contents(id, why);
        }
        self.heap.change(id, |class| {
            if let Class::Array(elements) = class {
                for element in elements {
                    *element = element.clone().filled().or(value.clone(), why);
                }
            }
        });
        self.heap.open(id, why.clone());
    }
}

/// Most passes over code that is run as often as nobody knows; each makes more unknown, so that few are enough.
const MOST_PASSES: usize = 12;
