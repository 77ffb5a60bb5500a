//! `Map`, `Set` and iterators.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, ObjectId, Value};
use super::super::{Eval, Interpreter};
use super::{Given, decided};

impl Interpreter<'_> {
    /// An iterator over `elements`.
    pub(in super::super) fn iterator(&mut self, elements: Vec<Value>, open: Option<Arc<str>>) -> Value {
        let iterator = Value::object(self.heap.allocate(Class::Iterator(elements), None));
        self.opened(iterator, open)
    }

    pub(super) fn iterator_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        match name {
            "next" => self.begin_generator(id)?,
            "return" | "throw" => {
                self.heap.forget_contents(id, &"an iterator is ended".into());
                return Ok(None);
            }
            _ => return self.object_method(&Value::object(id), name, given),
        }
        let mut next = None;
        self.heap.change(id, |class| {
            if let Class::Iterator(elements) = class {
                next = (!elements.is_empty()).then(|| elements.remove(0));
            }
        });
        let open = self.heap.object(id).open.clone();
        let unknown = |why: &Arc<str>| Value::unknown(why.clone());
        let (value, done) = match (next, &open) {
            (Some(value), _) => (value, Value::bool(false)),
            (None, None) => (Value::undefined(), Value::bool(true)),
            (None, Some(why)) => (unknown(why), unknown(why)),
        };
        let result = self.heap.allocate(Class::Plain, None);
        self.heap.set(result, "value", value, None);
        self.heap.set(result, "done", done, None);
        Ok(Some(Value::object(result)))
    }

    pub(super) fn map_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let Class::Map(entries) = &self.heap.object(id).class else { return Ok(None) };
        let entries = entries.clone();
        self.burn_for(entries.len() as u64)?;
        let key = same_key(given.at(0));
        let open = self.heap.object(id).open.clone();
        let found = find(entries.iter().map(|(own, _)| own), &key, open.is_some());
        Ok(Some(match name {
            "get" => match found {
                Found::At(index) => entries[index].1.clone(),
                Found::Nowhere => Value::undefined(),
                Found::Unknown => Value::unknown("what a Map holds"),
            },
            "has" => decided(found.outcome(), "what a Map holds"),
            "set" => {
                self.set_entry(id, found, key, given.at(1));
                Value::object(id)
            }
            "delete" => self.delete_entry(id, &found),
            "clear" => self.clear(id),
            "keys" => self.iterator(entries.into_iter().map(|(key, _)| key).collect(), open),
            "values" => self.iterator(entries.into_iter().map(|(_, value)| value).collect(), open),
            "entries" => {
                let pairs = entries.into_iter().map(|(key, value)| self.array(vec![key, value])).collect();
                self.iterator(pairs, open)
            }
            "forEach" => {
                let calls = entries.into_iter().map(|(key, value)| vec![value, key, Value::object(id)]);
                self.call_for_all(calls.collect(), open, given)?
            }
            _ => return self.object_method(&Value::object(id), name, given),
        }))
    }

    fn set_entry(&mut self, id: ObjectId, found: Found, key: Value, value: Value) {
        match found {
            Found::Unknown => self.heap.forget_contents(id, &"which key of a Map is set is not known".into()),
            _ => self.heap.change(id, |class| {
                if let Class::Map(own) = class {
                    match found {
                        Found::At(index) => own[index].1 = value,
                        _ => own.push((key, value)),
                    }
                }
            }),
        }
    }

    fn delete_entry(&mut self, id: ObjectId, found: &Found) -> Value {
        match found {
            Found::At(index) => self.heap.change(id, |class| match class {
                Class::Map(own) => drop(own.remove(*index)),
                Class::Set(own) => drop(own.remove(*index)),
                _ => {}
            }),
            Found::Nowhere => {}
            Found::Unknown => self.heap.forget_contents(id, &"what is deleted is not known".into()),
        }
        decided(found.outcome(), "what is deleted is not known")
    }

    fn clear(&mut self, id: ObjectId) -> Value {
        self.heap.change(id, |class| match class {
            Class::Map(own) => own.clear(),
            Class::Set(own) => own.clear(),
            _ => {}
        });
        self.heap.close(id);
        Value::undefined()
    }

    fn call_for_all(&mut self, calls: Vec<Vec<Value>>, open: Option<Arc<str>>, given: &Given<'_>) -> Eval {
        let callback = given.at(0);
        if !self.is_callable(&callback) {
            return self.fail("TypeError", "the callback is not a function", callback.taint);
        }
        for arguments in calls {
            self.invoke(callback.clone(), given.at(1), arguments, given.site, given.function, false)?;
        }
        if let Some(why) = open {
            self.call_perhaps(&callback, &why)?;
        }
        Ok(Value::undefined())
    }

    pub(super) fn set_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let Class::Set(elements) = &self.heap.object(id).class else { return Ok(None) };
        let elements = elements.clone();
        self.burn_for(elements.len() as u64)?;
        let element = same_key(given.at(0));
        let open = self.heap.object(id).open.clone();
        let found = find(elements.iter(), &element, open.is_some());
        Ok(Some(match name {
            "has" => decided(found.outcome(), "what a Set holds"),
            "add" => {
                match found {
                    Found::Unknown => self.heap.forget_contents(id, &"which element is added is not known".into()),
                    Found::At(_) => {}
                    Found::Nowhere => self.heap.change(id, |class| {
                        if let Class::Set(own) = class {
                            own.push(element);
                        }
                    }),
                }
                Value::object(id)
            }
            "delete" => self.delete_entry(id, &found),
            "clear" => self.clear(id),
            "values" | "keys" => self.iterator(elements, open),
            "entries" => {
                let pairs = elements.into_iter().map(|element| self.array(vec![element.clone(), element])).collect();
                self.iterator(pairs, open)
            }
            "forEach" => {
                let calls = elements.into_iter().map(|element| vec![element.clone(), element, Value::object(id)]);
                self.call_for_all(calls.collect(), open, given)?
            }
            _ => return self.object_method(&Value::object(id), name, given),
        }))
    }

    /// `new Map(entries)`
    pub(super) fn new_map(&mut self, entries: &Value) -> Eval {
        let map = Value::object(self.heap.allocate(Class::Map(Vec::new()), None));
        if entries.is_nullish() == Some(true) {
            return Ok(map);
        }
        let (pairs, more) = self.iterate(entries)?;
        let site = super::Origin { module: super::super::ModuleId(0), span: Default::default() };
        for pair in pairs {
            let arguments = [self.get(&pair, "0")?, self.get(&pair, "1")?];
            self.call_method(&map, "set", &Given::new(&arguments, site, None))?;
        }
        Ok(self.opened(map, more))
    }

    /// `new Set(elements)`
    pub(super) fn new_set(&mut self, elements: &Value) -> Eval {
        let set = Value::object(self.heap.allocate(Class::Set(Vec::new()), None));
        if elements.is_nullish() == Some(true) {
            return Ok(set);
        }
        let (elements, more) = self.iterate(elements)?;
        let site = super::Origin { module: super::super::ModuleId(0), span: Default::default() };
        for element in elements {
            self.call_method(&set, "add", &Given::new(&[element], site, None))?;
        }
        Ok(self.opened(set, more))
    }
}

/// Where a key is.
enum Found {
    At(usize),
    Nowhere,
    Unknown,
}

impl Found {
    fn outcome(&self) -> Option<bool> {
        match self {
            Self::At(_) => Some(true),
            Self::Nowhere => Some(false),
            Self::Unknown => None,
        }
    }
}

fn find<'v>(own: impl Iterator<Item = &'v Value>, key: &Value, is_open: bool) -> Found {
    let mut unsure = is_open || key.is_unknown();
    for (index, own) in own.enumerate() {
        let both_nan = matches!((&own.kind, &key.kind), (Kind::Number(a), Kind::Number(b)) if a.is_nan() && b.is_nan());
        if (both_nan || own.same(key)) && !key.is_unknown() {
            return Found::At(index);
        }
        unsure |= own.is_unknown();
    }
    if unsure { Found::Unknown } else { Found::Nowhere }
}

/// `-0` and `0` are one key.
fn same_key(key: Value) -> Value {
    match key.kind {
        Kind::Number(number) => Value { kind: Kind::Number(number + 0.0), ..key },
        _ => key,
    }
}
