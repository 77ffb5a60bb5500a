//! `process.send` where there may be none.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, Role};

const RULE: &str = "unguarded-process-send";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.workers.iter().any(|worker| worker.role == Role::Child) {
        return;
    }
    for (effect, seen) in app.reached().filter(|(_, seen)| matches!(seen.action, Action::Ready | Action::Send(_))) {
        let is_guarded = seen.guards.iter().any(|guard| guard.of_channel || guard.of_instance);
        if is_guarded || !is_bare_call(context, effect) {
            continue;
        }
        let message = "`process.send` exists only where a parent process has opened a channel: under plain `node`, npm or in tests \
                       this is a TypeError";
        findings.push(
            Finding::new(RULE, Severity::Info, message)
                .at(effect.place.clone(), "not a function outside PM2")
                .scope(effect.function.as_deref().unwrap_or_default())
                .help("ask first: `if (process.send) process.send(…)`, or `process.send?.(…)`")
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}

/// `process.send(…)`, not `process.send?.(…)`, and no library's call.
fn is_bare_call(context: &Context<'_>, effect: &Effect) -> bool {
    let source = context.modules.checkout().source(&effect.place.file);
    source.is_some_and(|source| {
        let callee = source.slice(effect.place.span).split('(').next().unwrap_or_default();
        callee.starts_with("process.send") && !callee.contains('?')
    })
}
