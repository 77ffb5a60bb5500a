//! An app with its own cluster, inside PM2's or several times over.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard, Role};
use crate::js::eval::When;
use crate::pm2::Mode;

const RULE: &str = "nested-cluster";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let forks: Vec<&Effect> = app.effects.iter().filter(|effect| is_fork(effect)).collect();
    let Some(fork) = forks.first() else { return };
    let reached = forks.iter().find(|effect| effect.is_reached());
    let primaries = app.workers.iter().filter(|worker| worker.role == Role::Primary).count();
    findings.extend(match (app.mode(), reached) {
        (Mode::Fork, Some(at)) if primaries > 1 => Some(many_primaries(app, at)),
        (Mode::Cluster, Some(at)) => Some(no_fork_there(app, at)),
        (Mode::Cluster, None) if !listens_in_dead_branch(app) => Some(dead_branch(app, fork)),
        _ => None,
    });
}

fn many_primaries(app: &App<'_>, at: &Effect) -> Finding {
    let message = format!("each of {} forks workers of its own, on the same ports", app.launch.workers);
    finding(app, Severity::Error, message)
        .at(at.place.clone(), "forks again")
        .scope(at.function.as_deref().unwrap_or_default())
        .help("set `instances: 1` and let the app fork, or remove its cluster code and use `exec_mode: 'cluster'`")
}

fn no_fork_there(app: &App<'_>, at: &Effect) -> Finding {
    let message = "`cluster.fork` does not exist in a worker of PM2's cluster: this is a TypeError that ends every worker as it starts";
    finding(app, Severity::Error, message)
        .at(at.place.clone(), "no function here")
        .scope(at.function.as_deref().unwrap_or_default())
        .help(CLUSTER_HELP)
}

/// The condition is where it goes wrong; what is lost by it stands beside it.
fn dead_branch(app: &App<'_>, fork: &Effect) -> Finding {
    let lost = lost_work(app);
    let (severity, message) = match lost {
        Some(_) => (
            Severity::Error,
            "only the primary would do what follows, and under PM2's cluster mode no process of the app is the primary \
             (that is PM2's daemon): it never runs",
        ),
        None => (
            Severity::Warning,
            "the branch of the primary never runs under PM2's cluster mode: PM2's daemon is the primary, and forks",
        ),
    };
    let at = condition(lost.unwrap_or(fork)).unwrap_or_else(|| fork.place.clone());
    let seen = lost.unwrap_or(fork).best();
    finding(app, severity, message)
        .confidence(seen.map_or(Confidence::Low, |seen| seen.confidence_before(|guard| guard.of_role)))
        .at(at, "true in no worker")
        .scope(fork.function.as_deref().unwrap_or_default())
        .related(lost.map(|lost| lost.place.clone()), "never reached")
        .related(Some(fork.place.clone()), "never reached: PM2 forks")
        .help(CLUSTER_HELP)
}

const CLUSTER_HELP: &str = "remove the app's own cluster code and do the primary's work in an app of its own; \
                            or run it with `exec_mode: 'fork', instances: 1`";

fn finding(app: &App<'_>, severity: Severity, message: impl Into<String>) -> Finding {
    let cause = app.app.option_place("exec_mode").or(app.app.option_place("instances"));
    Finding::new(RULE, severity, message).related(cause.cloned(), "PM2 forks here").app(app.reference())
}

fn is_fork(effect: &Effect) -> bool {
    effect.seen.iter().flatten().any(|seen| seen.action == Action::Fork)
}

/// The outermost condition on the role that keeps every worker out.
fn condition(effect: &Effect) -> Option<Place> {
    let closed = |guard: &&PassedGuard| guard.of_role && !guard.is_passed();
    let mut guards = effect.seen.iter().flatten().filter_map(|seen| seen.guards.iter().rfind(closed));
    guards.next().map(|guard| guard.place.clone()).filter(|_| !effect.is_reached())
}

/// [`super::listen_in_master`] speaks of those.
fn listens_in_dead_branch(app: &App<'_>) -> bool {
    let is_listen = |effect: &Effect| effect.seen.iter().flatten().any(|seen| matches!(seen.action, Action::Listen(_)));
    app.listens().next().is_none() && app.effects.iter().any(|effect| is_listen(effect) && condition(effect).is_some())
}

/// A job or a handler of messages that only the primary would have.
fn lost_work<'a>(app: &'a App<'_>) -> Option<&'a Effect> {
    app.effects.iter().find(|effect| {
        let is_work = effect.seen.iter().flatten().any(|seen| match &seen.action {
            Action::Schedule(_) | Action::Sink(_) => seen.when == When::Load,
            Action::Handler { event, .. } => &**event == "message",
            _ => false,
        });
        is_work && condition(effect).is_some()
    })
}
