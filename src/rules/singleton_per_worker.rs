//! Something that one process alone may have, in every worker.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard, Seen, Singleton};

const RULE: &str = "singleton-per-worker";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::Singleton(singleton) = &seen.action else { continue };
        if seen.guards.iter().any(PassedGuard::of_worker) || is_coordinated(app, effect) || !matters(app, effect, singleton) {
            continue;
        }
        findings.push(finding(app, effect, seen, singleton));
    }
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, singleton: &Singleton) -> Finding {
    let processes = app.processes();
    let variable = &app.launch.instance_var.value;
    let in_one = format!("in one worker only: `if (Number(process.env.{variable} ?? 0) === 0) {{ … }}`");
    let what = &singleton.what;
    let (message, label, help) = match singleton.is_work {
        true => (
            format!("every worker {what} as it starts, and {processes} do so at the same time: one may fail because another was faster"),
            "done by every worker",
            format!("do it once before the start, in the deploy, or {in_one}"),
        ),
        false => (
            format!("every worker opens {what}, of which there may be one: {processes} run this"),
            "opened by every worker",
            format!("move it to an app of its own with `instances: 1` and `exec_mode: 'fork'`, or open it {in_one}"),
        ),
    };
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), label)
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("instances").cloned(), processes)
        .help(help)
        .confidence(seen.confidence())
        .at_most(certainty(seen, singleton))
        .app(app.reference())
}

/// An assumption decides whether there is work at all: `synchronize: process.env.NODE_ENV !== 'production'`.
fn certainty(seen: &Seen, singleton: &Singleton) -> Confidence {
    match (seen.assumed.is_empty(), singleton.is_work) {
        (false, true) => Confidence::Low,
        (true, _) if !singleton.by_handler => Confidence::High,
        _ => Confidence::Medium,
    }
}

/// A lock around it, or taken in its handler, keeps the other workers out.
fn is_coordinated(app: &App<'_>, effect: &Effect) -> bool {
    let locked = |effect: &Effect| effect.best().is_some_and(|seen| seen.action == Action::Lock);
    let is_behind_lock = |seen: &Seen| app.causes(seen).any(locked) || seen.guards.iter().any(|guard| guard.of_process);
    effect.best().is_some_and(is_behind_lock) || app.elects(effect)
}

/// What only hears events does harm only where others see what its handler does.
fn matters(app: &App<'_>, effect: &Effect, singleton: &Singleton) -> bool {
    !singleton.by_handler || app.following(effect).any(|(_, seen)| matches!(seen.action, Action::Sink(_)))
}
