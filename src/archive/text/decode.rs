//! The forms in which a line of an app's output can be written: plain, dated, JSON of PM2, JSON of a logger.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cursor::End;
use super::entry::Entry;
use super::stamp::{self, LastDate};
use crate::archive::timeline::{Stamp, Stream};

/// Where a line says that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::archive) struct Origin {
    /// PM2's name of the app.
    pub app: Option<Arc<str>>,
    /// Which process.
    pub pm_id: Option<u32>,
}

/// How a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) enum Form {
    /// As the program, or PM2 itself, wrote it.
    Raw,
    /// PM2 put a date before it, or JSON around it.
    Wrapped,
    /// A logger of the app made it.
    Logged,
}

/// A line of output, unwrapped. `text` may hold several lines.
#[derive(Debug, PartialEq)]
pub(in crate::archive) struct Output<'a> {
    pub origin: Option<Origin>,
    pub stream: Option<Stream>,
    pub time: Option<Stamp>,
    pub form: Form,
    pub text: Cow<'a, str>,
}

/// Reads a line of an app's log.
pub(in crate::archive) fn output(line: &str) -> Output<'_> {
    output_after(&mut LastDate::default(), line)
}

/// Reads a line of an app's log that follows one with the date `last`.
pub(in crate::archive) fn output_after<'a>(last: &mut LastDate, line: &'a str) -> Output<'a> {
    json(line).unwrap_or_else(|| match last.leading(line) {
        Some(dated) => json(dated.rest).map_or_else(
            || plain(dated.rest, dated.stamp, if dated.end == End::Colon { Form::Wrapped } else { Form::Raw }),
            |inner| Output { time: dated.stamp.or(inner.time), ..inner },
        ),
        None => plain(line, None, Form::Raw),
    })
}

fn plain(text: &str, time: Option<Stamp>, form: Form) -> Output<'_> {
    Output { origin: None, stream: None, time, form, text: text.into() }
}

fn json(line: &str) -> Option<Output<'static>> {
    let line = line.trim_ascii();
    if !(line.starts_with('{') && line.ends_with('}')) {
        return None;
    }
    let entry: Entry = serde_json::from_str(line).ok()?;
    chunk(&entry).or_else(|| logged(&entry))
}

/// `{"message","timestamp","type","process_id","app_name"}`: log_type json, or `pm2 logs --json`.
fn chunk(entry: &Entry) -> Option<Output<'static>> {
    let app = entry.get("app_name")?.as_str()?;
    let message = entry.get("message")?.as_str()?;
    let pm_id = entry.get("process_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let stream = match entry.get("type").and_then(Value::as_str) {
        Some("err" | "error") => Some(Stream::Error),
        Some("out") => Some(Stream::Out),
        _ => None,
    };
    let time = entry.get("timestamp").and_then(time);
    let inner = json(message);
    let form = if inner.is_some() { Form::Logged } else { Form::Wrapped };
    let text = inner.map_or_else(|| Cow::Owned(unglued(message)), |inner| inner.text);
    Some(Output { origin: Some(Origin { app: Some(app.into()), pm_id }), stream, time, form, text })
}

/// What `pm2 logs --json` says of a process beside what it prints; it tells the app, not the number.
pub(in crate::archive) struct ProcessEvent {
    pub app: Arc<str>,
    /// It ended; else it is online, or something else.
    pub is_end: bool,
    pub time: Stamp,
}

/// `{"timestamp","type":"process_event","status":"exit","app_name"}` (API/Log.js:220, v7.0.3).
pub(in crate::archive) fn process_event(line: &str) -> Option<ProcessEvent> {
    let entry: Entry = line.contains("\"process_event\"").then(|| serde_json::from_str(line).ok())??;
    let text = |key: &str| entry.get(key)?.as_str();
    text("type").filter(|kind| *kind == "process_event")?;
    Some(ProcessEvent {
        app: text("app_name")?.into(),
        is_end: text("status")? == "exit",
        time: time(entry.get("timestamp")?)?,
    })
}

/// `pm2 logs --json` takes the line ends out of a stack.
fn unglued(message: &str) -> String {
    if message.contains('\n') { message.to_owned() } else { message.replace("    at ", "\n    at ") }
}

/// A line of pino, bunyan, winston and their like: what was said, and below it the error that was handed on.
fn logged(entry: &Entry) -> Option<Output<'static>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of_error = |error: &Value| ["stack", "message"].iter().find_map(|key| text(error.get(key)?));
    let handed_on = ["err", "error", "exception"].iter().find_map(|key| of_error(entry.get(key)?));
    let error = handed_on.or_else(|| ["stack", "message"].iter().find_map(|key| text(entry.get(key)?)));
    let said = ["msg", "message"].iter().find_map(|key| text(entry.get(key)?));
    let text = match (said, error) {
        (Some(said), Some(error)) if said.contains(&error) => said,
        (Some(said), Some(error)) if !said.is_empty() && !error.contains(&said) => format!("{said}\n{error}"),
        (said, error) => error.or(said)?,
    };
    let time = ["time", "timestamp", "@timestamp", "ts"].iter().find_map(|key| time(entry.get(key)?));
    Some(Output { origin: None, stream: None, time, form: Form::Logged, text: text.into() })
}

fn time(value: &Value) -> Option<Stamp> {
    match value {
        Value::String(text) => stamp::parse(text),
        _ => Stamp::from_millis(value.as_i64()?),
    }
}

/// The text of a line. What is no UTF-8 is read as Latin-1: old hosts, and lines that were torn.
pub(in crate::archive) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    text.into()
}

/// `line` without the colours of a terminal.
pub(in crate::archive) fn uncoloured(line: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\x1b', line.as_bytes()).is_none() {
        return line.into();
    }
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c.is_ascii_alphabetic()).map_or(piece.len(), |at| at + 1);
        plain.push_str(piece.get(end..).unwrap_or_default());
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_output_is_unwrapped() {
        for (line, text, form, time) in [
            ("Error: x", "Error: x", Form::Raw, None),
            ("2026-11-22 11:32:28 +00:00:     at f", "    at f", Form::Wrapped, Some("2026-11-22T11:32:28Z")),
            ("[2026-11-22T11:32:28] ERROR x", "ERROR x", Form::Raw, Some("2026-11-22T11:32:28")),
            (
                r#"{"message":"Error: x\n    at f\n","timestamp":"2026-11-22T11:32:28.5Z","type":"err","process_id":3,"app_name":"a"}"#,
                "Error: x\n    at f\n",
                Form::Wrapped,
                Some("2026-11-22T11:32:28.5Z"),
            ),
            (
                r#"{"level":50,"time":1795345968926,"err":{"type":"E","stack":"E: x\n    at f"},"msg":"m"}"#,
                "m\nE: x\n    at f",
                Form::Logged,
                Some("2026-11-22T11:12:48.926Z"),
            ),
            (r#"{"level":"error","message":"E: x","stack":"E: x\n    at f"}"#, "E: x\n    at f", Form::Logged, None),
            // winston's handler of uncaught exceptions has the stack in both.
            (
                r#"{"exception":true,"message":"uncaughtException: x\nE: x\n    at f","stack":"E: x\n    at f"}"#,
                "uncaughtException: x\nE: x\n    at f",
                Form::Logged,
                None,
            ),
            (r#"{"level":60,"err":{"type":"E","message":"no key"}}"#, "no key", Form::Logged, None),
            (r#"{"level":"error","message":"m"}"#, "m", Form::Logged, None),
            (r#"{"half":"#, r#"{"half":"#, Form::Raw, None),
        ] {
            let read = output(line);
            let time_read = read.time.map(|time| time.to_string());
            assert_eq!((&*read.text, read.form, time_read.as_deref()), (text, form, time), "{line}");
        }
    }

    #[test]
    fn a_json_chunk_names_its_process_and_a_glued_stack_is_cut() {
        let read = output(r#"{"message":"E: x    at f    at g","type":"err","process_id":3,"app_name":"a"}"#);
        assert_eq!(read.origin, Some(Origin { app: Some("a".into()), pm_id: Some(3) }));
        assert_eq!(read.text, "E: x\n    at f\n    at g");
    }

    #[test]
    fn colours_are_taken_off() {
        assert_eq!(uncoloured("\u{1b}[1m\u{1b}[31m0|a  | \u{1b}[39mx"), "0|a  | x");
    }

    #[test]
    fn what_is_no_utf_8_is_latin_1() {
        assert_eq!(text("Zür".as_bytes()), "Zür");
        assert_eq!(text(b"Z\xfcr \xe2\x82 \xe2\x82\xac"), "Zür â\u{82} €");
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC*", colours in "[\u{1b}\\[0-9m;a-z]{0,20}") {
            output(&line);
            uncoloured(&colours);
        }
    }
}
