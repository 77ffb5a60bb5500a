//! A message to PM2 that JSON does not carry.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Flaw};

const RULE: &str = "unserialisable-message";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached() {
        let Action::Send(message) = &seen.action else { continue };
        let Some(flaw) = &message.flaw else { continue };
        let (severity, text, label) = match flaw {
            Flaw::Throws(why) => (
                Severity::Error,
                format!("`process.send` throws a TypeError here: {why}, and messages to PM2 are JSON"),
                "throws",
            ),
            Flaw::Loses(parts) => (
                Severity::Warning,
                format!("messages to PM2 are JSON, and this one loses something on the way: {}", parts.join(", ")),
                "not what the receiver gets",
            ),
        };
        findings.push(
            Finding::new(RULE, severity, text)
                .at(effect.place.clone(), label)
                .scope(effect.function.as_deref().unwrap_or_default())
                .help("send plain data: numbers, strings, arrays and objects of these (`String(big)`, `[...map]`, `error.stack`)")
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}
