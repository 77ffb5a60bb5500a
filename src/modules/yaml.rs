//! YAML of package managers as plain data. Every scalar is a string, whatever it looks like, and what an alias stands for is not followed.

use granit_parser::{Event, Parser, StrInput};
use serde_json::{Map, Value};

/// How deep values may nest.
const DEEPEST: usize = 100;

/// How many scalars and brackets are read: far more than any workspace has.
const MOST: usize = 500_000;

/// The mapping in `text`; of one that breaks off, or never ends, what comes before.
pub(super) fn read(text: &str) -> Value {
    Value::Object(Reader::new(text).entries(|_| false))
}

/// What of the mapping in `text` comes before `key`; the rest is not even scanned.
pub(super) fn read_until(text: &str, key: &str) -> Value {
    Value::Object(Reader::new(text).entries(|own| own == key))
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    /// How many may still come.
    left: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { events: Parser::new_from_str(text), left: MOST }
    }

    fn entries(&mut self, is_end: impl Fn(&str) -> bool) -> Map<String, Value> {
        let mut entries = Map::new();
        if !matches!(self.start(), Some(Event::MappingStart(..))) {
            return entries;
        }
        while let Some(Event::Scalar(key, ..)) = self.next() {
            if is_end(&key) {
                break;
            }
            let Some(value) = self.value(0) else { break };
            entries.insert(key.into_owned(), value);
        }
        entries
    }

    /// The first event of the document itself.
    fn start(&mut self) -> Option<Event<'t>> {
        loop {
            match self.next()? {
                Event::StreamStart | Event::DocumentStart(..) => {}
                event => return Some(event),
            }
        }
    }

    fn next(&mut self) -> Option<Event<'t>> {
        loop {
            self.left = self.left.checked_sub(1)?;
            match self.events.next_event()?.ok()?.0 {
                Event::Comment(..) => {}
                event => return Some(event),
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let event = self.next()?;
        self.value_of(event, depth)
    }

    fn value_of(&mut self, event: Event<'t>, depth: usize) -> Option<Value> {
        match event {
            _ if depth > DEEPEST => None,
            Event::Scalar(text, ..) => Some(Value::String(text.into_owned())),
            Event::Alias(_) => Some(Value::Null),
            Event::SequenceStart(..) => self.sequence(depth + 1),
            Event::MappingStart(..) => self.mapping(depth + 1),
            _ => None,
        }
    }

    fn sequence(&mut self, depth: usize) -> Option<Value> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Some(Value::Array(elements)),
                event => elements.push(self.value_of(event, depth)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Option<Value> {
        let mut entries = Map::new();
        loop {
            match self.next()? {
                Event::MappingEnd => return Some(Value::Object(entries)),
                Event::Scalar(key, ..) => drop(entries.insert(key.into_owned(), self.value(depth)?)),
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_texts_and_what_cannot_be_read_is_left_out() {
        let json = |text: &str| read(text).to_string();
        assert_eq!(
            json("a: 1\nb: [x, 'y', {c: ~}] # z\nd: &e yes\nf: *e\n"),
            r#"{"a":"1","b":["x","y",{"c":"~"}],"d":"yes","f":null}"#
        );
        assert_eq!(read_until("a: 1\nb: 2\nc: [\n", "b").to_string(), r#"{"a":"1"}"#);
        for none in ["", "- a\n", "a", "[a]: b\n", "a: [b\n", "\t", "a: {? [b] : c}\n"] {
            assert_eq!(json(none), "{}", "{none:?}");
        }
        assert_eq!(json(&format!("a: 1\nb: {}\n", "[".repeat(DEEPEST + 2))), r#"{"a":"1"}"#);
        assert_eq!(json(&format!("a: 1\nb: [{}]\n", "x, ".repeat(MOST))), r#"{"a":"1"}"#);
    }
}
