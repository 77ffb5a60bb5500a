//! Functions and constructors that are there without `require`, by name.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, Origin, Value};
use super::super::models::is_known;
use super::super::module::ImportKind;
use super::super::operators::{is_js_whitespace, string_to_number};
use super::super::{Callback, Eval, Interpreter, Writes};
use super::decided;

impl Interpreter<'_> {
    /// A function of JavaScript or Node that can be computed; `None`: it is for the host.
    pub(in super::super) fn call_builtin(
        &mut self,
        symbol: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        if let Some((namespace, name)) = symbol.rsplit_once('.') {
            return match namespace {
                "Object" => self.object_function(name, arguments),
                "Array" => self.array_function(name, arguments, site, function),
                "Math" => Ok(self.math(name, arguments)),
                "Number" => Ok(self.number_function(name, &first)),
                "JSON" => self.json(name, arguments),
                "String" => Ok(self.string_function(name, arguments)),
                "Promise" => Ok(self.promise_function(name, &first)),
                "Reflect" if name == "getMetadata" => self.metadata(arguments),
                "pm2lint" if name == "isKnown" => Ok(Some(Value::bool(is_known(&first)))),
                "console" => Ok(Some(Value::undefined())),
                "Date" => Ok(Some(Value::unknown_of(Nature::Number, "the time"))),
                "Symbol" => Ok(Some(Value::unknown("a symbol"))),
                "require" if name == "resolve" => Ok(Some(Value::unknown_of(Nature::String, "where a module lies"))),
                _ => self.node_function(namespace, name, arguments, site),
            };
        }
        Ok(Some(match symbol {
            "require" => return self.require_call(&first, site).map(Some),
            "String" if arguments.is_empty() => Value::string(""),
            "String" => self.to_string(&first),
            "Number" if arguments.is_empty() => Value::number(0.0),
            "Number" => return Ok(self.number_function("Number", &first)),
            "Boolean" => match first.truthy() {
                Some(truthy) => Value::bool(truthy).tainted(first.taint),
                None => decided(None, first.why().map_or("a condition", |why| why)).tainted(first.taint),
            },
            "parseInt" | "parseFloat" | "isNaN" | "isFinite" => {
                let radix = arguments.get(1).cloned();
                return Ok(Some(self.parse_number(symbol, &first, radix.as_ref())));
            }
            "encodeURIComponent" | "decodeURIComponent" | "encodeURI" | "decodeURI" | "btoa" | "atob" => {
                self.escape_text(symbol, &first)
            }
            "structuredClone" => first,
            "queueMicrotask" => {
                let path = self.path;
                self.run_soon(Callback { function: first, arguments: Vec::new(), path, writes: Writes::Stand });
                Value::undefined()
            }
            "Array" => {
                return self.construct_builtin(&Value::symbol("Array", Nature::Object), arguments, site, function);
            }
            "Object" => first,
            "Error" | "TypeError" | "RangeError" => self.new_error(&first),
            "Date" => Value::unknown_of(Nature::String, "the time"),
            "Symbol" => Value::unknown("a symbol"),
            "BigInt" => Value::unknown_of(Nature::BigInt, "a BigInt"),
            "RegExp" => {
                return self.construct_builtin(&Value::symbol("RegExp", Nature::Object), arguments, site, function);
            }
            _ => return Ok(None),
        }))
    }

    fn require_call(&mut self, specifier: &Value, site: Origin) -> Eval {
        match specifier.as_str() {
            Some(text) => self.require(site, &text.to_owned(), ImportKind::Require),
            None => Ok(Value::unknown("which module is required is not known")),
        }
    }

    /// `new` of something JavaScript provides; `None`: it is for the host.
    pub(in super::super) fn construct_builtin(
        &mut self,
        callee: &Value,
        arguments: &[Value],
        site: Origin,
        _function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        let Some(symbol) = callee.as_symbol() else { return Ok(None) };
        Ok(Some(match &**symbol {
            "Array" => match first.as_number() {
                Some(length) if arguments.len() == 1 && (0.0..=100_000.0).contains(&length) => {
                    self.array(vec![Value::undefined(); length as usize])
                }
                _ if arguments.len() == 1 && first.is_unknown() => self.open_array(&first),
                _ => self.array(arguments.to_vec()),
            },
            "Object" => Value::object(self.heap.allocate(Class::Plain, None)),
            "Map" | "WeakMap" => self.new_map(&first)?,
            "Set" | "WeakSet" => {
                let (elements, more) = self.iterate(&first);
                let mut distinct: Vec<Value> = Vec::new();
                for element in elements {
                    if !distinct.iter().any(|known| known.same(&element)) {
                        distinct.push(element);
                    }
                }
                let id = self.heap.allocate(Class::Set(distinct), None);
                if let Some(why) = more {
                    self.heap.open(id, why);
                }
                Value::object(id)
            }
            "Error" | "TypeError" | "RangeError" | "SyntaxError" => self.new_error(&first),
            "Promise" => self.new_promise(&first, site)?,
            "Date" => Value::unknown_of(Nature::Object, "the time"),
            "String" => self.to_string(&first),
            "RegExp" => match (first.as_str(), arguments.get(1).map(|flags| flags.as_str())) {
                (Some(pattern), flags) => {
                    let flags = flags.flatten().unwrap_or("");
                    self.regex(&pattern.into(), &flags.into())
                }
                (None, _) => Value::unknown_of(Nature::Object, "a pattern that is not known"),
            },
            _ => return Ok(None),
        }))
    }

    fn open_array(&mut self, length: &Value) -> Value {
        let array = self.array(Vec::new());
        let why = length.why().cloned().unwrap_or_else(|| "the length is not known".into());
        if let Some(id) = array.as_object() {
            self.heap.open(id, why);
        }
        array
    }

    fn new_map(&mut self, entries: &Value) -> Eval {
        let (pairs, more) = self.iterate(entries);
        let mut map = Vec::new();
        for pair in pairs {
            map.push((self.get(&pair, "0")?, self.get(&pair, "1")?));
        }
        let id = self.heap.allocate(Class::Map(map), None);
        if let Some(why) = more {
            self.heap.open(id, why);
        }
        Ok(Value::object(id))
    }

    fn new_error(&mut self, message: &Value) -> Value {
        let message = self.to_string(message);
        let error = self.error("");
        if let Some(id) = error.as_object() {
            self.define_hidden(id, "message".into(), message);
        }
        error
    }

    fn array_function(
        &mut self,
        name: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        Ok(Some(match name {
            "isArray" => match &first.kind {
                Kind::Object(_) => Value::bool(self.heap.elements(&first).is_some()),
                Kind::Unknown(unknown) if matches!(unknown.nature, Nature::Anything | Nature::Object) => {
                    decided(None, "whether it is an array")
                }
                _ => Value::bool(false),
            },
            "of" => self.array(arguments.to_vec()),
            "from" => {
                let (mut elements, more) = self.array_like(&first)?;
                if let Some(map) = arguments.get(1) {
                    for (index, element) in elements.iter_mut().enumerate() {
                        let given = vec![element.clone(), Value::number(index as f64)];
                        *element = self.invoke(map.clone(), Value::undefined(), given, site, function, false)?;
                    }
                    if let Some(why) = &more {
                        let given = vec![Value::unknown(why.clone()), Value::unknown_of(Nature::Number, why.clone())];
                        self.maybe(why, |run| {
                            run.invoke(map.clone(), Value::undefined(), given, site, function, false)
                        })?;
                    }
                }
                let array = self.array(elements);
                if let (Some(why), Some(id)) = (more, array.as_object()) {
                    self.heap.open(id, why);
                }
                array
            }
            _ => return Ok(None),
        }))
    }

    /// What `Array.from` takes: something iterable, or `{ length }`.
    fn array_like(&mut self, value: &Value) -> Eval<(Vec<Value>, Option<Arc<str>>)> {
        let is_plain = value.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Plain));
        if !is_plain {
            return Ok(self.iterate(value));
        }
        let length = self.get(value, "length")?;
        match length.as_number() {
            Some(length) if (0.0..=100_000.0).contains(&length) => {
                let mut elements = Vec::new();
                for index in 0..length as usize {
                    elements.push(self.get(value, &index.to_string())?);
                }
                Ok((elements, None))
            }
            _ => Ok((Vec::new(), Some(length.why().cloned().unwrap_or_else(|| "the length is not known".into())))),
        }
    }

    fn promise_function(&mut self, name: &str, first: &Value) -> Option<Value> {
        match name {
            "resolve" => Some(self.promise(Some(first.clone()))),
            "reject" => Some(self.promise(Some(Value::unknown("a rejected promise")))),
            "all" | "allSettled" | "race" | "any" if name == "all" => Some(self.all(first)),
            "allSettled" | "race" | "any" => {
                let (promises, _) = self.iterate(first);
                promises.iter().for_each(|promise| self.answer_for(promise));
                Some(self.promise(Some(Value::unknown("what promises came to"))))
            }
            _ => None,
        }
    }

    fn number_function(&mut self, name: &str, value: &Value) -> Option<Value> {
        let result = match name {
            "Number" => match self.to_number(value) {
                Some(number) => Value::number(number),
                None => return Some(self.numeric_choices(value)),
            },
            "parseInt" | "parseFloat" => return Some(self.parse_number(name, value, None)),
            "isInteger" | "isSafeInteger" => match &value.kind {
                Kind::Number(number) => Value::bool(number.is_finite() && number.fract() == 0.0),
                Kind::Unknown(_) => decided(None, "whether it is an integer"),
                _ => Value::bool(false),
            },
            "isNaN" | "isFinite" => match &value.kind {
                Kind::Number(number) if name == "isNaN" => Value::bool(number.is_nan()),
                Kind::Number(number) => Value::bool(number.is_finite()),
                Kind::Unknown(_) => decided(None, "whether it is a number"),
                _ => Value::bool(false),
            },
            _ => return None,
        };
        Some(result.tainted(value.taint))
    }

    fn numeric_choices(&mut self, value: &Value) -> Value {
        let choices = value.clone().into_choices();
        let why = value.why().cloned().unwrap_or_else(|| "a number that is not known".into());
        if choices.len() < 2 {
            return Value::unknown_of(Nature::Number, why).tainted(value.taint);
        }
        let numbers: Vec<Value> = choices
            .iter()
            .map(|choice| match self.to_number(choice) {
                Some(number) => Value::number(number).tainted(choice.taint),
                None => Value::unknown_of(Nature::Number, why.clone()),
            })
            .collect();
        Value::one_of(numbers, &why).tainted(value.taint)
    }

    fn parse_number(&mut self, name: &str, value: &Value, radix: Option<&Value>) -> Value {
        let choices = value.clone().into_choices();
        if choices.len() > 1 {
            let parsed: Vec<Value> = choices.iter().map(|choice| self.parse_number(name, choice, radix)).collect();
            return Value::one_of(parsed, value.why().map_or("a number", |why| why)).tainted(value.taint);
        }
        let text = self.to_string(value);
        let unknown = |nature| Value::unknown_of(nature, value.why().cloned().unwrap_or_else(|| "a number".into()));
        let result = match (name, text.as_str()) {
            ("parseInt", Some(text)) => match radix.filter(|radix| !radix.is_undefined()).map(Value::as_number) {
                Some(None) => unknown(Nature::Number),
                radix => Value::number(parse_int(text, radix.flatten().unwrap_or(0.0) as u32)),
            },
            ("parseFloat", Some(text)) => Value::number(parse_float(text)),
            ("isNaN", _) => match self.to_number(value) {
                Some(number) => Value::bool(number.is_nan()),
                None => unknown(Nature::Bool),
            },
            ("isFinite", _) => match self.to_number(value) {
                Some(number) => Value::bool(number.is_finite()),
                None => unknown(Nature::Bool),
            },
            _ => unknown(Nature::Number),
        };
        result.tainted(value.taint)
    }

    fn math(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        let mut numbers = Vec::with_capacity(arguments.len());
        let mut taint = super::super::Taint::NONE;
        for argument in arguments {
            taint = taint.with(argument.taint);
            match self.to_number(argument) {
                Some(number) => numbers.push(number),
                None => {
                    let why = argument.why().cloned().unwrap_or_else(|| "a number".into());
                    return Some(Value::unknown_of(Nature::Number, why).tainted(taint));
                }
            }
        }
        let one = numbers.first().copied().unwrap_or(f64::NAN);
        let fold = |start: f64, pick: fn(f64, f64) -> f64| {
            numbers.iter().fold(
                start,
                |best, number| if number.is_nan() || best.is_nan() { f64::NAN } else { pick(best, *number) },
            )
        };
        let result = match name {
            "max" => fold(f64::NEG_INFINITY, f64::max),
            "min" => fold(f64::INFINITY, f64::min),
            "floor" => one.floor(),
            "ceil" => one.ceil(),
            "round" => (one + 0.5).floor(),
            "trunc" => one.trunc(),
            "abs" => one.abs(),
            "sign" => {
                if one == 0.0 || one.is_nan() {
                    one
                } else {
                    one.signum()
                }
            }
            "sqrt" => one.sqrt(),
            "pow" => one.powf(numbers.get(1).copied().unwrap_or(f64::NAN)),
            _ => return Some(Value::unknown_of(Nature::Number, format!("`Math.{name}`"))),
        };
        Some(Value::number(result).tainted(taint))
    }
}

fn parse_int(text: &str, radix: u32) -> f64 {
    let text = text.trim_start_matches(is_js_whitespace);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (radix, text) = match (radix, hex) {
        (0 | 16, Some(rest)) => (16, rest),
        (0, None) => (10, text),
        (radix, _) => (radix, text),
    };
    if !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let digits: Vec<u32> = text.chars().map_while(|letter| letter.to_digit(radix)).collect();
    if digits.is_empty() {
        return f64::NAN;
    }
    let value = digits.iter().fold(0.0, |value, digit| value * f64::from(radix) + f64::from(*digit));
    if negative { -value } else { value }
}

fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_js_whitespace);
    let longest = text
        .char_indices()
        .map(|(index, letter)| index + letter.len_utf8())
        .take_while(|end| text[..*end].bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)))
        .filter(|end| !string_to_number(&text[..*end]).is_nan())
        .last();
    match longest {
        Some(end) => string_to_number(&text[..end]),
        None if text.starts_with("Infinity") || text.starts_with("+Infinity") => f64::INFINITY,
        None if text.starts_with("-Infinity") => f64::NEG_INFINITY,
        None => f64::NAN,
    }
}
