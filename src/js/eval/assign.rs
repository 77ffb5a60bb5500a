//! Assignments.

use std::sync::Arc;

use super::super::heap::{Class, Slot};
use super::super::ir::{Binary, ExprId, Logical, Pattern, PatternId};
use super::super::value::{ObjectId, Origin, Value};
use super::expr::goes_right;
use super::{Activation, Eval, Interpreter, Language};

impl Interpreter<'_> {
    pub(super) fn assign_expr(&mut self, at: &mut Activation<'_>, target: PatternId, value: ExprId) -> Eval {
        let value = self.eval(at, value)?;
        self.assign_pattern(at, target, value.clone())?;
        Ok(value)
    }

    pub(super) fn assign_binary(
        &mut self,
        at: &mut Activation<'_>,
        operator: Binary,
        target: PatternId,
        value: ExprId,
    ) -> Eval {
        let left = self.read_target(at, target)?;
        let right = self.eval(at, value)?;
        let result = self.binary(operator, &left, &right).or_origin(at.origin(value));
        self.assign_pattern(at, target, result.clone())?;
        Ok(result)
    }

    pub(super) fn assign_logical(
        &mut self,
        at: &mut Activation<'_>,
        operator: Logical,
        target: PatternId,
        value: ExprId,
    ) -> Eval {
        let left = self.read_target(at, target)?;
        let place = super::loops::pattern_place(at, target).unwrap_or_else(|| at.origin(value));
        let wanted = goes_right(operator, &left);
        self.either(
            at,
            place,
            &left.clone(),
            wanted,
            operator != Logical::Or,
            |run, at| run.assign_expr(at, target, value),
            |_, _| Ok(left),
        )
    }

    pub(super) fn update(&mut self, at: &mut Activation<'_>, increment: bool, prefix: bool, target: PatternId) -> Eval {
        let old = self.read_target(at, target)?;
        let old = self.unary_value(super::super::ir::Unary::Plus, old);
        let step = if increment { Binary::Add } else { Binary::Subtract };
        let new = self.binary(step, &old, &Value::number(1.0));
        self.assign_pattern(at, target, new.clone())?;
        Ok(if prefix { new } else { old })
    }

    fn read_target(&mut self, at: &mut Activation<'_>, target: PatternId) -> Eval {
        match &at.ir.patterns[target.index()] {
            Pattern::Name(binding) => self.name(at, *binding),
            Pattern::Member(expr) => self.eval(at, *expr),
            Pattern::Global(name) => {
                Ok(self.globals.get(name).cloned().unwrap_or_else(|| Value::unknown(format!("`{name}`"))))
            }
            _ => Ok(Value::unknown("a pattern is no value")),
        }
    }

    pub(super) fn set_global(&mut self, at: &Activation<'_>, name: &Arc<str>, value: Value) {
        if &**name == "exports" && self.instances[at.module.0 as usize].language == Language::Json {
            return;
        }
        self.globals.insert(name.clone(), value);
    }

    /// `target[key] = value`
    pub(super) fn put(
        &mut self,
        at: &Activation<'_>,
        target: &Value,
        key: Arc<str>,
        value: Value,
        key_origin: Option<Origin>,
    ) -> Eval<()> {
        let choices = target.clone().into_choices();
        if choices.len() > 1 {
            for choice in choices {
                self.maybe("one of several objects is written", |run| {
                    run.put(at, &choice, key.clone(), value.clone(), key_origin)
                })?;
            }
            return Ok(());
        }
        match target.as_object() {
            Some(id) => self.put_own(at, id, target, key, value, key_origin),
            None => {
                if let Some(symbol) = target.as_symbol() {
                    self.put_on_symbol(&symbol.clone(), &key, value);
                }
                Ok(())
            }
        }
    }

    fn put_own(
        &mut self,
        at: &Activation<'_>,
        id: ObjectId,
        target: &Value,
        key: Arc<str>,
        value: Value,
        key_origin: Option<Origin>,
    ) -> Eval<()> {
        if let Some(setter) = self.setter(id, &key) {
            let site = key_origin.unwrap_or(Origin { module: at.module, span: Default::default() });
            self.invoke(setter, target.clone(), vec![value], site, at.function.as_ref(), false)?;
            return Ok(());
        }
        match &self.heap.object(id).class {
            Class::Array(_) => self.put_element(id, &key, value),
            Class::Environment => {
                let text = self.to_string(&value);
                self.heap.set(id, key, text, key_origin);
            }
            _ => self.heap.set(id, key, value, key_origin),
        }
        Ok(())
    }

    fn setter(&self, id: ObjectId, key: &str) -> Option<Value> {
        let mut next = Some(id);
        while let Some(id) = next {
            let object = self.heap.object(id);
            match object.properties.get(key).map(|property| &property.slot) {
                Some(Slot::Accessor { set, .. }) => return set.clone(),
                Some(Slot::Value(_)) => return None,
                None => next = object.prototype,
            }
        }
        None
    }

    fn put_element(&mut self, id: ObjectId, key: &str, value: Value) {
        let position = super::super::heap::array_index(key);
        if key == "length" {
            let length = value.as_number().filter(|length| *length >= 0.0 && *length <= MAX_ELEMENTS as f64);
            match length {
                Some(length) => self.heap.change(id, |class| {
                    if let Class::Array(elements) = class {
                        elements.resize(length as usize, Value::undefined());
                    }
                }),
                None => self.heap.open(id, "the length is not known".into()),
            }
            return;
        }
        match position.map(|position| position as usize).filter(|position| *position < MAX_ELEMENTS) {
            Some(position) => self.heap.change(id, |class| {
                if let Class::Array(elements) = class {
                    if elements.len() <= position {
                        elements.resize(position + 1, Value::undefined());
                    }
                    elements[position] = value;
                }
            }),
            None => self.heap.set(id, key, value, None),
        }
    }
}

/// Longest array that is followed element by element.
pub(super) const MAX_ELEMENTS: usize = 100_000;
