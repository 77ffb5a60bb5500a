//! `Object`'s functions.

use std::collections::BTreeMap;

use super::super::super::heap::{Class, Integrity, Property, Slot};
use super::super::super::value::{Kind, Nature, ObjectId, Taint, Value};
use super::super::{Eval, Interpreter};
use super::{Given, decided};

impl Interpreter<'_> {
    pub(super) fn object_function(&mut self, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        let needs_object = matches!(name, "keys" | "values" | "entries" | "assign" | "getOwnPropertyNames" | "hasOwn");
        if needs_object && first.is_nullish() == Some(true) {
            return self.fail("TypeError", "Cannot convert undefined or null to object", first.taint).map(Some);
        }
        let result = match name {
            "keys" => {
                let (keys, more) = self.keys(&first);
                let array = self.array(keys.into_iter().map(Value::string).collect());
                self.opened(array, more)
            }
            "values" | "entries" => self.values_or_entries(&first, name)?,
            "assign" => {
                for source in given.from(1).all() {
                    self.assign_properties(&first, source)?;
                }
                first.clone()
            }
            "fromEntries" => self.object_of(&first)?,
            "freeze" => self.protected(&first, Integrity::Frozen),
            "seal" => self.protected(&first, Integrity::Sealed),
            "preventExtensions" => self.protected(&first, Integrity::Closed),
            "isFrozen" => self.is_protected(&first, Integrity::Frozen),
            "isSealed" => self.is_protected(&first, Integrity::Sealed),
            "isExtensible" => match self.is_protected(&first, Integrity::Closed).truthy() {
                Some(closed) => Value::bool(!closed),
                None => decided(None, "whether an object takes properties"),
            },
            "create" => return self.create(given).map(Some),
            "getPrototypeOf" => self.prototype_of(&first),
            "setPrototypeOf" => {
                if let (Some(id), prototype) = (first.as_object(), given.at(1)) {
                    self.heap.set_prototype(id, prototype.as_object());
                }
                first.clone()
            }
            "defineProperty" => {
                self.define_property(&first, &given.at(1), &given.at(2))?;
                first.clone()
            }
            "defineProperties" => {
                self.define_properties(&first, &given.at(1))?;
                first.clone()
            }
            "hasOwn" => match self.property_key(&given.at(1)) {
                Some(key) => self.has_own(&first, &key),
                None => decided(None, "whether a property is there"),
            },
            "is" => {
                let other = given.at(1);
                let known = !first.is_unknown() && !other.is_unknown();
                decided(known.then(|| same_value(&first, &other)), "whether two values are the same")
            }
            _ => return Ok(None),
        };
        Ok(Some(result.tainted(first.taint)))
    }

    fn values_or_entries(&mut self, object: &Value, name: &str) -> Eval {
        let mut open = self.unlisted(object).map(|why| (why, usize::MAX));
        let mut elements = Vec::new();
        for (key, value, _) in self.own_values(object)? {
            if self.is_doubtful(object, &key) {
                open = Some(("which properties there are is not known".into(), elements.len()));
                break;
            }
            elements.push(match name {
                "values" => value,
                _ => self.array(vec![Value::string(key), value]),
            });
        }
        let length = elements.len();
        Ok(self.array_open_from(elements, open.map(|(why, firm)| (why, firm.min(length)))))
    }

    fn assign_properties(&mut self, target: &Value, source: &Value) -> Eval<()> {
        let Some(id) = target.as_object() else { return Ok(()) };
        let has_setter = self.heap.object(id).prototype.is_some()
            || self.heap.object(id).properties.iter().any(|(_, property)| !property.is_plain());
        if self.heap.object(id).integrity == Integrity::Extensible && !has_setter && self.has_plain_writes(id) {
            return self.spread_into(id, source);
        }
        for (key, value, origin) in self.own_values(source)? {
            self.put_strictly(target, key, value, origin)?;
        }
        if let Some(why) = self.unlisted(source) {
            self.blur_properties(id, &Value::unknown(why.clone()), &why);
        }
        Ok(())
    }

    fn object_of(&mut self, entries: &Value) -> Eval {
        let id = self.heap.allocate(Class::Plain, None);
        let (pairs, more) = self.iterate(entries)?;
        for pair in pairs {
            let (key, value) = (self.get(&pair, "0")?, self.get(&pair, "1")?);
            match self.property_key(&key) {
                Some(key) => self.heap.set(id, key, value, pair.origin),
                None => self.blur_properties(id, &value, &"a property's name is not known".into()),
            }
        }
        Ok(self.opened(Value::object(id), more))
    }

    fn protected(&mut self, object: &Value, integrity: Integrity) -> Value {
        if let Some(id) = object.as_object() {
            let integrity = integrity.max(self.heap.object(id).integrity);
            self.heap.protect(id, integrity);
        }
        object.clone()
    }

    fn is_protected(&self, object: &Value, integrity: Integrity) -> Value {
        match &object.kind {
            Kind::Unknown(_) => decided(None, "whether an object is frozen"),
            Kind::Object(id) => {
                let object = self.heap.object(*id);
                let is_empty = object.properties.is_empty() && self.heap.array(*id).is_empty();
                match object.integrity {
                    Integrity::Extensible => Value::bool(false),
                    own if own >= integrity => Value::bool(true),
                    _ if is_empty => Value::bool(true),
                    _ => decided(None, "whether an object is frozen"),
                }
            }
            _ => Value::bool(true),
        }
    }

    fn create(&mut self, given: &Given<'_>) -> Eval {
        let (prototype, properties) = (given.at(0), given.at(1));
        let object = Value::object(self.heap.allocate(Class::Plain, prototype.as_object()));
        if prototype.is_unknown() {
            let why = super::reason(&prototype);
            return Ok(self.opened(object, Some(why)));
        }
        if !properties.is_undefined() {
            self.define_properties(&object, &properties)?;
        }
        Ok(object)
    }

    fn prototype_of(&mut self, object: &Value) -> Value {
        let prototype = object.as_object().and_then(|id| self.heap.object(id).prototype);
        let class = object.as_object().and_then(|id| self.builtin_class(id));
        match (prototype, class) {
            (Some(prototype), _) => Value::object(prototype),
            (None, Some(class)) => Value::symbol(format!("{class}.prototype"), Nature::Object),
            _ => Value::unknown("a prototype"),
        }
    }

    fn define_properties(&mut self, target: &Value, descriptors: &Value) -> Eval<()> {
        for (key, descriptor, _) in self.own_values(descriptors)? {
            self.define_property(target, &Value::string(key), &descriptor)?;
        }
        if let (Some(why), Some(id)) = (self.unlisted(descriptors), target.as_object()) {
            self.heap.open(id, why);
        }
        Ok(())
    }

    fn define_property(&mut self, target: &Value, key: &Value, descriptor: &Value) -> Eval<()> {
        let Some(id) = target.as_object() else {
            return match target.is_unknown() {
                true => Ok(()),
                false => self.fail("TypeError", "Object.defineProperty called on non-object", target.taint).map(|_| ()),
            };
        };
        let (Some(key), Some(_)) = (self.property_key(key), descriptor.as_object()) else {
            self.blur_properties(id, &Value::unknown("a property is defined"), &"a property is defined".into());
            return Ok(());
        };
        let object = self.heap.object(id);
        let before = object.properties.get(&key).cloned();
        if object.integrity != Integrity::Extensible && (before.is_none() || object.integrity == Integrity::Frozen) {
            return self.fail("TypeError", format!("Cannot define property {key}"), Taint::NONE).map(|_| ());
        }
        let slot = self.slot_of(descriptor, before.as_ref())?;
        let mut flag = |name: &str, old: Option<bool>| -> Eval<bool> {
            let value = self.get(descriptor, name)?;
            let is_given = !value.is_undefined() || old.is_none();
            Ok(if is_given { value.truthy().unwrap_or(true) } else { old.unwrap_or_default() })
        };
        let enumerable = flag("enumerable", before.as_ref().map(|old| old.enumerable))?;
        let writable = flag("writable", before.as_ref().map(|old| old.writable))?;
        let key_origin = before.and_then(|old| old.key_origin);
        self.heap.define(id, key, Property { slot, key_origin, enumerable, writable, doubtful: false });
        Ok(())
    }

    fn slot_of(&mut self, descriptor: &Value, before: Option<&Property>) -> Eval<Slot> {
        let (get, set) = (self.get(descriptor, "get")?, self.get(descriptor, "set")?);
        let given = |value: Value| (!value.is_undefined()).then_some(value);
        if !get.is_undefined() || !set.is_undefined() {
            return Ok(Slot::Accessor { get: given(get), set: given(set) });
        }
        let value = self.get(descriptor, "value")?;
        Ok(match before.map(|before| before.slot.clone()) {
            Some(slot) if value.is_undefined() => slot,
            _ => Slot::Value(value),
        })
    }

    /// `structuredClone(value)`
    pub(super) fn structured_clone(&mut self, value: &Value, copies: &mut BTreeMap<ObjectId, ObjectId>) -> Eval {
        self.burn()?;
        let Some(id) = value.as_object() else { return Ok(value.clone()) };
        if let Some(copy) = copies.get(&id) {
            return Ok(Value { kind: Kind::Object(*copy), ..value.clone() });
        }
        if self.heap.is_function(value) {
            return self.fail("DataCloneError", "a function could not be cloned", value.taint);
        }
        let class = self.heap.object(id).class.clone();
        if copies.len() > super::super::MAX_ELEMENTS || !is_cloneable(&class) || self.depth > super::super::MAX_DEPTH {
            return Ok(Value::unknown_of(Nature::Object, "a copy of an object"));
        }
        let copy =
            self.heap.allocate(if matches!(class, Class::Array(_)) { class.clone() } else { Class::Plain }, None);
        copies.insert(id, copy);
        self.depth += 1;
        if let Class::Array(elements) = class {
            let mut cloned = Vec::with_capacity(elements.len());
            for element in &elements {
                cloned.push(self.structured_clone(element, copies)?);
            }
            self.heap.change(copy, |class| *class = Class::Array(cloned));
        }
        for (key, property, origin) in self.own_properties(id)? {
            let property = self.structured_clone(&property, copies)?;
            self.heap.set(copy, key, property, origin);
        }
        self.depth -= 1;
        let object = self.heap.object(id);
        if let Some(why) = object.open.clone() {
            let firm = object.firm;
            self.heap.loosen(copy, why, firm);
        }
        Ok(Value { kind: Kind::Object(copy), ..value.clone() })
    }

    /// Whether property `key` of an object is one that `Object.keys` gives.
    pub(super) fn is_enumerable(&mut self, object: &Value, key: &str) -> Value {
        let own = object.as_object().and_then(|id| self.heap.object(id).properties.get(key).map(|own| own.enumerable));
        match (own, self.has_own(object, key)) {
            (Some(false), _) => Value::bool(false),
            (_, there) => there,
        }
    }
}

fn is_cloneable(class: &Class) -> bool {
    matches!(class, Class::Plain | Class::Array(_))
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Number(a), Kind::Number(b)) => (a.is_nan() && b.is_nan()) || a.to_bits() == b.to_bits(),
        _ => one.same(other),
    }
}
