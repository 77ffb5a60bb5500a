//! A job that hangs on the life of one worker.

use std::collections::BTreeSet;

use super::Context;
use crate::checkout::Place;
use crate::commands::Command;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard};

const RULE: &str = "fragile-instance-guard";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for (effect, seen) in app.reached().filter(|(_, seen)| is_work(&seen.action)) {
        let by_id = seen.guards.iter().find(|guard| guard.of_pm_id && guard.outcome.is_none());
        let finding = match (by_id, by_instance(app, effect)) {
            (Some(guard), _) => fragile_id(app, context, effect, guard),
            (None, Some(guard)) => fragile_number(app, context, effect, guard),
            (None, None) => continue,
        };
        if finding.location.clone().is_some_and(|place| told.insert(place)) {
            findings.push(finding);
        }
    }
}

fn is_work(action: &Action) -> bool {
    match action {
        Action::Schedule(job) => !job.coordinated && (!job.timer || !job.once),
        Action::Singleton(_) => true,
        _ => false,
    }
}

/// The condition on the worker's number that lets one worker of several through.
fn by_instance<'a>(app: &App<'_>, effect: &'a Effect) -> Option<&'a PassedGuard> {
    let is_one_of_many = app.workers.len() >= 2 && effect.worker_count() == 1;
    let mut guards = effect.best().filter(|_| is_one_of_many)?.guards.iter();
    guards.find(|guard| guard.of_instance && !guard.of_pm_id && guard.outcome.is_some())
}

fn fragile_number(app: &App<'_>, context: &Context<'_>, effect: &Effect, guard: &PassedGuard) -> Finding {
    let scales = |command: &&Command| &*command.verb == "scale" && command.concerns(app.app, context.ecosystems);
    let scale = context.commands.iter().find(scales);
    let (severity, doing) = match scale {
        Some(_) => (Severity::Warning, "is called here"),
        None => (Severity::Info, "may be called some day"),
    };
    let message = format!(
        "this work hangs on one worker's number, and `pm2 scale`, which {doing}, removes the lowest numbers first: without that worker the \
         work stops silently, and no reload brings it back"
    );
    finding(app, effect, guard, severity, message)
        .related(scale.map(|scale| scale.place.clone()), "removes the workers with the lowest numbers first")
}

fn fragile_id(app: &App<'_>, context: &Context<'_>, effect: &Effect, guard: &PassedGuard) -> Finding {
    let apps = context.ecosystems.iter().find(|ecosystem| ecosystem.file == app.app.config).map_or(1, |file| file.apps.len());
    let (severity, others) = match apps {
        0 | 1 => (Severity::Info, "other apps and modules of the same daemon take numbers too"),
        _ => (Severity::Warning, "the other apps of this process file take numbers too"),
    };
    let message = format!(
        "`pm_id` counts all processes of the PM2 daemon, and {others}: which worker does this work, or whether any does, depends on what \
         was started first"
    );
    finding(app, effect, guard, severity, message)
}

fn finding(app: &App<'_>, effect: &Effect, guard: &PassedGuard, severity: Severity, message: String) -> Finding {
    let variable = &app.launch.instance_var.value;
    Finding::new(RULE, severity, message)
        .at(guard.place.clone(), "decides which worker does it")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(Some(effect.place.clone()), "what hangs on it")
        .help(format!(
            "move the work to an app of its own with `instances: 1`, or take a lock that all workers see; where one number must do, \
             use `Number(process.env.{variable} ?? 0) === 0`, which counts per app"
        ))
        .app(app.reference())
}
