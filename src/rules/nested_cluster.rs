//! An app with its own cluster, inside PM2's or several times over.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, Role};
use crate::pm2::Mode;

const RULE: &str = "nested-cluster";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let forks: Vec<&Effect> = app.effects.iter().filter(|effect| is_fork(effect)).collect();
    let Some(fork) = forks.first() else { return };
    let reached = forks.iter().find(|effect| effect.is_reached());
    let primaries = app.workers.iter().filter(|worker| worker.role == Role::Primary).count();
    let (at, severity, message): (&Effect, _, String) = match (app.launch.mode, reached) {
        (Mode::Fork, Some(at)) if primaries > 1 => (
            at,
            Severity::Error,
            format!("each of {} forks workers of its own, on the same ports", app.launch.workers),
        ),
        (Mode::Cluster, Some(at)) => (
            at,
            Severity::Error,
            "`cluster.fork` does not exist in a worker of PM2's cluster: this is a TypeError that ends every worker as it starts".into(),
        ),
        (Mode::Cluster, None) if listens_in_dead_branch(app) => return,
        (Mode::Cluster, None) => match lost_work(app) {
            Some(lost) => (
                lost,
                Severity::Error,
                "this runs in the primary only, and under PM2's cluster mode no process of the app is the primary: it never runs".into(),
            ),
            None => (
                fork,
                Severity::Warning,
                "the branch of the primary never runs under PM2's cluster mode: PM2's daemon is the primary, and forks".into(),
            ),
        },
        _ => return,
    };
    findings.push(
        Finding::new(RULE, severity, message)
            .at(at.place.clone(), if at.is_reached() { "forks again" } else { "never reached" })
            .scope(at.function.as_deref().unwrap_or_default())
            .related(app.app.option_place("exec_mode").or(app.app.option_place("instances")).cloned(), "PM2 forks here")
            .help(match app.launch.mode {
                Mode::Cluster => "remove the app's own cluster code and do the primary's work in an app of its own; or run it with `exec_mode: 'fork', instances: 1`",
                Mode::Fork => "set `instances: 1` and let the app fork, or remove its cluster code and use `exec_mode: 'cluster'`",
            })
            .app(app.reference()),
    );
}

fn is_fork(effect: &Effect) -> bool {
    effect.seen.iter().flatten().any(|seen| seen.action == Action::Fork)
}

fn dead_because_of_role(effect: &Effect) -> bool {
    !effect.is_reached()
        && effect.seen.iter().flatten().any(|seen| seen.guards.iter().any(|guard| guard.of_role && !guard.is_passed()))
}

/// [`super::listen_in_master`] speaks of those.
fn listens_in_dead_branch(app: &App<'_>) -> bool {
    let is_listen = |effect: &Effect| effect.seen.iter().flatten().any(|seen| matches!(seen.action, Action::Listen(_)));
    app.listens().next().is_none() && app.effects.iter().any(|effect| is_listen(effect) && dead_because_of_role(effect))
}

/// A job or a handler of messages that only the primary would have.
fn lost_work<'a>(app: &'a App<'_>) -> Option<&'a Effect> {
    app.effects.iter().find(|effect| {
        let is_work = effect.seen.iter().flatten().any(|seen| match &seen.action {
            Action::Schedule(_) | Action::Sink(_) => seen.when == crate::js::eval::When::Load,
            Action::Handler { event } => &**event == "message",
            _ => false,
        });
        is_work && dead_because_of_role(effect)
    })
}
