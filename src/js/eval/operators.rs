//! Operators with JavaScript's own coercions.

use std::sync::Arc;

use super::super::heap::Class;
use super::super::ir::{Binary, Unary};
use super::super::value::{Kind, Nature, ObjectId, Taint, Value};
use super::{Eval, Interpreter, builtins};

#[allow(
    clippy::wrong_self_convention,
    reason = "`to_number` and its like are the specification's own names, and may call the program"
)]
impl Interpreter<'_> {
    /// `operator operand`
    pub(super) fn unary_value(&mut self, operator: Unary, operand: Value) -> Eval {
        let taint = operand.taint;
        if let Some(choices) = choices(&operand) {
            let mut results = Vec::new();
            for choice in choices {
                results.push(self.unary_value(operator, choice)?);
            }
            return Ok(Value::one_of(results, why(&operand)).tainted(taint));
        }
        let result = match operator {
            Unary::Void => Value::undefined(),
            Unary::Delete => Value::bool(true),
            Unary::Not => match operand.truthy() {
                Some(truthy) => Value::bool(!truthy),
                None => Value::unknown_of(Nature::Bool, why(&operand)),
            },
            Unary::TypeOf => self.type_of(&operand),
            Unary::Plus | Unary::Minus | Unary::BitNot => self.sign(operator, &operand)?,
        };
        Ok(result.tainted(taint))
    }

    fn sign(&mut self, operator: Unary, operand: &Value) -> Eval {
        if let Kind::BigInt(_) = operand.kind {
            return match operator {
                Unary::Plus => self.fail("TypeError", "Cannot convert a BigInt value to a number", Taint::NONE),
                _ => Ok(Value::unknown_of(Nature::BigInt, "a BigInt")),
            };
        }
        Ok(match self.to_number(operand) {
            Some(number) => Value::number(match operator {
                Unary::Minus => -number,
                Unary::BitNot => f64::from(!to_int32(number)),
                _ => number,
            }),
            None => Value::unknown_of(Nature::Number, why(operand)),
        })
    }

    fn type_of(&self, operand: &Value) -> Value {
        let name = match &operand.kind {
            Kind::Undefined | Kind::Hole => "undefined",
            Kind::Null => "object",
            Kind::Bool(_) => "boolean",
            Kind::Number(_) => "number",
            Kind::String(_) => "string",
            Kind::BigInt(_) => "bigint",
            Kind::Object(_) if self.heap.is_function(operand) => "function",
            Kind::Object(_) => "object",
            Kind::Unknown(unknown) => match (unknown.nature, unknown.symbol.as_deref()) {
                (Nature::Number, _) => "number",
                (Nature::String | Nature::Text, _) => "string",
                (Nature::Bool, _) => "boolean",
                (Nature::BigInt, _) => "bigint",
                (Nature::Symbol, _) => "symbol",
                (_, Some("process.send")) => "function",
                (nature, Some(symbol)) => match builtins::type_of(symbol) {
                    Some(name) => name,
                    None if nature == Nature::Object => return function_or_object(&unknown.why),
                    None => return Value::unknown_of(Nature::String, unknown.why.clone()),
                },
                (Nature::Object, None) => return function_or_object(&unknown.why),
                _ => return Value::unknown_of(Nature::String, unknown.why.clone()),
            },
        };
        Value::string(name)
    }

    /// `left operator right`
    pub(super) fn binary(&mut self, operator: Binary, left: &Value, right: &Value) -> Eval {
        let taint = left.taint.with(right.taint);
        for (choice_of, other, swapped) in [(left, right, false), (right, left, true)] {
            let Some(choices) = choices(choice_of) else { continue };
            let mut results = Vec::new();
            for choice in choices {
                results.push(match swapped {
                    false => self.binary(operator, &choice, other)?,
                    true => self.binary(operator, other, &choice)?,
                });
            }
            return Ok(Value::one_of(results, why(choice_of)).tainted(taint));
        }
        let result = match operator {
            Binary::Add => self.add(left, right)?,
            Binary::StrictEqual => truth(self.strict_equal(left, right), left, right),
            Binary::StrictNotEqual => truth(self.strict_equal(left, right).map(|equal| !equal), left, right),
            Binary::Equal => truth(self.loose_equal(left, right), left, right),
            Binary::NotEqual => truth(self.loose_equal(left, right).map(|equal| !equal), left, right),
            Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual => {
                truth(self.compare(operator, left, right), left, right)
            }
            Binary::In => self.is_in(left, right)?,
            Binary::InstanceOf => self.is_instance(left, right)?,
            _ => self.arithmetic(operator, left, right)?,
        };
        let constant = [left, right].into_iter().find(|side| result.is_unknown() && !side.is_unknown());
        let told =
            constant.filter(|_| operator.is_equality()).map_or(Taint::NONE, |constant| self.host.comparison(constant));
        Ok(result.tainted(taint.with(told)))
    }

    fn is_in(&mut self, left: &Value, right: &Value) -> Eval {
        if right.as_object().is_none() && !right.is_unknown() {
            return self.fail("TypeError", "Cannot use 'in' operator on what is no object", right.taint);
        }
        if let Some(why) = right.why() {
            self.throw_perhaps(why);
        }
        Ok(match self.property_key(left) {
            Some(key) => self.has_property(right, &key),
            None => truth(None, left, right),
        })
    }

    fn add(&mut self, left: &Value, right: &Value) -> Eval {
        let (left, right) = (self.to_primitive(left), self.to_primitive(right));
        let is_text = |value: &Value| match &value.kind {
            Kind::String(_) => Some(true),
            Kind::Unknown(unknown) => match unknown.nature {
                Nature::String | Nature::Text => Some(true),
                Nature::Number | Nature::Bool | Nature::BigInt => Some(false),
                _ => None,
            },
            _ => Some(false),
        };
        match (is_text(&left), is_text(&right)) {
            (Some(true), _) | (_, Some(true)) => self.concatenate(&left, &right),
            (Some(false), Some(false)) => self.arithmetic(Binary::Add, &left, &right),
            _ => Ok(Value::unknown(reason(&left, &right))),
        }
    }

    /// `left + right` where one of them is a text.
    pub(super) fn concatenate(&mut self, left: &Value, right: &Value) -> Eval {
        let (left, right) = (self.to_string(left), self.to_string(right));
        Ok(match (left.as_str(), right.as_str()) {
            (Some(a), Some(b)) if a.len() + b.len() <= MAX_TEXT => {
                self.burn_for((a.len() + b.len()) as u64)?;
                Value::string([a, b].concat())
            }
            (Some(_), Some(_)) => Value::unknown_of(Nature::String, "a text too long to follow"),
            _ => Value::unknown_of(Nature::String, reason(&left, &right)),
        })
    }

    fn arithmetic(&mut self, operator: Binary, left: &Value, right: &Value) -> Eval {
        let (left, right) = (self.to_primitive(left), self.to_primitive(right));
        match (is_big(&left), is_big(&right)) {
            (false, false) => {}
            (true, true) => return Ok(big(&left, &right)),
            _ if left.is_unknown() || right.is_unknown() => return Ok(big(&left, &right)),
            _ => return self.fail("TypeError", "Cannot mix BigInt and other types", Taint::NONE),
        }
        let (Some(a), Some(b)) = (self.to_number(&left), self.to_number(&right)) else {
            return Ok(Value::unknown_of(Nature::Number, reason(&left, &right)));
        };
        let shift = to_int32(b) as u32 & 31;
        Ok(Value::number(match operator {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Remainder => a % b,
            Binary::Power => match power(a, b) {
                Some(power) => power,
                None => return Ok(Value::unknown_of(Nature::Number, "a power that is no whole number")),
            },
            Binary::BitAnd => f64::from(to_int32(a) & to_int32(b)),
            Binary::BitOr => f64::from(to_int32(a) | to_int32(b)),
            Binary::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
            Binary::ShiftLeft => f64::from(to_int32(a).wrapping_shl(shift)),
            Binary::ShiftRight => f64::from(to_int32(a) >> shift),
            _ => f64::from(to_int32(a) as u32 >> shift),
        }))
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
        if let Some(outcome) = against_cpus(operator, &left, &right) {
            return Some(outcome);
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
        if above_by_cpus(left, right) || above_by_cpus(right, left) {
            return Some(false);
        }
        match (&left.kind, &right.kind) {
            (Kind::Unknown(one), Kind::Unknown(other)) if one.symbol.is_some() && other.symbol.is_some() => {
                builtins::same_builtin(one.symbol.as_deref()?, other.symbol.as_deref()?)
            }
            (Kind::Unknown(unknown), other) | (other, Kind::Unknown(unknown)) => match unknown.nature {
                Nature::Anything => None,
                nature => may_be(nature, other).then_some(()).map_or(Some(false), |()| None),
            },
            (Kind::Number(a), Kind::Number(b)) => Some(a == b),
            (Kind::Object(a), Kind::Object(b)) if a != b => self.are_surely_two(*a, *b),
            _ => Some(left.same(right)),
        }
    }

    /// A named function sees itself under its own name as another object of the same code.
    fn are_surely_two(&self, one: ObjectId, other: ObjectId) -> Option<bool> {
        match (&self.heap.object(one).class, &self.heap.object(other).class) {
            (Class::Closure(one), Class::Closure(other)) if one.is_same_code(other) => None,
            _ => Some(false),
        }
    }

    fn loose_equal(&mut self, left: &Value, right: &Value) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (Kind::Undefined | Kind::Null | Kind::Hole, _) => right.is_nullish(),
            (_, Kind::Undefined | Kind::Null | Kind::Hole) => left.is_nullish(),
            (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => self.strict_equal(left, right).filter(|equal| *equal),
            (Kind::Object(_), Kind::Object(_)) | (Kind::String(_), Kind::String(_)) => self.strict_equal(left, right),
            _ => {
                let (left, right) = (self.to_primitive(left), self.to_primitive(right));
                if let (Kind::String(a), Kind::String(b)) = (&left.kind, &right.kind) {
                    return Some(a == b);
                }
                Some(self.to_number(&left)? == self.to_number(&right)?)
            }
        }
    }

    fn is_instance(&mut self, left: &Value, right: &Value) -> Eval {
        match &right.kind {
            Kind::Object(_) if self.heap.is_function(right) => {}
            Kind::Unknown(unknown) if unknown.symbol.is_some() => {}
            Kind::Unknown(unknown) => self.throw_perhaps(&unknown.why),
            _ => return self.fail("TypeError", "Right-hand side of 'instanceof' is not callable", right.taint),
        }
        Ok(truth(self.instance_of(left, right), left, right))
    }

    fn instance_of(&mut self, left: &Value, right: &Value) -> Option<bool> {
        let Some(id) = left.as_object() else {
            return match left.as_symbol() {
                Some(_) if right.as_object().is_some() => Some(false),
                Some(made) if right.as_symbol().is_some_and(|class| made.strip_suffix("()") == Some(class)) => {
                    Some(true)
                }
                _ if left.is_unknown() => None,
                _ => Some(false),
            };
        };
        let Some(constructor) = right.as_object() else { return self.is_of_builtin(id, right.as_symbol()?) };
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

    /// Whether an object was made by the builtin class called `name`; `None` where that is a library's.
    fn is_of_builtin(&self, id: ObjectId, name: &str) -> Option<bool> {
        if let Class::Derived(made) = &self.heap.object(id).class {
            return match made.as_object() {
                Some(made) => self.is_of_builtin(made, name),
                None if made.as_symbol().and_then(|symbol| symbol.strip_suffix("()")) == Some(name) => Some(true),
                None => None,
            };
        }
        builtins::type_of(name).filter(|kind| *kind == "function" && !name.contains('.'))?;
        let own = self.builtin_class(id)?;
        let is_error = matches!(self.heap.object(id).class, Class::Error(_));
        Some(name == "Object" || own == name || (name == "Error" && is_error))
    }
}

/// A host that is worth a cluster has so many CPUs at least.
const FEWEST_CPUS: f64 = 2.0;

/// Whether `high` is more than `low`, being the number of the host's CPUs.
fn above_by_cpus(high: &Value, low: &Value) -> bool {
    builtins::is_number_of_cpus(high) && low.as_number().is_some_and(|low| low < FEWEST_CPUS)
}

/// What is certain of an order in which one side is the number of the host's CPUs.
fn against_cpus(operator: Binary, left: &Value, right: &Value) -> Option<bool> {
    let reaches = |high: &Value, low: &Value| {
        builtins::is_number_of_cpus(high) && low.as_number().is_some_and(|low| low <= FEWEST_CPUS)
    };
    let (high, low) = match operator {
        Binary::Less | Binary::LessEqual => (right, left),
        _ => (left, right),
    };
    let (holds, fails) = match operator {
        Binary::Less | Binary::Greater => (above_by_cpus(high, low), reaches(low, high)),
        _ => (reaches(high, low), above_by_cpus(low, high)),
    };
    (holds || fails).then_some(holds)
}

/// Longest text that is followed, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// `typeof` of an object that may be a function.
fn function_or_object(why: &str) -> Value {
    Value::one_of(["object", "function"].map(Value::string), why)
}

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
        Kind::Unknown(other) => {
            let of_texts = |nature| matches!(nature, Nature::String | Nature::Text);
            other.nature == Nature::Anything || other.nature == nature || (of_texts(nature) && of_texts(other.nature))
        }
        Kind::Number(_) => nature == Nature::Number,
        Kind::String(text) => nature == Nature::String || (nature == Nature::Text && !text.is_empty()),
        Kind::Bool(_) => nature == Nature::Bool,
        Kind::BigInt(_) => nature == Nature::BigInt,
        Kind::Object(_) => nature == Nature::Object,
        _ => false,
    }
}

pub(super) fn to_int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    let wrapped = number.trunc().rem_euclid(4_294_967_296.0);
    wrapped as u32 as i32
}

/// `base ** exponent` where every engine gives the same: whole numbers that are exact, and the special cases.
pub(super) fn power(base: f64, exponent: f64) -> Option<f64> {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) {
        return Some(f64::NAN);
    }
    let result = base.powf(exponent);
    let is_special = exponent == 0.0 || exponent == 1.0 || !base.is_finite() || !exponent.is_finite() || base == 0.0;
    let is_exact = result.fract() == 0.0 && result.abs() < 9_007_199_254_740_992.0 && exponent.fract() == 0.0;
    let is_power_of_two = base == 2.0 && exponent.fract() == 0.0;
    let is_nan = base < 0.0 && exponent.fract() != 0.0;
    (is_special || is_nan || is_power_of_two || (is_exact && exponent > 0.0)).then_some(result)
}

/// `ToIntegerOrInfinity`
pub(super) fn to_integer(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() + 0.0 }
}
