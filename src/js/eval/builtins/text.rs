//! Texts as JavaScript counts them: in UTF-16 units. Half a character cannot be held, and is undecided.

use super::super::super::value::{Nature, Value};

/// The number of units.
pub(in super::super) fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The text of some units.
pub(in super::super) fn text_of_units(units: &[u16]) -> Value {
    match String::from_utf16(units) {
        Ok(text) => Value::string(text),
        Err(_) => Value::unknown_of(Nature::String, "half a character"),
    }
}

/// Units `start..end`, which lie in the text.
pub(super) fn slice(text: &str, start: usize, end: usize) -> Value {
    if start >= end {
        return Value::string("");
    }
    if text.is_ascii() {
        return Value::string(text.get(start..end).unwrap_or_default());
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(end - start).collect();
    text_of_units(&units)
}

/// Where byte `byte` is, in units.
pub(super) fn unit_of_byte(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, units)
}

/// Where unit `unit` is, in bytes; `None` in the middle of a character.
pub(super) fn byte_of_unit(text: &str, unit: usize) -> Option<usize> {
    if text.is_ascii() {
        return Some(unit.min(text.len()));
    }
    let mut seen = 0;
    for (byte, letter) in text.char_indices() {
        if seen >= unit {
            return (seen == unit).then_some(byte);
        }
        seen += letter.len_utf16();
    }
    Some(text.len())
}

/// A replacement with its patterns: `$$`, `$&`, `` $` ``, `$'`, `$1`, `$<name>`. `None` where a group is not known.
pub(super) fn expand(template: &str, text: &str, found: (usize, usize), groups: &Groups<'_>) -> Option<String> {
    let mut expanded = String::new();
    let mut rest = template;
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        let (meaning, length) = match rest.as_bytes().first() {
            Some(b'$') => ("$", 1),
            Some(b'&') => (text.get(found.0..found.1)?, 1),
            Some(b'`') => (text.get(..found.0)?, 1),
            Some(b'\'') => (text.get(found.1..)?, 1),
            Some(b'<') if !groups.names.is_empty() => match rest[1..].split_once('>') {
                Some((name, _)) => (groups.named(name)?, name.len() + 2),
                None => ("$", 0),
            },
            Some(digit) if digit.is_ascii_digit() => match groups.numbered(rest) {
                Some((number, length)) => (groups.at(number)?, length),
                None => ("$", 0),
            },
            _ => ("$", 0),
        };
        expanded.push_str(meaning);
        rest = &rest[length..];
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// The groups of a match: a text, nothing, or not known.
#[derive(Default)]
pub(super) struct Groups<'t> {
    /// From group 1 on.
    pub texts: Vec<Group<'t>>,
    /// Names and numbers.
    pub names: Vec<(&'t str, usize)>,
}

/// What a group matched.
#[derive(Clone, Copy)]
pub(super) enum Group<'t> {
    Text(&'t str),
    Nothing,
    Unknown,
}

impl<'t> Groups<'t> {
    fn at(&self, number: usize) -> Option<&'t str> {
        match self.texts.get(number.checked_sub(1)?)? {
            Group::Text(text) => Some(text),
            Group::Nothing => Some(""),
            Group::Unknown => None,
        }
    }

    fn named(&self, name: &str) -> Option<&'t str> {
        match self.names.iter().find(|(known, _)| *known == name) {
            Some((_, number)) => self.at(*number),
            None => Some(""),
        }
    }

    /// The number of an existing group that a text begins with, of one or two digits, and how many.
    fn numbered(&self, text: &str) -> Option<(usize, usize)> {
        [2, 1].into_iter().find_map(|length| {
            let digits = text.get(..length).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            let number: usize = digits.parse().ok()?;
            (1..=self.texts.len()).contains(&number).then_some((number, length))
        })
    }
}
