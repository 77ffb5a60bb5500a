//! Assignments.

use std::sync::Arc;

use super::super::heap::{Class, Integrity, Slot, array_index};
use super::super::ir::{Binary, BindingKind, ExprId, Logical, Pattern, PatternId, TextId, Unary};
use super::super::value::{Kind, ModuleId, ObjectId, Origin, Taint, Value};
use super::expr::goes_right;
use super::{Activation, Eval, Interpreter, Language};

impl Interpreter<'_> {
    pub(super) fn assign_expr(&mut self, at: &mut Activation<'_>, target: PatternId, value: ExprId) -> Eval {
        let value = self.eval(at, value)?;
        self.assign(at, target, value.clone())?;
        Ok(value)
    }

    /// Assigns to names and places that are there already.
    fn assign(&mut self, at: &mut Activation<'_>, target: PatternId, value: Value) -> Eval<()> {
        if let Pattern::Name(binding) = at.ir[target] {
            let declared = &at.ir[binding];
            match declared.kind {
                BindingKind::Const | BindingKind::Import => {
                    let message = "Assignment to constant variable.";
                    return self.fail("TypeError", message, Taint::NONE).map(|_| ());
                }
                BindingKind::Let | BindingKind::Class => drop(self.name(at, binding)?),
                _ => {}
            }
        }
        self.assign_pattern(at, target, value)
    }

    pub(super) fn assign_binary(
        &mut self,
        at: &mut Activation<'_>,
        whole: ExprId,
        operator: Binary,
        target: PatternId,
        value: ExprId,
    ) -> Eval {
        let left = self.read_target(at, target)?;
        let right = self.eval(at, value)?;
        let result = self.binary(operator, &left, &right)?.or_origin(at.origin(whole));
        self.assign(at, target, result.clone())?;
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
            |run, _| Ok(run.narrowed(operator, left)),
        )
    }

    pub(super) fn update(&mut self, at: &mut Activation<'_>, increment: bool, prefix: bool, target: PatternId) -> Eval {
        let old = self.read_target(at, target)?;
        let old = self.unary_value(Unary::Plus, old)?;
        let step = if increment { Binary::Add } else { Binary::Subtract };
        let new = self.binary(step, &old, &Value::number(1.0))?;
        self.assign(at, target, new.clone())?;
        Ok(if prefix { new } else { old })
    }

    fn read_target(&mut self, at: &mut Activation<'_>, target: PatternId) -> Eval {
        match &at.ir[target] {
            Pattern::Name(binding) => self.name(at, *binding),
            Pattern::Member(expr) => self.eval(at, *expr),
            Pattern::Global(name) => self.global(at, *name),
            _ => Ok(Value::unknown("a pattern is no value")),
        }
    }

    pub(super) fn set_global(&mut self, at: &Activation<'_>, name: TextId, value: Value) {
        let instance = &mut self.instances[at.module.0 as usize];
        match &at.ir[name] {
            "exports" if instance.language != Language::Json => instance.exports = value,
            "exports" => {}
            _ => {
                let name = self.text(at.module, name);
                self.heap.set(self.globals, name, value, None);
            }
        }
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
            let place = key_origin.or(target.origin).unwrap_or(self.caller.site);
            for choice in choices {
                self.maybe(place, "one of several objects is written", |run| {
                    run.put(at, &choice, key.clone(), value.clone(), key_origin)
                })?;
            }
            return Ok(());
        }
        match &target.kind {
            Kind::Object(_) => self.put_own(at.strict, target, key, value, key_origin),
            Kind::Undefined | Kind::Null => {
                let message = format!("Cannot set properties of undefined or null (setting '{key}')");
                self.fail("TypeError", message, target.taint).map(|_| ())
            }
            _ => {
                if let Some(symbol) = target.as_symbol() {
                    self.put_on_symbol(&symbol.clone(), &key, value);
                }
                Ok(())
            }
        }
    }

    /// `target[key] = value` as `Object.assign` does it: what fails throws.
    pub(super) fn put_strictly(
        &mut self,
        target: &Value,
        key: Arc<str>,
        value: Value,
        key_origin: Option<Origin>,
    ) -> Eval<()> {
        self.put_own(true, target, key, value, key_origin)
    }

    fn put_own(
        &mut self,
        strict: bool,
        target: &Value,
        key: Arc<str>,
        value: Value,
        key_origin: Option<Origin>,
    ) -> Eval<()> {
        let Some(id) = target.as_object() else { return Ok(()) };
        if let Some(setter) = self.accessor(id, &key) {
            let Some(setter) = setter else { return self.refuse(strict, &key) };
            let site = key_origin.unwrap_or(Origin { module: ModuleId(0), span: Default::default() });
            self.invoke(setter, target.clone(), vec![value], site, None, false)?;
            return Ok(());
        }
        if !self.takes(id, &key) {
            return self.refuse(strict, &key);
        }
        match &self.heap.object(id).class {
            Class::Array(_) => self.put_element(id, &key, value)?,
            Class::Environment => {
                let text = self.to_string(&value);
                self.heap.set(id, key, text, key_origin);
            }
            _ => self.heap.set(id, key, value, key_origin),
        }
        Ok(())
    }

    fn refuse(&mut self, strict: bool, key: &str) -> Eval<()> {
        match strict {
            true => {
                self.fail("TypeError", format!("Cannot assign to read only property '{key}'"), Taint::NONE).map(|_| ())
            }
            false => Ok(()),
        }
    }

    /// Whether an object lets property `key` be set.
    fn takes(&self, id: ObjectId, key: &str) -> bool {
        let object = self.heap.object(id);
        let index = array_index(key).map(|index| index as usize);
        let is_element = index.is_some_and(|index| self.heap.array(id).get(index).is_some());
        match (object.integrity, object.properties.get(key)) {
            (Integrity::Frozen, _) => false,
            (_, Some(property)) => property.writable,
            (Integrity::Extensible, None) => self.is_writable_above(id, key),
            (_, None) => is_element,
        }
    }

    /// A read-only property of a prototype cannot be shadowed by assignment.
    fn is_writable_above(&self, id: ObjectId, key: &str) -> bool {
        let mut next = self.heap.object(id).prototype;
        while let Some(id) = next {
            if let Some(property) = self.heap.object(id).properties.get(key) {
                return property.writable && self.heap.object(id).integrity != Integrity::Frozen;
            }
            next = self.heap.object(id).prototype;
        }
        true
    }

    /// Whether assignment to an object does nothing but set properties.
    pub(super) fn has_plain_writes(&self, id: ObjectId) -> bool {
        matches!(self.heap.object(id).class, Class::Plain | Class::Closure(_))
    }

    /// `delete object[key]`
    pub(super) fn delete_property(&mut self, at: &Activation<'_>, object: &Value, key: &str) -> Eval {
        let Some(id) = object.as_object() else {
            return match object.is_nullish() {
                Some(true) => self.fail("TypeError", "Cannot convert undefined or null to object", object.taint),
                _ => Ok(Value::bool(true)),
            };
        };
        let target = self.heap.object(id);
        let is_there = target.properties.get(key).is_some() || array_index(key).is_some();
        if target.integrity >= Integrity::Sealed && is_there {
            self.refuse(at.strict, key)?;
            return Ok(Value::bool(false));
        }
        match (&target.class, array_index(key).map(|index| index as usize)) {
            (Class::Environment, _) => self.heap.set(id, key, Value::undefined(), None),
            (Class::Array(elements), Some(index)) if index < elements.len() => self.heap.change(id, |class| {
                if let Class::Array(elements) = class {
                    elements[index] = Value::new(Kind::Hole);
                }
            }),
            _ => self.heap.remove(id, key),
        }
        Ok(Value::bool(true))
    }

    /// The setter of an accessor that assignment to `key` meets; `None` within where it has none.
    fn accessor(&self, id: ObjectId, key: &str) -> Option<Option<Value>> {
        match self.find(id, key)? {
            Slot::Accessor { set, .. } => Some(set),
            Slot::Value(_) => None,
        }
    }

    fn put_element(&mut self, id: ObjectId, key: &str, value: Value) -> Eval<()> {
        let length = self.heap.array(id).len();
        if key == "length" {
            return self.set_length(id, &value);
        }
        let Some(position) = array_index(key).map(|position| position as usize) else {
            self.heap.set(id, key, value, None);
            return Ok(());
        };
        let object = self.heap.object(id);
        if position >= MAX_ELEMENTS || (object.open.is_some() && self.is_exact() && position >= object.firm) {
            self.heap.forget_contents(id, &"an element that is not known is set".into());
            return Ok(());
        }
        self.burn_for(position.saturating_sub(length) as u64)?;
        self.heap.change(id, |class| {
            if let Class::Array(elements) = class {
                if elements.len() <= position {
                    elements.resize(position + 1, Value::new(Kind::Hole));
                }
                elements[position] = value;
            }
        });
        Ok(())
    }

    fn set_length(&mut self, id: ObjectId, value: &Value) -> Eval<()> {
        let length = self.to_number(value);
        if length.is_some_and(|length| length < 0.0 || length.fract() != 0.0 || length.is_nan()) {
            return self.fail("RangeError", "Invalid array length", value.taint).map(|_| ());
        }
        let length = length.filter(|length| *length <= MAX_ELEMENTS as f64 && self.heap.object(id).open.is_none());
        let Some(length) = length else {
            self.heap.forget_contents(id, &"the length is not known".into());
            return Ok(());
        };
        self.burn_for(length as u64)?;
        self.heap.change(id, |class| {
            if let Class::Array(elements) = class {
                elements.resize(length as usize, Value::new(Kind::Hole));
            }
        });
        Ok(())
    }
}

/// Longest array that is followed element by element.
pub(super) const MAX_ELEMENTS: usize = 100_000;
