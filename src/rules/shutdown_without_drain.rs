//! A handler of the stop signal that exits before the server is closed.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::Reach;

const RULE: &str = "shutdown-without-drain";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some((listen, ..)) = app.listens().find(|(_, _, listen)| !listen.udp) else { return };
    let handlers = context.stop_handlers(app);
    if app.script.is_some() || handlers.iter().any(|(_, _, signal)| signal.library.is_some()) {
        return;
    }
    for (handler, ..) in handlers {
        let exits = app.following(handler).filter(|(_, seen)| seen.action == Action::Exit && seen.reach == Reach::Yes);
        let hasty = exits.filter(|(_, seen)| is_hasty(app, handler, seen));
        if let Some((exit, seen)) = hasty.min_by_key(|(_, seen)| seen.order) {
            findings.push(finding(app, handler, exit, seen, listen));
        }
    }
}

/// It does not wait for a server to close.
fn is_hasty(app: &App<'_>, handler: &Effect, exit: &Seen) -> bool {
    let works: Vec<(&Effect, &Seen)> = app.following(handler).collect();
    if works.iter().any(|(_, seen)| matches!(seen.action, Action::WrongClose(_))) {
        return false;
    }
    let above: Vec<&Effect> = app.causes(exit).take_while(|cause| cause.place != handler.place).collect();
    let waits_for_connections = above.iter().all(|cause| cause.best().is_some_and(closes_connection));
    match exit.waits {
        0 => waits_for_connections && (above.is_empty() || !works.iter().any(|(_, seen)| closes_server(seen))),
        waits => {
            let awaited = works.iter().filter(|(_, seen)| closes_connection(seen) && seen.awaited).count();
            above.is_empty() && awaited == waits as usize && !works.iter().any(|(_, seen)| closes_server(seen))
        }
    }
}

fn closes_connection(seen: &Seen) -> bool {
    matches!(&seen.action, Action::Close(close) if !close.is_server)
}

fn closes_server(seen: &Seen) -> bool {
    matches!(&seen.action, Action::Close(close) if close.is_server)
}

fn finding(app: &App<'_>, handler: &Effect, exit: &Effect, seen: &Seen, listen: &Effect) -> Finding {
    let starts_to_close = app.following(handler).find(|(_, seen)| closes_server(seen));
    let message = match starts_to_close {
        Some(_) => "this exits as soon as the server begins to close: the requests that it is serving are dropped",
        None => "this shutdown exits without closing the server: the requests that it is serving are dropped",
    };
    Finding::new(RULE, Severity::Warning, message)
        .at(exit.place.clone(), "does not wait for the server")
        .scope(exit.function.as_deref().unwrap_or_default())
        .related(starts_to_close.map(|(close, _)| close.place.clone()), "begins to close here")
        .related(Some(handler.place.clone()), "PM2 stops the app by this handler")
        .related(Some(listen.place.clone()), "serves requests that nobody lets finish")
        .help("exit when the server is closed: `server.close(() => process.exit(0))`")
        .confidence(if app.is_complete { seen.confidence() } else { Confidence::Low })
        .app(app.reference())
}
