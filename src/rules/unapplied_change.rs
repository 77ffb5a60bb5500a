//! `unapplied-change`: the process file says one thing, PM2 runs another. Mode, number of processes and script are fixed when an app
//! is first started; neither `restart` nor `reload` of the file changes them.

use std::sync::Arc;

use super::Context;
use crate::archive::{Event, EventKind, Mode, Process, Timeline};
use crate::checkout::Place;
use crate::ecosystem::App;
use crate::finding::{Evidence, Finding, Severity};
use crate::pm2::Launch;

const RULE: &str = "unapplied-change";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for app in context.ecosystems.iter().flat_map(|ecosystem| &ecosystem.apps) {
        if let Some(process) = context.timeline.processes.iter().find(|process| process.name == app.name) {
            let found = changes(app, process).into_iter().map(|change| finding(app, process, change, context.timeline));
            findings.extend(found);
        }
    }
}

/// An option of which PM2 runs another value than the process file has under any environment.
struct Change {
    option: &'static str,
    place: Option<Place>,
    written: String,
    running: String,
}

fn changes(app: &App, process: &Process) -> Vec<Change> {
    [mode(app, process), script(app, process)].into_iter().flatten().collect()
}

fn mode(app: &App, process: &Process) -> Option<Change> {
    let running = process.pm2_env.get("exec_mode")?.as_str()?.trim_end_matches("_mode");
    let differs = |launch: &Launch| launch.mode_doubt.is_none() && launch.mode.name() != running;
    app.launches.iter().all(differs).then(|| Change {
        option: "exec_mode",
        place: app.option_place("exec_mode").or(app.option_place("instances")).cloned(),
        written: format!("{} mode", app.launches[0].mode.name()),
        running: format!("{running} mode"),
    })
}

/// The script differs where the running path ends in none of the written ones.
fn script(app: &App, process: &Process) -> Option<Change> {
    let running = process.pm2_env.get("pm_exec_path")?.as_str()?;
    let written: Vec<&str> = app.launches.iter().filter_map(|launch| launch.script.as_deref()).collect();
    let is_path = |script: &str| script.contains(['/', '.']);
    let ends = |script: &str| running.ends_with(script.trim_start_matches("<root>").trim_start_matches("./"));
    let differs = !written.is_empty() && written.iter().all(|script| is_path(script) && !script.contains(' ') && !ends(script));
    differs.then(|| Change {
        option: "script",
        place: app.option_place("script").cloned(),
        written: format!("`{}`", written[0]),
        running: format!("`{running}`"),
    })
}

fn finding(app: &App, process: &Process, change: Change, timeline: &Timeline) -> Finding {
    let Change { option, place, written, running } = change;
    let message = format!(
        "the process file says {written} and PM2 runs {running}: `{option}` is fixed when the app is first started, and `pm2 restart` \
         and `pm2 reload` of the file leave it as it was"
    );
    let mut finding = Finding::new(RULE, Severity::Warning, message)
        .scope(format!("apps.{}.{option}", app.name))
        .help(match option {
            "instances" => format!("`pm2 scale {} <number>`, or `pm2 delete {}` and start the file again", app.name, app.name),
            _ => format!("`pm2 delete {}` and start the file again, then `pm2 save`", app.name),
        })
        .app(app.reference());
    if let Some(place) = place.or_else(|| app.option_place("script").cloned()) {
        finding = finding.at(place, "not what runs");
    }
    finding.evidence.push(Evidence {
        kind: "status",
        archive: process.archive,
        file: Arc::clone(&process.file),
        line: None,
        count: 1,
        first: None,
        last: None,
        excerpt: format!("{}: {option} is {running}", process.name),
    });
    if option == "exec_mode" {
        finding.evidence.extend(starts(app, timeline));
    }
    finding
}

/// The starts of the app in the daemon's log, which has the mode that it really got.
fn starts(app: &App, timeline: &Timeline) -> Option<Evidence> {
    let is_start = |event: &&Event| event.app.as_ref() == Some(&app.name) && matches!(event.kind, EventKind::Starting { .. });
    let mut starts = timeline.events.iter().filter(is_start);
    let first = starts.next()?;
    let EventKind::Starting { mode } = &first.kind else { return None };
    Some(Evidence {
        kind: "daemon",
        archive: first.source.archive,
        file: Arc::clone(&first.source.file),
        line: Some(first.source.line),
        count: 1 + starts.count() as u64,
        first: first.time.map(|time| time.to_string()),
        last: None,
        excerpt: format!("App [{}] starting in -{}- mode", app.name, if *mode == Mode::Cluster { "cluster" } else { "fork" }),
    })
}
