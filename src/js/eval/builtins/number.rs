//! `Number`, `Math` and the functions that read numbers from texts.

use super::super::super::super::js::number_to_string;
use super::super::super::value::{Kind, Nature, Taint, Value};
use super::super::conversions::{is_js_whitespace, string_to_number};
use super::super::operators::{power, to_int32, to_integer};
use super::super::{Eval, Interpreter};
use super::{Given, decided, reason};

impl Interpreter<'_> {
    /// `Number.prototype`
    pub(super) fn number_method(&mut self, number: f64, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let first = given.at(0);
        let Some(digits) = self.to_number(&first).map(to_integer) else {
            return Ok(Some(Value::unknown_of(Nature::String, reason(&first))));
        };
        Ok(Some(match name {
            "toString" if first.is_undefined() || digits == 10.0 => Value::string(number_to_string(number)),
            "toString" if !(2.0..=36.0).contains(&digits) => {
                return self.fail("RangeError", "toString() radix must be between 2 and 36", Taint::NONE).map(Some);
            }
            "toString" => match in_radix(number, digits as u32) {
                Some(text) => Value::string(text),
                None => Value::unknown_of(Nature::String, "a fraction in another radix"),
            },
            "toFixed" if !(0.0..=100.0).contains(&digits) => {
                return self
                    .fail("RangeError", "toFixed() digits argument must be between 0 and 100", Taint::NONE)
                    .map(Some);
            }
            "toFixed" if number.abs() >= 1e21 || !number.is_finite() => Value::string(number_to_string(number)),
            "toFixed" => Value::string(to_fixed(number, digits as usize)),
            "toExponential" | "toPrecision" => Value::unknown_of(Nature::String, "how a number is written"),
            _ => return self.object_method(&Value::number(number), name, given),
        }))
    }

    /// `Number.isInteger` and its kin.
    pub(super) fn number_function(&mut self, name: &str, given: &Given<'_>) -> Option<Value> {
        let value = given.at(0);
        let test = |test: fn(f64) -> bool| match &value.kind {
            Kind::Number(number) => Value::bool(test(*number)),
            Kind::Unknown(_) => decided(None, "whether it is such a number"),
            _ => Value::bool(false),
        };
        let result = match name {
            "parseInt" | "parseFloat" => return Some(self.parse_number(name, &value, &given.at(1))),
            "isInteger" => test(|number| number.is_finite() && number.fract() == 0.0),
            "isSafeInteger" => test(|number| number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0),
            "isNaN" => test(f64::is_nan),
            "isFinite" => test(f64::is_finite),
            _ => return None,
        };
        Some(result.tainted(value.taint))
    }

    /// `Number(value)`, `parseInt`, `parseFloat`, and the global `isNaN` and `isFinite`; of each value that it may be.
    pub(super) fn parse_number(&mut self, name: &str, value: &Value, radix: &Value) -> Value {
        let choices = value.clone().into_choices();
        if choices.len() > 1 {
            let parsed: Vec<Value> = choices.iter().map(|choice| self.parse_number(name, choice, radix)).collect();
            return Value::one_of(parsed, &reason(value)).tainted(value.taint);
        }
        let test = matches!(name, "isNaN" | "isFinite");
        let unknown = || Value::unknown_of(if test { Nature::Bool } else { Nature::Number }, reason(value));
        let result = match name {
            "parseInt" | "parseFloat" => {
                let (text, radix) = (self.to_string(value), self.to_number(radix).map(to_int32));
                match (name, text.as_str(), radix) {
                    ("parseInt", Some(text), Some(radix)) => Value::number(parse_int(text, radix)),
                    ("parseFloat", Some(text), _) => Value::number(parse_float(text)),
                    _ => unknown(),
                }
            }
            _ => match (name, self.to_number(value)) {
                ("isNaN", Some(number)) => Value::bool(number.is_nan()),
                ("isFinite", Some(number)) => Value::bool(number.is_finite()),
                (_, Some(number)) => Value::number(number),
                (_, None) => unknown(),
            },
        };
        result.tainted(value.taint)
    }

    /// `Math`; what engines do not agree on to the last digit is undecided.
    pub(super) fn math(&mut self, name: &str, given: &Given<'_>) -> Option<Value> {
        let taint = given.taint();
        let unknown = |why: &str| Some(Value::unknown_of(Nature::Number, why).tainted(taint));
        let mut numbers = Vec::with_capacity(given.count());
        for argument in given.all() {
            match self.to_number(argument) {
                Some(number) => numbers.push(number),
                None => return unknown(&reason(argument)),
            }
        }
        let one = numbers.first().copied().unwrap_or(f64::NAN);
        let result = match name {
            "max" => numbers.iter().copied().fold(f64::NEG_INFINITY, |best, next| extreme(best, next, next > best)),
            "min" => numbers.iter().copied().fold(f64::INFINITY, |best, next| extreme(best, next, next < best)),
            "floor" => one.floor(),
            "ceil" => one.ceil(),
            "round" if one.fract() == 0.0 => one,
            "round" => (one + 0.5).floor().max(one.floor()).min(one.ceil()),
            "trunc" => one.trunc(),
            "abs" => one.abs(),
            "sign" if one == 0.0 || one.is_nan() => one,
            "sign" => one.signum(),
            "sqrt" => one.sqrt(),
            "fround" => f64::from(one as f32),
            "pow" => match power(one, numbers.get(1).copied().unwrap_or(f64::NAN)) {
                Some(power) => power,
                None => return unknown("a power that is no whole number"),
            },
            _ => return unknown(&format!("`Math.{name}`")),
        };
        Some(Value::number(result).tainted(taint))
    }
}

fn extreme(best: f64, next: f64, is_better: bool) -> f64 {
    match best.is_nan() || next.is_nan() {
        true => f64::NAN,
        false if is_better => next,
        false => best,
    }
}

/// A whole number, as it is exact, in another radix.
fn in_radix(number: f64, radix: u32) -> Option<String> {
    if !number.is_finite() {
        return Some(number_to_string(number));
    }
    let mut rest = number.abs();
    if rest.fract() != 0.0 || rest >= 9_007_199_254_740_992.0 {
        return None;
    }
    let mut digits = Vec::new();
    while rest >= 1.0 || digits.is_empty() {
        digits.push(char::from_digit((rest % f64::from(radix)) as u32, radix)?);
        rest = (rest / f64::from(radix)).floor();
    }
    if number < 0.0 {
        digits.push('-');
    }
    Some(digits.into_iter().rev().collect())
}

/// Rounded half away from zero on the exact value; Rust rounds half to even.
fn to_fixed(number: f64, digits: usize) -> String {
    // A double has at most 1074 digits behind the point: with them all, a half is seen to be one.
    let exact = format!("{:.1100}", number.abs());
    let Some((whole, fraction)) = exact.split_once('.') else { return exact };
    let (kept, dropped) = fraction.split_at(digits.min(fraction.len()));
    let mut text: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if dropped.as_bytes().first() >= Some(&b'5') {
        increment(&mut text);
    }
    let point = text.len() - kept.len();
    let text: String = text.iter().map(|digit| char::from(*digit)).collect();
    let is_zero = text.bytes().all(|digit| digit == b'0');
    let sign = if number < 0.0 && !(is_zero && number == 0.0) { "-" } else { "" };
    match digits {
        0 => format!("{sign}{}", &text[..point]),
        _ => format!("{sign}{}.{}", &text[..point], &text[point..]),
    }
}

/// Adds one to decimal digits.
fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

fn parse_int(text: &str, radix: i32) -> f64 {
    let text = text.trim_start_matches(is_js_whitespace);
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (radix, text) = match (radix, hex) {
        (0 | 16, Some(rest)) => (16, rest),
        (0, None) => (10, text),
        (2..=36, _) => (radix as u32, text),
        _ => return f64::NAN,
    };
    let length = text.find(|letter: char| !letter.is_digit(radix)).unwrap_or(text.len());
    let digits = &text[..length];
    match (digits.is_empty(), radix) {
        (true, _) => f64::NAN,
        (_, 10) => sign * digits.parse().unwrap_or(f64::NAN),
        _ => {
            let add =
                |value: f64, digit: char| value * f64::from(radix) + f64::from(digit.to_digit(radix).unwrap_or(0));
            sign * digits.chars().fold(0.0, add)
        }
    }
}

fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_js_whitespace);
    let unsigned = text.trim_start_matches(['+', '-']);
    if unsigned.starts_with("Infinity") && text.len() - unsigned.len() <= 1 {
        return if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | 'e' | 'E');
    let longest = text.find(|letter| !is_part(letter)).unwrap_or(text.len()).min(LONGEST_NUMBER);
    let number = |end: &usize| string_to_number(&text[..*end]);
    (1..=longest).rev().find(|end| !number(end).is_nan()).map_or(f64::NAN, |end| number(&end))
}

/// Longest prefix that is read as a number.
const LONGEST_NUMBER: usize = 400;
