//! `close` of something that has no such method.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "closed-wrong-object";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached() {
        let Action::WrongClose(instead) = &seen.action else { continue };
        let listen = app.listens().next().map(|(listen, _, _)| listen.place.clone());
        let message =
            "there is no such method: this is a TypeError, and the shutdown ends here with everything still open";
        findings.push(
            Finding::new(RULE, Severity::Error, message)
                .at(effect.place.clone(), "not a function")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(listen, "the server is made here")
                .help(format!("close {instead}: `const server = app.listen(…)`, then `server.close(…)`"))
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}
