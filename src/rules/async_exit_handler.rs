//! Asynchronous work in a handler of `exit`.

use super::Context;
use crate::catalog::SinkKind;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::pm2::Mode;

const RULE: &str = "async-exit-handler";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached() {
        let Action::Handler { event, is_async, .. } = &seen.action else { continue };
        match &**event {
            "exit" if *is_async || works_on(app, effect) => findings.push(cut_off(app, effect, seen)),
            "beforeExit" if app.mode() == Mode::Cluster && cleans_up(app, effect) && !signal_cleans_up(app) => {
                findings.push(never_called(app, effect, seen));
            }
            _ => {}
        }
    }
}

/// It starts something that is done later.
fn works_on(app: &App<'_>, handler: &Effect) -> bool {
    let is_done_later = |action: &Action| match action {
        Action::Close(close) => !close.is_at_once,
        action => matches!(action, Action::Timer(_) | Action::Sleep(_) | Action::Sink(SinkKind::Http | SinkKind::Mail)),
    };
    app.following(handler).any(|(_, seen)| seen.awaited || is_done_later(&seen.action))
}

fn cleans_up(app: &App<'_>, handler: &Effect) -> bool {
    app.following(handler).any(|(_, seen)| matches!(seen.action, Action::Close(_) | Action::Sink(_) | Action::Exit))
}

/// What is missed in `beforeExit` is done when PM2 stops the app.
fn signal_cleans_up(app: &App<'_>) -> bool {
    app.signals().any(|(handler, _, signal)| &*signal.name == "SIGINT" && cleans_up(app, handler))
}

fn cut_off(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let message = "when `exit` is emitted the event loop has ended: only the synchronous part of this handler runs, what it waits \
                   for never comes";
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), "its asynchronous part is cut off")
        .scope(effect.function.as_deref().unwrap_or_default())
        .help("do it in a handler of SIGINT, await it there, then call `process.exit(0)`")
        .confidence(seen.confidence())
        .app(app.reference())
}

fn never_called(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let message = "`beforeExit` is never emitted in PM2's cluster mode: the channel to the daemon keeps the event loop alive, and \
                   neither a signal nor `process.exit` emits it";
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), "never called")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("exec_mode").or(app.app.option_place("instances")).cloned(), "cluster mode")
        .help("clean up in a handler of SIGINT, then call `process.exit(0)`")
        .confidence(seen.confidence())
        .app(app.reference())
}
