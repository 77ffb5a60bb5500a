//! `process.send` where there may be none.

use super::Context;
use crate::checkout::{Place, Span};
use crate::finding::{Change, Finding, Severity};
use crate::fleet::{Action, App, Effect, Role};

const RULE: &str = "unguarded-process-send";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.workers.iter().any(|worker| worker.role == Role::Child) {
        return;
    }
    for (effect, seen) in app.reached().filter(|(_, seen)| matches!(seen.action, Action::Ready | Action::Send(_))) {
        let is_guarded = seen.guards.iter().any(|guard| guard.of_channel || guard.of_instance);
        let Some(callee) = bare_callee(context, effect).filter(|_| !is_guarded) else { continue };
        let message = "`process.send` exists only where a parent process has opened a channel: under plain `node`, npm or in tests \
                       this is a TypeError";
        findings.push(
            Finding::new(RULE, Severity::Info, message)
                .at(effect.place.clone(), "not a function outside PM2")
                .scope(effect.function.as_deref().unwrap_or_default())
                .help("ask first: `if (process.send) process.send(…)`, or `process.send?.(…)`")
                .safe_fix([Change::Replace { place: callee, text: "process.send?.".into() }])
                .confidence(seen.confidence())
                .app(app.reference()),
        );
    }
}

/// What is called in `process.send(…)`; `None`: it is `process.send?.(…)`, or a library's call.
fn bare_callee(context: &Context<'_>, effect: &Effect) -> Option<Place> {
    let source = context.modules.checkout().source(&effect.place.file)?;
    let callee = source.slice(effect.place.span).split('(').next()?;
    let end = effect.place.span.start + u32::try_from(callee.len()).ok()?;
    let is_bare = callee.starts_with("process.send") && !callee.contains('?');
    is_bare.then(|| Place::new(effect.place.file.clone(), Span::new(effect.place.span.start, end)))
}
