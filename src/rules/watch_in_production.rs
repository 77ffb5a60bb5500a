//! `watch-in-production`: every changed file restarts all processes of the app at once. lib/Watcher.js:58 (v7.0.4).

use std::sync::Arc;

use super::Context;
use super::same_cause::add;
use super::stage::{self, Stage};
use crate::archive::{IncidentKind, Timeline};
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::js::Node;
use crate::pm2::{EnvValue, Launch};

/// Looks at every launch that watches, but for those of development.
pub fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.ecosystems.iter().for_each(|ecosystem| check_file(ecosystem, context.timeline, findings));
}

fn check_file(ecosystem: &Ecosystem, timeline: &Timeline, findings: &mut Vec<Finding>) {
    let file = stage::named(ecosystem.file.rsplit('/').next().unwrap_or_default());
    if file == Some(Stage::Development) {
        return;
    }
    for app in &ecosystem.apps {
        let launches = app.launches.iter().filter(|launch| launch.watch.value && launch.watch.doubt.is_none());
        let reasons = launches
            .filter(|launch| !is_development(launch))
            .map(|launch| (launch, seen(launch, timeline).unwrap_or_else(|| reason(app, launch, file))));
        if let Some((launch, reason)) = reasons.max_by_key(|(_, (severity, _))| *severity) {
            add(findings, finding(app, launch, reason));
        }
    }
}

fn finding(app: &App, launch: &Launch, (severity, reason): (Severity, String)) -> Finding {
    let message = format!(
        "`watch` restarts all processes of the app at once, and does not reload them, whenever a watched file changes{reason}"
    );
    let ignored = app.options.get("ignore_watch");
    let is_bare = ignored.is_some_and(|option| !words(&option.value).any(|word| word.contains("node_modules")));
    let note =
        if is_bare { "; `ignore_watch` replaces PM2's own list, so that node_modules is watched too" } else { "" };
    Finding::new("watch-in-production", severity, message + note)
        .at(app.place_or_entry(launch.watch.place.as_ref()), "restarts on every change")
        .related(ignored.and_then(|option| option.place().cloned()), "this is left out")
        .help("write `watch: false`, and keep watching for a process file of development")
        .scope("watch")
        .app(app.reference_in(launch))
}

/// What the logs show: it does restart over and over.
fn seen(launch: &Launch, timeline: &Timeline) -> Option<(Severity, String)> {
    let mut incidents = timeline.incidents.iter().filter(|incident| incident.app.as_ref() == Some(&launch.name));
    let is_loop = incidents.any(|incident| matches!(incident.kind, IncidentKind::WatchLoop { .. }));
    is_loop.then(|| (Severity::Error, "; what it watches changes while it runs, so that it restarts over and over".into()))
}

/// How bad it is, and why.
fn reason(app: &App, launch: &Launch, file: Option<Stage>) -> (Severity, String) {
    if let Some(file) = watched_log(app, launch) {
        return (
            Severity::Error,
            format!("; PM2 itself writes `{file}` there, so that the app restarts over and over"),
        );
    }
    if file.or(stage_of(app, launch)) == Some(Stage::Production) {
        let environment = launch.env_name.as_ref().map(|name| format!(" under `--env {name}`")).unwrap_or_default();
        return (Severity::Error, format!(", in production{environment} too"));
    }
    match launch.workers.are_many() {
        Some(true) => (Severity::Warning, format!("; each of the {} watches for itself", launch.workers)),
        _ => (Severity::Info, String::new()),
    }
}

fn is_development(launch: &Launch) -> bool {
    let named = launch.env_name.as_deref().and_then(stage::named);
    named.or(node_env(launch).and_then(stage::named)) == Some(Stage::Development)
}

fn stage_of(app: &App, launch: &Launch) -> Option<Stage> {
    let named = launch.env_name.as_deref().and_then(stage::named);
    named.or_else(|| node_env(launch).and_then(stage::named)).or_else(|| stage::named(&app.name))
}

fn node_env(launch: &Launch) -> Option<&str> {
    match &launch.variable("NODE_ENV")?.value {
        EnvValue::Known(value) => Some(value),
        EnvValue::Unknown(_) | EnvValue::Filled(_) => None,
    }
}

/// A log file of PM2's own below a watched path that nothing leaves out.
fn watched_log<'a>(app: &App, launch: &'a Launch) -> Option<&'a str> {
    let watch = app.options.value("watch")?;
    let written: Vec<Arc<str>> = words(watch).map(|path| launch.path(path)).collect();
    let roots = if written.is_empty() { vec![launch.cwd.value.clone()] } else { written };
    let ignored = app.options.value("ignore_watch");
    let files = [&launch.out_file, &launch.error_file, &launch.log_file].into_iter().flatten();
    let mut watched = files.filter(|file| {
        let path = launch.path(&file.value);
        file.doubt.is_none() && roots.iter().any(|root| is_below(&path, root)) && !is_ignored(&path, ignored)
    });
    watched.next().map(|file| &*file.value)
}

/// A path below the checkout's root is below `""`.
fn is_below(path: &str, folder: &str) -> bool {
    let is_relative = !path.is_empty() && !path.starts_with(['/', '.']);
    match folder {
        "" => is_relative,
        _ => path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// Whether a pattern might leave the path out: in doubt it does. Without patterns PM2 leaves out hidden files and node_modules.
fn is_ignored(path: &str, patterns: Option<&Node>) -> bool {
    let Some(patterns) = patterns else {
        return path.split('/').any(|part| part.starts_with('.') || part == "node_modules");
    };
    let patterns: Vec<&str> = words(patterns).collect();
    patterns.is_empty() || patterns.iter().any(|pattern| might_match(path, pattern))
}

fn might_match(path: &str, pattern: &str) -> bool {
    let literal = pattern
        .split(['*', '\\', '[', '(', '{', '|', '^', '$'])
        .map(|part| part.trim_matches(['.', '/']))
        .max_by_key(|part| part.len());
    literal.is_none_or(|literal| literal.is_empty() || path.contains(literal))
}

/// The strings of a list, or the only string.
fn words(node: &Node) -> impl Iterator<Item = &str> {
    node.as_str().into_iter().chain(node.elements().iter().filter_map(Node::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Incident;
    use crate::ecosystem::fixture::ecosystem;

    fn severity(options: &str) -> Option<Severity> {
        severity_after(Timeline::default(), options)
    }

    fn severity_after(timeline: Timeline, options: &str) -> Option<Severity> {
        let mut found = Vec::new();
        let ecosystem = ecosystem(format!("apps: [{{ script: a.js, {options} }}]").leak());
        check_file(&ecosystem, &timeline, &mut found);
        found.pop().map(|finding| finding.severity)
    }

    #[test]
    fn the_more_it_hurts_the_more_severe() {
        assert_eq!(severity("watch: true"), Some(Severity::Info));
        assert_eq!(severity("watch: true, instances: 2"), Some(Severity::Warning));
        assert_eq!(severity("watch: [src], env_production: { NODE_ENV: production }"), Some(Severity::Error));
        assert_eq!(
            severity("watch: true, env: { NODE_ENV: development }, env_production: { NODE_ENV: production }"),
            Some(Severity::Error)
        );
    }

    #[test]
    fn a_loop_that_the_logs_show_is_no_risk_any_more() {
        let looping = |app: &str| Incident {
            kind: IncidentKind::WatchLoop { path: "data/orders.json".into() },
            app: Some(app.into()),
            workers: vec![0],
            count: 20,
            first: None,
            last: None,
            evidence: Vec::new(),
        };
        let after = |app: &str| {
            let incidents = vec![looping(app)];
            severity_after(Timeline { incidents, ..Timeline::default() }, "name: shop, watch: true")
        };
        assert_eq!([after("shop"), after("other")], [Some(Severity::Error), Some(Severity::Info)]);
    }

    #[test]
    fn own_logs_below_the_watched_folder_are_a_loop() {
        assert_eq!(severity("watch: true, out_file: logs/o.log"), Some(Severity::Error));
        assert_eq!(
            severity("watch: true, out_file: logs/o.log, ignore_watch: [node_modules, logs]"),
            Some(Severity::Info)
        );
        assert_eq!(severity("watch: true, out_file: logs/o.log, ignore_watch: ['**/*.log']"), Some(Severity::Info));
        assert_eq!(severity("watch: [src], out_file: logs/o.log"), Some(Severity::Info));
        assert_eq!(severity("watch: true, out_file: /var/log/o.log"), Some(Severity::Info));
    }

    #[test]
    fn development_may_watch() {
        assert_eq!(severity("watch: true, env: { NODE_ENV: development }"), None);
        assert_eq!(severity("watch: false, env_production: { NODE_ENV: production }"), None);
    }
}
