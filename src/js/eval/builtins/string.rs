//! `String` and its methods.

use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, Origin, Value};
use super::super::operators::is_js_whitespace;
use super::super::{Eval, Interpreter};
use super::decided;

impl Interpreter<'_> {
    pub(super) fn string_method(
        &mut self,
        text: &Arc<str>,
        name: &str,
        arguments: &[Value],
        site: Origin,
    ) -> Eval<Option<Value>> {
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        if matches!(name, "split" | "replace" | "replaceAll" | "match" | "matchAll" | "search") {
            if let Some(id) = first.as_object() {
                if let Class::Regex { pattern, flags } = self.heap.object(id).class.clone() {
                    return self.regex_on_string(text, name, &pattern, &flags, arguments, site).map(Some);
                }
            }
        }
        if arguments.iter().any(Value::is_unknown) {
            return Ok(Some(unknown_result(name, arguments)));
        }
        let second = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
        let taint = first.taint.with(second.taint);
        let word = match first.kind {
            Kind::Undefined => None,
            _ => self.to_string(&first).as_str().map(str::to_owned),
        };
        let word = word.as_deref();
        let result = match name {
            "toString" | "valueOf" | "normalize" | "toLocaleString" => Value::string(text.clone()),
            "toUpperCase" | "toLocaleUpperCase" => Value::string(text.to_uppercase()),
            "toLowerCase" | "toLocaleLowerCase" => Value::string(text.to_lowercase()),
            "trim" => Value::string(text.trim_matches(is_js_whitespace)),
            "trimStart" | "trimLeft" => Value::string(text.trim_start_matches(is_js_whitespace)),
            "trimEnd" | "trimRight" => Value::string(text.trim_end_matches(is_js_whitespace)),
            "includes" => Value::bool(text.contains(word.unwrap_or("undefined"))),
            "startsWith" if second.is_undefined() => Value::bool(text.starts_with(word.unwrap_or("undefined"))),
            "endsWith" if second.is_undefined() => Value::bool(text.ends_with(word.unwrap_or("undefined"))),
            "indexOf" => index(text, text.find(word.unwrap_or("undefined"))),
            "lastIndexOf" => index(text, text.rfind(word.unwrap_or("undefined"))),
            "split" => {
                let limit = second.as_number().map_or(usize::MAX, |limit| limit.max(0.0) as usize);
                let parts = split(text, word).into_iter().take(limit).map(Value::string).collect();
                self.array(parts)
            }
            "concat" => {
                let mut parts = vec![Value::string(text.clone())];
                for argument in arguments {
                    parts.push(self.to_string(argument));
                }
                super::join(&parts, "")
            }
            "repeat" => match first.as_number() {
                Some(count) if count >= 0.0 && count * text.len() as f64 <= 1e6 => {
                    Value::string(text.repeat(count as usize))
                }
                _ => Value::unknown_of(Nature::String, "a text too long to follow"),
            },
            "replace" if self.heap.is_function(&second) => {
                return self.replace_by_function(text, word.unwrap_or("undefined"), &second, site).map(Some);
            }
            "replace" => Value::string(text.replacen(word.unwrap_or("undefined"), &plain_text(self, &second), 1)),
            "replaceAll" => Value::string(text.replace(word.unwrap_or("undefined"), &plain_text(self, &second))),
            "slice" | "substring" | "substr" => Value::string(part(text, name, &first, &second)),
            "charAt" => Value::string(unit(text, first.as_number().unwrap_or(0.0)).unwrap_or_default()),
            "at" => at(text, first.as_number().unwrap_or(0.0)),
            "charCodeAt" | "codePointAt" => {
                let code = text.encode_utf16().nth(first.as_number().unwrap_or(0.0).max(0.0) as usize);
                Value::number(code.map_or(f64::NAN, f64::from))
            }
            "padStart" | "padEnd" => Value::string(pad(text, name, &first, second.as_str().unwrap_or(" "))),
            "localeCompare" => Value::unknown_of(Nature::Number, "the order of texts in a language"),
            _ => return Ok(None),
        };
        Ok(Some(result.tainted(taint)))
    }

    fn replace_by_function(&mut self, text: &str, word: &str, function: &Value, site: Origin) -> Eval {
        let Some(found) = text.find(word) else { return Ok(Value::string(text)) };
        let given = vec![Value::string(word), Value::number(found as f64), Value::string(text)];
        let made = self.invoke(function.clone(), Value::undefined(), given, site, None, false)?;
        let made = self.to_string(&made);
        Ok(super::join(&[Value::string(&text[..found]), made, Value::string(&text[found + word.len()..])], ""))
    }

    pub(super) fn string_function(&mut self, name: &str, arguments: &[Value]) -> Option<Value> {
        match name {
            "fromCharCode" | "fromCodePoint" => {
                let codes: Option<Vec<u16>> =
                    arguments.iter().map(|code| code.as_number().map(|code| code as u32 as u16)).collect();
                Some(match codes {
                    Some(codes) => Value::string(String::from_utf16_lossy(&codes)),
                    None => Value::unknown_of(Nature::String, "a character code"),
                })
            }
            "raw" => Some(Value::unknown_of(Nature::String, "`String.raw`")),
            _ => None,
        }
    }

    pub(super) fn escape_text(&mut self, name: &str, value: &Value) -> Value {
        let text = self.to_string(value);
        let Some(text) = text.as_str() else {
            return Value::unknown_of(Nature::String, "a text that is not known").tainted(value.taint);
        };
        let keep: &[u8] = match name {
            "encodeURIComponent" => b"-_.!~*'()",
            "encodeURI" => b"-_.!~*'();/?:@&=+$,#",
            _ => return Value::unknown_of(Nature::String, format!("`{name}`")).tainted(value.taint),
        };
        let mut escaped = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
                escaped.push(char::from(byte));
            } else {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
        Value::string(escaped).tainted(value.taint)
    }
}

fn unknown_result(name: &str, arguments: &[Value]) -> Value {
    let why = arguments.iter().find_map(Value::why).cloned().unwrap_or_else(|| "a text that is not known".into());
    match name {
        "includes" | "startsWith" | "endsWith" => decided(None, &why),
        "indexOf" | "lastIndexOf" | "search" | "charCodeAt" => Value::unknown_of(Nature::Number, why),
        "split" | "match" | "matchAll" => Value::unknown(why),
        _ => Value::unknown_of(Nature::String, why),
    }
}

fn index(text: &str, found: Option<usize>) -> Value {
    Value::number(found.map_or(-1.0, |byte| text[..byte].encode_utf16().count() as f64))
}

fn split(text: &str, separator: Option<&str>) -> Vec<String> {
    match separator {
        None => vec![text.to_owned()],
        Some("") => text.chars().map(String::from).collect(),
        Some(separator) => text.split(separator).map(str::to_owned).collect(),
    }
}

/// A replacement text; `$` patterns are left alone unless they mean something.
fn plain_text(run: &mut Interpreter<'_>, replacement: &Value) -> String {
    run.to_string(replacement).as_str().unwrap_or_default().replace("$$", "$")
}

fn unit(text: &str, position: f64) -> Option<String> {
    if position < 0.0 {
        return None;
    }
    text.chars().nth(position as usize).map(String::from)
}

fn at(text: &str, position: f64) -> Value {
    let position = if position < 0.0 { position + text.chars().count() as f64 } else { position };
    unit(text, position).map_or_else(Value::undefined, Value::string)
}

fn part(text: &str, name: &str, first: &Value, second: &Value) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = units.len() as f64;
    let whole = |value: &Value, missing: f64| match value.as_number() {
        Some(number) if !number.is_nan() => number.trunc(),
        Some(_) => 0.0,
        None if value.is_undefined() => missing,
        None => 0.0,
    };
    let relative = |number: f64| if number < 0.0 { (length + number).max(0.0) } else { number.min(length) };
    let (start, end) = match name {
        "slice" => (relative(whole(first, 0.0)), relative(whole(second, length))),
        "substr" => {
            let start = relative(whole(first, 0.0));
            (start, (start + whole(second, length).max(0.0)).min(length))
        }
        _ => {
            let (a, b) = (whole(first, 0.0).clamp(0.0, length), whole(second, length).clamp(0.0, length));
            (a.min(b), a.max(b))
        }
    };
    String::from_utf16_lossy(units.get(start as usize..end as usize).unwrap_or_default())
}

fn pad(text: &str, name: &str, width: &Value, filler: &str) -> String {
    let missing = width.as_number().unwrap_or(0.0).min(10_000.0) as usize;
    let missing = missing.saturating_sub(text.chars().count());
    let padding: String = filler.chars().cycle().take(if filler.is_empty() { 0 } else { missing }).collect();
    if name == "padStart" { format!("{padding}{text}") } else { format!("{text}{padding}") }
}
