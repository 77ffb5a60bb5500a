//! Reading properties.

use std::sync::Arc;

use super::super::heap::{Class, Slot, array_index};
use super::super::value::{Kind, Nature, ObjectId, Origin, Taint, Value};
use super::builtins::{text_of_units, units};
use super::call::member_of;
use super::{Eval, Interpreter, Variable, builtins};

impl Interpreter<'_> {
    /// `object[key]`
    pub(super) fn get(&mut self, object: &Value, key: &str) -> Eval {
        self.get_for(object, object, key)
    }

    /// `object[key]`, where getters see `receiver` as `this`.
    pub(super) fn get_for(&mut self, object: &Value, receiver: &Value, key: &str) -> Eval {
        let value = match &object.kind {
            Kind::Object(id) if key == "length" && object.taint.of_cpus() && self.heap.object(*id).open.is_some() => {
                builtins::number_of_cpus()
            }
            Kind::Object(id) => self.get_own(*id, receiver, key)?.tainted(self.taint_of_argv(*id, key)),
            Kind::String(text) => self.text_property(text, key)?,
            Kind::Number(_) => builtins::member("Number", key),
            Kind::Bool(_) => builtins::member("Boolean", key),
            Kind::BigInt(_) => builtins::member("BigInt", key),
            Kind::Undefined | Kind::Hole => self.fail_to_read("undefined", key, object.taint)?,
            Kind::Null => self.fail_to_read("null", key, object.taint)?,
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => self.get_any(object, &unknown.why.clone(), key)?,
            Kind::Unknown(unknown) => match &unknown.symbol {
                Some(symbol) => self.symbol_member(&symbol.clone(), key, object.origin),
                None => {
                    self.throw_perhaps(&unknown.why);
                    Value::unknown(unknown.why.clone())
                }
            },
        };
        Ok(value.tainted(object.taint))
    }

    fn fail_to_read(&mut self, what: &str, key: &str, because: Taint) -> Eval {
        self.fail("TypeError", format!("Cannot read properties of {what} (reading '{key}')"), because)
    }

    /// The property of one of several values. One that has no properties is not the one, or the program fails.
    fn get_any(&mut self, object: &Value, why: &Arc<str>, key: &str) -> Eval {
        let mut found = Vec::new();
        for choice in object.clone().into_choices() {
            match choice.is_nullish() {
                Some(true) => self.throw_perhaps(why),
                _ => found.push(self.get(&choice, key)?),
            }
        }
        Ok(Value::one_of(found, why))
    }

    fn symbol_member(&mut self, symbol: &Arc<str>, key: &str, origin: Option<Origin>) -> Value {
        match (&**symbol, key) {
            ("process", "env") => return Value::object(self.environment),
            ("process", "argv") => return self.argv(),
            ("require", "main") => return self.main_module(),
            ("import.meta", "url") => return self.module_url(origin),
            ("import.meta", "filename") => return self.module_file(origin),
            ("import.meta", "dirname") if let Some(origin) = origin => return self.folder_of(origin.module),
            _ => {}
        }
        if key == "name"
            && let Some(name) = builtins::function_name(symbol)
        {
            return Value::string(name);
        }
        let member = member_of(symbol, key);
        let path = member.as_symbol().cloned();
        if let Some(value) = path.as_ref().and_then(|path| self.global_value(path)) {
            return value;
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
            Some(origin) => Value::string(format!("file://{}", self.path_at_run(origin.module))),
            None => Value::unknown_of(Nature::String, "where a module lies"),
        }
    }

    fn module_file(&self, origin: Option<Origin>) -> Value {
        match origin {
            Some(origin) => Value::string(self.path_at_run(origin.module)),
            None => Value::unknown_of(Nature::String, "where a module lies"),
        }
    }

    /// Assigning to a member of a library or global changes it for everybody.
    pub(super) fn put_on_symbol(&mut self, symbol: &str, key: &str, value: Value) {
        let shared = !symbol.contains('(');
        if let (true, Some(path)) = (shared, member_of(symbol, key).as_symbol()) {
            self.heap.set(self.globals, undeclared(path), value, None);
        }
    }

    /// What was assigned to an undeclared name, or to a member of a library or global.
    pub(super) fn global_value(&self, path: &str) -> Option<Value> {
        match &self.heap.object(self.globals).properties.get(undeclared(path))?.slot {
            Slot::Value(value) => Some(value.clone()),
            Slot::Accessor { .. } => None,
        }
    }

    fn get_own(&mut self, id: ObjectId, this: &Value, key: &str) -> Eval {
        match self.find(id, key) {
            Some(Slot::Value(value)) => Ok(value),
            Some(Slot::Accessor { get: Some(getter), .. }) => self.get_by(getter, this),
            Some(Slot::Accessor { get: None, .. }) => Ok(Value::undefined()),
            None => Ok(match self.special_property(id, key) {
                Value { kind: Kind::Undefined, taint: Taint::NONE, .. } => self.builtin_property(id, key),
                value => value,
            }),
        }
    }

    pub(super) fn find(&self, id: ObjectId, key: &str) -> Option<Slot> {
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
        let object = self.heap.object(id);
        match &object.class {
            Class::Array(_) => self.array_property(id, key),
            Class::Environment => self.environment_variable(key),
            Class::Derived(made) => {
                let made = made.clone();
                self.get(&made, key).unwrap_or_else(|_| Value::unknown("a library's member"))
            }
            Class::Closure(_) | Class::Constructor { .. } | Class::Bound { .. } => self.function_property(id, key),
            Class::Map(entries) if key == "size" => counted(entries.len(), object.open.as_ref()),
            Class::Set(elements) if key == "size" => counted(elements.len(), object.open.as_ref()),
            Class::Error(name) if key == "name" => Value::string(*name),
            Class::Regex { flags, .. } if key == "flags" => Value::string(flags.clone()),
            Class::Regex { pattern, .. } if key == "source" => Value::string(pattern.clone()),
            Class::Regex { flags, .. } if flag_of(key).is_some() => {
                Value::bool(flag_of(key).is_some_and(|flag| flags.contains(flag)))
            }
            Class::Map(_) | Class::Set(_) | Class::Promise(_) | Class::Regex { .. } | Class::Error(_) => {
                self.missing(id)
            }
            Class::Namespace(module) => {
                let module = *module;
                self.namespace_member(module, key)
            }
            _ => self.inherited(id, key),
        }
    }

    /// What every object of its builtin class has: methods, and `constructor`.
    fn builtin_property(&mut self, id: ObjectId, key: &str) -> Value {
        match self.builtin_class(id) {
            Some(class) => builtins::member(class, key),
            None => Value::undefined(),
        }
    }

    /// The builtin class that an object is of; `None` where that is not known.
    pub(super) fn builtin_class(&self, id: ObjectId) -> Option<&'static str> {
        Some(match &self.heap.object(id).class {
            Class::Array(_) => "Array",
            Class::Map(_) => "Map",
            Class::Set(_) => "Set",
            Class::Promise(_) => "Promise",
            Class::Regex { .. } => "RegExp",
            Class::Iterator(_) | Class::Generator { .. } => "Iterator",
            Class::Error(name) => name,
            Class::Plain | Class::Environment => "Object",
            Class::Closure(_) | Class::Constructor { .. } | Class::Bound { .. } => "Function",
            Class::Settle(_) | Class::Continuation { .. } => "Function",
            Class::Derived(_) | Class::Namespace(_) | Class::Url(_) => return None,
        })
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

    fn array_property(&self, id: ObjectId, key: &str) -> Value {
        let (object, elements) = (self.heap.object(id), self.heap.array(id));
        if key == "length" {
            return counted(elements.len(), object.open.as_ref());
        }
        let Some(index) = array_index(key).map(|index| index as usize) else { return Value::undefined() };
        match (&object.open, elements.get(index)) {
            (Some(why), _) if self.is_exact() && index >= object.firm => Value::unknown(why.clone()),
            (_, Some(element)) => element.clone().filled(),
            (Some(why), None) => Value::unknown(why.clone()),
            (None, None) => Value::undefined(),
        }
    }

    fn function_property(&mut self, id: ObjectId, key: &str) -> Value {
        match key {
            "name" => Value::string(self.function_name(id)),
            "length" => self.function_length(id),
            "prototype" if self.is_arrow(id) => Value::undefined(),
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

    /// `key in object`
    pub(super) fn has_property(&mut self, object: &Value, key: &str) -> Value {
        let own = self.has_own(object, key);
        let Some(id) = object.as_object() else { return own };
        match own.truthy() {
            Some(false) if self.find(id, key).is_some() => Value::bool(true),
            Some(false) if !self.builtin_property(id, key).is_undefined() => Value::bool(true),
            _ => own,
        }
    }

    /// `Object.hasOwn(object, key)`
    pub(super) fn has_own(&mut self, object: &Value, key: &str) -> Value {
        let undecided = || Value::unknown_of(Nature::Bool, "whether a property is there");
        let id = match &object.kind {
            Kind::Object(id) => *id,
            Kind::String(text) => return Value::bool(key == "length" || unit_at(text, key).is_some()),
            Kind::Unknown(_) => return undecided(),
            _ => return Value::bool(false),
        };
        let object = self.heap.object(id);
        match object.properties.get(key).map(|property| &property.slot) {
            // Merged states may hold a property that is not there in all of them.
            Some(Slot::Value(value)) if is_perhaps_missing(value) => return undecided(),
            Some(_) => return Value::bool(true),
            None => {}
        }
        let index = array_index(key).map(|index| index as usize);
        match &object.class {
            Class::Array(_) if key == "length" => Value::bool(true),
            Class::Array(elements) if index.is_some() && (object.open.is_none() || index < Some(object.firm)) => {
                let element = index.and_then(|index| elements.get(index));
                Value::bool(element.is_some_and(|element| !matches!(element.kind, Kind::Hole)))
            }
            Class::Environment => {
                let variable = self.environment_variable(key);
                match variable.kind {
                    Kind::Unknown(unknown) if unknown.nature == Nature::Text => {
                        Value::bool(true).tainted(variable.taint)
                    }
                    Kind::Unknown(_) => undecided(),
                    kind => Value::bool(!matches!(kind, Kind::Undefined)).tainted(variable.taint),
                }
            }
            Class::Derived(_) | Class::Namespace(_) => undecided(),
            Class::Closure(_) | Class::Constructor { .. } | Class::Bound { .. } => {
                Value::bool(matches!(key, "name" | "length" | "prototype"))
            }
            _ if object.open.is_some() => undecided(),
            _ => Value::bool(false),
        }
    }

    fn text_property(&mut self, text: &Arc<str>, key: &str) -> Eval {
        if key == "length" {
            self.burn_for(text.len() as u64)?;
            return Ok(Value::number(units(text) as f64));
        }
        match array_index(key) {
            Some(_) => {
                self.burn_for(text.len() as u64)?;
                Ok(unit_at(text, key).unwrap_or_else(Value::undefined))
            }
            None => Ok(builtins::member("String", key)),
        }
    }
}

/// A member of the global object is an undeclared name: `global.config = ...` is what `config` gives.
fn undeclared(path: &str) -> &str {
    path.strip_prefix("global.").or_else(|| path.strip_prefix("globalThis.")).unwrap_or(path)
}

/// Whether a property that may have this value may be missing.
fn is_perhaps_missing(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.choices.iter().any(Value::is_undefined) || unknown.symbol.is_none(),
        _ => false,
    }
}

/// The flag that a property of regular expressions tells of.
fn flag_of(key: &str) -> Option<char> {
    Some(match key {
        "global" => 'g',
        "ignoreCase" => 'i',
        "multiline" => 'm',
        "dotAll" => 's',
        "unicode" => 'u',
        "sticky" => 'y',
        "hasIndices" => 'd',
        "unicodeSets" => 'v',
        _ => return None,
    })
}

/// A number of things, which is not known where there may be others.
fn counted(known: usize, open: Option<&Arc<str>>) -> Value {
    match open {
        Some(why) => Value::unknown_of(Nature::Number, why.clone()),
        None => Value::number(known as f64),
    }
}

/// The UTF-16 unit of a text at index `key`, if there is one.
fn unit_at(text: &str, key: &str) -> Option<Value> {
    let index = array_index(key)? as usize;
    let unit = if text.is_ascii() {
        text.as_bytes().get(index).map(|byte| u16::from(*byte))
    } else {
        text.encode_utf16().nth(index)
    };
    Some(text_of_units(&[unit?]))
}
