//! Calls that others see: which of the calls of a database or of an HTTP client change something there.

use super::arguments::Arguments;
use crate::catalog::{Sink, SinkKind};

/// Beginnings of methods that only read.
const READS: [&str; 17] = [
    "aggregate",
    "all",
    "connect",
    "count",
    "describe",
    "exists",
    "fetch",
    "find",
    "get",
    "has",
    "head",
    "list",
    "ping",
    "read",
    "scan",
    "select",
    "show",
];

/// Methods that take a statement.
const STATEMENTS: [&str; 7] = ["execute", "query", "raw", "request", "run", "unsafe", "$queryRaw"];

/// First words of statements that only read.
const READING_WORDS: [&str; 5] = ["select", "show", "explain", "describe", "with"];

/// Whether the call changes something outside the process; reading does not.
pub(super) fn is_seen_by_others(arguments: &Arguments<'_>, sink: &Sink) -> bool {
    let symbol = arguments.call.symbol;
    let method = symbol.rsplit('.').next().unwrap_or(symbol);
    match sink.kind {
        SinkKind::Database if STATEMENTS.contains(&method) => !reads(arguments),
        SinkKind::Database => !READS.iter().any(|read| method.starts_with(read)),
        SinkKind::Http => sends(arguments, method),
        _ => true,
    }
}

fn reads(arguments: &Arguments<'_>) -> bool {
    let text = arguments.at(0).and_then(|statement| arguments.text(statement));
    text.is_some_and(|text| {
        let word = text.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        READING_WORDS.contains(&&*word)
    })
}

/// A method that sends, or a `method` option that says so.
fn sends(arguments: &Arguments<'_>, method: &str) -> bool {
    let option = (0..3).find_map(|index| arguments.option_text(index, "method"));
    match option {
        Some(verb) => !matches!(verb.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "OPTIONS"),
        None => matches!(
            method,
            "post" | "put" | "patch" | "delete" | "send" | "putObject" | "create" | "update" | "upload"
        ),
    }
}

/// What is reached, in a few words.
pub(super) fn name(kind: SinkKind) -> &'static str {
    match kind {
        SinkKind::Database => "a database",
        SinkKind::Mail => "mail or chat",
        SinkKind::Http => "another host",
        SinkKind::File => "a file",
        SinkKind::Queue => "a queue",
        SinkKind::Process => "another program",
    }
}
