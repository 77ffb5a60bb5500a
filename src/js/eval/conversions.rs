//! Conversions between kinds of values, as the specification has them.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::value::{Kind, Nature, ObjectId, Value};
use super::{Abrupt, Interpreter};
use crate::js::number_to_string;

#[allow(
    clippy::wrong_self_convention,
    reason = "`to_number` and its like are the specification's own names, and may call the program"
)]
impl Interpreter<'_> {
    /// `ToPrimitive`: what objects give for `valueOf`, else their text.
    pub(super) fn to_primitive(&mut self, value: &Value) -> Value {
        if value.as_object().is_none() {
            return value.clone();
        }
        match self.own_conversion(value, "valueOf") {
            Some(primitive) if primitive.as_object().is_none() => primitive,
            _ => self.to_string(value),
        }
    }

    /// What the program's own `valueOf` or `toString` of an object gives, if it has one.
    fn own_conversion(&mut self, value: &Value, name: &str) -> Option<Value> {
        let method = match self.get(value, name) {
            Ok(method) if self.heap.is_function(&method) => method,
            Ok(method) if method.as_symbol().is_some_and(|symbol| symbol.contains(".prototype.")) => return None,
            Ok(method) if method.is_unknown() => return Some(Value::unknown("how an object converts itself")),
            Ok(_) => return None,
            Err(_) => return Some(Value::unknown("how an object converts itself")),
        };
        Some(self.get_by(method, value).unwrap_or_else(|left| {
            if let Abrupt::Throw(_) = left {
                self.throw_perhaps("an object's conversion throws");
            }
            Value::unknown("an object's conversion throws")
        }))
    }

    /// `Number(value)`; `None` where undecided.
    pub(super) fn to_number(&mut self, value: &Value) -> Option<f64> {
        match &value.kind {
            Kind::Undefined | Kind::Hole => Some(f64::NAN),
            Kind::Null => Some(0.0),
            Kind::Bool(value) => Some(f64::from(u8::from(*value))),
            Kind::Number(number) => Some(*number),
            Kind::String(text) => Some(string_to_number(text)),
            Kind::BigInt(digits) => digits.parse().ok(),
            Kind::Unknown(_) => None,
            Kind::Object(_) => {
                let primitive = self.to_primitive(value);
                if primitive.as_object().is_some() { None } else { self.to_number(&primitive) }
            }
        }
    }

    /// `String(value)`, undecided where it is.
    pub(super) fn to_string(&mut self, value: &Value) -> Value {
        let text: Arc<str> = match &value.kind {
            Kind::Undefined | Kind::Hole => "undefined".into(),
            Kind::Null => "null".into(),
            Kind::Bool(value) => value.to_string().into(),
            Kind::Number(number) => number_to_string(*number).into(),
            Kind::String(text) | Kind::BigInt(text) => text.clone(),
            Kind::Unknown(unknown) if !unknown.choices.is_empty() => {
                let texts: Vec<Value> =
                    value.clone().into_choices().iter().map(|choice| self.to_string(choice)).collect();
                return Value { origin: value.origin, ..Value::one_of(texts, &unknown.why).tainted(value.taint) };
            }
            Kind::Unknown(unknown) => {
                let text = Value::unknown_of(Nature::String, unknown.why.clone()).tainted(value.taint);
                return Value { origin: value.origin, ..text };
            }
            Kind::Object(id) => return self.object_to_string(value, *id),
        };
        Value { kind: Kind::String(text), ..value.clone() }
    }

    fn object_to_string(&mut self, value: &Value, id: ObjectId) -> Value {
        if self.depth > MAX_TEXT_DEPTH {
            return Value::unknown_of(Nature::String, "an object that contains itself");
        }
        self.depth += 1;
        let text = match self.own_conversion(value, "toString") {
            Some(text) if text.as_object().is_none() => self.to_string(&text),
            Some(_) => Value::unknown_of(Nature::String, "an object's text"),
            None => self.builtin_text(value, id),
        };
        self.depth -= 1;
        text.tainted(value.taint)
    }

    /// What the builtin `toString` of an object gives.
    pub(super) fn builtin_text(&mut self, value: &Value, id: ObjectId) -> Value {
        match &self.heap.object(id).class {
            Class::Array(_) => self.join_elements(id, ","),
            Class::Regex { pattern, flags } => Value::string(format!("/{pattern}/{flags}")),
            Class::Url(href) => Value::string(href.clone()),
            Class::Error(_) => self.error_to_string(value),
            Class::Derived(made) => match made.clone() {
                made if made.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Error(_))) => {
                    self.error_to_string(value)
                }
                _ => Value::unknown_of(Nature::String, "an object's text"),
            },
            Class::Plain | Class::Environment => Value::string("[object Object]"),
            Class::Map(_) => Value::string("[object Map]"),
            Class::Set(_) => Value::string("[object Set]"),
            Class::Promise(_) => Value::string("[object Promise]"),
            Class::Namespace(_) => Value::string("[object Module]"),
            _ => Value::unknown_of(Nature::String, "an object's text"),
        }
    }

    fn error_to_string(&mut self, error: &Value) -> Value {
        let mut part = |key| match self.get(error, key) {
            Ok(value) => self.to_string(&value),
            Err(_) => Value::unknown_of(Nature::String, "an error's text"),
        };
        let (name, message) = (part("name"), part("message"));
        match (name.as_str(), message.as_str()) {
            (Some(name), Some("")) => Value::string(name),
            (Some(""), Some(message)) => Value::string(message),
            (Some(name), Some(message)) => Value::string(format!("{name}: {message}")),
            _ => Value::unknown_of(Nature::String, "an error's text"),
        }
    }

    /// The text of a property key; `None` where undecided.
    pub(super) fn property_key(&mut self, value: &Value) -> Option<Arc<str>> {
        match self.to_string(value).kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Deepest nesting of arrays and objects whose text is followed.
const MAX_TEXT_DEPTH: u32 = super::MAX_DEPTH - 10;

/// `Number(text)`
pub(super) fn string_to_number(text: &str) -> f64 {
    let text = text.trim_matches(is_js_whitespace);
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        _ if text.is_empty() => 0.0,
        Some("0x") => whole(&text[2..], 16),
        Some("0o") => whole(&text[2..], 8),
        Some("0b") => whole(&text[2..], 2),
        _ => decimal(text),
    }
}

/// A whole number without sign; `NaN` where a letter is no digit, or there is none.
fn whole(digits: &str, radix: u32) -> f64 {
    let add = |value: f64, letter: char| Some(value * f64::from(radix) + f64::from(letter.to_digit(radix)?));
    if digits.is_empty() { f64::NAN } else { digits.chars().try_fold(0.0, add).unwrap_or(f64::NAN) }
}

fn decimal(text: &str) -> f64 {
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// White space as JavaScript trims it.
pub(super) fn is_js_whitespace(letter: char) -> bool {
    letter.is_whitespace() && letter != '\u{85}' || letter == '\u{feff}'
}
