//! A shutdown that is known to take longer than PM2 waits for it.

use super::Context;
use super::late_forced_exit;
use crate::finding::{Finding, Literal, Severity};
use crate::fleet::{Action, App, Effect, Seen};

const RULE: &str = "short-kill-timeout";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if late_forced_exit::speaks(app, context) {
        return;
    }
    let limit = context.kill_timeout(app).ms;
    for (handler, ..) in context.stop_handlers(app) {
        let work =
            app.following(handler).filter_map(|(effect, seen)| Some((effect, seen, duration(app, effect, seen)?)));
        if let Some((effect, seen, ms)) = work.filter(|(.., ms)| *ms >= limit).max_by_key(|(.., ms)| *ms) {
            findings.push(finding(app, context, effect, seen, ms));
        }
    }
}

/// How long the shutdown takes here, or may take, in ms.
fn duration(app: &App<'_>, effect: &Effect, seen: &Seen) -> Option<u64> {
    match &seen.action {
        Action::Sleep(ms) => *ms,
        Action::Timer(delay) if app.following(effect).any(|(_, seen)| matches!(seen.action, Action::Close(_))) => {
            delay.filter(|delay| !delay.is_default).map(|delay| delay.ms)
        }
        Action::Close(close) => close.timeout_ms,
        _ => None,
    }
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, seen: &Seen, ms: u64) -> Finding {
    let limit = context.kill_timeout(app);
    let takes = if matches!(seen.action, Action::Close(_)) { "may take up to" } else { "takes" };
    let message = format!(
        "the shutdown {takes} {ms} ms here, and PM2 sends SIGKILL {} ms ({}) after the signal: what follows is cut off",
        limit.ms, limit.name
    );
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), format!("{takes} {ms} ms"))
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(limit.place, format!("SIGKILL after {} ms", limit.ms))
        .help(format!("set `kill_timeout: {}` for `{}`, or take less time", ms + 2000, app.app.name))
        .unsafe_fix(app.app.set("kill_timeout", Literal::Number(ms + 2000)))
        .confidence(seen.confidence())
        .app(app.reference())
}
