//! Reading properties.

use std::sync::Arc;

use super::super::heap::{Class, Slot, array_index};
use super::super::value::{Kind, Nature, ObjectId, Origin, Taint, Value};
use super::call::member_of;
use super::{Eval, Interpreter, Variable};

impl Interpreter<'_> {
    /// `object[key]`
    pub(super) fn get(&mut self, object: &Value, key: &str) -> Eval {
        let value = match &object.kind {
            Kind::Object(id) => self.get_own(*id, object, key)?.tainted(self.taint_of_argv(*id, key)),
            Kind::String(text) => string_property(text, key),
            Kind::Undefined | Kind::Null => {
                return Ok(Value::unknown(format!("`{key}` of nothing")).tainted(object.taint));
            }
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => {
                let mut found = Vec::new();
                for choice in object.clone().into_choices() {
                    if choice.is_nullish() != Some(true) {
                        found.push(self.get(&choice, key)?);
                    }
                }
                Value::one_of(found, &unknown.why)
            }
            Kind::Unknown(unknown) => match &unknown.symbol {
                Some(symbol) => self.symbol_member(&symbol.clone(), key, object.origin),
                None => Value::unknown(unknown.why.clone()),
            },
            _ => Value::undefined(),
        };
        Ok(value.tainted(object.taint))
    }

    fn symbol_member(&mut self, symbol: &Arc<str>, key: &str, origin: Option<Origin>) -> Value {
        match (&**symbol, key) {
            ("process", "env") => return Value::object(self.environment),
            ("process", "argv") => return self.argv(),
            ("require", "main") => return self.main_module(),
            ("import.meta", "url") => return self.module_url(origin),
            ("import.meta", "filename") => return self.module_file(origin),
            _ => {}
        }
        let member = member_of(symbol, key);
        let path = member.as_symbol().cloned();
        if let Some(value) = path.as_ref().and_then(|path| self.globals.get(path)) {
            return value.clone();
        }
        if let Some(value) = path.as_ref().and_then(|path| self.host.constant(path)) {
            return value;
        }
        if let Some(value) = path.as_ref().and_then(|path| super::builtins::constant(path)) {
            return value;
        }
        Value { origin, ..member }
    }

    fn argv(&mut self) -> Value {
        if let Some(argv) = &self.argv {
            return argv.clone();
        }
        let argv = match self.host.argv() {
            Some(words) => self.array(words.into_iter().map(Value::string).collect()),
            None => Value::symbol("process.argv", Nature::Object),
        };
        self.argv.insert(argv).clone()
    }

    /// `process.argv[1]` is the file that Node was given; who merely searches the words does not ask for it.
    fn taint_of_argv(&self, id: ObjectId, key: &str) -> Taint {
        let is_argv = self.argv.as_ref().and_then(Value::as_object) == Some(id);
        if is_argv && key == "1" { Taint::LAUNCHER } else { Taint::NONE }
    }

    /// `require.main`: the `module` of the entry, which PM2 loads as the main one (lib/ProcessContainer.js:291, v7.0.3).
    fn main_module(&self) -> Value {
        match self.instances.first() {
            Some(entry) if self.limits.explore => Value::object(entry.module),
            _ => Value::unknown_of(Nature::Object, "which module is the main one"),
        }
    }

    fn module_url(&self, origin: Option<Origin>) -> Value {
        match origin {
            Some(origin) => Value::string(format!("file://{}", super::expr::module_path(self.file(origin.module)))),
            None => Value::unknown_of(Nature::String, "where a module lies"),
        }
    }

    fn module_file(&self, origin: Option<Origin>) -> Value {
        match origin {
            Some(origin) => Value::string(super::expr::module_path(self.file(origin.module))),
            None => Value::unknown_of(Nature::String, "where a module lies"),
        }
    }

    /// Assigning to a member of a library or global changes it for everybody.
    pub(super) fn put_on_symbol(&mut self, symbol: &str, key: &str, value: Value) {
        let shared = !symbol.contains('(');
        if let (true, Some(path)) = (shared, member_of(symbol, key).as_symbol()) {
            self.globals.insert(path.clone(), value);
        }
    }

    fn get_own(&mut self, id: ObjectId, this: &Value, key: &str) -> Eval {
        if let Some(found) = self.find(id, key) {
            return match found {
                Slot::Value(value) => Ok(value),
                Slot::Accessor { get: Some(getter), .. } => self.get_by(getter, this),
                Slot::Accessor { get: None, .. } => Ok(Value::undefined()),
            };
        }
        Ok(self.special_property(id, key))
    }

    fn find(&self, id: ObjectId, key: &str) -> Option<Slot> {
        let mut next = Some(id);
        while let Some(id) = next {
            let object = self.heap.object(id);
            if let Some(property) = object.properties.get(key) {
                return Some(property.slot.clone());
            }
            next = object.prototype;
        }
        None
    }

    fn special_property(&mut self, id: ObjectId, key: &str) -> Value {
        match self.heap.object(id).class.clone() {
            Class::Array(elements) => self.array_property(id, &elements, key),
            Class::Environment => self.environment_variable(key),
            Class::Derived(made) => self.get(&made, key).unwrap_or_else(|_| Value::unknown("a library's member")),
            Class::Closure(_) | Class::Constructor { .. } | Class::Bound { .. } => self.function_property(id, key),
            Class::Map(entries) if key == "size" && self.heap.object(id).open.is_none() => {
                Value::number(entries.len() as f64)
            }
            Class::Set(elements) if key == "size" && self.heap.object(id).open.is_none() => {
                Value::number(elements.len() as f64)
            }
            Class::Promise(_) | Class::Map(_) | Class::Set(_) | Class::Regex { .. } | Class::Error => {
                Value::undefined()
            }
            Class::Namespace(module) => self.namespace_member(module, key),
            _ => self.inherited(id, key),
        }
    }

    /// A property that the object may have from a library; `undefined` where it is surely not there.
    pub(super) fn inherited(&mut self, id: ObjectId, key: &str) -> Value {
        match self.inherited_library(id) {
            Some(made) => self.get(&made, key).unwrap_or_else(|_| Value::unknown("a library's member")),
            None => self.missing(id),
        }
    }

    /// What the instance's class inherits from a library.
    fn inherited_library(&self, id: ObjectId) -> Option<Value> {
        let mut next = self.heap.object(id).prototype;
        while let Some(id) = next {
            if let Class::Derived(made) = &self.heap.object(id).class {
                return Some(made.clone());
            }
            next = self.heap.object(id).prototype;
        }
        None
    }

    fn missing(&self, id: ObjectId) -> Value {
        match &self.heap.object(id).open {
            Some(why) => Value::unknown(why.clone()),
            None => Value::undefined(),
        }
    }

    fn array_property(&self, id: ObjectId, elements: &[Value], key: &str) -> Value {
        let open = self.heap.object(id).open.as_ref();
        if key == "length" {
            return match open {
                Some(why) => Value::unknown_of(Nature::Number, why.clone()),
                None => Value::number(elements.len() as f64),
            };
        }
        match (array_index(key).and_then(|index| elements.get(index as usize)), open) {
            (Some(element), _) => element.clone(),
            (None, Some(why)) if array_index(key).is_some() => Value::unknown(why.clone()),
            _ => Value::undefined(),
        }
    }

    fn function_property(&mut self, id: ObjectId, key: &str) -> Value {
        match key {
            "name" => Value::string(self.function_name(id)),
            "prototype" => Value::object(self.prototype_of_function(id)),
            _ => match &self.heap.object(id).class {
                Class::Constructor { superclass: Some(superclass), .. } if superclass.as_symbol().is_some() => {
                    let superclass = superclass.clone();
                    self.get(&superclass, key).unwrap_or_else(|_| Value::undefined())
                }
                _ => Value::undefined(),
            },
        }
    }

    pub(super) fn environment_variable(&mut self, name: &str) -> Value {
        match self.host.variable(name) {
            Variable::Set(value) => value,
            Variable::Unset => Value::undefined(),
            Variable::Assumed => {
                let taint = self.assume(name);
                Value::undefined().tainted(taint)
            }
        }
    }

    /// Runs a getter.
    pub(super) fn get_by(&mut self, getter: Value, this: &Value) -> Eval {
        let site = Origin { module: super::super::value::ModuleId(0), span: Default::default() };
        self.invoke(getter, this.clone(), Vec::new(), site, None, false)
    }

    /// Whether `object` has a property `key`, own or inherited; `None` where undecided.
    pub(super) fn has_property(&mut self, object: &Value, key: &str, own: bool) -> Option<bool> {
        let id = object.as_object()?;
        let found = match own {
            true => self.heap.object(id).properties.get(key).is_some(),
            false => self.find(id, key).is_some(),
        };
        if found {
            return Some(true);
        }
        match &self.heap.object(id).class {
            Class::Array(elements) if array_index(key).is_some_and(|index| (index as usize) < elements.len()) => {
                Some(true)
            }
            Class::Environment => match self.environment_variable(key) {
                Value { kind: Kind::Undefined, taint: Taint::NONE, .. } => Some(false),
                Value { kind: Kind::Undefined, .. } => None,
                _ => Some(true),
            },
            Class::Derived(_) => None,
            _ if self.heap.object(id).open.is_some() => None,
            _ => Some(false),
        }
    }
}

fn string_property(text: &str, key: &str) -> Value {
    if key == "length" {
        return Value::number(text.encode_utf16().count() as f64);
    }
    match array_index(key).and_then(|index| text.chars().nth(index as usize)) {
        Some(letter) => Value::string(letter.to_string()),
        None => Value::undefined(),
    }
}
