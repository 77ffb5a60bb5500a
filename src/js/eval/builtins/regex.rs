//! Regular expressions on known texts.

use std::rc::Rc;
use std::sync::Arc;

use regex::Captures;

use super::super::super::heap::{Class, Property};
use super::super::super::value::{Kind, Nature, ObjectId, Taint, Value};
use super::super::{Eval, Interpreter};
use super::Given;
use super::pattern::{Certainty, Pattern};
use super::text::{Group, Groups, byte_of_unit, expand, unit_of_byte};

/// A regular expression as a method gets it: its pattern, if both engines agree on it.
pub(super) type Known = Option<Rc<Pattern>>;

impl Interpreter<'_> {
    /// The compiled pattern, each compiled once.
    fn compiled(&mut self, pattern: &Arc<str>, flags: &Arc<str>) -> Known {
        let key = (pattern.clone(), flags.clone());
        if let Some(known) = self.patterns.get(&key) {
            return known.clone();
        }
        self.burn_for(COMPILING + pattern.len() as u64 * 100).ok()?;
        let compiled = Pattern::new(pattern, flags).map(Rc::new);
        self.patterns.insert(key, compiled.clone());
        compiled
    }

    /// The pattern that a method of texts is given, and the object that holds it. Texts are patterns for some.
    pub(super) fn pattern(&mut self, method: &str, value: &Value) -> Option<(Known, Option<ObjectId>)> {
        if let Some(id) = value.as_object()
            && let Class::Regex { pattern, flags } = self.heap.object(id).class.clone()
        {
            return Some((self.compiled(&pattern, &flags), Some(id)));
        }
        let flags = match method {
            "match" | "search" => "",
            "matchAll" => "g",
            _ => return None,
        };
        let pattern = if value.is_undefined() { Value::string("(?:)") } else { self.to_string(value) };
        let known =
            pattern.as_str().map(Arc::from).and_then(|pattern: Arc<str>| self.compiled(&pattern, &flags.into()));
        Some((known, None))
    }

    /// `RegExp.prototype`
    pub(super) fn regex_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let Class::Regex { pattern, flags } = self.heap.object(id).class.clone() else { return Ok(None) };
        if !matches!(name, "test" | "exec") {
            return self.object_method(&Value::object(id), name, given);
        }
        let (compiled, text) = (self.compiled(&pattern, &flags), self.to_string(&given.at(0)));
        let is_stateful = flags.contains(['g', 'y']);
        let place = self.get(&Value::object(id), "lastIndex")?;
        let from = match (is_stateful, place.as_number()) {
            (false, _) => Some(0.0),
            (true, None) if place.is_undefined() => Some(0.0),
            (true, place) => place,
        };
        let known = compiled.zip(text.as_str().map(Arc::<str>::from)).zip(from);
        let Some(((compiled, text), from)) = known.filter(|((compiled, text), _)| compiled.reads(text)) else {
            if is_stateful {
                self.set_last_index(id, Value::unknown("where a search goes on"));
            }
            return Ok(Some(if name == "test" { unknown_truth() } else { unknown_match() }));
        };
        self.burn_for(text.len() as u64)?;
        let start = if from > super::units(&text) as f64 { None } else { byte_of_unit(&text, from.max(0.0) as usize) };
        let found = start.and_then(|start| compiled.regex.captures_at(&text, start));
        if is_stateful {
            let end = found.as_ref().and_then(|found| found.get(0)).map_or(0, |whole| unit_of_byte(&text, whole.end()));
            self.set_last_index(id, Value::number(end as f64));
        }
        Ok(Some(match (name, found) {
            ("test", found) => Value::bool(found.is_some()),
            (_, Some(found)) => self.match_array(&compiled, &text, &found),
            (_, None) => Value::new(Kind::Null),
        }))
    }

    fn set_last_index(&mut self, id: ObjectId, value: Value) {
        self.heap.define(id, "lastIndex".into(), Property { enumerable: false, ..Property::data(value, None) });
    }

    /// The methods of texts that take a regular expression.
    pub(super) fn regex_on_text(
        &mut self,
        text: &Arc<str>,
        name: &str,
        pattern: &Known,
        id: Option<ObjectId>,
        given: &Given<'_>,
    ) -> Eval {
        let Some(pattern) = pattern.as_ref().filter(|pattern| pattern.reads(text)) else {
            return self.unread(name, given);
        };
        if let (Some(id), true) = (id, pattern.has('g')) {
            self.set_last_index(id, Value::number(0.0));
        }
        match name {
            "match" if pattern.has('g') => self.all_matches(pattern, text),
            "match" => Ok(match pattern.regex.captures(text) {
                Some(found) => self.match_array(pattern, text, &found),
                None => Value::new(Kind::Null),
            }),
            "matchAll" | "replaceAll" if !pattern.has('g') => {
                self.fail("TypeError", format!("{name} must be called with a global RegExp"), Taint::NONE)
            }
            "matchAll" => {
                let mut found = Vec::new();
                for captures in pattern.regex.captures_iter(text) {
                    self.burn_for(text.len() as u64)?;
                    found.push(self.match_array(pattern, text, &captures));
                }
                Ok(self.iterator(found, None))
            }
            "search" => {
                let found = pattern.regex.find(text).map(|found| unit_of_byte(text, found.start()) as f64);
                Ok(Value::number(found.unwrap_or(-1.0)))
            }
            "split" => self.split_by(pattern, text, given),
            _ => self.replace_matches(pattern, text, given),
        }
    }

    /// A text or pattern on which the engines may not agree; a function that gets the matches may be called.
    fn unread(&mut self, name: &str, given: &Given<'_>) -> Eval {
        let why: Arc<str> = "what a regular expression matches".into();
        let replacement = given.at(1);
        if name.starts_with("replace") && self.heap.is_function(&replacement) && self.is_exact() {
            self.call_perhaps(&replacement, &why)?;
        }
        Ok(match name {
            "search" => Value::unknown_of(Nature::Number, why),
            "replace" | "replaceAll" => Value::unknown_of(Nature::String, why),
            _ => Value::unknown(why),
        })
    }

    fn all_matches(&mut self, pattern: &Pattern, text: &str) -> Eval {
        let mut found = Vec::new();
        for whole in pattern.regex.find_iter(text) {
            self.burn_for(text.len() as u64)?;
            found.push(Value::string(whole.as_str()));
        }
        Ok(if found.is_empty() { Value::new(Kind::Null) } else { self.array(found) })
    }

    fn split_by(&mut self, pattern: &Pattern, text: &str, given: &Given<'_>) -> Eval {
        let limit = match given.at(1) {
            Value { kind: Kind::Undefined, .. } => usize::MAX,
            limit => match self.to_number(&limit) {
                Some(number) => super::super::operators::to_int32(number) as u32 as usize,
                None => return Ok(Value::unknown("how many parts are taken")),
            },
        };
        let mut parts = Vec::new();
        if text.is_empty() && pattern.regex.is_match(text) {
            return Ok(self.array(parts));
        }
        let (mut last, mut from) = (0, 0);
        while let Some(found) = pattern.regex.captures_at(text, from) {
            self.burn_for(text.len() as u64)?;
            let Some(whole) = found.get(0).filter(|whole| whole.start() < text.len()) else { break };
            if whole.end() == last || whole.is_empty() && whole.start() == last {
                from = text[whole.start()..].chars().next().map_or(text.len(), |next| whole.start() + next.len_utf8());
                continue;
            }
            parts.push(Value::string(&text[last..whole.start()]));
            parts.extend(groups(pattern, &found).texts.into_iter().map(group_value));
            (last, from) = (whole.end(), whole.end());
        }
        parts.push(Value::string(&text[last..]));
        parts.truncate(limit);
        Ok(self.array(parts))
    }

    fn replace_matches(&mut self, pattern: &Pattern, text: &Arc<str>, given: &Given<'_>) -> Eval {
        let mut whole = Value::string("");
        let mut from = 0;
        let limit = if pattern.has('g') { usize::MAX } else { 1 };
        let all: Vec<Captures<'_>> = pattern.regex.captures_iter(text).take(limit.min(MOST_MATCHES)).collect();
        if all.len() == MOST_MATCHES {
            return self.unread("replace", given);
        }
        for captures in &all {
            self.burn_for(text.len() as u64)?;
            let Some(found) = captures.get(0) else { continue };
            let replacement = self.match_replacement(pattern, text, captures, given)?;
            whole = self.concatenate(&whole, &Value::string(&text[from..found.start()]))?;
            whole = self.concatenate(&whole, &replacement)?;
            from = found.end();
        }
        self.concatenate(&whole, &Value::string(&text[from..]))
    }

    fn match_replacement(
        &mut self,
        pattern: &Pattern,
        text: &Arc<str>,
        captures: &Captures<'_>,
        given: &Given<'_>,
    ) -> Eval {
        let (replacement, groups) = (given.at(1), groups(pattern, captures));
        let (start, end) = captures.get(0).map_or((0, 0), |found| (found.start(), found.end()));
        if self.heap.is_function(&replacement) || replacement.as_symbol().is_some() {
            let mut arguments = vec![Value::string(&text[start..end])];
            arguments.extend(groups.texts.iter().copied().map(group_value));
            arguments.extend([Value::number(unit_of_byte(text, start) as f64), Value::string(text.clone())]);
            if !groups.names.is_empty() {
                arguments.push(self.named_groups(&groups));
            }
            let made = self.invoke(replacement, Value::undefined(), arguments, given.site, given.function, false)?;
            return Ok(self.to_string(&made));
        }
        let template = self.to_string(&replacement);
        Ok(match template.as_str() {
            Some(template) => match expand(template, text, (start, end), &groups) {
                Some(expanded) => Value::string(expanded),
                None => Value::unknown_of(Nature::String, "what a group matches"),
            },
            None => template,
        })
    }

    /// What `exec` and `match` give.
    fn match_array(&mut self, pattern: &Pattern, text: &str, captures: &Captures<'_>) -> Value {
        let groups = groups(pattern, captures);
        let whole = captures.get(0).map_or("", |found| found.as_str());
        let start = captures.get(0).map_or(0, |found| unit_of_byte(text, found.start()));
        let elements = groups.texts.iter().copied().map(group_value);
        let array = self.array(std::iter::once(Value::string(whole)).chain(elements).collect());
        let named = if groups.names.is_empty() { Value::undefined() } else { self.named_groups(&groups) };
        if let Some(id) = array.as_object() {
            self.heap.set(id, "index", Value::number(start as f64), None);
            self.heap.set(id, "input", Value::string(text), None);
            self.heap.set(id, "groups", named, None);
        }
        array
    }

    fn named_groups(&mut self, groups: &Groups<'_>) -> Value {
        let object = self.heap.allocate(Class::Plain, None);
        for (name, number) in &groups.names {
            let value = groups.texts.get(number - 1).copied().map_or_else(Value::undefined, group_value);
            self.heap.set(object, *name, value, None);
        }
        Value::object(object)
    }
}

fn groups<'t>(pattern: &'t Pattern, captures: &Captures<'t>) -> Groups<'t> {
    let texts = captures.iter().enumerate().skip(1).map(|(number, group)| {
        match (group.map(|group| group.as_str()), pattern.certainty(number)) {
            (_, Certainty::Never) | (Some(""), Certainty::UnlessEmpty) => Group::Unknown,
            (Some(text), _) => Group::Text(text),
            (None, _) => Group::Nothing,
        }
    });
    let names = pattern.regex.capture_names().enumerate();
    Groups { texts: texts.collect(), names: names.filter_map(|(number, name)| Some((name?, number))).collect() }
}

fn group_value(group: Group<'_>) -> Value {
    match group {
        Group::Text(text) => Value::string(text),
        Group::Nothing => Value::undefined(),
        Group::Unknown => Value::unknown("what a group matches"),
    }
}

fn unknown_truth() -> Value {
    Value::unknown_of(Nature::Bool, "what a regular expression matches")
}

fn unknown_match() -> Value {
    Value::unknown("what a regular expression matches")
}

/// What compiling costs, in bytes handled.
const COMPILING: u64 = 20_000;

/// Most matches that are replaced one by one.
const MOST_MATCHES: usize = 10_000;
