//! `ready` before the server listens.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::When;

const RULE: &str = "early-ready-signal";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    if !app.launch.wait_ready.value {
        return;
    }
    let listens: Vec<_> = app.listens().filter(|(_, _, listen)| !listen.udp).collect();
    let signals = app.reached().filter(|(_, seen)| seen.action == Action::Ready && !follows_listen(app, seen));
    for (effect, seen) in signals {
        let early = |(_, listen, _): &(&Effect, &Seen, _)| is_early(seen, listen);
        if listens.is_empty() || !listens.iter().all(early) {
            continue;
        }
        if let Some((listen, ..)) = listens.first() {
            findings.push(finding(app, effect, seen, listen));
        }
    }
}

/// The signal comes before the call that listens, or after it and before anything was waited for.
fn is_early(ready: &Seen, listen: &Seen) -> bool {
    if ready.order < listen.order {
        return true;
    }
    let is_same_stretch = ready.when == listen.when && ready.cause == listen.cause && ready.waits == listen.waits;
    is_same_stretch && !listen.awaited
}

/// It is sent in a callback of the server.
fn follows_listen(app: &App<'_>, ready: &Seen) -> bool {
    ready.when == When::Listening
        || app.causes(ready).any(|cause| cause.best().is_some_and(|seen| matches!(seen.action, Action::Listen(_))))
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, listen: &Effect) -> Finding {
    let message = "`ready` is sent before the server listens: PM2 takes the app for online, and a reload stops the old worker, while \
                   connections are still refused";
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), "nothing listens yet")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(Some(listen.place.clone()), "the server begins to listen here")
        .related(app.launch.wait_ready.place.clone(), "PM2 waits for the signal")
        .help("send it in the callback of `listen`, or after awaiting it")
        .confidence(seen.confidence())
        .app(app.reference())
}
