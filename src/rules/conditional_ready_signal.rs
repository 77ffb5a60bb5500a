//! `ready` that some workers send and others do not, or that waits for something from outside.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::{Reach, When};

const RULE: &str = "conditional-ready-signal";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    if !app.launch.wait_ready.value {
        return;
    }
    let signals: Vec<&Effect> =
        app.reached().filter(|(_, seen)| seen.action == Action::Ready).map(|(effect, _)| effect).collect();
    let Some(effect) = signals.first() else { return };
    let sends = |worker: usize| {
        let reach = |effect: &&Effect| effect.seen.get(worker).and_then(Option::as_ref).map(|seen| seen.reach);
        signals.iter().filter_map(reach).max().unwrap_or(Reach::No)
    };
    let silent = (0..app.workers.len()).filter(|worker| sends(*worker) == Reach::No).count();
    let sure = (0..app.workers.len()).any(|worker| sends(worker) == Reach::Yes);
    if silent > 0 {
        findings.push(some_workers(app, effect, silent));
    } else if !sure {
        findings.extend(effect.best().and_then(|seen| perhaps(app, effect, seen)));
    }
}

fn some_workers(app: &App<'_>, effect: &Effect, silent: usize) -> Finding {
    let message = format!(
        "{silent} of {} never send `ready`: PM2 waits {} ms (listen_timeout) for each of them, at every start and reload",
        app.launch.workers, app.launch.listen_timeout.value
    );
    let decider = effect.seen.iter().flatten().flat_map(|seen| &seen.guards).find(|guard| guard.of_worker());
    finding(app, effect, message, decider.map(|guard| guard.place.clone()))
        .confidence(effect.best().map_or(Confidence::Low, Seen::confidence))
}

/// No worker surely comes to it.
fn perhaps(app: &App<'_>, effect: &Effect, seen: &Seen) -> Option<Finding> {
    let undecided = seen.guards.iter().find(|guard| guard.outcome.is_none());
    let comes_from_outside = matches!(seen.when, When::Request | When::Message);
    if undecided.is_none() && !comes_from_outside {
        return None;
    }
    let what = if comes_from_outside { "an event from outside" } else { "a condition" };
    let message = format!(
        "`ready` waits for {what}: where it does not come, PM2 waits {} ms (listen_timeout) and then takes the app for online anyway",
        app.launch.listen_timeout.value
    );
    let finding = finding(app, effect, message, undecided.map(|guard| guard.place.clone()));
    Some(finding.confidence(seen.confidence().min(Confidence::Medium)))
}

fn finding(app: &App<'_>, effect: &Effect, message: String, condition: Option<Place>) -> Finding {
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), "not sent in every start")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(condition, "it depends on this")
        .related(app.launch.wait_ready.place.clone(), "PM2 waits for the signal")
        .help("send it in every worker, in the callback of `listen`, whatever else the worker does")
        .app(app.reference())
}
