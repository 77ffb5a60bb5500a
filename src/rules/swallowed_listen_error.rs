//! A failure to listen that nobody hears of.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Listen, Seen};

const RULE: &str = "swallowed-listen-error";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen, listen) in app.listens() {
        if loses_error(listen) {
            findings.push(in_callback(app, effect, seen, &listen.library));
        }
    }
    for (effect, seen) in app.reached().filter(|(_, seen)| seen.action == Action::LoggedError) {
        findings.push(in_handler(app, effect, seen));
    }
}

/// What becomes of a process whose port is taken.
pub(super) fn fate(app: &App<'_>, listen: &Listen) -> &'static str {
    match loses_error(listen) || app.reached().any(|(_, seen)| seen.action == Action::LoggedError) {
        true => "serves nobody, for the error is swallowed",
        false => "is restarted until PM2 gives up",
    }
}

/// Whether the callback is told of the failure, and does not listen.
fn loses_error(listen: &Listen) -> bool {
    listen.errors_to_callback && listen.ignores_outcome
}

fn in_callback(app: &App<'_>, effect: &Effect, seen: &Seen, library: &str) -> Finding {
    let reports = app.following(effect).any(|(_, seen)| seen.action == Action::Ready);
    let ready = if reports { ", reports `ready`" } else { "" };
    Finding::new(
        RULE,
        Severity::Warning,
        format!(
            "{library} calls the callback with the error when the port cannot be opened, and throws nothing: \
             the callback takes no argument, so the worker goes on as if it listened{ready} and stays online, deaf"
        ),
    )
    .at(effect.place.clone(), "its callback ignores the error")
    .scope(effect.function.as_deref().unwrap_or_default())
    .help("take the error and end the process: `(error) => { if (error) throw error; … }`")
    .confidence(seen.confidence())
    .app(app.reference())
}

fn in_handler(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    Finding::new(
        RULE,
        Severity::Warning,
        "this handler of the server's errors logs them and nothing else: when the port cannot be opened (EADDRINUSE), the worker \
         stays online and deaf, and PM2 sees no reason to restart it",
    )
    .at(effect.place.clone(), "logs, and the worker stays online")
    .scope(effect.function.as_deref().unwrap_or_default())
    .help("end the process when it cannot listen: `server.on('error', (error) => { console.error(error); process.exit(1); })`")
    .confidence(seen.confidence().max(Confidence::Medium))
    .app(app.reference())
}
