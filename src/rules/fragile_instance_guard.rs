//! A job that hangs on the life of one worker.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::archive::{Event, EventKind, PmId, Timeline};
use crate::checkout::Place;
use crate::commands::Command;
use crate::finding::{Evidence, Finding, Severity};
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
    let gone = lowest_gone(context.timeline, &app.launch.name);
    let (severity, doing) = match (scale, &gone) {
        (Some(_), _) => (Severity::Warning, "which is called here"),
        (None, Some(_)) => (Severity::Warning, "which was called, it seems"),
        (None, None) => (Severity::Info, "should it ever be called"),
    };
    let message = format!(
        "this work hangs on one worker's number, and `pm2 scale`, {doing}, removes the lowest numbers first: without that worker the work \
         stops silently, and no reload brings it back"
    );
    let mut finding = finding(app, effect, guard, severity, message)
        .related(scale.map(|scale| scale.place.clone()), "removes the workers with the lowest numbers first");
    finding.evidence.extend(gone);
    finding
}

/// The line of the daemon's log that stops the app's first worker for good, where others live on.
fn lowest_gone(timeline: &Timeline, app: &str) -> Option<Evidence> {
    let mut last: BTreeMap<u32, &Event> = BTreeMap::new();
    for event in timeline.events.iter().filter(|event| event.app.as_deref() == Some(app)) {
        if let (Some(PmId::Current(id)), EventKind::Starting { .. } | EventKind::Stopping) = (event.pm_id, &event.kind) {
            last.insert(id, event);
        }
    }
    let is_stopped = |event: &Event| event.kind == EventKind::Stopping;
    let (id, event) = last.first_key_value().filter(|(_, event)| is_stopped(event))?;
    last.values().any(|event| !is_stopped(event)).then(|| Evidence {
        kind: "daemon",
        archive: event.source.archive,
        file: event.source.file.clone(),
        line: Some(event.source.line),
        count: 1,
        first: event.time.map(|time| time.to_string()),
        last: event.time.map(|time| time.to_string()),
        excerpt: format!("App [{app}:{id}] was stopped and not started again, others were"),
        hit: None,
    })
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
