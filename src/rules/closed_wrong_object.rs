//! `close` of something that has no such method, or that cannot be called so.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "closed-wrong-object";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
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
