//! What an effect is, in words and as data.

use serde_json::{Value, json};

use crate::catalog::StateKind;
use crate::fleet::{Action, Container, Listen, Port, Schedule, Signal, State};
use crate::js::eval::When;

/// What a worker does, as its row says it.
pub fn words(action: &Action) -> String {
    match action {
        Action::Listen(listen) => listens(listen),
        Action::Schedule(schedule) => schedules(schedule),
        Action::Signal(Signal { name, library: None, .. }) => format!("handles {name}"),
        Action::Signal(Signal { name, library: Some(library), .. }) => format!("handles {name} ({library})"),
        Action::Handler { event, .. } => format!("handles `{event}`"),
        Action::Ready => "sends `ready`".to_owned(),
        Action::Send(message) => format!("sends {}", message.text),
        Action::Exit => "exits".to_owned(),
        Action::State(State { library, kind, .. }) => format!("keeps {} in memory ({library})", kept(*kind)),
        Action::Container(Container::Handed) => "keeps what requests need in memory".to_owned(),
        Action::Container(Container::Counted) => "counts requests in memory".to_owned(),
        Action::Fork => "forks workers of its own".to_owned(),
        other => other.kind().to_owned(),
    }
}

fn listens(listen: &Listen) -> String {
    let protocol = if listen.udp { "UDP " } else { "" };
    let port = match &listen.port {
        Port::Unknown(_) => "an unknown port".to_owned(),
        port if listen.port_per_worker => format!("{port} (its own)"),
        port => port.to_string(),
    };
    let host = listen.host.as_ref().map_or(String::new(), |host| format!(" of {host}"));
    format!("listens on {protocol}{port}{host}")
}

fn schedules(schedule: &Schedule) -> String {
    let Schedule { call, when, .. } = schedule;
    let state = if schedule.paused { ", not started" } else { "" };
    match when {
        Some(when) if schedule.timer => format!("runs every {when} ms ({call}{state})"),
        Some(when) => format!("schedules `{when}` ({call}{state})"),
        None => format!("schedules a job ({call}{state})"),
    }
}

fn kept(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Session => "sessions",
        StateKind::RateLimit => "rate limits",
        StateKind::Cache => "a cache",
        StateKind::Messages => "messages",
        StateKind::Metrics => "metrics",
    }
}

/// In which part of the worker's life, as its row says it.
pub fn moment(when: When) -> &'static str {
    match when {
        When::Load => "at start",
        When::Listening => "when listening",
        When::Request => "on a request",
        When::Signal => "on a signal",
        When::Timer => "by a timer",
        When::Message => "on a message",
    }
}

/// The same for machines: the name of the variant.
pub(super) fn when(when: When) -> &'static str {
    match when {
        When::Load => "load",
        When::Listening => "listening",
        When::Request => "request",
        When::Signal => "signal",
        When::Timer => "timer",
        When::Message => "message",
    }
}

/// What is known of the effect, by its kind: `port`, `host` and the like.
pub(super) fn detail(action: &Action) -> Value {
    match action {
        Action::Listen(listen) => json!({
            "call": listen.call,
            "port": port(&listen.port),
            "port_per_worker": listen.port_per_worker,
            "host": listen.host,
            "shared": listen.shares,
            "udp": listen.udp,
        }),
        Action::Schedule(schedule) => json!({
            "call": schedule.call,
            "schedule": schedule.when,
            "timer": schedule.timer,
            "once": schedule.once,
            "coordinated": schedule.coordinated,
            "paused": schedule.paused,
        }),
        Action::Signal(signal) => json!({ "signal": signal.name, "library": signal.library }),
        Action::Handler { event, .. } => json!({ "event": event }),
        Action::Send(message) => json!({ "payload": message.text }),
        Action::State(state) => json!({ "library": state.library, "state": state_name(state.kind) }),
        _ => json!({}),
    }
}

/// A number, the path of a socket, 0 where the system chooses, `null` where Node throws.
fn port(port: &Port) -> Value {
    match port {
        Port::Number(number) => json!(number),
        Port::Path(path) => json!(path),
        Port::Any | Port::Undefined => json!(0),
        Port::NotANumber => Value::Null,
        Port::Unknown(why) => json!({ "$unknown": why }),
    }
}

fn state_name(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Session => "session",
        StateKind::RateLimit => "rate-limit",
        StateKind::Cache => "cache",
        StateKind::Messages => "messages",
        StateKind::Metrics => "metrics",
    }
}
