//! Destructuring.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{ArrayPattern, Expr, ExprId, ObjectPattern, Pattern, PatternId};
use super::super::value::{Kind, Nature, Value};
use super::literal::key_origin;
use super::{Activation, Eval, Interpreter};

impl Interpreter<'_> {
    /// Gives `value` to the names and places of a pattern.
    pub(super) fn assign_pattern(&mut self, at: &mut Activation<'_>, pattern: PatternId, value: Value) -> Eval<()> {
        let ir = at.ir;
        match &ir[pattern] {
            Pattern::Name(binding) => self.initialise(at, *binding, value),
            Pattern::Global(name) => self.set_global(at, *name, value),
            Pattern::Member(expr) => self.assign_member(at, *expr, value)?,
            Pattern::Object(_) if value.is_nullish() == Some(true) => {
                let value = self.fail("TypeError", "Cannot destructure what is undefined or null", value.taint)?;
                return self.assign_pattern(at, pattern, value);
            }
            Pattern::Object(object) => {
                if let (Some(why), None) = (value.why(), value.as_symbol()) {
                    self.throw_perhaps(why);
                }
                self.assign_object(at, object, &value)?;
            }
            Pattern::Array(array) => self.assign_array(at, array, &value)?,
            Pattern::Default { pattern, value: default } => {
                let value = self.or_default(at, value, *default)?;
                self.assign_pattern(at, *pattern, value)?;
            }
        }
        Ok(())
    }

    fn or_default(&mut self, at: &mut Activation<'_>, value: Value, default: ExprId) -> Eval {
        let missing = match &value.kind {
            Kind::Undefined => Some(true),
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => return self.default_any(at, value, default),
            Kind::Unknown(unknown) if unknown.nature == Nature::Anything && unknown.symbol.is_none() => None,
            _ => Some(false),
        };
        let place = at.origin(default);
        self.either(at, place, &value.clone(), missing, true, |run, at| run.eval(at, default), |_, _| Ok(value))
    }

    /// The default takes the place of those of several values that are `undefined`.
    fn default_any(&mut self, at: &mut Activation<'_>, value: Value, default: ExprId) -> Eval {
        let why = value.why().cloned().unwrap_or_default();
        let (missing, given): (Vec<Value>, Vec<Value>) =
            value.into_choices().into_iter().partition(Value::is_undefined);
        if missing.is_empty() {
            return Ok(Value::one_of(given, &why));
        }
        let (place, undecided) = (at.origin(default), Value::unknown(why.clone()));
        let given = Value::one_of(given, &why);
        self.either(at, place, &undecided, None, true, |run, at| run.eval(at, default), |_, _| Ok(given))
    }

    fn assign_object(&mut self, at: &mut Activation<'_>, pattern: &ObjectPattern, value: &Value) -> Eval<()> {
        let mut taken: Vec<Arc<str>> = Vec::new();
        for (key, target) in &pattern.properties {
            let part = match self.key(at, *key)? {
                Some(key) => {
                    let part = self.get(value, &key)?;
                    taken.push(key);
                    part
                }
                None => Value::unknown("which property is taken is not known"),
            };
            self.assign_pattern(at, *target, part)?;
        }
        if let Some(rest) = pattern.rest {
            let rest_value = self.without(value, &taken)?;
            self.assign_pattern(at, rest, rest_value)?;
        }
        Ok(())
    }

    /// A copy of an object's own properties but those `taken`.
    fn without(&mut self, value: &Value, taken: &[Arc<str>]) -> Eval {
        let copy = self.heap.allocate(Class::Plain, None);
        self.spread_into(copy, value)?;
        for key in taken {
            self.heap.remove(copy, key);
        }
        Ok(Value::object(copy).tainted(value.taint))
    }

    fn assign_array(&mut self, at: &mut Activation<'_>, pattern: &ArrayPattern, value: &Value) -> Eval<()> {
        let (known, more) = self.iterate(value)?;
        let mut known = known.into_iter();
        for target in &pattern.elements {
            let part = known.next().unwrap_or_else(|| match &more {
                Some(why) => Value::unknown(why.clone()),
                None => Value::undefined(),
            });
            if let Some(target) = target {
                self.assign_pattern(at, *target, part.tainted(value.taint))?;
            }
        }
        if let Some(rest) = pattern.rest {
            let array = self.array(known.collect());
            if let (Some(why), Some(id)) = (more, array.as_object()) {
                self.heap.open(id, why);
            }
            self.assign_pattern(at, rest, array)?;
        }
        Ok(())
    }

    /// `object.key = value`
    pub(super) fn assign_member(&mut self, at: &mut Activation<'_>, member: ExprId, value: Value) -> Eval<()> {
        let ir = at.ir;
        let member = match ir[member] {
            Expr::Chain(inner) => inner,
            _ => member,
        };
        let Expr::Member { object, key, .. } = ir[member] else { return Ok(()) };
        let target = self.eval(at, object)?;
        let key_origin = Some(key_origin(at, key));
        match self.key(at, key)? {
            Some(key) => self.put(at, &target, key, value, key_origin),
            None => {
                self.uses_entry(at, &target, key, true);
                let why: Arc<str> = "a property is set whose name is not known".into();
                for id in target.clone().into_choices().iter().filter_map(Value::as_object) {
                    self.blur_properties(id, &value, &why);
                }
                Ok(())
            }
        }
    }
}
