//! A handler of the stop signal that exits before the server is closed.

use super::{Context, closing};
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen, Signal};
use crate::js::eval::Reach;

const RULE: &str = "shutdown-without-drain";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some((listen, _, server)) = app.listens().find(|(_, _, listen)| !listen.udp) else { return };
    let handlers = context.stop_handlers(app);
    if app.script.is_some() {
        return;
    }
    if handlers.iter().any(|(_, _, signal)| signal.library.is_some()) {
        let Some(first) = handlers.first() else { return };
        if handlers.iter().all(|(_, _, signal)| signal.is_immediate) {
            findings.push(by_library(app, context, *first, listen, "as soon as this hook has returned"));
        } else if handlers.iter().all(|(_, _, signal)| signal.leaves_server && signal.library.as_ref() != Some(&server.library)) {
            findings.push(by_library(app, context, *first, listen, "when it has stopped itself, and closes no server"));
        }
        return;
    }
    for (handler, ..) in handlers {
        let exits = app.following(handler).filter(|(_, seen)| seen.action == Action::Exit && seen.reach == Reach::Yes);
        let hasty = exits.filter(|(_, seen)| is_hasty(app, handler, seen));
        if let Some((exit, seen)) = hasty.min_by_key(|(_, seen)| seen.order) {
            findings.push(finding(app, context, handler, exit, seen, listen));
        }
    }
}

/// A library that ends the process, and leaves it to the program to close the server.
fn by_library(app: &App<'_>, context: &Context<'_>, (hook, seen, signal): (&Effect, &Seen, &Signal), listen: &Effect, when: &str) -> Finding {
    let library = signal.library.as_deref().unwrap_or("a library");
    let handler = closing::handler(app, context, &signal.name);
    let help = match &signal.switched_off_by {
        Some(option) => format!("give it `{option}`, and close the server in a handler of your own: {handler}"),
        None => format!("close the server in a handler of the signal instead: {handler}"),
    };
    Finding::new(RULE, Severity::Warning, format!("`{library}` ends the process {when}: the requests that it is serving are dropped"))
        .at(hook.place.clone(), "the server is not waited for")
        .scope(hook.function.as_deref().unwrap_or_default())
        .related(Some(listen.place.clone()), "serves requests that nobody lets finish")
        .help(help)
        .confidence(seen.confidence())
        .app(app.reference())
}

/// Nothing that it waits for is a server that closes, or may be one.
fn is_hasty(app: &App<'_>, handler: &Effect, exit: &Seen) -> bool {
    let works: Vec<(&Effect, &Seen)> = app.following(handler).collect();
    if works.iter().any(|(_, seen)| matches!(seen.action, Action::WrongClose(_))) {
        return false;
    }
    let is_beside_the_server = |place: &Place| {
        works.iter().any(|(effect, seen)| effect.place == *place && (is_other(seen) || gives_no_promise(seen)))
    };
    let waits_beside_it =
        |seen: &Seen| seen.waited_for.iter().all(|call| call.as_ref().is_some_and(is_beside_the_server));
    let mut above = app.causes(exit).take_while(|cause| cause.place != handler.place).filter_map(Effect::best);
    waits_beside_it(exit) && above.all(|cause| is_other(cause) && waits_beside_it(cause))
}

/// What is done has to do with no server: a connection is closed, something is written.
fn is_other(seen: &Seen) -> bool {
    matches!(seen.action, Action::Sink(_)) || matches!(&seen.action, Action::Close(close) if !close.is_server)
}

/// Whoever awaits it goes on at once.
fn gives_no_promise(seen: &Seen) -> bool {
    matches!(&seen.action, Action::Close(close) if !close.is_promised)
}

fn closes_server(seen: &Seen) -> bool {
    matches!(&seen.action, Action::Close(close) if close.is_server)
}

fn finding(app: &App<'_>, context: &Context<'_>, handler: &Effect, exit: &Effect, seen: &Seen, listen: &Effect) -> Finding {
    let starts_to_close = app.following(handler).find(|(_, seen)| closes_server(seen));
    // What it waits for, a pool that ends with its last query, may be what the requests were waiting for.
    let is_at_once = seen.waited_for.is_empty() && app.causes(seen).next().is_none_or(|cause| cause.place == handler.place);
    let awaits_in_vain = |(close, closing): (&Effect, &Seen)| {
        gives_no_promise(closing) && seen.waited_for.contains(&Some(close.place.clone()))
    };
    let message = match (starts_to_close, seen.waits) {
        (Some(close), 1..) if awaits_in_vain(close) => "this awaits a `close` that gives no promise, and exits as soon as the server begins to close: the requests that it is serving are dropped",
        (Some(_), 0) => "this exits as soon as the server begins to close: the requests that it is serving are dropped",
        (Some(_), _) => "this exits when the connections are closed and does not wait for the server: the requests that it is still serving are dropped",
        (None, _) => "this shutdown exits without closing the server: the requests that it is serving are dropped",
    };
    Finding::new(RULE, Severity::Warning, message)
        .at(exit.place.clone(), "does not wait for the server")
        .scope(exit.function.as_deref().unwrap_or_default())
        .related(starts_to_close.map(|(close, _)| close.place.clone()), "begins to close here")
        .related(Some(handler.place.clone()), "PM2 stops the app by this handler")
        .related(Some(listen.place.clone()), "serves requests that nobody lets finish")
        .help(format!("exit when the server is closed: {}", closing::statements(app, context)))
        .confidence(seen.confidence())
        .at_most(if app.is_complete && (is_at_once || starts_to_close.is_some()) { Confidence::High } else { Confidence::Low })
        .app(app.reference())
}
