//! A cluster of which only some workers serve.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard, Seen};
use crate::js::eval::Reach;
use crate::pm2::Mode;

const RULE: &str = "partial-listen";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let idle: Vec<usize> = (0..app.workers.len()).filter(|worker| !serves(app, *worker)).collect();
    if app.mode() != Mode::Cluster || idle.is_empty() || idle.iter().any(|worker| has_own_work(app, *worker)) {
        return;
    }
    for (effect, seen, _) in app.listens() {
        let closed = idle.iter().filter_map(|worker| effect.seen.get(*worker)?.as_ref()).find_map(closed_by_number);
        if let Some(guard) = closed {
            findings.push(finding(app, effect, seen, guard, idle.len()));
        }
    }
}

fn serves(app: &App<'_>, worker: usize) -> bool {
    app.listens().any(|(effect, _, _)| reaches(effect, worker))
}

fn reaches(effect: &Effect, worker: usize) -> bool {
    effect.seen.get(worker).and_then(Option::as_ref).is_some_and(|seen| seen.reach > Reach::No)
}

/// Work that this worker was picked for by its number: then it is no server on purpose.
fn has_own_work(app: &App<'_>, worker: usize) -> bool {
    app.effects.iter().filter(|effect| reaches(effect, worker)).any(|effect| {
        let seen = effect.seen.get(worker).and_then(Option::as_ref);
        seen.is_some_and(|seen| {
            let is_work = matches!(seen.action, Action::Schedule(_) | Action::Sink(_) | Action::Timer(_));
            is_work && seen.guards.iter().any(|guard| guard.of_instance && guard.outcome.is_some())
        })
    })
}

/// The condition on the worker's number that keeps it out.
fn closed_by_number(seen: &Seen) -> Option<&PassedGuard> {
    seen.guards.iter().find(|guard| guard.of_instance && !guard.is_passed())
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, guard: &PassedGuard, idle: usize) -> Finding {
    let (serving, all) = (app.workers.len() - idle, &app.launch.workers);
    let message = format!(
        "of {all} only {serving} {} here, the rest never: they cost memory, take no request, and every reload waits for \
         `listen_timeout` at each of them",
        if serving == 1 { "listens" } else { "listen" }
    );
    Finding::new(RULE, Severity::Error, message)
        .at(effect.place.clone(), "not reached by every worker")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(Some(guard.place.clone()), "this keeps the others out")
        .related(app.app.option_place("instances").cloned(), format!("{all}"))
        .help("listen in every worker (PM2 shares the port), and keep the condition for the work that only one of them may do")
        .confidence(seen.confidence())
        .app(app.reference())
}
