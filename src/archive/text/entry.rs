//! A line that is a JSON object: the members that tell of an error or of a process, the others passed over.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// What PM2 and the loggers call what is read of their lines.
const MEMBERS: [&str; 14] = [
    "app_name",
    "message",
    "process_id",
    "type",
    "timestamp",
    "err",
    "error",
    "exception",
    "stack",
    "msg",
    "time",
    "@timestamp",
    "ts",
    "status",
];

/// The members of a line that are read, in its order. Loggers write one twice where an app hands it on, too.
pub(super) struct Entry(Vec<(&'static str, Value)>);

impl Entry {
    /// The last one of that name, as JavaScript has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(line: D) -> Result<Self, D::Error> {
        line.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Entry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Entry, A::Error> {
        let mut read = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            match name {
                Some(name) => read.push((name, members.next_value()?)),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Entry(read))
    }
}

/// `None`: a member that is not read.
struct Name(Option<&'static str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(name: D) -> Result<Self, D::Error> {
        name.deserialize_str(Known)
    }
}

struct Known;

impl Visitor<'_> for Known {
    type Value = Name;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(Name(MEMBERS.into_iter().find(|known| *known == name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_two_members_counts_and_the_others_are_passed_over() {
        let line = r#"{"req":{"msg":"inner"},"msg":"one","pid":4711,"msg":"two","at":1e999}"#;
        let entry: Entry = serde_json::from_str(line).unwrap();
        assert_eq!((entry.get("msg").and_then(Value::as_str), entry.get("pid")), (Some("two"), None));
    }

    #[test]
    fn what_is_no_object_is_no_entry() {
        for line in [r#"["msg"]"#, r#"{"msg":"x""#, r#"{"msg":tru}"#, r#"{"req":{"a":}}"#] {
            assert!(serde_json::from_str::<Entry>(line).is_err(), "{line}");
        }
    }
}
