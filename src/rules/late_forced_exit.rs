//! A forced exit that comes after PM2's SIGKILL.

use std::collections::BTreeSet;

use super::Context;
use crate::finding::{Confidence, Finding, Literal, Severity};
use crate::fleet::{Action, App, Delay, Effect, Seen};
use crate::pm2::Version;

const RULE: &str = "late-forced-exit";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(late_exits(app, context).map(|exit| finding(app, context, &exit)));
}

/// Whether this rule has something to say of the app.
pub(super) fn speaks(app: &App<'_>, context: &Context<'_>) -> bool {
    late_exits(app, context).next().is_some()
}

/// An exit that the shutdown forces after a time.
struct ForcedExit<'a> {
    effect: &'a Effect,
    seen: &'a Seen,
    delay: Delay,
}

fn late_exits<'a>(app: &'a App<'_>, context: &Context<'_>) -> impl Iterator<Item = ForcedExit<'a>> {
    let limit = context.kill_timeout(app).ms;
    let handlers = context.stop_handlers(app).into_iter();
    let mut libraries = BTreeSet::new();
    handlers
        .flat_map(move |(effect, seen, signal)| {
            let is_first = signal.exits && libraries.insert(&signal.library);
            let own = signal.timeout_ms.filter(|_| is_first).map(|delay| ForcedExit { effect, seen, delay: Delay { ms: delay, is_default: false } });
            own.into_iter().chain(timers(app, effect))
        })
        .filter(move |exit| exit.delay.ms >= limit)
}

/// Timers of the handler that exit.
fn timers<'a>(app: &'a App<'_>, handler: &'a Effect) -> impl Iterator<Item = ForcedExit<'a>> {
    app.following(handler).filter_map(|(effect, seen)| {
        let Action::Timer(Some(delay)) = seen.action else { return None };
        let exits = app.following(effect).any(|(_, exit)| exit.action == Action::Exit && is_forced(app, exit));
        exits.then_some(ForcedExit { effect, seen, delay })
    })
}

/// It does not wait for a server to close.
fn is_forced(app: &App<'_>, exit: &Seen) -> bool {
    let mut causes = app.causes(exit).filter_map(Effect::best);
    !causes.any(|cause| matches!(cause.action, Action::Close(_)))
}

fn finding(app: &App<'_>, context: &Context<'_>, exit: &ForcedExit<'_>) -> Finding {
    let limit = context.kill_timeout(app);
    // Only a reload of a cluster sends the signal then; stop and restart send a message (measured on PM2 4 to 7).
    let is_rare = app.launch.shutdown_with_message.value;
    let (delay, timeout, name) = (exit.delay.ms, limit.ms, limit.name);
    let (severity, message) = match delay == timeout {
        true if context.pm2() < Version::V7 => (
            Severity::Warning,
            format!("this forced exit after {delay} ms and PM2's SIGKILL after {timeout} ms ({name}) race"),
        ),
        true => (
            Severity::Error,
            format!(
                "this forced exit after {delay} ms and PM2's SIGKILL after {timeout} ms ({name}) race, and PM2's timer was set first"
            ),
        ),
        false => (
            Severity::Error,
            format!("this forced exit after {delay} ms never comes: PM2 sends SIGKILL after {timeout} ms ({name})"),
        ),
    };
    Finding::new(RULE, severity, message)
        .at(exit.effect.place.clone(), format!("{delay} ms, too late"))
        .scope(exit.effect.function.as_deref().unwrap_or_default())
        .related(limit.place, format!("SIGKILL after {timeout} ms"))
        .help(format!("set `kill_timeout: {}` for `{}`, or force the exit earlier", delay + 2000, app.app.name))
        .unsafe_fix(app.app.set("kill_timeout", Literal::Number(delay + 2000)))
        .confidence(exit.seen.confidence())
        .at_most(if is_rare || exit.delay.is_default { Confidence::Medium } else { Confidence::High })
        .app(app.reference())
}
