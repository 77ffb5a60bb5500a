//! What Node's `util.inspect` prints, as `pm2 prettylist` does: read as the value that was printed.

use serde_json::{Map, Value};

/// Deeper values are not read.
const DEPTH: usize = 64;

/// The array at the head of `text`.
pub(super) fn array(text: &str) -> Option<Vec<Value>> {
    match (Reader { rest: text, depth: 0 }).value()? {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn value(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let value = if self.skip('[') {
            self.items()
        } else if self.skip('{') {
            self.members()
        } else if let Some(text) = self.quoted() {
            Some(Value::String(text))
        } else {
            self.word().map(word)
        };
        self.depth -= 1;
        value
    }

    /// `[Object]`, `[Function: f]` and their like are no arrays, and stand for what was not printed.
    fn items(&mut self) -> Option<Value> {
        let shortened =
            ["Object]", "Array]", "Circular", "Function", "Getter"].iter().any(|name| self.rest.starts_with(name));
        if shortened {
            self.rest = self.rest.split_once(']')?.1;
            return Some(Value::Null);
        }
        let mut items = Vec::new();
        while !self.skip(']') {
            items.push(self.value()?);
            self.skip(',');
        }
        Some(Value::Array(items))
    }

    fn members(&mut self) -> Option<Value> {
        let mut members = Map::new();
        while !self.skip('}') {
            let key = self.quoted().or_else(|| self.word().map(str::to_owned))?;
            if !self.skip(':') {
                return None;
            }
            members.insert(key, self.value()?);
            self.skip(',');
        }
        Some(Value::Object(members))
    }

    /// A string in any of the three quotes; long ones are printed in pieces: `'a' +`.
    fn quoted(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.push(unescaped(chars.next()?.1)),
                _ if c == quote => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(if self.skip('+') { text + &self.quoted()? } else { text });
                }
                _ => text.push(c),
            }
        }
        None
    }

    fn word(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find([',', ':', '}', ']', '\n']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).filter(|(word, _)| is_bare(word.trim()))?;
        self.rest = rest;
        Some(word.trim())
    }
}

fn is_bare(word: &str) -> bool {
    !word.is_empty() && !word.starts_with(['\'', '"', '`'])
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        other => other,
    }
}

fn word(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" | "undefined" => Value::Null,
        _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_is_read_back() {
        let text = "[\n  {\n    pid: 31760,\n    name: 'it\\'s',\n    'a-b': \"'\",\n    args: [ 'x', -1.5, [Object] ],\n    \
                    long: 'one' +\n      'two',\n    env: { A: undefined, B: true, f: [Function: f] }\n  }\n]\nmore";
        let expected = serde_json::json!([{
            "pid": 31760, "name": "it's", "a-b": "'", "args": ["x", -1.5, null], "long": "onetwo",
            "env": { "A": null, "B": true, "f": null }
        }]);
        assert_eq!(array(text).map(Value::Array), Some(expected));
        for other in ["", "[", "[ { a 1 } ]", "{ a: 1 }", "[ 'open ]"] {
            assert_eq!(array(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "([\\[{}\\],:'\"`+\\\\]|a|1|\\[Object\\]|\\PC|\n){0,60}") {
            array(&text);
        }

        #[test]
        fn depth_has_an_end(depth in 1_usize..5000) {
            array(&"[".repeat(depth));
        }
    }
}
