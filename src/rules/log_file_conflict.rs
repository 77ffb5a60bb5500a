//! `log-file-conflict`: two apps, or processes that PM2 would keep apart, write one log file.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::same_cause::add;
use super::stage;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::pm2::{Launch, Setting};

/// Compares the log files of the apps of one file, as they start without `--env`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    let mut first: FxHashMap<Arc<str>, (&App, &'static str)> = FxHashMap::default();
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| launch.env_name.is_none()) {
        for (option, file) in log_files(launch) {
            if is_shared_by_processes(launch, file) {
                add(findings, shared_by_processes(app, launch, option, file));
            }
            if keeps_apart(launch, file) || launch.cwd.doubt.is_some() {
                continue;
            }
            match first.get(&launch.path(&file.value)) {
                Some((other, theirs)) if run_together(other, app) => {
                    add(findings, shared_by_apps(app, option, file, other, theirs))
                }
                Some(_) => {}
                None => drop(first.insert(launch.path(&file.value), (app, option))),
            }
        }
    }
}

/// The log files that are written, by the option that names them.
fn log_files(launch: &Launch) -> impl Iterator<Item = (&'static str, &Setting<Arc<str>>)> {
    let files = [("out_file", &launch.out_file), ("error_file", &launch.error_file), ("log_file", &launch.log_file)];
    let written = files.into_iter().filter_map(|(option, file)| Some((option, file.as_ref()?)));
    written.filter(|(_, file)| file.doubt.is_none() && !file.value.is_empty() && !is_no_file(&file.value))
}

fn is_no_file(path: &str) -> bool {
    path == "NULL" || path.starts_with("/dev/") || path.starts_with("/proc/")
}

/// PM2 puts the process id before `.log`, and nowhere else: lib/God.js:226 (v7.0.4).
fn keeps_apart(launch: &Launch, file: &Setting<Arc<str>>) -> bool {
    file.value.ends_with(".log") && !launch.merge_logs.value
}

fn is_shared_by_processes(launch: &Launch, file: &Setting<Arc<str>>) -> bool {
    !file.value.ends_with(".log") && !launch.merge_logs.value && launch.workers.are_many() == Some(true)
}

/// Apps of different stages (`api-prod`, `api-dev`) are alternatives.
fn run_together(one: &App, other: &App) -> bool {
    let stages = (stage::named(&one.name), stage::named(&other.name));
    !std::ptr::eq(one, other) && (stages.0 == stages.1 || stages.0.is_none() || stages.1.is_none())
}

fn shared_by_apps(app: &App, option: &str, file: &Setting<Arc<str>>, other: &App, theirs: &str) -> Finding {
    let message = format!(
        "`{}` and `{}` both write `{}`: their lines interleave, and nothing in the file tells them apart",
        other.name, app.name, file.value
    );
    Finding::new("log-file-conflict", Severity::Warning, message)
        .at(app.place_or_entry(file.place.as_ref()), "another app writes this file too")
        .related(other.option_place(theirs).cloned(), format!("`{}` does here", other.name))
        .help("give each app a file of its own")
        .scope(option)
        .app(other.reference())
        .app(app.reference())
}

fn shared_by_processes(app: &App, launch: &Launch, option: &str, file: &Setting<Arc<str>>) -> Finding {
    let message = format!(
        "{} write the one file `{}`: PM2 gives each process a file of its own only where the name ends with `.log`",
        launch.workers, file.value
    );
    Finding::new("log-file-conflict", Severity::Info, message)
        .at(app.place_or_entry(file.place.as_ref()), "does not end with `.log`")
        .help("let the name end with `.log`; or write `merge_logs: true` to say that one file is meant")
        .scope(option)
        .app(app.reference())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn files_of_two_apps_are_told_at_the_second() {
        let text = "apps: [{ script: a.js, error_file: logs/e.log, merge_logs: true, instances: 2 }, { script: b.js, err: ./logs/e.log }]";
        let found = findings(check, text);
        assert_eq!((found.len(), &*found[0].0), (1, "err"));
        assert!(found[0].1.contains("`a` and `b` both write"));
    }

    #[test]
    fn files_of_several_processes_need_a_log_ending() {
        assert_eq!(findings(check, "apps: [{ script: a.js, instances: 2, out_file: x.txt }]")[0].0, "out_file");
        assert!(
            findings(check, "apps: [{ script: a.js, instances: 2, out_file: x.txt, merge_logs: true }]").is_empty()
        );
    }

    #[test]
    fn files_that_pm2_keeps_apart_or_one_app_shares_are_fine() {
        assert!(
            findings(
                check,
                "apps: [{ script: a.js, instances: 2, out: x.log }, { script: b.js, instances: 2, out: x.log }]"
            )
            .is_empty()
        );
        assert!(
            findings(
                check,
                "apps: [{ script: a.js, out: x.log, error: x.log }, { script: b.js, out: /dev/null, error: NULL }]"
            )
            .is_empty()
        );
        assert!(
            findings(check, "apps: [{ script: a.js, out: x.log, cwd: a }, { script: b.js, out: x.log, cwd: b }]")
                .is_empty()
        );
    }
}
