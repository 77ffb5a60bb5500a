//! A condition on the number or role of the worker that holds for none, or for all.

use std::collections::BTreeSet;

use super::Context;
use crate::checkout::Place;
use crate::finding::{Change, Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard, Role, Schedule, Seen};
use crate::js::eval::When;

const RULE: &str = "broken-instance-guard";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for effect in &app.effects {
        let Some(broken) = never(app, effect).or_else(|| always(app, effect)).or_else(|| by_worker_id(app, effect)) else {
            continue;
        };
        if told.insert(broken.guard.place.clone()) {
            findings.push(finding(app, context, effect, &broken));
        }
    }
}

struct Broken {
    guard: PassedGuard,
    lets: Lets,
}

/// Which workers a broken guard lets through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lets {
    Nobody,
    Everybody,
    /// The one that the cluster gave this number, if it still lives.
    Numbered,
}

/// Work that no worker comes to, because of a condition on what the worker is.
fn never(app: &App<'_>, effect: &Effect) -> Option<Broken> {
    if effect.is_reached() || !is_work(app, effect) {
        return None;
    }
    let mut guards = effect.seen.iter().flatten().map(|seen| {
        let mut failed = seen.guards.iter().filter(|guard| guard.of_worker() && !guard.is_passed());
        failed.next_back().filter(|guard| !guard.is_assumed).cloned()
    });
    let first = guards.next()??;
    let for_all = effect.seen.iter().all(Option::is_some) && guards.all(|guard| guard.is_some());
    let is_own_cluster = first.of_role && !first.of_instance && forks(app);
    (for_all && !is_own_cluster).then_some(Broken { guard: first, lets: Lets::Nobody })
}

/// A job that every worker registers in spite of a condition on what the worker is.
fn always(app: &App<'_>, effect: &Effect) -> Option<Broken> {
    let seen = effect.best()?;
    let repeats = match &seen.action {
        Action::Schedule(job) => is_shared(job),
        Action::Sink(_) => in_job(app, seen),
        _ => false,
    };
    if !repeats || effect.worker_count() < 2 || app.workers.len() < 2 {
        return None;
    }
    if app.workers.iter().any(|worker| matches!(worker.role, Role::Primary | Role::Child)) {
        return None;
    }
    let holds = |guard: &&PassedGuard| guard.of_worker() && guard.outcome.is_some();
    let guard = seen.guards.iter().find(holds)?.clone();
    Some(Broken { guard, lets: Lets::Everybody })
}

/// A job behind a condition on `cluster.worker.id`.
fn by_worker_id(app: &App<'_>, effect: &Effect) -> Option<Broken> {
    let seen = effect.best()?;
    let Action::Schedule(job) = &seen.action else { return None };
    let is_of_pm2 = app.workers.iter().all(|worker| worker.role == Role::Cluster);
    if !is_of_pm2 || !is_shared(job) {
        return None;
    }
    let guard = seen.guards.iter().find(|guard| guard.of_role && !guard.of_instance && guard.outcome.is_none())?;
    Some(Broken { guard: guard.clone(), lets: Lets::Numbered })
}

/// Effects whose absence is a loss.
fn is_work(app: &App<'_>, effect: &Effect) -> bool {
    effect.seen.iter().flatten().any(|seen| match &seen.action {
        Action::Schedule(job) => !job.timer || !job.once,
        Action::Sink(_) => seen.when == When::Load || in_job(app, seen),
        Action::Timer(_) | Action::Singleton(_) => seen.when == When::Load,
        _ => false,
    })
}

/// It is done by a job that is no bare timer.
fn in_job(app: &App<'_>, seen: &Seen) -> bool {
    let is_job = |cause: &Effect| {
        cause.seen.iter().flatten().any(|seen| matches!(&seen.action, Action::Schedule(job) if is_shared(job)))
    };
    app.causes(seen).any(is_job)
}

/// A job that runs in each worker that registers it.
fn is_shared(job: &Schedule) -> bool {
    !(job.timer || job.coordinated || job.paused)
}

fn forks(app: &App<'_>) -> bool {
    app.effects.iter().any(|effect| effect.seen.iter().flatten().any(|seen| seen.action == Action::Fork))
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, broken: &Broken) -> Finding {
    let source = context.modules.checkout().source(&broken.guard.place.file);
    let condition = source.as_ref().map_or("the condition", |source| source.slice(broken.guard.place.span)).to_owned();
    let variable = &app.launch.instance_var.value;
    let mode = app.mode().name();
    let workers = &app.launch.workers;
    let what = work(effect);
    let message = match broken.lets {
        Lets::Nobody => format!("`{condition}` lets no worker through, so {what} never runs ({workers} in {mode} mode)"),
        Lets::Everybody => {
            format!("`{condition}` lets every worker through, so {what} runs in each of them ({workers} in {mode} mode)")
        }
        Lets::Numbered => format!(
            "`{condition}` hangs on a number that the daemon gives each process it ever forks, of all apps: after a restart, or \
             where another app was started first, no worker of this app has it, and {what} never runs"
        ),
    };
    let renamed = &**variable != "NODE_APP_INSTANCE";
    let why = match (broken.guard.of_role, renamed) {
        _ if broken.lets == Lets::Numbered => "",
        (true, _) if app.mode() == crate::pm2::Mode::Cluster => {
            "under PM2's cluster mode no process of the app is the primary: that is the daemon. "
        }
        (true, _) => "in fork mode every process is a primary. ",
        (false, true) => "`instance_var` renames NODE_APP_INSTANCE: the old name is not set at all. ",
        (false, false) => "NODE_APP_INSTANCE is a string ('0', '1', …), set in every worker. ",
    };
    Finding::new(RULE, Severity::Error, message)
        .at(broken.guard.place.clone(), match broken.lets {
            Lets::Nobody => "true in no worker",
            Lets::Everybody => "no restriction",
            Lets::Numbered => "a number that changes",
        })
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(Some(effect.place.clone()), format!("{what} is registered here"))
        .related(app.app.option_place("instance_var").filter(|_| renamed).cloned(), "renamed here")
        .help(format!(
            "{why}Write `Number(process.env.{variable} ?? 0) === 0`, which holds in one worker and outside PM2"
        ))
        .unsafe_fix([in_one_worker(&broken.guard, variable)])
        .app(app.reference())
}

/// The condition that lets the first worker through, on the side where the work is.
fn in_one_worker(guard: &PassedGuard, variable: &str) -> Change {
    let operator = if guard.holds { "===" } else { "!==" };
    let text = format!("Number(process.env.{variable} ?? 0) {operator} 0");
    Change::Replace { place: guard.place.clone(), text }
}

fn work(effect: &Effect) -> String {
    match effect.seen.iter().flatten().next().map(|seen| &seen.action) {
        Some(Action::Schedule(job)) => match &job.when {
            Some(when) => format!("the job `{when}`"),
            None => "the job".into(),
        },
        Some(Action::Sink(what)) => format!("what it does to {}", what.words()),
        _ => "what it guards".into(),
    }
}
