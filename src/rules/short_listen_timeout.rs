//! A start that waits longer than PM2 does.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Delay, Effect, Seen};
use crate::js::eval::When;
use crate::pm2::Mode;

const RULE: &str = "short-listen-timeout";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let waits_for_ready = app.launch.wait_ready.value;
    if app.launch.mode == Mode::Fork && !waits_for_ready {
        return;
    }
    let is_awaited = |seen: &Seen| match seen.action {
        Action::Ready => waits_for_ready,
        Action::Listen(_) => !waits_for_ready,
        _ => false,
    };
    let limit = app.launch.listen_timeout.value;
    for (effect, seen) in app.reached().filter(|(_, seen)| is_awaited(seen)) {
        let delays = delays_before(app, seen);
        let total: u64 = delays.iter().map(|(_, ms)| ms).sum();
        if let Some((timer, _)) = delays.first().filter(|_| total >= limit) {
            findings.push(finding(app, effect, seen, timer, total));
        }
    }
}

/// The timers that the start waits for before it comes to `seen`, in ms.
fn delays_before<'a>(app: &'a App<'_>, seen: &'a Seen) -> Vec<(&'a Effect, u64)> {
    let timers = app.causes(seen).filter_map(|cause| match cause.best()?.action {
        Action::Timer(Some(Delay { ms, is_default: false })) => Some((cause, ms)),
        _ => None,
    });
    let sleeps = app.reached().filter_map(|(effect, sleep)| match sleep.action {
        Action::Sleep(Some(ms)) if is_before(sleep, seen) => Some((effect, ms)),
        _ => None,
    });
    timers.chain(sleeps).collect()
}

fn is_before(sleep: &Seen, seen: &Seen) -> bool {
    sleep.when == When::Load
        && sleep.order < seen.order
        && sleep.waits < seen.waits
        && sleep.guards.iter().all(|guard| guard.outcome.is_some())
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, timer: &Effect, total: u64) -> Finding {
    let setting = &app.launch.listen_timeout;
    let limit = setting.value;
    let written = if setting.is_written() { "listen_timeout" } else { "listen_timeout, PM2's default" };
    let what = if seen.action == Action::Ready { "sends `ready`" } else { "listens" };
    let message = format!(
        "the app {what} {total} ms after its start at the earliest, and PM2 waits {limit} ms ({written}): a reload stops the old worker \
         before the new one serves"
    );
    Finding::new(RULE, Severity::Warning, message)
        .at(effect.place.clone(), format!("not before {total} ms"))
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(Some(timer.place.clone()), "the start waits here")
        .related(setting.place.clone(), format!("PM2 waits {limit} ms"))
        .help(format!("set `listen_timeout: {}` for `{}`, or wait less", total * 2, app.app.name))
        .confidence(seen.confidence())
        .app(app.reference())
}
