//! `String.prototype`.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, Taint, Value};
use super::super::conversions::is_js_whitespace;
use super::super::operators::{MAX_TEXT, to_integer};
use super::super::{Eval, Interpreter};
use super::text::{Groups, byte_of_unit, expand, slice, text_of_units, unit_of_byte, units};
use super::{Given, decided};

impl Interpreter<'_> {
    pub(super) fn string_method(&mut self, text: &Arc<str>, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        self.burn_for(text.len() as u64)?;
        if let "split" | "replace" | "replaceAll" | "match" | "matchAll" | "search" = name
            && let Some((pattern, id)) = self.pattern(name, &given.at(0))
        {
            return self.regex_on_text(text, name, &pattern, id, given).map(Some);
        }
        if given.all().iter().any(Value::is_unknown) {
            return Ok(Some(unknown_result(name, given)));
        }
        let taint = given.taint();
        let result = match name {
            "replace" | "replaceAll" => self.replace_text(text, name, given)?,
            "split" => self.split(text, given),
            "includes" | "startsWith" | "endsWith" if self.is_regex(&given.at(0)) => {
                return self.fail("TypeError", "First argument must not be a regular expression", taint).map(Some);
            }
            "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" => self.find_text(text, name, given),
            "slice" | "substring" | "substr" | "charAt" | "at" | "charCodeAt" | "codePointAt" => {
                self.part(text, name, given)
            }
            "padStart" | "padEnd" | "repeat" | "concat" => self.grow(text, name, given)?,
            "toString" | "valueOf" if given.count() == 0 => Value::string(text.clone()),
            _ => match reshaped(text, name) {
                Some(value) => value,
                None if name == "localeCompare" && given.count() > 1 => {
                    Value::unknown_of(Nature::Number, "the order of texts in a language")
                }
                None if name == "localeCompare" => {
                    let other = self.to_string(&given.at(0));
                    locale_compare(text, other.as_str().unwrap_or_default())
                }
                None => return self.object_method(&Value::string(text.clone()), name, given),
            },
        };
        Ok(Some(result.tainted(taint)))
    }

    fn is_regex(&self, value: &Value) -> bool {
        value.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Regex { .. }))
    }

    /// A whole number that an argument gives; 0 where there is none.
    fn integer(&mut self, given: &Given<'_>, position: usize, missing: f64) -> f64 {
        match given.at(position) {
            Value { kind: Kind::Undefined, .. } => missing,
            value => to_integer(self.to_number(&value).unwrap_or(f64::NAN)),
        }
    }

    fn word(&mut self, given: &Given<'_>, position: usize) -> Option<Arc<str>> {
        match self.to_string(&given.at(position)).kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    fn find_text(&mut self, text: &Arc<str>, name: &str, given: &Given<'_>) -> Value {
        let length = units(text) as f64;
        let last = if matches!(name, "endsWith" | "lastIndexOf") { length } else { 0.0 };
        let from = match (name, self.to_number(&given.at(1))) {
            ("lastIndexOf", Some(number)) if number.is_nan() => length,
            _ => self.integer(given, 1, last),
        };
        let from = from.clamp(0.0, length) as usize;
        let Some(word) = self.word(given, 0) else { return unknown_result(name, given) };
        let Some(byte) = byte_of_unit(text, from) else { return unknown_result(name, given) };
        let position = |found: Option<usize>| Value::number(found.map_or(-1.0, |byte| unit_of_byte(text, byte) as f64));
        match name {
            "includes" => Value::bool(text[byte..].contains(&*word)),
            "startsWith" => Value::bool(text[byte..].starts_with(&*word)),
            "endsWith" => Value::bool(text[..byte].ends_with(&*word)),
            "indexOf" => position(text[byte..].find(&*word).map(|found| found + byte)),
            _ => {
                let end = text.len().min(byte + word.len());
                position(text.get(..end).unwrap_or(text).rfind(&*word))
            }
        }
    }

    fn part(&mut self, text: &Arc<str>, name: &str, given: &Given<'_>) -> Value {
        let length = units(text) as f64;
        let first = self.integer(given, 0, 0.0);
        let relative = |number: f64| if number < 0.0 { (length + number).max(0.0) } else { number.min(length) };
        let (start, end) = match name {
            "slice" => (relative(first), relative(self.integer(given, 1, length))),
            "substr" => {
                let start = relative(first);
                (start, (start + self.integer(given, 1, length).max(0.0)).min(length))
            }
            "substring" => {
                let (a, b) = (first.clamp(0.0, length), self.integer(given, 1, length).clamp(0.0, length));
                (a.min(b), a.max(b))
            }
            _ => return unit(text, name, if name == "at" && first < 0.0 { first + length } else { first }),
        };
        slice(text, start as usize, end as usize)
    }

    fn grow(&mut self, text: &Arc<str>, name: &str, given: &Given<'_>) -> Eval {
        if name == "concat" {
            let mut whole = Value::string(text.clone());
            for argument in given.all() {
                whole = self.concatenate(&whole, argument)?;
            }
            return Ok(whole);
        }
        let count = self.integer(given, 0, 0.0);
        if name == "repeat" {
            return self.repeated(text, count);
        }
        let filler = if given.at(1).is_undefined() { Some(" ".into()) } else { self.word(given, 1) };
        let Some(filler) = filler else { return Ok(unknown_result(name, given)) };
        let missing = (count - units(text) as f64).max(0.0);
        if missing > MAX_TEXT as f64 {
            return Ok(Value::unknown_of(Nature::String, "a text too long to follow"));
        }
        self.burn_for(missing as u64)?;
        let padding: Vec<u16> = filler.encode_utf16().collect();
        let padding: Vec<u16> =
            padding.iter().copied().cycle().take(if padding.is_empty() { 0 } else { missing as usize }).collect();
        let own = text.encode_utf16();
        Ok(match name {
            "padStart" => text_of_units(&padding.into_iter().chain(own).collect::<Vec<_>>()),
            _ => text_of_units(&own.chain(padding).collect::<Vec<_>>()),
        })
    }

    fn repeated(&mut self, text: &str, count: f64) -> Eval {
        if count < 0.0 || count.is_infinite() {
            return self.fail("RangeError", format!("Invalid count value: {count}"), Taint::NONE);
        }
        if count * text.len() as f64 > MAX_TEXT as f64 {
            return Ok(Value::unknown_of(Nature::String, "a text too long to follow"));
        }
        self.burn_for((text.len() as f64 * count) as u64)?;
        Ok(Value::string(if text.is_empty() { String::new() } else { text.repeat(count as usize) }))
    }

    fn split(&mut self, text: &Arc<str>, given: &Given<'_>) -> Value {
        let limit = match given.at(1) {
            Value { kind: Kind::Undefined, .. } => usize::MAX,
            limit => super::super::operators::to_int32(self.to_number(&limit).unwrap_or(0.0)) as u32 as usize,
        };
        let separator = if given.at(0).is_undefined() { None } else { self.word(given, 0) };
        let parts: Vec<Value> = match separator.as_deref() {
            None => vec![Value::string(text.clone())],
            Some("") => text.encode_utf16().take(limit).map(|unit| text_of_units(&[unit])).collect(),
            Some(separator) => text.split(separator).take(limit).map(Value::string).collect(),
        };
        let parts = if limit == 0 { Vec::new() } else { parts };
        self.array(parts)
    }

    fn replace_text(&mut self, text: &Arc<str>, name: &str, given: &Given<'_>) -> Eval {
        let Some(word) = self.word(given, 0) else { return Ok(unknown_result(name, given)) };
        let places: Vec<usize> = match (name, word.is_empty()) {
            ("replace", _) => text.find(&*word).into_iter().collect(),
            (_, true) if text.is_ascii() => (0..=text.len()).collect(),
            (_, true) => return Ok(Value::unknown_of(Nature::String, "what is between characters")),
            _ => text.match_indices(&*word).map(|(place, _)| place).collect(),
        };
        let mut whole = Value::string("");
        let mut from = 0;
        for place in places {
            let end = place + word.len();
            let replacement = self.replacement(text, (place, end), given)?;
            whole = self.concatenate(&whole, &Value::string(&text[from..place]))?;
            whole = self.concatenate(&whole, &replacement)?;
            from = end;
        }
        self.concatenate(&whole, &Value::string(&text[from..]))
    }

    /// What takes the place of a found text.
    fn replacement(&mut self, text: &Arc<str>, found: (usize, usize), given: &Given<'_>) -> Eval {
        let second = given.at(1);
        if self.heap.is_function(&second) || second.as_symbol().is_some() {
            let place = Value::number(unit_of_byte(text, found.0) as f64);
            let arguments = vec![Value::string(&text[found.0..found.1]), place, Value::string(text.clone())];
            let made = self.invoke(second, Value::undefined(), arguments, given.site, given.function, false)?;
            return Ok(self.to_string(&made));
        }
        let template = self.to_string(&second);
        Ok(match template.as_str() {
            Some(template) => match expand(template, text, found, &Groups::default()) {
                Some(expanded) => Value::string(expanded),
                None => Value::unknown_of(Nature::String, "a replacement"),
            },
            None => template,
        })
    }

    /// `String.fromCharCode` and its kin.
    pub(super) fn string_function(&mut self, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        if name == "raw" {
            return self.raw_text(given).map(Some);
        }
        let mut units = Vec::new();
        for code in given.all() {
            let Some(code) = self.to_number(code) else {
                return Ok(Some(Value::unknown_of(Nature::String, "a character code")));
            };
            match (name, char::from_u32(code as u32).filter(|_| code.fract() == 0.0 && code >= 0.0)) {
                ("fromCharCode", _) => units.push(super::super::operators::to_int32(code) as u16),
                ("fromCodePoint", Some(letter)) => units.extend(letter.encode_utf16(&mut [0; 2]).iter()),
                ("fromCodePoint", None) => {
                    return self.fail("RangeError", "Invalid code point", Taint::NONE).map(Some);
                }
                _ => return Ok(Some(Value::unknown_of(Nature::String, format!("`String.{name}`")))),
            }
        }
        Ok(match name {
            "fromCharCode" | "fromCodePoint" => Some(text_of_units(&units)),
            _ => Some(Value::unknown_of(Nature::String, format!("`String.{name}`"))),
        })
    }
}

impl Interpreter<'_> {
    /// `String.raw`: the texts of a template as they are written, with the values between them.
    fn raw_text(&mut self, given: &Given<'_>) -> Eval {
        let texts = self.get(&given.at(0), "raw")?;
        let Some(texts) = self.heap.elements(&texts).map(<[Value]>::to_vec) else {
            return Ok(Value::unknown_of(Nature::String, "the texts of a template"));
        };
        let mut whole = Value::string("");
        for (position, text) in texts.iter().enumerate() {
            whole = self.concatenate(&whole, text)?;
            if position + 1 < texts.len().min(given.count()) {
                let value = given.at(position + 1);
                let value = self.to_string(&value);
                whole = self.concatenate(&whole, &value)?;
            }
        }
        Ok(whole)
    }
}

/// Methods without arguments.
fn reshaped(text: &Arc<str>, name: &str) -> Option<Value> {
    Some(match name {
        "normalize" | "toWellFormed" if text.is_ascii() => Value::string(text.clone()),
        "normalize" => Value::unknown_of(Nature::String, "a text in normal form"),
        "isWellFormed" => Value::bool(true),
        "toUpperCase" | "toLocaleUpperCase" => Value::string(text.to_uppercase()),
        "toLowerCase" | "toLocaleLowerCase" => Value::string(text.to_lowercase()),
        "trim" => Value::string(text.trim_matches(is_js_whitespace)),
        "trimStart" | "trimLeft" => Value::string(text.trim_start_matches(is_js_whitespace)),
        "trimEnd" | "trimRight" => Value::string(text.trim_end_matches(is_js_whitespace)),
        _ => return None,
    })
}

/// One unit, as the methods that ask for one give it.
fn unit(text: &str, name: &str, position: f64) -> Value {
    let inside = (position >= 0.0 && position < units(text) as f64).then_some(position as usize);
    match (name, inside) {
        ("charAt", None) => Value::string(""),
        ("charCodeAt", None) => Value::number(f64::NAN),
        (_, None) => Value::undefined(),
        ("charAt" | "at", Some(position)) => slice(text, position, position + 1),
        ("charCodeAt", Some(position)) => Value::number(text.encode_utf16().nth(position).map_or(f64::NAN, f64::from)),
        (_, Some(position)) => match byte_of_unit(text, position).and_then(|byte| text[byte..].chars().next()) {
            Some(letter) => Value::number(f64::from(u32::from(letter))),
            None => Value::unknown_of(Nature::Number, "half a character"),
        },
    }
}

/// The printable characters of ASCII in Unicode's order of sorting (CLDR root, which Node uses without a locale).
const COLLATION: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

/// The order of texts of ASCII, which hardly any language sorts otherwise.
fn locale_compare(one: &str, other: &str) -> Value {
    let place = |letter: char| COLLATION.find(letter.to_ascii_lowercase());
    let places = |text: &str| text.chars().map(place).collect::<Option<Vec<usize>>>();
    let Some((left, right)) = places(one).zip(places(other)) else {
        return Value::unknown_of(Nature::Number, "the order of texts in a language");
    };
    // Of the same letters the one with the first small one comes first.
    let by_case = other.cmp(one);
    Value::number(f64::from(left.cmp(&right).then(by_case) as i8))
}

fn unknown_result(name: &str, given: &Given<'_>) -> Value {
    let why = given.all().iter().find_map(Value::why).cloned().unwrap_or_else(|| "a text that is not known".into());
    match name {
        "includes" | "startsWith" | "endsWith" => decided(None, &why),
        "indexOf" | "lastIndexOf" | "search" | "charCodeAt" | "localeCompare" => Value::unknown_of(Nature::Number, why),
        "split" | "match" | "matchAll" | "at" | "codePointAt" => Value::unknown(why),
        _ => Value::unknown_of(Nature::String, why),
    }
}
