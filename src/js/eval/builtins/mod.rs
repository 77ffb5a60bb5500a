//! What JavaScript and Node provide and what can be computed without running anything.

mod array;
mod collections;
mod global;
mod json;
mod node;
mod object;
mod promise;
mod regex;
mod string;

use std::sync::Arc;

use super::super::heap::Class;
use super::super::value::{Kind, Nature, Origin, Value};
use super::{Eval, Interpreter};

impl Interpreter<'_> {
    /// A method that the receiver's own kind has: a string's, an array's, a promise's, any object's.
    pub(super) fn call_method(
        &mut self,
        this: &Value,
        name: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        match &this.kind {
            Kind::String(text) => self.string_method(&text.clone(), name, arguments, site),
            Kind::Number(number) => Ok(number_method(*number, name, arguments)),
            Kind::Object(id) => match self.heap.object(*id).class.clone() {
                Class::Array(elements) => self.array_method(*id, elements, name, arguments, site, function),
                Class::Promise(value) => self.promise_method(this, value, name, arguments, site),
                Class::Map(entries) => self.map_method(*id, entries, name, arguments, site),
                Class::Set(elements) => self.set_method(*id, elements, name, arguments, site),
                Class::Regex { pattern, flags } => Ok(self.regex_method(&pattern, &flags, name, arguments)),
                Class::Closure(_) | Class::Bound { .. } => self.function_method(this, name, arguments, site, function),
                _ => self.object_method(this, name, arguments),
            },
            Kind::Unknown(unknown) if unknown.choices.is_empty() => self.unknown_method(this, name, arguments, site),
            _ => Ok(None),
        }
    }

    /// Methods that are told by their name whatever they are called on.
    fn unknown_method(&mut self, this: &Value, name: &str, arguments: &[Value], site: Origin) -> Eval<Option<Value>> {
        match name {
            "then" | "catch" | "finally" => self.promise_method(this, Some(this.clone()), name, arguments, site),
            "forEach" | "map" | "filter" | "flatMap" | "some" | "every" | "find" | "findIndex" | "reduce" | "sort"
                if arguments.first().is_some_and(|function| self.heap.is_function(function)) =>
            {
                self.opaque_calls += 1;
                let function = arguments[0].clone();
                let why = this.why().cloned().unwrap_or_else(|| "the elements are not known".into());
                let element = Value::unknown(why.clone());
                self.maybe(&why, |run| {
                    run.invoke(function, Value::undefined(), vec![element.clone(), element.clone()], site, None, false)
                })?;
                Ok(Some(match this.as_symbol() {
                    Some(symbol) => super::call::made_by(&format!("{symbol}.{name}")),
                    None => Value::unknown(why),
                }))
            }
            "toString" | "trim" | "toLowerCase" | "toUpperCase" | "padStart" | "padEnd" | "repeat" | "replace"
            | "replaceAll" | "substring" | "slice" | "toFixed" | "join"
                if is_plain(this) =>
            {
                let why = this.why().cloned().unwrap_or_else(|| "a text that is not known".into());
                Ok(Some(Value::unknown_of(if name == "slice" { Nature::Anything } else { Nature::String }, why)))
            }
            _ => Ok(None),
        }
    }

    fn function_method(
        &mut self,
        this: &Value,
        name: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let receiver = arguments.first().cloned().unwrap_or_else(Value::undefined);
        match name {
            "call" => {
                let rest = arguments.get(1..).unwrap_or_default().to_vec();
                self.invoke(this.clone(), receiver, rest, site, function, false).map(Some)
            }
            "apply" => {
                let list = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
                let rest = self.iterate(&list).0;
                self.invoke(this.clone(), receiver, rest, site, function, false).map(Some)
            }
            "bind" => {
                let bound = Class::Bound {
                    target: this.clone(),
                    this: receiver,
                    arguments: arguments.get(1..).unwrap_or_default().to_vec(),
                };
                Ok(Some(Value::object(self.heap.allocate(bound, None))))
            }
            _ => self.object_method(this, name, arguments),
        }
    }

    fn object_method(&mut self, this: &Value, name: &str, arguments: &[Value]) -> Eval<Option<Value>> {
        match name {
            "hasOwnProperty" => {
                let key = arguments.first().cloned().unwrap_or_else(Value::undefined);
                let key = self.property_key(&key);
                let outcome = key.and_then(|key| self.has_property(this, &key, true));
                Ok(Some(decided(outcome, "whether a property is there")))
            }
            "toString" | "toLocaleString" if !self.heap.is_function(this) => Ok(Some(self.to_string(this))),
            "valueOf" => Ok(Some(this.clone())),
            _ => Ok(None),
        }
    }
}

fn is_plain(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(unknown) => {
            unknown
                .symbol
                .as_deref()
                .is_none_or(|symbol| matches!(unknown.nature, Nature::String) || symbol.contains("()."))
                && unknown.nature != Nature::Object
                && unknown.symbol.is_none()
        }
        _ => false,
    }
}

fn number_method(number: f64, name: &str, arguments: &[Value]) -> Option<Value> {
    let digits = arguments.first().and_then(Value::as_number);
    match name {
        "toString" if digits.is_none() && arguments.is_empty() => {
            Some(Value::string(crate::js::number_to_string(number)))
        }
        "toFixed" => {
            let digits = digits.unwrap_or(0.0);
            (number.abs() < 1e15 && (0.0..=20.0).contains(&digits))
                .then(|| Value::string(format!("{number:.*}", digits as usize)))
        }
        "valueOf" => Some(Value::number(number)),
        _ => Some(Value::unknown_of(Nature::String, "how a number is written")),
    }
}

/// A value that JavaScript or Node fixes.
pub(super) fn constant(symbol: &str) -> Option<Value> {
    Some(match symbol {
        "Math.PI" => Value::number(std::f64::consts::PI),
        "Math.E" => Value::number(std::f64::consts::E),
        "Number.MAX_SAFE_INTEGER" => Value::number(9_007_199_254_740_991.0),
        "Number.MIN_SAFE_INTEGER" => Value::number(-9_007_199_254_740_991.0),
        "Number.POSITIVE_INFINITY" => Value::number(f64::INFINITY),
        "Number.NEGATIVE_INFINITY" => Value::number(f64::NEG_INFINITY),
        "Number.NaN" => Value::number(f64::NAN),
        "Number.EPSILON" => Value::number(f64::EPSILON),
        "path.sep" => Value::string("/"),
        "path.delimiter" => Value::string(":"),
        "os.EOL" => Value::string("\n"),
        "path.posix" => Value::symbol("path", Nature::Object),
        "process.pid" | "process.ppid" => Value::unknown_of(Nature::Number, "the process id"),
        "process.version" => Value::unknown_of(Nature::String, "the version of Node"),
        "process.arch" => Value::unknown_of(Nature::String, "the machine"),
        "process.platform" => Value::unknown_of(Nature::String, "the operating system"),
        _ => return None,
    })
}

/// A truth value, or why there is none.
fn decided(outcome: Option<bool>, what: &str) -> Value {
    match outcome {
        Some(outcome) => Value::bool(outcome),
        None => Value::unknown_of(Nature::Bool, what),
    }
}

/// Texts joined; undecided where one is.
pub(super) fn join(parts: &[Value], separator: &str) -> Value {
    let mut texts = Vec::with_capacity(parts.len());
    let mut taint = super::super::value::Taint::NONE;
    for part in parts {
        taint = taint.with(part.taint);
        match part.as_str() {
            Some(text) => texts.push(text),
            None => {
                let why = part.why().cloned().unwrap_or_else(|| "a part is not known".into());
                return Value::unknown_of(Nature::String, why).tainted(taint);
            }
        }
    }
    Value::string(texts.join(separator)).tainted(taint)
}
