//! Calls that others see: of those of a database or an HTTP client, the ones that change something there.

use super::arguments::Arguments;
use crate::catalog::{Sink, SinkKind};

/// Steps that read.
const READS: [&str; 27] = [
    "aggregate",
    "all",
    "count",
    "countDocuments",
    "distinct",
    "estimatedDocumentCount",
    "exists",
    "first",
    "get",
    "groupBy",
    "hget",
    "hgetall",
    "hmget",
    "keys",
    "llen",
    "lrange",
    "mget",
    "pluck",
    "scan",
    "scard",
    "select",
    "sismember",
    "smembers",
    "ttl",
    "zcard",
    "zrange",
    "zscore",
];

/// Steps that lead to one that reads or changes, or that concern the connection.
const NEUTRAL: [&str; 30] = [
    "authenticate",
    "close",
    "collection",
    "connect",
    "createQueryBuilder",
    "db",
    "disconnect",
    "duplicate",
    "end",
    "eq",
    "from",
    "getConnection",
    "getRepository",
    "info",
    "initialize",
    "join",
    "lean",
    "limit",
    "model",
    "off",
    "on",
    "once",
    "order",
    "orderBy",
    "ping",
    "populate",
    "quit",
    "sort",
    "table",
    "where",
];

/// Words that statements of SQL begin with which read.
const READING: [&str; 5] = ["select", "show", "explain", "describe", "pragma"];

/// Whether the call changes something outside the process; reading does not.
pub(super) fn is_seen_by_others(arguments: &Arguments<'_>, sink: &Sink) -> bool {
    match sink.kind {
        SinkKind::Database => changes(arguments),
        SinkKind::Http => sends(arguments),
        _ => true,
    }
}

/// A request whose `method` option or function says that it sends.
fn sends(arguments: &Arguments<'_>) -> bool {
    let symbol = arguments.call.symbol;
    let method = symbol.rsplit('.').next().unwrap_or(symbol);
    match (0..3).find_map(|index| arguments.option_text(index, "method")) {
        Some(verb) => !matches!(verb.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "OPTIONS"),
        None => matches!(method, "post" | "put" | "patch" | "delete" | "send" | "create" | "update" | "upload"),
    }
}

/// Whether the call changes something: it is not known to read, or to be only a step on the way.
fn changes(arguments: &Arguments<'_>) -> bool {
    let steps: Vec<&str> =
        arguments.call.symbol.split('.').map(|step| step.split('(').next().unwrap_or(step)).collect();
    let reads = |step: &&str| READS.contains(step) || step.starts_with("find");
    let is_neutral = steps.last().is_some_and(|step| NEUTRAL.contains(step));
    !is_neutral && !steps.iter().any(reads) && !arguments.at(0).and_then(|text| text.as_str()).is_some_and(is_reading)
}

fn is_reading(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    let is_locking = statement.contains("lock") || statement.contains("LOCK");
    READING.iter().any(|reading| word.eq_ignore_ascii_case(reading)) && !is_locking
}
