//! A forced exit that comes after PM2's SIGKILL.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Seen};

const RULE: &str = "late-forced-exit";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let kill_timeout = app.launch.kill_timeout.value;
    for (effect, seen, signal) in app.signals().filter(|(_, _, signal)| &*signal.name == "SIGINT") {
        let limit = signal.timeout_ms.filter(|limit| signal.exits && *limit >= kill_timeout);
        if let Some(limit) = limit {
            findings.push(finding(app, effect.place.clone(), effect.function.as_deref(), seen, limit));
        }
        for (timer, seen) in app.following(effect) {
            let Action::Timer(Some(delay)) = seen.action else { continue };
            let exits = app.following(timer).any(|(_, seen)| seen.action == Action::Exit);
            if exits && delay >= kill_timeout {
                findings.push(finding(app, timer.place.clone(), timer.function.as_deref(), seen, delay));
            }
        }
    }
}

fn finding(app: &App<'_>, place: Place, scope: Option<&str>, seen: &Seen, delay: u64) -> Finding {
    let kill_timeout = &app.launch.kill_timeout;
    let timeout = kill_timeout.value;
    let written = if kill_timeout.is_written() { "kill_timeout" } else { "kill_timeout, PM2's default" };
    let message = if delay == timeout {
        format!("this forced exit after {delay} ms and PM2's SIGKILL after {timeout} ms ({written}) race, and PM2's timer was set first")
    } else {
        format!("this forced exit after {delay} ms never comes: PM2 sends SIGKILL after {timeout} ms ({written})")
    };
    Finding::new(RULE, Severity::Error, message)
        .at(place, format!("{delay} ms, too late"))
        .scope(scope.unwrap_or_default())
        .related(app.app.option_place("kill_timeout").cloned(), format!("SIGKILL after {timeout} ms"))
        .help(format!("set `kill_timeout: {}` for `{}`, or force the exit earlier", delay + 2000, app.app.name))
        .confidence(seen.confidence())
        .app(app.reference())
}
