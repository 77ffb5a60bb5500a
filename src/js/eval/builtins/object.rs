//! `Object` and its functions.

use super::super::super::heap::{Class, Property, Slot};
use super::super::super::value::{Nature, Value};
use super::super::{Eval, Interpreter};
use super::decided;

impl Interpreter<'_> {
    pub(super) fn object_function(&mut self, name: &str, arguments: &[Value]) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        let taint = first.taint;
        let result = match name {
            "keys" | "getOwnPropertyNames" => {
                let (keys, more) = self.keys(&first);
                let array = self.array(keys.into_iter().map(Value::string).collect());
                self.open_with(array, more)
            }
            "values" | "entries" => {
                let more = match first.as_object() {
                    Some(id) => self.openness(id),
                    None => first.why().cloned(),
                };
                let own = match first.as_object() {
                    Some(id) => self.own_properties(id)?,
                    None => Vec::new(),
                };
                let elements = own
                    .into_iter()
                    .map(|(key, value, _)| match name {
                        "values" => value,
                        _ => self.array(vec![Value::string(key), value]),
                    })
                    .collect();
                let array = self.array(elements);
                self.open_with(array, more)
            }
            "assign" => {
                let Some(target) = first.as_object() else { return Ok(Some(first)) };
                for source in arguments.iter().skip(1) {
                    self.spread_into(target, source)?;
                }
                first
            }
            "fromEntries" => {
                let id = self.heap.allocate(Class::Plain, None);
                let (pairs, more) = self.iterate(&first);
                for pair in pairs {
                    let (key, value) = (self.get(&pair, "0")?, self.get(&pair, "1")?);
                    match self.property_key(&key) {
                        Some(key) => self.heap.set(id, key, value, None),
                        None => self.heap.open(id, "a property's name is not known".into()),
                    }
                }
                if let Some(why) = more {
                    self.heap.open(id, why);
                }
                Value::object(id)
            }
            "freeze" | "seal" | "preventExtensions" => first,
            "create" => Value::object(self.heap.allocate(Class::Plain, first.as_object())),
            "getPrototypeOf" => match first.as_object().and_then(|id| self.heap.object(id).prototype) {
                Some(prototype) => Value::object(prototype),
                None => Value::unknown_of(Nature::Anything, "a prototype"),
            },
            "setPrototypeOf" => {
                if let (Some(id), Some(prototype)) = (first.as_object(), arguments.get(1)) {
                    self.heap.set_prototype(id, prototype.as_object());
                }
                first
            }
            "defineProperty" => {
                self.define_property(&first, arguments)?;
                first
            }
            "hasOwn" => {
                let key = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
                let key = self.property_key(&key);
                let outcome = key.and_then(|key| self.has_property(&first, &key, true));
                decided(outcome, "whether a property is there")
            }
            "is" => {
                let other = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
                let known = !first.is_unknown() && !other.is_unknown();
                decided(known.then(|| first.same(&other)), "whether two values are the same")
            }
            _ => return Ok(None),
        };
        Ok(Some(result.tainted(taint)))
    }

    fn open_with(&mut self, value: Value, why: Option<std::sync::Arc<str>>) -> Value {
        if let (Some(why), Some(id)) = (why, value.as_object()) {
            self.heap.open(id, why);
        }
        value
    }

    fn define_property(&mut self, target: &Value, arguments: &[Value]) -> Eval<()> {
        let (Some(id), Some(key), Some(descriptor)) = (target.as_object(), arguments.get(1), arguments.get(2)) else {
            return Ok(());
        };
        let Some(key) = self.property_key(key) else { return Ok(()) };
        let get = self.get(descriptor, "get")?;
        let set = self.get(descriptor, "set")?;
        let slot = if get.is_undefined() && set.is_undefined() {
            Slot::Value(self.get(descriptor, "value")?)
        } else {
            let given = |value: Value| (!value.is_undefined()).then_some(value);
            Slot::Accessor { get: given(get), set: given(set) }
        };
        let enumerable = self.get(descriptor, "enumerable")?.truthy().unwrap_or(true);
        self.heap.define(id, key, Property { slot, key_origin: None, enumerable });
        Ok(())
    }
}
