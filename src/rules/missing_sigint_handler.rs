//! A server that PM2 stops without warning.

use std::cmp::Reverse;

use super::{Context, closing};
use super::fork_port_conflict::is_one_port;
use super::shutdown_message_mismatch::is_only_way;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::Reach;
use crate::pm2::Mode;

const RULE: &str = "missing-sigint-handler";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.script.is_some() || is_only_way(app, context) || is_stopped_by_message(app) {
        return;
    }
    let unprotected = |seen: &Option<Seen>, worker: usize| {
        seen.as_ref().is_some_and(|seen| seen.reach > Reach::No && serves(&seen.action))
            && !handles_stop(app, context, worker)
    };
    let is_lost = |effect: &&Effect| effect.seen.iter().enumerate().any(|(worker, seen)| unprotected(seen, worker));
    let lost = app.effects.iter().filter(is_lost).filter_map(|effect| Some((effect, effect.best()?)));
    let worst = lost.min_by_key(|(effect, seen)| (Reverse(severity(app, effect, seen)), seen.action == Action::Consume));
    if let Some((effect, seen)) = worst {
        findings.push(finding(app, context, effect, seen));
    }
}

/// Whether the message is answered is [`super::shutdown_message_mismatch`]'s.
fn is_stopped_by_message(app: &App<'_>) -> bool {
    let setting = &app.launch.shutdown_with_message;
    setting.value && setting.doubt.is_none()
}

/// Work that takes a while and that nobody else has.
fn serves(action: &Action) -> bool {
    matches!(action, Action::Listen(listen) if !listen.udp) || *action == Action::Consume
}

/// The worker handles the signal, or SIGTERM (that alone is another rule's), or the message that PM2 may send instead.
fn handles_stop(app: &App<'_>, context: &Context<'_>, worker: usize) -> bool {
    let by_message = app.launch.shutdown_with_message.value;
    let reached = app.effects.iter().filter_map(|effect| effect.seen.get(worker)?.as_ref());
    reached.filter(|seen| seen.reach > Reach::No).any(|seen| match &seen.action {
        Action::Signal(signal) => &*signal.name == "SIGTERM" || &*signal.name == context.stop_signal(),
        Action::Handler { event, .. } => by_message && &**event == "message",
        _ => false,
    })
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let signal = context.stop_signal();
    let (what, label) = match seen.action {
        Action::Consume => ("the jobs it works on are lost", "takes jobs that nobody lets finish"),
        _ => ("the requests it is serving are dropped", "serves requests that nobody lets finish"),
    };
    let message = format!(
        "PM2 stops a worker with {signal}, at every reload, restart and stop; nothing handles it, so the process ends at once and {what}"
    );
    Finding::new(RULE, severity(app, effect, seen), message)
        .at(effect.place.clone(), label)
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("name").or(app.app.option_place("script")).cloned(), format!("the app `{}`", app.app.name))
        .help(match seen.action {
            Action::Consume => format!(
                "handle it: close the consumer, so that it finishes what it works on, then `process.exit(0)`, within kill_timeout ({} ms)",
                context.kill_timeout(app).ms
            ),
            _ => format!(
                "handle it: {}, done within kill_timeout ({} ms)",
                closing::handler(app, context, signal),
                context.kill_timeout(app).ms
            ),
        })
        .confidence(confidence(app, context).min(seen.confidence()))
        .app(app.reference())
}

fn severity(app: &App<'_>, effect: &Effect, seen: &Seen) -> Severity {
    if serves_alone(app, effect, seen) { Severity::Info } else { Severity::Warning }
}

/// Nobody else serves on its port, and it is gone before its successor comes: a restart refuses requests with a handler, too.
fn serves_alone(app: &App<'_>, effect: &Effect, seen: &Seen) -> bool {
    let has_own_port = matches!(&seen.action, Action::Listen(listen) if !is_one_port(effect, listen));
    app.launch.mode == Mode::Fork && (app.workers.len() == 1 || has_own_port)
}

fn confidence(app: &App<'_>, context: &Context<'_>) -> Confidence {
    let unreached = app.effects.iter().any(|effect| {
        effect
            .seen
            .iter()
            .flatten()
            .any(|seen| matches!(&seen.action, Action::Signal(signal) if &*signal.name == "SIGINT"))
    });
    let speaks_of_it = || {
        app.files.iter().filter_map(|file| context.modules.checkout().source(file)).any(|source| {
            let text = source.text();
            text.contains("SIGINT") || text.contains(".enableShutdownHooks(")
        })
    };
    match () {
        () if !app.is_complete || unreached || speaks_of_it() => Confidence::Low,
        () => Confidence::High,
    }
}
