//! A job that every worker registers.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Change, Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Schedule, Seen};
use crate::js::eval::When;

const RULE: &str = "unguarded-cron";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen, job) in app.schedules() {
        if effect.worker_count() < 2 || !repeats(job) || app.elects(effect) || has_worker_guard(seen) {
            continue;
        }
        if guards_itself(app, effect) || is_part_of_a_job(app, seen) {
            continue;
        }
        let severity = match job.timer {
            true if reaches_others(app, effect) => Severity::Warning,
            true => continue,
            false => Severity::Error,
        };
        let workers = &app.launch.workers;
        let when = job.when.as_ref().map(|when| format!(" (`{when}`)")).unwrap_or_default();
        let message = format!("every worker registers this job{when}, so it runs once in each: PM2 starts {workers}");
        let variable = &app.launch.instance_var.value;
        let in_vain = lock_in_vain(app, effect);
        findings.push(
            Finding::new(RULE, severity, message)
                .at(effect.place.clone(), "registered by every worker")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), format!("{workers} run this script"))
                .related(in_vain.map(|(place, _)| place.clone()), in_vain.map_or("", |(_, why)| why))
                .help(format!(
                    "register it in one worker only: `if (Number(process.env.{variable} ?? 0) === 0) {{ … }}`, \
                     or move it to an app of its own with `instances: 1` and `exec_mode: 'fork'`"
                ))
                .unsafe_fix([Change::Guard {
                    call: effect.place.clone(),
                    condition: format!("Number(process.env.{variable} ?? 0) === 0"),
                }])
                .confidence(confidence(app, effect, seen))
                .app(app.reference()),
        );
    }
}

/// What the job does to be alone, and why that is nothing.
fn lock_in_vain<'a>(app: &'a App<'_>, job: &Effect) -> Option<(&'a Place, &'a str)> {
    app.following(job).find_map(|(effect, seen)| match &seen.action {
        Action::LockInVain(why) => Some((&effect.place, &**why)),
        _ => None,
    })
}

/// A job that something from outside starts is in those workers that it came to. Of a program that is too long to follow, some
/// jobs never ran: what they do to be alone was not seen.
fn confidence(app: &App<'_>, job: &Effect, seen: &Seen) -> Confidence {
    let is_followed = app.is_complete || app.functions_of(&job.place).next().is_some();
    if seen.when == When::Request || !is_followed { Confidence::Low } else { seen.confidence() }
}

fn repeats(job: &Schedule) -> bool {
    !job.coordinated && !job.paused && !job.once
}

/// A guard on the worker's number or role that lets several through is [`super::broken_instance_guard`]'s, and one on
/// `pm_id` [`super::fragile_instance_guard`]'s. One on the number as a library reads it may be right, and one on an id that the
/// process made for itself elects a leader.
fn has_worker_guard(seen: &Seen) -> bool {
    seen.guards.iter().any(|guard| guard.of_worker() || guard.of_process)
}

/// The job asks itself which worker it runs in, and does what others see in no other.
fn guards_itself(app: &App<'_>, job: &Effect) -> bool {
    let is_work = |seen: &Seen| matches!(seen.action, Action::Sink(_));
    let everywhere = |(effect, seen): (&Effect, &Seen)| is_work(seen) && effect.worker_count() >= 2 && !has_worker_guard(seen);
    !app.following(job).any(everywhere) && (app.tells_workers_apart(&job.place) || is_broken_inside(app, job))
}

/// What the job does is behind a condition that holds for all or none: [`super::broken_instance_guard`] says so.
fn is_broken_inside(app: &App<'_>, job: &Effect) -> bool {
    app.effects.iter().any(|effect| {
        let mut seen = effect.seen.iter().flatten();
        seen.any(|seen| has_worker_guard(seen) && app.causes(seen).any(|cause| cause.place == job.place))
    })
}

/// Another job registers it, as long as that runs: of the two, that one is told.
fn is_part_of_a_job(app: &App<'_>, seen: &Seen) -> bool {
    let is_job = |seen: &Seen| matches!(&seen.action, Action::Schedule(job) if !job.once);
    app.causes(seen).any(|cause| cause.best().is_some_and(is_job))
}

/// What runs in every worker matters to others only if they can see it.
fn reaches_others(app: &App<'_>, job: &Effect) -> bool {
    app.following(job).any(|(_, seen)| matches!(seen.action, Action::Sink(_)))
}
