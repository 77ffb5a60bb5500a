//! A variable that the start insists on, and that this launch does not set.

use std::sync::Arc;

use super::Context;
use crate::archive::{ErrorBlock, Incident, IncidentKind};
use crate::checkout::{Place, file_name};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::{Reach, When};
use crate::pm2::{Launch, Mode};

const RULE: &str = "missing-env-var";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached().filter(|(_, seen)| ends_start(seen)) {
        let Some(name) = seen.assumed.last().filter(|name| !runs_with(app, context, name)) else { continue };
        findings.push(finding(app, context, effect, seen, name));
    }
}

/// PM2's list shows the app with that variable, from wherever it came.
fn runs_with(app: &App<'_>, context: &Context<'_>, name: &str) -> bool {
    let own = context.timeline.processes.iter().filter(|process| process.name == app.launch.name);
    own.filter_map(|process| process.pm2_env.get(name)).any(|value| value.as_str() != Some(""))
}

/// The start ends here because of a variable that nothing sets.
fn ends_start(seen: &Seen) -> bool {
    let ends =
        matches!(seen.action, Action::Throw | Action::Exit) && seen.when == When::Load && seen.reach == Reach::Yes;
    ends && !seen.assumed.is_empty()
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, seen: &Seen, name: &Arc<str>) -> Finding {
    let under =
        app.launch.env_name.as_ref().map_or_else(|| "without `--env`".into(), |env| format!("under `--env {env}`"));
    let end = match is_es_module(app, context) && app.mode() == Mode::Cluster && seen.action == Action::Throw {
        true => "the error is swallowed (an ES module in cluster mode): the worker stays online and serves nothing",
        false => "every process ends as it starts, and is started again",
    };
    let message =
        format!("the app ends here when `{name}` is not set, and {under} the process file does not set it: {end}");
    let elsewhere = context.fleet.apps.iter().filter(|other| other.app.name == app.app.name);
    let setter =
        elsewhere.filter_map(|other| Some((other.launch.env_name.clone()?, place_of(other.launch, name)?))).next();
    let help = match &setter {
        Some((env, _)) => format!("start it with `--env {env}`, or set `{name}` in `env` too"),
        None => format!("set `{name}` in `env`, or make sure that the shell, the image or a `.env` sets it for PM2"),
    };
    Finding::new(RULE, severity(app, context, effect), message)
        .at(effect.place.clone(), format!("needs `{name}`"))
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(setter.map(|(_, place)| place), "set for this environment only")
        .related(
            app.app.option_place("name").or(app.app.option_place("script")).cloned(),
            format!("`{}` is started {under}", app.app.name),
        )
        .help(help)
        .confidence(if seen.assumed.len() == 1 { Confidence::Medium } else { Confidence::Low })
        .app(app.reference())
}

/// The script runs as an ES module; of TypeScript, which has the same syntax, that is not known.
fn is_es_module(app: &App<'_>, context: &Context<'_>) -> bool {
    let own = app.source().filter(|source| !source.ends_with("ts") && !source.ends_with("tsx"));
    own.and_then(|source| context.modules.lowered(source)).is_some_and(|ir| ir.is_ok_and(|ir| ir.is_esm))
}

/// Only what ran tells which environment was selected: an app that failed, and not because of an error elsewhere, did not have
/// the variable.
fn severity(app: &App<'_>, context: &Context<'_>, effect: &Effect) -> Severity {
    let confirms = |incident: &Incident| match &incident.kind {
        _ if incident.app.as_ref() != Some(&app.launch.name) => false,
        IncidentKind::CrashLoop(crash) => {
            crash.error.as_ref().is_none_or(|error| is_from(error, &effect.place.file))
        }
        IncidentKind::UncaughtException(failed) | IncidentKind::UnhandledRejection(failed) => {
            is_from(&failed.error, &effect.place.file)
        }
        _ => false,
    };
    if context.timeline.incidents.iter().any(confirms) { Severity::Warning } else { Severity::Info }
}

/// The stack comes through the file, or what is built from it.
fn is_from(error: &ErrorBlock, file: &str) -> bool {
    let stem = |path: &str| file_name(&path.replace('\\', "/")).split('.').next().map(str::to_owned);
    error.frames.iter().any(|frame| stem(&frame.path) == stem(file))
}

fn place_of(launch: &Launch, name: &str) -> Option<Place> {
    launch.env.iter().find(|variable| &*variable.name == name)?.place.clone()
}
