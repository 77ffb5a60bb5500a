//! A port from a variable that nothing sets.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, Port, Seen};

const RULE: &str = "undefined-port";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen, listen) in app.listens() {
        let consequence = match listen.port {
            Port::Undefined => "the system chooses a port, another one after each start of PM2's daemon",
            Port::NotANumber => "the port is NaN, and `listen` throws ERR_SOCKET_BAD_PORT",
            _ => continue,
        };
        findings.push(finding(app, effect, seen, consequence));
    }
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, consequence: &str) -> Finding {
    let names: Vec<String> = seen.assumed.iter().map(|name| format!("`{name}`")).collect();
    let (what, variable) = match seen.assumed.first() {
        Some(first) => (format!("nothing in the checkout sets {}", names.join(" or ")), &**first),
        None => ("the port is `undefined`".into(), "PORT"),
    };
    Finding::new(RULE, Severity::Warning, format!("{what}: {consequence}"))
        .at(effect.place.clone(), "no port")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("env").cloned(), "the app's variables")
        .help(format!("set `{variable}` in the app's `env`, or give the code a default: `process.env.{variable} ?? 3000`"))
        .confidence(confidence(app, seen))
        .app(app.reference())
}

/// A process file that sets variables is meant to set this one too; one that sets none leaves it to the shell,
/// and a block that sets it is meant to be selected.
fn confidence(app: &App<'_>, seen: &Seen) -> Confidence {
    let is_elsewhere =
        seen.assumed.iter().any(|name| app.app.launches.iter().any(|launch| launch.variable(name).is_some()));
    match seen.assumed.is_empty() {
        true => seen.confidence(),
        false if app.launch.env.is_empty() || is_elsewhere => Confidence::Low,
        false => seen.confidence().min(Confidence::Medium),
    }
}
