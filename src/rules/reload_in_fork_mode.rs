//! A reload of an app that PM2 can only restart.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::App;
use crate::pm2::{Doubt, Mode};

const RULE: &str = "reload-in-fork-mode";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.launch.mode != Mode::Fork || !serves(app) {
        return;
    }
    let reloads = context.commands.iter().filter(|command| command.reloads());
    for command in reloads.filter(|command| command.concerns(app.app, context.ecosystems)) {
        let name = &app.launch.name;
        let message = format!(
            "`{name}` runs in fork mode, where `pm2 {}` is a restart: it is stopped first, and nobody listens until it is up again",
            command.verb
        );
        findings.push(
            Finding::new(RULE, Severity::Warning, message)
                .at(command.place.clone(), "stops it, then starts it")
                .scope(format!("pm2 {}", command.verb))
                .related(app.app.option_place("exec_mode").or(app.app.place()).cloned(), "fork mode")
                .help("set `exec_mode: 'cluster'` (with `instances: 1` too PM2 then starts the new worker before it stops the old one)")
                .confidence(Doubt::confidence(app.launch.mode_doubt.as_ref()))
                .app(app.reference()),
        );
    }
}

/// What takes no connections loses none.
fn serves(app: &App<'_>) -> bool {
    app.script.is_some_and(|script| script.listens) || app.listens().next().is_some()
}
