//! Operators with JavaScript's own coercions.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{Binary, Unary};
use super::super::number_to_string;
use super::super::value::{Kind, Nature, Taint, Value};
use super::Interpreter;

impl Interpreter<'_> {
    pub(super) fn unary_value(&mut self, operator: Unary, operand: Value) -> Value {
        let taint = operand.taint;
        if let Some(choices) = choices(&operand) {
            let results: Vec<Value> = choices.into_iter().map(|choice| self.unary_value(operator, choice)).collect();
            return Value::one_of(results, why(&operand)).tainted(taint);
        }
        let result = match operator {
            Unary::Void => Value::undefined(),
            Unary::Delete => Value::bool(true),
            Unary::Not => match operand.truthy() {
                Some(truthy) => Value::bool(!truthy),
                None => Value::unknown_of(Nature::Bool, why(&operand)),
            },
            Unary::TypeOf => self.type_of(&operand),
            Unary::Plus | Unary::Minus | Unary::BitNot => match self.to_number(&operand) {
                Some(number) => Value::number(match operator {
                    Unary::Minus => -number,
                    Unary::BitNot => f64::from(!to_int32(number)),
                    _ => number,
                }),
                None => Value::unknown_of(Nature::Number, why(&operand)),
            },
        };
        result.tainted(taint)
    }

    fn type_of(&self, operand: &Value) -> Value {
        let name = match &operand.kind {
            Kind::Undefined => "undefined",
            Kind::Null => "object",
            Kind::Bool(_) => "boolean",
            Kind::Number(_) => "number",
            Kind::String(_) => "string",
            Kind::BigInt(_) => "bigint",
            Kind::Object(_) if self.heap.is_function(operand) => "function",
            Kind::Object(_) => "object",
            Kind::Unknown(unknown) => match (unknown.nature, unknown.symbol.as_deref()) {
                (Nature::Number, _) => "number",
                (Nature::String, _) => "string",
                (Nature::Bool, _) => "boolean",
                (Nature::BigInt, _) => "bigint",
                (_, Some("process.send")) => "function",
                (_, Some("process")) => "object",
                (Nature::Object, _) => {
                    return Value::one_of(["object", "function"].map(Value::string), &unknown.why);
                }
                _ => return Value::unknown_of(Nature::String, unknown.why.clone()),
            },
        };
        Value::string(name)
    }

    /// `left operator right`
    pub(super) fn binary(&mut self, operator: Binary, left: &Value, right: &Value) -> Value {
        let taint = left.taint.with(right.taint);
        for (choice_of, other, swapped) in [(left, right, false), (right, left, true)] {
            if let Some(choices) = choices(choice_of) {
                let results: Vec<Value> = choices
                    .into_iter()
                    .map(|choice| match swapped {
                        false => self.binary(operator, &choice, other),
                        true => self.binary(operator, other, &choice),
                    })
                    .collect();
                return Value::one_of(results, why(choice_of)).tainted(taint);
            }
        }
        let result = match operator {
            Binary::Add => self.add(left, right),
            Binary::StrictEqual => truth(self.strict_equal(left, right), left, right),
            Binary::StrictNotEqual => truth(self.strict_equal(left, right).map(|equal| !equal), left, right),
            Binary::Equal => truth(self.loose_equal(left, right), left, right),
            Binary::NotEqual => truth(self.loose_equal(left, right).map(|equal| !equal), left, right),
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                truth(self.compare(operator, left, right), left, right)
            }
            Binary::In => {
                let key = self.property_key(left);
                truth(key.and_then(|key| self.has_property(right, &key, false)), left, right)
            }
            Binary::InstanceOf => truth(self.instance_of(left, right), left, right),
            _ => self.arithmetic(operator, left, right),
        };
        result.tainted(taint)
    }

    fn add(&mut self, left: &Value, right: &Value) -> Value {
        let (left, right) = (self.to_primitive(left), self.to_primitive(right));
        let stringy = |value: &Value| match &value.kind {
            Kind::String(_) => Some(true),
            Kind::Unknown(unknown) => match unknown.nature {
                Nature::String => Some(true),
                Nature::Number | Nature::Bool | Nature::BigInt => Some(false),
                _ => None,
            },
            _ => Some(false),
        };
        match (stringy(&left), stringy(&right)) {
            (Some(true), _) | (_, Some(true)) => self.concatenate(&left, &right),
            (Some(false), Some(false)) if is_big(&left) || is_big(&right) => big(&left, &right),
            (Some(false), Some(false)) => match (self.to_number(&left), self.to_number(&right)) {
                (Some(a), Some(b)) => Value::number(a + b),
                _ => Value::unknown_of(Nature::Number, reason(&left, &right)),
            },
            _ => Value::unknown(reason(&left, &right)),
        }
    }

    fn concatenate(&mut self, left: &Value, right: &Value) -> Value {
        let (left, right) = (self.to_string(left), self.to_string(right));
        match (left.as_str(), right.as_str()) {
            (Some(a), Some(b)) if a.len() + b.len() <= MAX_TEXT => Value::string([a, b].concat()),
            (Some(_), Some(_)) => Value::unknown_of(Nature::String, "a text too long to follow"),
            _ => Value::unknown_of(Nature::String, reason(&left, &right)),
        }
    }

    fn arithmetic(&mut self, operator: Binary, left: &Value, right: &Value) -> Value {
        if is_big(left) || is_big(right) {
            return big(left, right);
        }
        let (Some(a), Some(b)) = (self.to_number(left), self.to_number(right)) else {
            return Value::unknown_of(Nature::Number, reason(left, right));
        };
        let shift = to_int32(b) as u32 & 31;
        Value::number(match operator {
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Remainder => a % b,
            Binary::Power if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) => f64::NAN,
            Binary::Power => a.powf(b),
            Binary::BitAnd => f64::from(to_int32(a) & to_int32(b)),
            Binary::BitOr => f64::from(to_int32(a) | to_int32(b)),
            Binary::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
            Binary::ShiftLeft => f64::from(to_int32(a).wrapping_shl(shift)),
            Binary::ShiftRight => f64::from(to_int32(a) >> shift),
            _ => f64::from(to_int32(a) as u32 >> shift),
        })
    }

    fn compare(&mut self, operator: Binary, left: &Value, right: &Value) -> Option<bool> {
        let (left, right) = (self.to_primitive(left), self.to_primitive(right));
        if let (Kind::String(a), Kind::String(b)) = (&left.kind, &right.kind) {
            let order = a.encode_utf16().cmp(b.encode_utf16());
            return Some(match operator {
                Binary::Less => order.is_lt(),
                Binary::LessEqual => order.is_le(),
                Binary::Greater => order.is_gt(),
                _ => order.is_ge(),
            });
        }
        if (left.as_str().is_some() && right.is_unknown()) || (right.as_str().is_some() && left.is_unknown()) {
            return None;
        }
        let (a, b) = (self.to_number(&left)?, self.to_number(&right)?);
        Some(match operator {
            Binary::Less => a < b,
            Binary::LessEqual => a <= b,
            Binary::Greater => a > b,
            _ => a >= b,
        })
    }

    /// `===`; `None` where undecided.
    pub(super) fn strict_equal(&self, left: &Value, right: &Value) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (Kind::Unknown(unknown), other) | (other, Kind::Unknown(unknown)) => match unknown.nature {
                Nature::Anything => None,
                nature => may_be(nature, other).then_some(()).map_or(Some(false), |()| None),
            },
            (Kind::Number(a), Kind::Number(b)) => Some(a == b),
            _ => Some(left.same(right)),
        }
    }

    fn loose_equal(&mut self, left: &Value, right: &Value) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (Kind::Undefined | Kind::Null, _) => right.is_nullish(),
            (_, Kind::Undefined | Kind::Null) => left.is_nullish(),
            (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => None,
            (Kind::Object(a), Kind::Object(b)) => Some(a == b),
            (Kind::String(a), Kind::String(b)) => Some(a == b),
            _ => {
                let (left, right) = (self.to_primitive(left), self.to_primitive(right));
                if let (Kind::String(a), Kind::String(b)) = (&left.kind, &right.kind) {
                    return Some(a == b);
                }
                Some(self.to_number(&left)? == self.to_number(&right)?)
            }
        }
    }

    fn instance_of(&mut self, left: &Value, right: &Value) -> Option<bool> {
        let constructor = right.as_object()?;
        let Some(id) = left.as_object() else { return if left.is_unknown() { None } else { Some(false) } };
        let wanted = self.prototype_of_function(constructor);
        let mut next = self.heap.object(id).prototype;
        while let Some(id) = next {
            if id == wanted {
                return Some(true);
            }
            next = self.heap.object(id).prototype;
        }
        Some(false)
    }

    /// `ToPrimitive`: objects become their text.
    pub(super) fn to_primitive(&mut self, value: &Value) -> Value {
        match value.kind {
            Kind::Object(_) => self.to_string(value),
            _ => value.clone(),
        }
    }

    /// `Number(value)`; `None` where undecided.
    pub(super) fn to_number(&mut self, value: &Value) -> Option<f64> {
        match &value.kind {
            Kind::Undefined => Some(f64::NAN),
            Kind::Null => Some(0.0),
            Kind::Bool(value) => Some(f64::from(u8::from(*value))),
            Kind::Number(number) => Some(*number),
            Kind::String(text) => Some(string_to_number(text)),
            Kind::BigInt(digits) => digits.parse().ok(),
            Kind::Unknown(_) => None,
            Kind::Object(_) => {
                let text = self.to_string(value);
                text.as_str().map(string_to_number)
            }
        }
    }

    /// `String(value)`, undecided where it is.
    pub(super) fn to_string(&mut self, value: &Value) -> Value {
        let text: Arc<str> = match &value.kind {
            Kind::Undefined => "undefined".into(),
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
            Kind::Object(_) => return self.object_to_string(value),
        };
        Value { kind: Kind::String(text), ..value.clone() }
    }

    fn object_to_string(&mut self, value: &Value) -> Value {
        let Some(id) = value.as_object() else { return value.clone() };
        let open = self.heap.object(id).open.is_some();
        match self.heap.object(id).class.clone() {
            Class::Array(elements) if !open => {
                let parts: Vec<Value> = elements
                    .iter()
                    .map(|element| match element.is_nullish() {
                        Some(true) => Value::string(""),
                        _ => self.to_string(element),
                    })
                    .collect();
                super::builtins::join(&parts, ",").tainted(value.taint)
            }
            Class::Plain | Class::Namespace(_) => match self.get(value, "toString") {
                Ok(method) if self.heap.is_function(&method) => {
                    self.get_by(method, value).unwrap_or_else(|_| Value::unknown_of(Nature::String, "`toString`"))
                }
                _ if self.heap.object(id).prototype.is_some() => Value::unknown_of(Nature::String, "an object's text"),
                _ => Value::string("[object Object]"),
            },
            Class::Environment => Value::string("[object Object]"),
            Class::Regex { pattern, flags } => Value::string(format!("/{pattern}/{flags}")),
            _ => Value::unknown_of(Nature::String, "an object's text"),
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

const MAX_TEXT: usize = 1 << 20;

fn choices(value: &Value) -> Option<Vec<Value>> {
    match &value.kind {
        Kind::Unknown(unknown) if !unknown.choices.is_empty() => Some(unknown.choices.clone()),
        _ => None,
    }
}

fn why(value: &Value) -> &str {
    value.why().map_or("it is not known", |why| why)
}

fn reason(left: &Value, right: &Value) -> Arc<str> {
    left.why().or(right.why()).cloned().unwrap_or_else(|| "it is not known".into())
}

fn is_big(value: &Value) -> bool {
    match &value.kind {
        Kind::BigInt(_) => true,
        Kind::Unknown(unknown) => unknown.nature == Nature::BigInt,
        _ => false,
    }
}

/// Arithmetic on BigInts is not followed: what matters is that the result is one.
fn big(left: &Value, right: &Value) -> Value {
    Value::unknown_of(Nature::BigInt, reason(left, right))
}

fn truth(outcome: Option<bool>, left: &Value, right: &Value) -> Value {
    match outcome {
        Some(outcome) => Value::bool(outcome).tainted(Taint::NONE),
        None => Value::unknown_of(Nature::Bool, reason(left, right)),
    }
}

fn may_be(nature: Nature, kind: &Kind) -> bool {
    match kind {
        Kind::Unknown(other) => other.nature == Nature::Anything || other.nature == nature,
        Kind::Number(_) => nature == Nature::Number,
        Kind::String(_) => nature == Nature::String,
        Kind::Bool(_) => nature == Nature::Bool,
        Kind::BigInt(_) => nature == Nature::BigInt,
        Kind::Object(_) => nature == Nature::Object,
        _ => false,
    }
}

fn to_int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    let wrapped = number.trunc().rem_euclid(4_294_967_296.0);
    wrapped as u32 as i32
}

/// `Number(text)`
pub(super) fn string_to_number(text: &str) -> f64 {
    let text = text.trim_matches(is_js_whitespace);
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64);
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        _ if text.is_empty() => 0.0,
        Some("0x") => radix(&text[2..], 16),
        Some("0o") => radix(&text[2..], 8),
        Some("0b") => radix(&text[2..], 2),
        _ => decimal(text),
    }
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
