//! Regular expressions on known texts. Patterns that Rust's engine cannot express the same way leave the result undecided.

use regex::Regex;

use super::super::super::value::{Kind, Nature, Origin, Value};
use super::super::{Eval, Interpreter};

impl Interpreter<'_> {
    pub(super) fn regex_method(
        &mut self,
        pattern: &str,
        flags: &str,
        name: &str,
        arguments: &[Value],
    ) -> Option<Value> {
        let text = arguments.first().map(|text| self.to_string(text))?;
        let taint = text.taint;
        let compiled = compile(pattern, flags);
        let result = match (name, text.as_str(), compiled) {
            ("test", Some(text), Some(regex)) => Value::bool(regex.is_match(text)),
            ("exec", Some(text), Some(regex)) if !flags.contains('g') => self.groups(&regex, text),
            ("test", ..) => Value::unknown_of(Nature::Bool, format!("what /{pattern}/ matches")),
            ("exec", ..) => Value::unknown(format!("what /{pattern}/ matches")),
            _ => return None,
        };
        Some(result.tainted(taint))
    }

    pub(super) fn regex_on_string(
        &mut self,
        text: &str,
        name: &str,
        pattern: &str,
        flags: &str,
        arguments: &[Value],
        site: Origin,
    ) -> Eval {
        let Some(regex) = compile(pattern, flags) else {
            return Ok(Value::unknown(format!("what /{pattern}/ matches")));
        };
        Ok(match name {
            "match" if flags.contains('g') => {
                let found: Vec<Value> = regex.find_iter(text).map(|found| Value::string(found.as_str())).collect();
                if found.is_empty() { Value::new(Kind::Null) } else { self.array(found) }
            }
            "match" => self.groups(&regex, text),
            "search" => Value::number(
                regex.find(text).map_or(-1.0, |found| text[..found.start()].encode_utf16().count() as f64),
            ),
            "split" if regex.captures_len() == 1 => {
                let parts = regex.split(text).map(Value::string).collect();
                self.array(parts)
            }
            "replace" | "replaceAll" => {
                let replacement = arguments.get(1).cloned().unwrap_or_else(Value::undefined);
                return self.replace_matches(&regex, text, flags.contains('g'), &replacement, site);
            }
            _ => Value::unknown(format!("what /{pattern}/ matches")),
        })
    }

    fn replace_matches(&mut self, regex: &Regex, text: &str, all: bool, replacement: &Value, site: Origin) -> Eval {
        let mut parts = Vec::new();
        let mut from = 0;
        let limit = if all { usize::MAX } else { 1 };
        for captures in regex.captures_iter(text).take(limit) {
            let Some(found) = captures.get(0) else { continue };
            parts.push(Value::string(&text[from..found.start()]));
            from = found.end();
            let made = if self.heap.is_function(replacement) {
                let groups = captures.iter().map(|group| match group {
                    Some(group) => Value::string(group.as_str()),
                    None => Value::undefined(),
                });
                self.invoke(replacement.clone(), Value::undefined(), groups.collect(), site, None, false)?
            } else {
                let template = self.to_string(replacement);
                match template.as_str() {
                    Some(template) => Value::string(expand(template, &captures)),
                    None => template,
                }
            };
            parts.push(self.to_string(&made));
        }
        parts.push(Value::string(&text[from..]));
        Ok(super::join(&parts, ""))
    }

    fn groups(&mut self, regex: &Regex, text: &str) -> Value {
        let Some(captures) = regex.captures(text) else { return Value::new(Kind::Null) };
        let elements = captures.iter().map(|group| match group {
            Some(group) => Value::string(group.as_str()),
            None => Value::undefined(),
        });
        let array = self.array(elements.collect());
        if let Some(id) = array.as_object() {
            let groups = self.heap.allocate(super::super::super::heap::Class::Plain, None);
            for name in regex.capture_names().flatten() {
                let value = captures.name(name).map_or_else(Value::undefined, |group| Value::string(group.as_str()));
                self.heap.set(groups, name, value, None);
            }
            self.heap.set(id, "groups", Value::object(groups), None);
        }
        array
    }
}

fn expand(template: &str, captures: &regex::Captures<'_>) -> String {
    let mut expanded = String::new();
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek().copied()) {
            ('$', Some('$')) => {
                letters.next();
                expanded.push('$');
            }
            ('$', Some('&')) => {
                letters.next();
                expanded.push_str(captures.get(0).map_or("", |found| found.as_str()));
            }
            ('$', Some(digit)) if digit.is_ascii_digit() && digit != '0' => {
                letters.next();
                let group = digit.to_digit(10).unwrap_or(0) as usize;
                expanded.push_str(captures.get(group).map_or("", |found| found.as_str()));
            }
            _ => expanded.push(letter),
        }
    }
    expanded
}

/// The pattern in Rust's engine; `None` where it means something else there or cannot be said.
fn compile(pattern: &str, flags: &str) -> Option<Regex> {
    if flags.contains(['y', 'v', 'd']) || pattern.contains("[^]") || pattern.contains("[]") {
        return None;
    }
    let translated = translate(pattern)?;
    let mut inline = String::new();
    for (flag, rust) in [('i', 'i'), ('m', 'm'), ('s', 's')] {
        if flags.contains(flag) {
            inline.push(rust);
        }
    }
    let whole = if inline.is_empty() { translated } else { format!("(?{inline}){translated}") };
    regex::RegexBuilder::new(&whole).size_limit(1 << 20).build().ok()
}

/// JavaScript's classes are ASCII where Rust's are Unicode; `[` inside a class is plain; `\/` is `/`.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut letters = pattern.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                'd' => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                'D' if !in_class => out.push_str("[^0-9]"),
                'w' => out.push_str(if in_class { "A-Za-z0-9_" } else { "[A-Za-z0-9_]" }),
                'W' if !in_class => out.push_str("[^A-Za-z0-9_]"),
                'b' if !in_class => out.push_str("(?-u:\\b)"),
                'B' if !in_class => out.push_str("(?-u:\\B)"),
                letter @ ('s' | 'S' | 'n' | 'r' | 't') => out.extend(['\\', letter]),
                letter if letter.is_ascii_alphanumeric() => return None,
                letter => out.push_str(&regex::escape(&letter.to_string())),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    Some(out)
}
