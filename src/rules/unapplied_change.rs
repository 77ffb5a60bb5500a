//! `unapplied-change`: the process file says one thing, PM2 runs another.
//!
//! Some options are fixed when an app is first started; neither `restart` nor `reload` of the file changes them. The others
//! wait for the next restart of the file. Those that were deleted from the file stay in force until the app is deleted.
//! Measured on PM2 4.5, 5.4, 6.0 and 7.0.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Context;
use super::former_variables::former_variables;
use crate::archive::{Event, EventKind, Mode, PmId, Process, Timeline};
use crate::checkout::{Place, below, parent};
use crate::ecosystem::App;
use crate::finding::{Confidence, Evidence, Finding, Severity};
use crate::pm2::{EnvValue, Launch, Runtime, Setting, Workers};

const RULE: &str = "unapplied-change";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_scaled = context.commands.iter().any(|command| &*command.verb == "scale");
    for app in context.ecosystems.iter().flat_map(|ecosystem| named_once(&ecosystem.apps)) {
        let listed = || context.timeline.processes.iter().filter(|process| process.name == app.name);
        // Of several lists the one that was given as such comes last, and another one may hold the same processes again.
        let Some(last) = listed().next_back() else { continue };
        let is_of_list = |other: &&Process| (other.archive, &other.file) == (last.archive, &last.file);
        let running: Vec<&Process> = listed().filter(is_of_list).collect();
        let Some(process) = running.first() else { continue };
        let count = Some(running.len()).filter(|count| !is_scaled && !is_scaled_down(app, *count, context.timeline));
        let found = changes(app, process, count).into_iter();
        findings.extend(found.map(|change| finding(app, process, change, context.timeline)));
        let former = former_variables(app, process, context).into_iter();
        findings.extend(former.map(|former| {
            let change = deleted(&format!("env.{}", former.name), "the value of an earlier start".into());
            let found = finding(app, process, change, context.timeline);
            if former.is_of_file { found } else { Finding { severity: Severity::Info, ..found }.at_most(Confidence::Low) }
        }));
    }
}

/// Of several apps with one name the list does not tell whose a process is.
fn named_once(apps: &[App]) -> impl Iterator<Item = &App> {
    apps.iter().filter(|app| apps.iter().filter(|other| other.name == app.name).count() == 1)
}

/// An option of which PM2 runs another value than the process file has.
struct Change {
    option: String,
    place: Option<Place>,
    /// What the file says; `None`: nothing, not any more.
    written: Option<String>,
    /// What runs; `None`: PM2's default.
    running: Option<String>,
    /// It stays as at the first start.
    is_fixed: bool,
}

/// What differs from the environment that is nearest to what runs.
fn changes(app: &App, process: &Process, count: Option<usize>) -> Vec<Change> {
    let of = |launch| {
        let fixed = [mode(app, launch, process), script(app, launch, process), cwd(app, launch, process)];
        let fixed = fixed.into_iter().flatten().chain(instances(app, launch, count)).chain(log_files(launch, process));
        fixed
            .chain(numbers(launch, process))
            .chain(switches(launch, process))
            .chain(words(launch, process))
            .chain(watch(launch, process))
            .chain(variables(launch, process))
            .collect()
    };
    app.launches.iter().map(of).min_by_key(|changes: &Vec<Change>| changes.len()).unwrap_or_default()
}

fn mode(app: &App, launch: &Launch, process: &Process) -> Option<Change> {
    // Whatever is not this very text is fork mode: a variable of that name overwrites it (lib/God.js:178, v7.0.3).
    let running = if process.pm2_env.get("exec_mode")?.as_str()? == "cluster_mode" { "cluster" } else { "fork" };
    let differs = launch.mode_doubt.is_none() && launch.mode.name() != running;
    differs.then(|| Change {
        option: "exec_mode".into(),
        place: app.option_place("exec_mode").or(app.option_place("instances")).cloned(),
        written: Some(format!("{} mode", launch.mode.name())),
        running: Some(format!("{running} mode")),
        is_fixed: true,
    })
}

/// The number of processes; in the list, `instances` is the new number whatever runs.
fn instances(app: &App, launch: &Launch, count: Option<usize>) -> Option<Change> {
    let (Workers::Count(written), Some(running)) = (&launch.workers, count) else { return None };
    let differs = launch.workers_doubt.is_none() && *written as usize != running;
    differs.then(|| Change {
        option: "instances".into(),
        place: app.option_place("instances").cloned(),
        written: Some(launch.workers.to_string()),
        running: Some(Workers::Count(u32::try_from(running).unwrap_or(u32::MAX)).to_string()),
        is_fixed: true,
    })
}

/// Whether PM2 once ran as many processes as the file says and somebody took some away since, as `pm2 scale` and `pm2 delete` of a
/// number do.
fn is_scaled_down(app: &App, running: usize, timeline: &Timeline) -> bool {
    let ids: BTreeSet<PmId> = starts_of(app, timeline).filter_map(|event| event.pm_id).collect();
    let is_whole = |launch: &Launch| matches!(launch.workers, Workers::Count(written) if written as usize <= ids.len());
    running < ids.len() && app.launches.iter().any(is_whole)
}

/// The script differs where the running path does not end in the written one.
fn script(app: &App, launch: &Launch, process: &Process) -> Option<Change> {
    let running = process.pm2_env.get("pm_exec_path")?.as_str()?;
    let written = launch.script.as_deref().filter(|_| launch.command_line.is_none())?;
    let is_path = written.contains(['/', '.']) && !written.contains(' ');
    let known = written.trim_start_matches("<root>").split('/').skip_while(|name| matches!(*name, "." | ".."));
    let ends = running.ends_with(&known.collect::<Vec<_>>().join("/"));
    (is_path && !ends).then(|| Change {
        option: "script".into(),
        place: app.option_place("script").cloned(),
        written: Some(format!("`{written}`")),
        running: Some(format!("`{running}`")),
        is_fixed: true,
    })
}

/// Where the folder of the process file lies on the host is not known: what is below it is compared.
fn cwd(app: &App, launch: &Launch, process: &Process) -> Option<Change> {
    let running = process.pm2_env.get("pm_cwd")?.as_str()?.trim_end_matches('/');
    let cwd = launch.cwd.value.trim_end_matches('/');
    let folder = parent(&app.config);
    let written = if cwd == folder { "" } else { below(cwd, folder).unwrap_or(cwd) };
    let is_known = launch.cwd.is_written() && launch.cwd.doubt.is_none() && !written.is_empty();
    let is_same = running == written || running.ends_with(&format!("/{}", written.trim_start_matches('/')));
    (is_known && !is_same).then(|| Change {
        option: "cwd".into(),
        place: launch.cwd.place.clone(),
        written: Some(format!("`{written}`")),
        running: Some(format!("`{running}`")),
        is_fixed: true,
    })
}

/// Log files that are named in the file; PM2 puts the number of a process before `.log`.
fn log_files(launch: &Launch, process: &Process) -> Vec<Change> {
    let files = [
        ("out_file", &launch.out_file, "pm_out_log_path"),
        ("error_file", &launch.error_file, "pm_err_log_path"),
    ];
    let changed = files.into_iter().filter_map(|(option, file, key)| {
        let file = file.as_ref().filter(|file| file.doubt.is_none())?;
        let running = process.pm2_env.get(key)?.as_str()?;
        let name = |path: &str| crate::checkout::file_name(path).to_owned();
        let numbered = |id: u32| Some(format!("{}-{id}.log", name(&file.value).strip_suffix(".log")?));
        let is_same = name(running) == name(&file.value)
            || process.pm_id.and_then(numbered).is_some_and(|numbered| name(running) == numbered);
        (!is_same && !file.value.contains(['~', '$'])).then(|| Change {
            option: option.into(),
            place: file.place.clone(),
            written: Some(format!("`{}`", file.value)),
            running: Some(format!("`{running}`")),
            is_fixed: true,
        })
    });
    changed.collect()
}

/// Options with a number, as PM2 keeps them: times in ms, sizes in bytes.
fn numbers(launch: &Launch, process: &Process) -> Vec<Change> {
    let settings = [
        ("kill_timeout", &launch.kill_timeout),
        ("listen_timeout", &launch.listen_timeout),
        ("max_restarts", &launch.max_restarts),
        ("min_uptime", &launch.min_uptime),
        ("restart_delay", &launch.restart_delay),
        ("exp_backoff_restart_delay", &launch.exp_backoff),
    ];
    let memory = launch.max_memory_restart.as_ref().map(|setting| ("max_memory_restart", setting));
    let given = settings.into_iter().chain(memory);
    let absent = launch.max_memory_restart.is_none().then_some("max_memory_restart");
    let deleted = absent.and_then(|option| Some(deleted(option, number(process, option)?.to_string())));
    given.filter_map(|(option, setting)| compared(option, setting, number(process, option), u64::to_string)).chain(deleted).collect()
}

/// Options that are on or off.
fn switches(launch: &Launch, process: &Process) -> Vec<Change> {
    let settings = [
        ("wait_ready", &launch.wait_ready),
        ("autorestart", &launch.autorestart),
        ("shutdown_with_message", &launch.shutdown_with_message),
    ];
    let running = |option: &str| process.pm2_env.get(option).and_then(Value::as_bool);
    settings.into_iter().filter_map(|(option, setting)| compared(option, setting, running(option), bool::to_string)).collect()
}

/// Options that are a text, or a list of texts.
fn words(launch: &Launch, process: &Process) -> Vec<Change> {
    let show = |list: &Vec<Arc<str>>| format!("`{}`", list.join(" "));
    let lists = [
        ("args", Some(&launch.args).filter(|_| launch.command_line.is_none())),
        ("node_args", Some(&launch.node_args).filter(|_| launch.interpreter.runtime == Runtime::Node)),
    ];
    let lists = lists.into_iter().filter_map(|(option, setting)| compared(option, setting?, list(process, option), show));
    let cron = process.pm2_env.get("cron_restart").and_then(Value::as_str).filter(|cron| !cron.is_empty());
    let cron = match &launch.cron_restart {
        Some(setting) => compared("cron_restart", setting, cron.map(Arc::from), |cron| format!("`{cron}`")),
        None => cron.map(|cron| deleted("cron_restart", format!("`{cron}`"))),
    };
    lists.chain(cron).collect()
}

fn list(process: &Process, option: &str) -> Option<Vec<Arc<str>>> {
    let words = process.pm2_env.get(option)?.as_array()?.iter();
    words.map(|word| Some(word.as_str()?.into())).collect()
}

/// A watcher that the file does not ask for any more. One that it newly asks for cannot be told: the list shows it, and there is none.
fn watch(launch: &Launch, process: &Process) -> Option<Change> {
    let is_watched = match process.pm2_env.get("watch")? {
        Value::Array(paths) => !paths.is_empty(),
        watch => watch.as_bool()?,
    };
    let is_ended = is_watched && !launch.watch.value && launch.watch.doubt.is_none();
    is_ended.then(|| Change {
        option: "watch".into(),
        place: launch.watch.place.clone(),
        written: launch.watch.is_written().then(|| "no watching".into()),
        running: Some("a watcher".into()),
        is_fixed: true,
    })
}

/// A number, or a text that is one.
fn number(process: &Process, option: &str) -> Option<u64> {
    let value = process.pm2_env.get(option)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// One option; where PM2's list does not have it the default is in force.
fn compared<T: PartialEq>(option: &str, setting: &Setting<T>, running: Option<T>, show: fn(&T) -> String) -> Option<Change> {
    if setting.doubt.is_some() {
        return None;
    }
    match (setting.is_written(), running) {
        (true, Some(running)) if running == setting.value => None,
        (true, running) => Some(Change {
            option: option.into(),
            place: setting.place.clone(),
            written: Some(show(&setting.value)),
            running: running.as_ref().map(show),
            is_fixed: false,
        }),
        (false, Some(running)) if running != setting.value => Some(deleted(option, show(&running))),
        (false, _) => None,
    }
}

fn deleted(option: &str, running: String) -> Change {
    Change { option: option.into(), place: None, written: None, running: Some(running), is_fixed: false }
}

/// Variables that the file names. Others may come from the shell that started the app.
fn variables(launch: &Launch, process: &Process) -> Vec<Change> {
    let Some(running) = process.pm2_env.get("env").and_then(Value::as_object) else { return Vec::new() };
    let is_counted = |name: &str| launch.increment_var.as_ref().is_some_and(|variable| *variable.value == *name);
    let own = launch.env.iter().filter(|variable| !is_counted(&variable.name) && *variable.name != *launch.instance_var.value);
    let own = own.filter(|variable| variable.place.is_some() && variable.assumed_unset.is_empty());
    let changed = own.filter_map(|variable| {
        let EnvValue::Known(written) = &variable.value else { return None };
        let kept = running.get(&*variable.name).map(text);
        (kept.as_deref() != Some(written)).then(|| Change {
            option: format!("env.{}", variable.name),
            place: variable.place.clone(),
            written: Some(if kept.is_some() { "another value" } else { "a value" }.into()),
            running: kept.map(|_| "the old one".into()),
            is_fixed: false,
        })
    });
    changed.collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn message(change: &Change) -> String {
    let Change { option, written, running, is_fixed, .. } = change;
    let running = running.as_deref().unwrap_or("without it");
    match (written, is_fixed) {
        (None, _) => format!(
            "the process file has no `{option}`, and PM2 runs the app with {running}: an option that is deleted from the file, or \
             that a command line gave once, stays in force, also after `pm2 restart` and `pm2 reload` of the file"
        ),
        (Some(written), true) => format!(
            "the process file says {written} and PM2 runs {running}: `{option}` is fixed when the app is first started, and `pm2 restart` \
             and `pm2 reload` of the file leave it as it was"
        ),
        (Some(written), false) => format!(
            "the process file says {written} for `{option}` and PM2 runs {running}: the change waits for a `pm2 restart` or `pm2 reload` of \
             the file, which a restart by name is not"
        ),
    }
}

fn help(app: &App, change: &Change) -> String {
    let name = &app.name;
    match change {
        Change { option, .. } if option == "instances" => {
            format!("`pm2 scale {name} <number>`, or `pm2 delete {name}` and start the file again")
        }
        Change { written: Some(_), is_fixed: false, .. } => {
            format!("`pm2 reload {} --only {name}`, then `pm2 save`", app.config)
        }
        _ => format!("`pm2 delete {name}` and start the file again, then `pm2 save`"),
    }
}

fn finding(app: &App, process: &Process, change: Change, timeline: &Timeline) -> Finding {
    let option = &change.option;
    let mut finding = Finding::new(RULE, Severity::Warning, message(&change))
        .scope(format!("apps.{}.{option}", app.name))
        .help(help(app, &change))
        .confidence(if change.is_fixed { Confidence::High } else { Confidence::Medium })
        .app(app.reference());
    if let Some(place) = change.place.clone().or_else(|| app.option_place("script").cloned()) {
        finding = finding.at(place, "not what runs");
    }
    let running = change.running.as_deref().unwrap_or("not set");
    finding.evidence.push(process.evidence(format!("{}: {option} is {running}", process.name)));
    if matches!(&*change.option, "exec_mode" | "instances") {
        finding.evidence.extend(starts(app, timeline));
    }
    finding
}

/// The starts of the app in the daemon's log, which has the mode that it really got.
fn starts(app: &App, timeline: &Timeline) -> Option<Evidence> {
    let mut starts = starts_of(app, timeline);
    let first = starts.next()?;
    let EventKind::Starting { mode } = &first.kind else { return None };
    let mode = if *mode == Mode::Cluster { "cluster" } else { "fork" };
    let id = first.pm_id.map(|id| format!(":{id}")).unwrap_or_default();
    Some(Evidence {
        kind: "daemon",
        archive: first.source.archive,
        file: Arc::clone(&first.source.file),
        line: Some(first.source.line),
        count: 1 + starts.count() as u64,
        first: first.time.map(|time| time.to_string()),
        last: None,
        excerpt: format!("App [{}{id}] starting in -{mode} mode-", app.name),
        hit: None,
    })
}

fn starts_of<'t>(app: &'t App, timeline: &'t Timeline) -> impl Iterator<Item = &'t Event> {
    let is_start =
        |event: &&Event| event.app.as_ref() == Some(&app.name) && matches!(event.kind, EventKind::Starting { .. });
    timeline.events.iter().filter(is_start)
}
