//! What JavaScript and Node provide and what can be computed without running anything.

mod array;
mod callbacks;
mod collections;
mod folder;
mod function;
mod global;
mod json;
mod names;
mod node;
mod number;
mod object;
mod path;
mod pattern;
mod promise;
mod regex;
mod sort;
mod string;
mod text;
mod url;

use std::sync::Arc;

use super::super::heap::Class;
use super::super::value::{Kind, Nature, Origin, Taint, Value};
use super::{Eval, Interpreter};
pub(super) use names::{function_name, is_global, member, of_later_node, same_builtin, type_of};
pub(super) use node::{is_number_of_cpus, number_of_cpus};
pub(super) use pattern::Pattern;
pub(super) use text::{text_of_units, units};

/// What a builtin function is called with.
pub(super) struct Given<'a> {
    arguments: &'a [Value],
    pub site: Origin,
    /// The name of the function that calls.
    pub function: Option<&'a Arc<str>>,
}

impl<'a> Given<'a> {
    pub fn new(arguments: &'a [Value], site: Origin, function: Option<&'a Arc<str>>) -> Self {
        Self { arguments, site, function }
    }

    /// The argument at `position`; `undefined` where there is none.
    pub fn at(&self, position: usize) -> Value {
        super::function::argument(self.arguments, position)
    }

    /// All arguments, with what stands for further ones.
    pub fn all(&self) -> &[Value] {
        self.arguments
    }

    /// The arguments before any that are not known.
    pub fn known(&self) -> &[Value] {
        &self.arguments[..self.arguments.len() - usize::from(self.is_open())]
    }

    pub fn count(&self) -> usize {
        self.arguments.len()
    }

    /// Why there may be further arguments.
    pub fn further(&self) -> Option<&Arc<str>> {
        self.arguments.last().filter(|last| last.is_further()).and_then(Value::why)
    }

    pub fn is_open(&self) -> bool {
        self.further().is_some()
    }

    /// What the arguments depend on.
    pub fn taint(&self) -> Taint {
        self.arguments.iter().fold(Taint::NONE, |taint, argument| taint.with(argument.taint))
    }

    /// The arguments from `position` on.
    pub fn from(&self, position: usize) -> Given<'a> {
        let position = position.min(self.arguments.len() - usize::from(self.is_open()));
        Given { arguments: &self.arguments[position..], ..*self }
    }
}

impl Interpreter<'_> {
    /// A method that the receiver's own kind has: a string's, an array's, a promise's, any object's.
    pub(super) fn call_method(&mut self, this: &Value, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        match &this.kind {
            Kind::String(text) => self.string_method(&text.clone(), name, given),
            Kind::Number(number) => self.number_method(*number, name, given),
            Kind::Bool(_) => self.object_method(this, name, given),
            Kind::Object(id) => match &self.heap.object(*id).class {
                Class::Array(_) => self.array_method(*id, name, given),
                Class::Promise(value) => {
                    let value = value.clone();
                    self.promise_method(this, value, name, given)
                }
                Class::Map(_) => self.map_method(*id, name, given),
                Class::Set(_) => self.set_method(*id, name, given),
                Class::Iterator(_) | Class::Generator { .. } => self.iterator_method(*id, name, given),
                Class::Regex { .. } => self.regex_method(*id, name, given),
                Class::Closure(_) | Class::Bound { .. } | Class::Constructor { .. } => {
                    self.function_method(this, name, given)
                }
                _ => self.object_method(this, name, given),
            },
            Kind::Unknown(unknown) if unknown.choices.is_empty() => self.unknown_method(this, name, given),
            _ => Ok(None),
        }
    }

    /// Methods that are told by their name whatever they are called on.
    fn unknown_method(&mut self, this: &Value, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        match name {
            "then" | "catch" | "finally" if !self.is_exact() && !is_text_or_number(&given.at(0)) => {
                self.promise_method(this, Some(this.clone()), name, given)
            }
            "forEach" | "map" | "filter" | "flatMap" | "some" | "every" | "find" | "findIndex" | "reduce" | "sort"
                if self.heap.is_function(&given.at(0)) =>
            {
                self.opaque_calls += 1;
                let (function, why) = (given.at(0), reason(this));
                let element = Value::unknown(why.clone());
                match self.is_exact() {
                    true => self.call_perhaps(&function, &why)?,
                    false => drop(self.maybe(given.site, &why, |run| {
                        let arguments = vec![element.clone(), element.clone()];
                        run.invoke(function, Value::undefined(), arguments, given.site, None, false)
                    })?),
                }
                Ok(Some(match this.as_symbol() {
                    Some(symbol) => super::call::made_by(&format!("{symbol}.{name}")),
                    None => Value::unknown(why),
                }))
            }
            "toString" | "trim" | "toLowerCase" | "toUpperCase" | "padStart" | "padEnd" | "repeat" | "substring"
            | "slice" | "toFixed" | "join"
                if is_plain(this) =>
            {
                let nature = if name == "slice" { Nature::Anything } else { Nature::String };
                Ok(Some(Value::unknown_of(nature, reason(this))))
            }
            "replace" | "replaceAll" if is_plain(this) => {
                if self.is_exact() {
                    self.call_perhaps(&given.at(1), &reason(this))?;
                }
                Ok(Some(Value::unknown_of(Nature::String, reason(this))))
            }
            _ => Ok(None),
        }
    }

    /// `Object.prototype`
    fn object_method(&mut self, this: &Value, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        Ok(Some(match name {
            "hasOwnProperty" | "propertyIsEnumerable" => match self.property_key(&given.at(0)) {
                Some(key) if name == "hasOwnProperty" => self.has_own(this, &key),
                Some(key) => self.is_enumerable(this, &key),
                None => decided(None, "whether a property is there"),
            },
            "isPrototypeOf" => decided(None, "which objects inherit from it"),
            "toString" | "toLocaleString" => match &this.kind {
                Kind::Object(_) if self.heap.is_function(this) => {
                    Value::unknown_of(Nature::String, "a function's text")
                }
                Kind::Object(id) if name == "toString" => self.builtin_text(this, *id),
                Kind::Number(_) | Kind::Object(_) if name == "toLocaleString" => {
                    Value::unknown_of(Nature::String, "how it is written in a language")
                }
                _ => self.to_string(this),
            },
            "valueOf" => this.clone(),
            _ => return Ok(None),
        }))
    }
}

/// No promise is given one: `catch('info')` is a method of a library's own.
fn is_text_or_number(value: &Value) -> bool {
    matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Bool(_))
}

fn reason(value: &Value) -> Arc<str> {
    value.why().cloned().unwrap_or_else(|| "it is not known".into())
}

/// Whether nothing is known of a value, not even the way it came out of a library.
fn is_plain(value: &Value) -> bool {
    matches!(&value.kind, Kind::Unknown(unknown) if unknown.nature != Nature::Object && unknown.symbol.is_none())
}

/// A value that JavaScript or Node fixes.
pub(super) fn constant(symbol: &str) -> Option<Value> {
    Some(match symbol {
        "Math.PI" => Value::number(std::f64::consts::PI),
        "Math.E" => Value::number(std::f64::consts::E),
        "Math.LN2" => Value::number(std::f64::consts::LN_2),
        "Math.LN10" => Value::number(std::f64::consts::LN_10),
        "Math.SQRT2" => Value::number(std::f64::consts::SQRT_2),
        "Number.MAX_SAFE_INTEGER" => Value::number(9_007_199_254_740_991.0),
        "Number.MIN_SAFE_INTEGER" => Value::number(-9_007_199_254_740_991.0),
        "Number.MAX_VALUE" => Value::number(f64::MAX),
        "Number.MIN_VALUE" => Value::number(5e-324),
        "Number.POSITIVE_INFINITY" => Value::number(f64::INFINITY),
        "Number.NEGATIVE_INFINITY" => Value::number(f64::NEG_INFINITY),
        "Number.NaN" => Value::number(f64::NAN),
        "Number.EPSILON" => Value::number(f64::EPSILON),
        "path.sep" => Value::string("/"),
        "path.delimiter" => Value::string(":"),
        "os.EOL" => Value::string("\n"),
        "path.posix" => Value::symbol("path", Nature::Object),
        "process.pid" => Value::unknown_of(Nature::Number, "the process id").tainted(Taint::PROCESS),
        "process.ppid" => Value::unknown_of(Nature::Number, "the id of the parent process"),
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
    let taint = parts.iter().fold(Taint::NONE, |taint, part| taint.with(part.taint));
    let mut length = 0;
    for part in parts {
        let Some(text) = part.as_str() else {
            return Value::unknown_of(Nature::String, reason(part)).tainted(taint);
        };
        length += text.len() + separator.len();
        texts.push(text);
    }
    match length > super::operators::MAX_TEXT {
        true => Value::unknown_of(Nature::String, "a text too long to follow"),
        false => Value::string(texts.join(separator)).tainted(taint),
    }
}
