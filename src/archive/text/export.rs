//! `journalctl -o export`: each field of an entry on a line of its own, and a blank line between two entries.

use super::envelope::Enveloped;
use crate::archive::timeline::Stamp;

/// How each entry begins.
pub(in crate::archive) const BEGIN: &str = "__CURSOR=";
/// What follows the name of a field whose text is no plain line: its length in as many bytes, the lowest first.
const LENGTH: usize = 8;

/// The entry that is being read.
#[derive(Debug, Default)]
pub(in crate::archive) struct Export {
    is_open: bool,
    time: Option<Stamp>,
    /// The line above named the message; its bytes follow.
    is_named: bool,
}

/// What a line is.
#[derive(Debug, PartialEq)]
pub(in crate::archive) enum Field<'a> {
    /// Of no entry.
    None,
    /// Of an entry, but not its message.
    Other,
    Message(Enveloped<'a>),
}

impl Export {
    /// Takes the next line.
    pub fn take<'a>(&mut self, line: &'a str) -> Field<'a> {
        if line.starts_with(BEGIN) {
            *self = Self { is_open: true, ..Self::default() };
            return Field::Other;
        }
        if std::mem::take(&mut self.is_named) {
            return self.message(after_length(line));
        }
        if !self.is_open {
            return Field::None;
        }
        match line.split_once('=') {
            Some(("MESSAGE", text)) => self.message(text),
            Some(("__REALTIME_TIMESTAMP", micros)) => {
                self.time = micros.parse().ok().and_then(|micros: i64| Stamp::from_millis(micros / 1000));
                Field::Other
            }
            Some((name, _)) if is_name(name) => Field::Other,
            _ => {
                self.is_named = line == "MESSAGE";
                self.is_open = !line.is_empty();
                if is_name(line) || line.is_empty() { Field::Other } else { Field::None }
            }
        }
    }

    fn message<'a>(&self, text: &'a str) -> Field<'a> {
        Field::Message(Enveloped { time: self.time, text: text.into(), ..Enveloped::default() })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The text behind its length, of which most bytes are zero.
fn after_length(line: &str) -> &str {
    let zeros = line.char_indices().take(LENGTH).filter(|(_, c)| *c == '\0').last();
    zeros.and_then(|(at, _)| line.get(at + 1..)).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lines: &[&str]) -> Vec<(String, Option<String>)> {
        let mut export = Export::default();
        let fields = lines.iter().map(|line| export.take(line));
        let told = fields.filter_map(|field| match field {
            Field::Message(message) => Some((message.text.to_string(), message.time.map(|time| time.to_string()))),
            Field::Other => None,
            Field::None => Some(("?".to_owned(), None)),
        });
        told.collect()
    }

    #[test]
    fn of_each_entry_the_message_is_told_with_its_time() {
        let time = Some("2026-11-22T11:12:48.926Z".to_owned());
        let head = ["__CURSOR=s=1;i=2", "__REALTIME_TIMESTAMP=1795345968926123", "_PID=812"];
        let plain = [&head[..], &["MESSAGE=Error: a=b", "_SYSTEMD_UNIT=shop.service", ""]].concat();
        assert_eq!(messages(&plain), [("Error: a=b".to_owned(), time.clone())]);
        let coloured = [&head[..], &["MESSAGE", "\u{5}\0\0\0\0\0\0\0\u{1b}[31mx", "PRIORITY=6", ""]].concat();
        assert_eq!(messages(&coloured), [("\u{1b}[31mx".to_owned(), time)]);
        assert_eq!(messages(&["up", "A=b"]), [("?".to_owned(), None), ("?".to_owned(), None)]);
    }

    proptest::proptest! {
        #[test]
        fn no_lines_panic(lines in proptest::collection::vec("(__CURSOR=|__REALTIME_TIMESTAMP=|MESSAGE|=|[0-9A-Z_\0]|\\PC){0,8}", 0..12)) {
            let mut export = Export::default();
            for line in &lines {
                export.take(line);
            }
        }
    }
}
