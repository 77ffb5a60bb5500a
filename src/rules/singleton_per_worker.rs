//! Something that one process alone may have, in every worker.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard, Singleton};

const RULE: &str = "singleton-per-worker";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::Singleton(singleton) = &seen.action else { continue };
        if seen.guards.iter().any(PassedGuard::of_worker) || is_coordinated(app, effect) || !matters(app, effect, singleton) {
            continue;
        }
        let processes = app.processes();
        let variable = &app.launch.instance_var.value;
        let confidence = match singleton.by_handler || !seen.assumed.is_empty() {
            true => seen.confidence().min(Confidence::Medium),
            false => seen.confidence(),
        };
        let message = format!("every worker opens {}, of which there may be one: {processes} run this", singleton.what);
        findings.push(
            Finding::new(RULE, Severity::Warning, message)
                .at(effect.place.clone(), "opened by every worker")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), processes)
                .help(format!(
                    "move it to an app of its own with `instances: 1` and `exec_mode: 'fork'`, or open it in one worker only: \
                     `if (Number(process.env.{variable} ?? 0) === 0) {{ … }}`"
                ))
                .confidence(confidence)
                .app(app.reference()),
        );
    }
}

/// A lock around it, or taken in its handler, keeps the other workers out.
fn is_coordinated(app: &App<'_>, effect: &Effect) -> bool {
    let locked = |effect: &Effect| effect.best().is_some_and(|seen| seen.action == Action::Lock);
    let above = effect.best().is_some_and(|seen| app.causes(seen).any(locked));
    above || app.following(effect).any(|(_, seen)| seen.action == Action::Lock)
}

/// What only hears events does harm only where others see what its handler does.
fn matters(app: &App<'_>, effect: &Effect, singleton: &Singleton) -> bool {
    !singleton.by_handler || app.following(effect).any(|(_, seen)| matches!(seen.action, Action::Sink(_)))
}
