//! `process.send('ready')` that nobody waits for.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "unused-ready-signal";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let setting = &app.launch.wait_ready;
    if setting.value || setting.doubt.is_some() || another_waits(app, context) {
        return;
    }
    let signals = app.reached().filter(|(_, seen)| seen.action == Action::Ready);
    for (effect, seen) in signals {
        let message = "PM2 does not wait for this signal: without `wait_ready` the app counts as online once it listens, or after \
                       listen_timeout";
        findings.push(
            Finding::new(RULE, Severity::Info, message)
                .at(effect.place.clone(), "has no effect")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(
                    app.app.option_place("name").or(app.app.option_place("script")).cloned(),
                    format!("`{}` does not set `wait_ready`", app.app.name),
                )
                .help("set `wait_ready: true`, and a `listen_timeout` above the time that the start takes")
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}

/// Another app, or another environment of this one, runs the same source and waits.
fn another_waits(app: &App<'_>, context: &Context<'_>) -> bool {
    context.fleet.apps.iter().any(|other| other.launch.wait_ready.value && other.source() == app.source())
}
