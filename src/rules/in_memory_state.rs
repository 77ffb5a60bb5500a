//! Events, broadcasts, counters and the program's own containers that stay in one worker.

use super::Context;
use crate::catalog::StateKind;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Container, State};

const RULE: &str = "in-memory-state";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut told: Vec<&Action> = Vec::new();
    if !app.shares_requests() {
        return;
    }
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let is_own = matches!(seen.action, Action::Container(_));
        let Some(kept) = kept(&seen.action).filter(|_| is_own || !told.contains(&&seen.action)) else { continue };
        told.push(&seen.action);
        let processes = app.processes();
        let [filled, read] = [seen.also.first(), seen.also.get(1)];
        let message = format!("{}, and {processes} take requests in turn: {}", kept.what, kept.consequence);
        findings.push(
            Finding::new(RULE, Severity::Info, message)
                .at(effect.place.clone(), "each worker has its own")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(filled.cloned(), "a request fills it")
                .related(read.cloned(), "a request needs what is in it")
                .related(app.app.option_place("instances").cloned(), processes)
                .help(kept.help)
                .confidence(if seen.assumed.is_empty() { seen.confidence() } else { Confidence::Low })
                .app(app.reference()),
        );
    }
}

/// What one worker keeps to itself.
struct Kept {
    what: String,
    consequence: &'static str,
    help: String,
}

fn kept(action: &Action) -> Option<Kept> {
    match action {
        Action::State(state) if state.doubt.is_none() => kept_state(state),
        Action::Container(Container::Counted) => Some(Kept {
            what: "this counts in the memory of one worker".into(),
            consequence: "each worker sees a part of what it counts, and a limit holds for each by itself",
            help: "count where all workers do: Redis (`INCR` with `EXPIRE`), or a rate limiter with a shared store".into(),
        }),
        Action::Container(Container::Handed) => Some(Kept {
            what: "this lies in the memory of one worker".into(),
            consequence: "what a request puts there is missing when the next one comes to another worker",
            help: "keep it where all workers look: Redis, the database; or in the client, signed".into(),
        }),
        Action::Sticky(server) if server.by_one_connection && !server.has_adapter => Some(Kept {
            what: "this server knows the clients of its own worker only".into(),
            consequence: "a broadcast reaches a part of the clients",
            help: "give it an adapter that carries messages between workers: `io.adapter(createAdapter(client))` of @socket.io/redis-adapter".into(),
        }),
        _ => None,
    }
}

fn kept_state(state: &State) -> Option<Kept> {
    let library = &state.library;
    match state.kind {
        StateKind::Messages => Some(Kept {
            what: format!("`{library}` delivers events within one worker"),
            consequence: "a subscriber at another worker hears nothing",
            help: format!("publish where all workers hear it, with {}", state.shared.as_deref().unwrap_or("Redis or a broker")),
        }),
        StateKind::Metrics => Some(Kept {
            what: format!("`{library}` counts within one worker"),
            consequence: "each scrape sees the numbers of another one",
            help: "label the metrics with the worker and scrape each (a port per worker), or push them to a collector".into(),
        }),
        StateKind::Session | StateKind::RateLimit | StateKind::Cache => None,
    }
}
