//! A server in the wrong process of an app's own cluster.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Listen, Role};
use crate::js::eval::Reach;
use crate::pm2::Mode;

const RULE: &str = "listen-in-master";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    match app.mode() {
        Mode::Cluster => in_primary_only(app, findings),
        Mode::Fork => in_both(app, findings),
    }
}

/// PM2's cluster: what only the primary would do, nobody does.
fn in_primary_only(app: &App<'_>, findings: &mut Vec<Finding>) {
    if app.listens().next().is_some() {
        return;
    }
    let of_primary = |effect: &&Effect| {
        effect.seen.iter().all(|seen| {
            seen.as_ref().is_some_and(|seen| {
                matches!(seen.action, Action::Listen(_))
                    && seen.guards.iter().any(|guard| guard.of_role && !guard.is_passed())
            })
        })
    };
    let Some(effect) = app.effects.iter().find(of_primary) else { return };
    let guard = effect.seen.iter().flatten().flat_map(|seen| &seen.guards).find(|guard| guard.of_role);
    let seen = effect.best();
    findings.push(
        Finding::new(
            RULE,
            Severity::Error,
            "only the primary listens, and under PM2's cluster mode no process of the app is the primary (that is PM2's daemon): \
             nobody listens, every request is refused while all workers are online",
        )
        .confidence(seen.map_or(Confidence::Low, |seen| seen.confidence_before(|guard| guard.of_role)))
        .at(effect.place.clone(), "reached by no worker")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(guard.map(|guard| guard.place.clone()), "false in every worker of PM2")
        .related(app.app.option_place("exec_mode").or(app.app.option_place("instances")).cloned(), "PM2's own cluster")
        .help("listen in every worker and drop the cluster code: PM2 forks and shares the port")
        .app(app.reference()),
    );
}

/// An app's own cluster in one forked process: the port is opened by the primary and by its children.
fn in_both(app: &App<'_>, findings: &mut Vec<Finding>) {
    let in_role = |role: Role| {
        let workers: Vec<usize> =
            app.workers.iter().enumerate().filter(|(_, worker)| worker.role == role).map(|(at, _)| at).collect();
        app.effects
            .iter()
            .filter(move |effect| {
                workers.iter().any(|at| {
                    let seen = effect.seen.get(*at).and_then(Option::as_ref);
                    seen.is_some_and(|seen| seen.reach > Reach::No && matches!(seen.action, Action::Listen(_)))
                })
            })
            .collect::<Vec<_>>()
    };
    let children = in_role(Role::Child);
    for effect in in_role(Role::Primary) {
        let Some(listen) = listen_of(effect) else { continue };
        let same = |child: &&&Effect| listen_of(child).is_some_and(|other| other.port == listen.port);
        let Some(child) = children.iter().find(same).filter(|_| listen.port.is_fixed()) else {
            continue;
        };
        let confidence = effect.best().map_or(crate::finding::Confidence::Low, |seen| seen.confidence());
        findings.push(
            Finding::new(
                RULE,
                Severity::Error,
                format!("both the primary and the workers that it forks open {}: the workers share it, the primary collides", listen.port),
            )
            .at(effect.place.clone(), "reached by the primary and by its workers")
            .scope(effect.function.as_deref().unwrap_or_default())
            .related((child.place != effect.place).then(|| child.place.clone()), "opened by the workers here")
            .help("listen in the workers only: `if (cluster.isPrimary) { fork } else { server.listen(…) }`")
            .confidence(confidence)
            .app(app.reference()),
        );
    }
}

fn listen_of(effect: &Effect) -> Option<&Listen> {
    effect.seen.iter().flatten().find_map(|seen| match &seen.action {
        Action::Listen(listen) => Some(listen),
        _ => None,
    })
}
