//! Functions and constructors that are there without `require`, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, Origin, Taint, Value};
use super::super::errors::error_class;
use super::super::models::is_known;
use super::super::module::ImportKind;
use super::super::{Callback, Eval, Interpreter, MAX_ELEMENTS, Writes};
use super::{Given, decided, reason};

impl Interpreter<'_> {
    /// A function of JavaScript or Node that can be computed; `None`: it is for the host.
    pub(in super::super) fn call_builtin(&mut self, symbol: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        if let Some((namespace, name)) = symbol.rsplit_once('.') {
            return match namespace {
                "Object" => self.object_function(name, given),
                "Array" => self.array_function(name, given),
                "Math" => Ok(self.math(name, given)),
                "Number" => Ok(self.number_function(name, given)),
                "JSON" => self.json(name, given),
                "String" => self.string_function(name, given),
                "Promise" => Ok(self.promise_function(name, &first)),
                "Reflect" if name == "getMetadata" => self.metadata(given.all()),
                "pm2lint" if matches!(name, "true" | "false") => Ok(Some(Value::bool(name == "true"))),
                "pm2lint" if name == "isKnown" => Ok(Some(Value::bool(is_known(&first)))),
                "pm2lint" if name == "keyOf" => Ok(Some(key_of_token(&first))),
                "pm2lint" if name == "matching" => self.matching(&first, &given.at(1)).map(Some),
                "pm2lint" if name == "callerFolder" => Ok(Some(self.folder_of(self.seen_at(given.site).module))),
                "pm2lint" if name == "steps" => Ok(Some(self.steps(&first))),
                "pm2lint" if name == "abortOnError" => {
                    self.answer_for(&first);
                    Ok(Some(first))
                }
                "console" => Ok(Some(Value::undefined())),
                "Date" => Ok(Some(Value::unknown_of(Nature::Number, "the time"))),
                "Symbol" => Ok(Some(Value::unknown_of(Nature::Symbol, "a symbol").at(given.site))),
                "require" if name == "resolve" => Ok(Some(Value::unknown_of(Nature::String, "where a module lies"))),
                _ => self.node_function(namespace, name, given),
            };
        }
        if let Some(class) = error_class(symbol) {
            return self.new_error(class, given).map(Some);
        }
        Ok(Some(match symbol {
            "require" => return self.require_call(&first, given.site).map(Some),
            "String" if given.count() == 0 => Value::string(""),
            "String" => self.to_string(&first),
            "Number" if given.count() == 0 => Value::number(0.0),
            "Number" | "parseInt" | "parseFloat" | "isNaN" | "isFinite" => {
                self.parse_number(symbol, &first, &given.at(1))
            }
            "Boolean" => match first.truthy() {
                Some(truthy) => Value::bool(truthy).tainted(first.taint),
                None => decided(None, &reason(&first)).tainted(first.taint),
            },
            "encodeURIComponent" | "decodeURIComponent" | "encodeURI" | "decodeURI" | "btoa" | "atob" => {
                self.escape_text(symbol, &first)
            }
            "structuredClone" => self.structured_clone(&first, &mut BTreeMap::new())?,
            "queueMicrotask" => {
                let path = self.path;
                self.run_soon(Callback { function: first, arguments: Vec::new(), path, writes: Writes::Stand });
                Value::undefined()
            }
            "Object" if first.is_nullish() == Some(true) => Value::object(self.heap.allocate(Class::Plain, None)),
            "Object" if first.as_object().is_none() => Value::unknown_of(Nature::Object, "a wrapped value"),
            "Object" => first,
            "Date" => Value::unknown_of(Nature::String, "the time"),
            "Symbol" => Value::unknown_of(Nature::Symbol, "a symbol").at(given.site),
            "BigInt" => Value::unknown_of(Nature::BigInt, "a BigInt"),
            "Array" | "RegExp" => {
                let class = Value::symbol(symbol, Nature::Object);
                return self.construct_builtin(&class, given);
            }
            "Map" | "Set" | "WeakMap" | "WeakSet" | "Promise" => {
                return self.fail("TypeError", format!("Constructor {symbol} requires 'new'"), Taint::NONE).map(Some);
            }
            _ => return Ok(None),
        }))
    }

    fn require_call(&mut self, specifier: &Value, site: Origin) -> Eval {
        match specifier.as_str() {
            Some(text) => self.require(site, text, ImportKind::Require),
            None => Ok(Value::unknown("which module is required is not known")),
        }
    }

    /// `new` of something JavaScript provides; `None`: it is for the host.
    pub(in super::super) fn construct_builtin(&mut self, callee: &Value, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        let Some(symbol) = callee.as_symbol() else { return Ok(None) };
        if let Some(class) = error_class(symbol) {
            return self.new_error(class, given).map(Some);
        }
        Ok(Some(match &**symbol {
            "Array" => self.new_array(given)?,
            "Object" if first.is_nullish() == Some(true) => Value::object(self.heap.allocate(Class::Plain, None)),
            "Object" => Value::unknown_of(Nature::Object, "a wrapped value"),
            "Map" | "WeakMap" => self.new_map(&first)?,
            "Set" | "WeakSet" => self.new_set(&first)?,
            "URL" => self.new_url(&first, &given.at(1))?,
            "Promise" => self.new_promise(&first, given.site)?,
            "Date" => Value::unknown_of(Nature::Object, "the time"),
            "String" if self.is_exact() => Value::unknown_of(Nature::Object, "a wrapped value"),
            "String" => self.to_string(&first),
            "RegExp" => self.new_regex(given),
            _ => return Ok(None),
        }))
    }

    fn new_array(&mut self, given: &Given<'_>) -> Eval {
        let first = given.at(0);
        match &first.kind {
            _ if given.count() != 1 || given.is_open() => {
                let further = given.further().map(|why| Value::further(why.clone()));
                Ok(self.argument_list(given.all().to_vec(), further))
            }
            Kind::Number(length) if *length < 0.0 || length.fract() != 0.0 || *length >= 4_294_967_296.0 => {
                self.fail("RangeError", "Invalid array length", first.taint)
            }
            Kind::Number(length) if *length <= MAX_ELEMENTS as f64 => {
                self.burn_for(*length as u64)?;
                Ok(self.array(vec![Value::new(Kind::Hole); *length as usize]))
            }
            Kind::Number(_) | Kind::Unknown(_) => {
                let array = self.array(Vec::new());
                Ok(self
                    .opened(array, Some(first.why().cloned().unwrap_or_else(|| "an array too long to follow".into()))))
            }
            _ => Ok(self.array(given.all().to_vec())),
        }
    }

    fn new_regex(&mut self, given: &Given<'_>) -> Value {
        let (first, flags) = (given.at(0), given.at(1));
        let source = match first.as_object().map(|id| &self.heap.object(id).class) {
            Some(Class::Regex { pattern, flags }) => Some((pattern.clone(), flags.clone())),
            _ => None,
        };
        let pattern = match &source {
            Some((pattern, _)) => Value::string(pattern.clone()),
            None if first.is_undefined() => Value::string("(?:)"),
            None => self.to_string(&first),
        };
        let flags = match source {
            _ if !flags.is_undefined() => self.to_string(&flags),
            Some((_, flags)) => Value::string(flags),
            None => Value::string(""),
        };
        match (pattern.as_str(), flags.as_str()) {
            (Some(pattern), Some(flags)) if !pattern.contains(['/', '\n']) && !pattern.is_empty() => {
                self.throw_perhaps("whether a regular expression is valid");
                self.regex(pattern.into(), flags.into())
            }
            (Some(""), Some(flags)) => self.regex("(?:)".into(), flags.into()),
            (Some(pattern), Some(flags)) if !pattern.contains('\n') => {
                self.regex(pattern.replace("\\/", "/").replace('/', "\\/").into(), flags.into())
            }
            _ => Value::unknown_of(Nature::Object, "a pattern that is not known"),
        }
    }

    fn new_error(&mut self, class: &'static str, given: &Given<'_>) -> Eval {
        let message = given.at(0);
        let message = if message.is_undefined() { Value::string("") } else { self.to_string(&message) };
        let error = self.error_with(class, message);
        let cause = self.heap.data(&given.at(1), "cause").cloned();
        if let (Some(id), Some(cause)) = (error.as_object(), cause) {
            self.define_hidden(id, "cause".into(), cause);
        }
        Ok(error)
    }

    fn array_function(&mut self, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        Ok(Some(match name {
            "isArray" => match &first.kind {
                Kind::Object(id) => match self.heap.object(*id).class {
                    Class::Derived(_) => decided(None, "whether it is an array"),
                    Class::Array(_) => Value::bool(true),
                    _ => Value::bool(false),
                },
                Kind::Unknown(unknown) if matches!(unknown.nature, Nature::Anything | Nature::Object) => {
                    decided(None, "whether it is an array")
                }
                _ => Value::bool(false),
            },
            "of" => {
                let further = given.further().map(|why| Value::further(why.clone()));
                self.argument_list(given.all().to_vec(), further)
            }
            "from" => self.array_from(&first, given)?,
            _ => return Ok(None),
        }))
    }

    fn array_from(&mut self, source: &Value, given: &Given<'_>) -> Eval {
        let (mut elements, more) = self.array_like(source)?;
        let map = given.at(1);
        if !map.is_undefined() {
            if !self.is_callable(&map) {
                return self.fail("TypeError", "the callback is not a function", map.taint);
            }
            for (index, element) in elements.iter_mut().enumerate() {
                let arguments = vec![element.clone(), Value::number(index as f64)];
                *element = self.invoke(map.clone(), given.at(2), arguments, given.site, given.function, false)?;
            }
            if let Some(why) = &more {
                self.map_others(&map, why, given)?;
            }
        }
        let firm = elements.len();
        Ok(self.array_open_from(elements, more.map(|why| (why, firm))))
    }

    fn map_others(&mut self, map: &Value, why: &Arc<str>, given: &Given<'_>) -> Eval<()> {
        if self.is_exact() {
            return self.call_perhaps(map, why);
        }
        let arguments = vec![Value::unknown(why.clone()), Value::unknown_of(Nature::Number, why.clone())];
        self.maybe(given.site, why, |run| {
            run.invoke(map.clone(), Value::undefined(), arguments, given.site, given.function, false)
        })?;
        Ok(())
    }

    /// What `Array.from` takes: something iterable, or `{ length }`.
    fn array_like(&mut self, value: &Value) -> Eval<(Vec<Value>, Option<Arc<str>>)> {
        let is_plain = value.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Plain));
        if !is_plain && (value.as_object().is_some() || value.as_str().is_some() || value.is_nullish() != Some(false)) {
            return self.iterate(value);
        }
        if value.is_unknown() {
            return Ok((Vec::new(), Some(reason(value))));
        }
        let length = self.get(value, "length")?;
        let Some(length) = self.to_number(&length) else { return Ok((Vec::new(), Some(reason(&length)))) };
        if length > MAX_ELEMENTS as f64 {
            return Ok((Vec::new(), Some("an array too long to follow".into())));
        }
        self.burn_for(length.max(0.0) as u64)?;
        let mut elements = Vec::new();
        for index in 0..length.max(0.0) as usize {
            elements.push(self.get(value, &index.to_string())?);
        }
        Ok((elements, None))
    }

    fn promise_function(&mut self, name: &str, first: &Value) -> Option<Value> {
        match name {
            "resolve" => Some(self.promise(Some(first.clone()))),
            "reject" => Some(self.promise(Some(Value::unknown("a rejected promise")))),
            "all" => Some(self.all(first)),
            "allSettled" | "race" | "any" => {
                let promises = self.iterate(first).map(|(promises, _)| promises).unwrap_or_default();
                promises.iter().for_each(|promise| self.answer_for(promise));
                Some(self.promise(Some(Value::unknown("what promises came to"))))
            }
            _ => None,
        }
    }

    fn escape_text(&mut self, name: &str, value: &Value) -> Value {
        let text = self.to_string(value);
        let Some(text) = text.as_str() else {
            return Value::unknown_of(Nature::String, reason(&text)).tainted(value.taint);
        };
        let keep: &[u8] = match name {
            "encodeURIComponent" => b"-_.!~*'()",
            "encodeURI" => b"-_.!~*'();/?:@&=+$,#",
            _ => return Value::unknown_of(Nature::String, format!("`{name}`")).tainted(value.taint),
        };
        let escape = |byte: u8| match byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        Value::string(text.bytes().map(escape).collect::<String>()).tainted(value.taint)
    }
}

/// `keyOf(token)` of `pm2lint`, for models: a text that stands for a string, or for a symbol by where it was made;
/// `undefined` for anything else.
fn key_of_token(token: &Value) -> Value {
    let is_symbol = matches!(&token.kind, Kind::Unknown(unknown) if unknown.nature == Nature::Symbol);
    let symbol = token.origin.filter(|_| is_symbol);
    match (token.as_str(), symbol) {
        (Some(text), _) => Value::string(format!("={text}")),
        (None, Some(made)) => Value::string(format!("{}:{}", made.module.0, made.span.start)),
        (None, None) => Value::undefined(),
    }
}
