//! `Map` and `Set`.

use super::super::super::heap::Class;
use super::super::super::value::{ObjectId, Origin, Value};
use super::super::{Eval, Interpreter};
use super::decided;

impl Interpreter<'_> {
    pub(super) fn map_method(
        &mut self,
        id: ObjectId,
        entries: Vec<(Value, Value)>,
        name: &str,
        arguments: &[Value],
        site: Origin,
    ) -> Eval<Option<Value>> {
        let key = arguments.first().cloned().unwrap_or_else(Value::undefined);
        let known = !key.is_unknown() && self.heap.object(id).open.is_none();
        let found = entries.iter().position(|(own, _)| own.same(&key));
        Ok(Some(match name {
            "get" => match found {
                Some(index) => entries[index].1.clone(),
                None if known => Value::undefined(),
                None => Value::unknown("what a Map holds"),
            },
            "has" => decided(found.map(|_| true).or(known.then_some(false)), "what a Map holds"),
            "set" if key.is_unknown() => {
                self.heap.open(id, "a key is not known".into());
                Value::object(id)
            }
            "set" => {
                let value = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
                self.heap.change(id, |class| {
                    if let Class::Map(own) = class {
                        match found {
                            Some(index) => own[index].1 = value,
                            None => own.push((key, value)),
                        }
                    }
                });
                Value::object(id)
            }
            "delete" => {
                self.heap.change(id, |class| {
                    if let Class::Map(own) = class {
                        own.retain(|(own, _)| !own.same(&key));
                    }
                });
                decided(found.map(|_| true), "what a Map holds")
            }
            "clear" => {
                self.heap.change(id, |class| *class = Class::Map(Vec::new()));
                Value::undefined()
            }
            "keys" => self.array(entries.into_iter().map(|(key, _)| key).collect()),
            "values" => self.array(entries.into_iter().map(|(_, value)| value).collect()),
            "entries" => {
                let pairs = entries.into_iter().map(|(key, value)| self.array(vec![key, value])).collect();
                self.array(pairs)
            }
            "forEach" => {
                let Some(callback) = arguments.first().cloned() else { return Ok(None) };
                for (key, value) in entries {
                    self.invoke(callback.clone(), Value::undefined(), vec![value, key], site, None, false)?;
                }
                Value::undefined()
            }
            _ => return Ok(None),
        }))
    }

    pub(super) fn set_method(
        &mut self,
        id: ObjectId,
        elements: Vec<Value>,
        name: &str,
        arguments: &[Value],
        site: Origin,
    ) -> Eval<Option<Value>> {
        let element = arguments.first().cloned().unwrap_or_else(Value::undefined);
        let known = !element.is_unknown() && self.heap.object(id).open.is_none();
        let found = elements.iter().any(|own| own.same(&element));
        Ok(Some(match name {
            "has" => decided(found.then_some(true).or(known.then_some(false)), "what a Set holds"),
            "add" if element.is_unknown() => {
                self.heap.open(id, "an element is not known".into());
                Value::object(id)
            }
            "add" => {
                self.heap.change(id, |class| {
                    if let (Class::Set(own), false) = (class, found) {
                        own.push(element);
                    }
                });
                Value::object(id)
            }
            "delete" => {
                self.heap.change(id, |class| {
                    if let Class::Set(own) = class {
                        own.retain(|own| !own.same(&element));
                    }
                });
                Value::bool(found)
            }
            "values" | "keys" => self.array(elements),
            "forEach" => {
                for element in elements {
                    let callback = arguments[0].clone();
                    self.invoke(callback, Value::undefined(), vec![element], site, None, false)?;
                }
                Value::undefined()
            }
            _ => return Ok(None),
        }))
    }
}
