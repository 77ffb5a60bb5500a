//! `close` of something that has no such method, that cannot be called so, or of a server that serves nobody.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::When;

const RULE: &str = "closed-wrong-object";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(opened_to_close(app).map(|(effect, seen, first)| {
        let message = "the handler opens a second server here, and closes that one: the first, which serves the requests, stays as it is, \
                       and they are dropped when the process ends";
        Finding::new(RULE, Severity::Error, message)
            .at(effect.place.clone(), "a new server")
            .scope(effect.function.as_deref().unwrap_or_default())
            .related(Some(first.place.clone()), "this one serves")
            .help("keep what `listen` returns where the app starts, `this.server = app.listen(…)`, and close that in the handler")
            .confidence(seen.confidence())
            .app(app.reference())
    }));
    for (effect, seen) in app.reached() {
        let Action::WrongClose(wrong) = &seen.action else { continue };
        let listen = app.listens().next().map(|(listen, _, _)| listen.place.clone());
        let message = format!("{}, and the shutdown ends here with everything still open", wrong.fails);
        findings.push(
            Finding::new(RULE, Severity::Error, message)
                .at(effect.place.clone(), "fails")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(listen, "still serves then")
                .help(format!("close {}", wrong.instead))
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}

/// What listens in the handler of a signal and listened before, with the first time.
fn opened_to_close<'a>(app: &'a App<'_>) -> impl Iterator<Item = (&'a Effect, &'a Seen, &'a Effect)> {
    let in_handler = app.listens().filter(|(_, seen, _)| seen.when == When::Signal && seen.object.is_some());
    in_handler.filter_map(|(effect, seen, _)| {
        let is_first = |other: &Seen| other.when != When::Signal && other.object == seen.object;
        let (first, ..) = app.listens().find(|(_, other, _)| is_first(other))?;
        Some((effect, seen, first))
    })
}
