//! Captured output: of every form of `pm2 logs` and of every list of processes, by PM2 4 to 7 (`testdata/captured`), and of
//! containers and units that run pm2-runtime.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pm2lint::archive::{self, EventKind, IncidentKind, Sources, Timeline};

const VERSIONS: [&str; 4] = ["pm2v4", "pm2v5", "pm2v6", "pm2v7"];

fn captured(version: &str, form: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captured").join(version).join(format!("{form}.txt"))
}

fn scan(file: PathBuf) -> Timeline {
    archive::scan(&Sources { logs: &[file], jlist: None, ..Sources::default() }, &[])
}

fn scan_text(text: impl AsRef<[u8]>) -> Timeline {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.txt");
    std::fs::write(&file, text).unwrap();
    scan(file)
}

fn count(text: &str, what: &str) -> u64 {
    text.matches(what).count() as u64
}

fn exits(timeline: &Timeline) -> u64 {
    timeline.events.iter().filter(|event| matches!(event.kind, EventKind::Exited { .. })).count() as u64
}

/// App, processes and how often, of each error.
fn errors(timeline: &Timeline) -> Vec<(Option<&str>, &[u32], &str, u64)> {
    let errors = timeline.errors.iter();
    errors.map(|error| (error.app.as_deref(), &error.workers[..], &*error.error.message, error.count)).collect()
}

#[test]
fn every_form_of_pm2_logs_is_read_in_every_version() {
    for version in VERSIONS {
        for form in [
            "logs-stream-default",
            "logs-stream-raw",
            "logs-stream-json",
            "logs-stream-timestamp",
            "logs-stream-timestamp-fmt",
            "logs-stream-format",
            "logs-nostream-default",
            "logs-nostream-raw",
        ] {
            let file = captured(version, form);
            let text = std::fs::read_to_string(&file).unwrap();
            let timeline = scan(file);
            assert_eq!(timeline.problems, [], "{version} {form}");
            assert_eq!(exits(&timeline), count(&text, "] exited with code ["), "exits of {version} {form}");
            let told: u64 = timeline.errors.iter().map(|error| error.count).sum();
            assert_eq!(told, count(&text, "Error: lost connection to db"), "errors of {version} {form}");
            let messages = timeline.errors.iter().all(|error| &*error.error.message == "lost connection to db");
            assert!(messages, "{version} {form}: {:?}", errors(&timeline));
            // A raw line has no name; only what was said right before an end has an owner.
            let is_its = |app: Option<&str>| app == Some("orders-api") || (app.is_none() && form == "logs-stream-raw");
            let apps = timeline.errors.iter().all(|error| is_its(error.app.as_deref()));
            assert!(apps, "{version} {form}: {:?}", errors(&timeline));
        }
    }
}

#[test]
fn a_dated_stream_proves_what_ended_a_worker() {
    for version in VERSIONS {
        let timeline = scan(captured(version, "logs-stream-timestamp"));
        let uncaught = |kind: &IncidentKind| matches!(kind, IncidentKind::UncaughtException(_));
        assert!(timeline.incidents.iter().any(|incident| uncaught(&incident.kind)), "{version}");
    }
}

/// `pm2 logs --json` tells ends without a number, and those of a stop twice.
#[test]
fn an_end_in_a_json_stream_proves_what_ended_a_worker_unless_it_is_told_twice() {
    for version in ["pm2v6", "pm2v7"] {
        let timeline = scan(captured(version, "logs-stream-json"));
        assert!(timeline.errors.iter().all(|error| error.uncaught.is_some()), "{version}");
    }
    let error = r#"{"message":"Error: x    at f (/srv/a.js:1:2)","timestamp":"2026-11-22T12:16:24.200Z","type":"err","process_id":0,"app_name":"api"}"#;
    let exit = |ms: u32| {
        format!(
            r#"{{"timestamp":"2026-11-22T12:16:24.{ms}Z","type":"process_event","status":"exit","app_name":"api"}}"#
        )
    };
    let is_proven = |lines: &[String]| scan_text(lines.join("\n")).errors[0].uncaught.is_some();
    assert!(is_proven(&[error.to_owned(), exit(231)]));
    assert!(!is_proven(&[error.to_owned(), exit(231), exit(320)]));
}

#[test]
fn every_list_of_processes_is_read_in_every_version() {
    for version in VERSIONS {
        for form in ["jlist", "prettylist", "list", "list-mini"] {
            let timeline = scan(captured(version, form));
            let listed: BTreeMap<u32, &str> =
                timeline.processes.iter().map(|process| (process.pm_id.unwrap(), &*process.name)).collect();
            let expected = [(0, "orders-api"), (1, "worker"), (2, "orders-api"), (3, "stopped")];
            assert_eq!(listed, BTreeMap::from(expected), "{version} {form}");
            let status = |id| {
                let process = timeline.processes.iter().find(|process| process.pm_id == Some(id));
                process.and_then(|process| process.status.as_deref())
            };
            assert_eq!(status(3), Some("stopped"), "{version} {form}");
            assert!(timeline.processes.iter().any(|process| process.restart_time > 0), "{version} {form}");
            assert_eq!(timeline.problems, [], "{version} {form}");
        }
    }
}

#[test]
fn a_description_names_the_process_and_its_files() {
    for version in VERSIONS {
        let timeline = scan(captured(version, "describe-0"));
        let [process] = &timeline.processes[..] else { panic!("{version}: {:?}", timeline.processes) };
        assert_eq!((&*process.name, process.pm_id), ("orders-api", Some(0)), "{version}");
        assert_eq!(process.pm2_env["pm_exec_path"], "/srv/orders-api/app.js", "{version}");
        assert_eq!(process.pm2_env["exec_mode"], "cluster_mode", "{version}");
    }
}

#[test]
fn reports_and_environments_tell_the_versions() {
    for (version, pm2) in [("pm2v4", "4.5.6"), ("pm2v5", "5.4.3"), ("pm2v6", "6.0.14"), ("pm2v7", "7.0.4")] {
        for form in ["report", "env-0"] {
            let production = scan(captured(version, form)).production;
            assert_eq!(production.pm2_version.as_deref(), Some(pm2), "{version} {form}");
            assert_eq!(production.node_version.as_deref(), Some("20.20.2"), "{version} {form}");
        }
        let report = scan(captured(version, "report"));
        assert!(exits(&report) > 0 && report.processes.len() == 4, "{version}");
    }
}

/// What pm2-runtime prints of two crashes of its only app.
const CRASHES: [(&str, &str); 10] = [
    ("stdout", "2026-11-22T11:12:44: PM2 log: App [api:0] starting in -fork mode-"),
    ("stdout", "2026-11-22T11:12:44: PM2 log: App [api:0] online"),
    ("stderr", "Error: DATABASE_URL is missing"),
    ("stderr", "    at connect (/srv/api/db.js:7:9)"),
    ("stdout", "2026-11-22T11:12:44: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]"),
    ("stdout", "2026-11-22T11:12:44: PM2 log: App [api:0] starting in -fork mode-"),
    ("stdout", "2026-11-22T11:12:45: PM2 log: App [api:0] online"),
    ("stderr", "Error: DATABASE_URL is missing"),
    ("stderr", "    at connect (/srv/api/db.js:7:9)"),
    ("stdout", "2026-11-22T11:12:45: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]"),
];

fn wrapped(wrap: impl Fn(&str, &str) -> String) -> String {
    CRASHES.iter().map(|(stream, line)| wrap(stream, line) + "\n").collect()
}

#[test]
fn the_output_of_a_container_is_that_of_its_only_app_in_every_envelope() {
    let json = |line: &str| serde_json::to_string(line).unwrap();
    let time = "2026-11-22T11:12:44.123456789Z";
    for (name, text) in [
        ("bare", wrapped(|_, line| line.to_owned())),
        ("docker compose logs", wrapped(|_, line| format!("api-1  | {line}"))),
        ("coloured", wrapped(|_, line| format!("\u{1b}[36mapi-1  | \u{1b}[0m{line}"))),
        ("docker logs -t", wrapped(|_, line| format!("{time} {line}"))),
        ("compose with times", wrapped(|_, line| format!("shop_api_1  | {time} {line}"))),
        (
            "json-file",
            wrapped(|stream, line| {
                format!(r#"{{"log":{},"stream":"{stream}","time":"{time}"}}"#, json(&format!("{line}\n")))
            }),
        ),
        ("containerd", wrapped(|stream, line| format!("{time} {stream} F {line}"))),
        ("kubectl --prefix", wrapped(|_, line| format!("[pod/api-5f9c/api] {line}"))),
        ("journalctl", wrapped(|_, line| format!("Nov 22 11:12:44 web1 pm2-runtime[812]: {line}"))),
        ("journalctl -o short-iso", wrapped(|_, line| format!("2026-11-22T11:12:44+0000 web1 node[812]: {line}"))),
        (
            "journalctl -o short-full",
            wrapped(|_, line| format!("Sun 2026-11-22 11:12:44 UTC web1 shop.service[812]: {line}")),
        ),
        ("journalctl -o short-unix", wrapped(|_, line| format!("1795345964.123456 web1 node[812]: {line}"))),
        (
            "journalctl -o export",
            wrapped(|_, line| {
                format!(
                    "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795345964123456\nMESSAGE={line}\n_SYSTEMD_UNIT=a.service\n"
                )
            }),
        ),
        ("a container with a name of its own", wrapped(|_, line| format!("api  | {line}"))),
        ("aws logs tail", wrapped(|_, line| format!("2026-11-22T11:12:44.123000+00:00 ecs/api/0a1b {line}"))),
        ("heroku logs", wrapped(|_, line| format!("2026-11-22T11:12:44.123456+00:00 app[web.1]: {line}"))),
        ("stern", wrapped(|_, line| format!("\u{1b}[36mshop-5f9c-x2 \u{1b}[0mapi {line}"))),
        (
            "journalctl -o json",
            wrapped(|_, line| {
                format!(
                    r#"{{"__REALTIME_TIMESTAMP":"1795345964123456","MESSAGE":{},"_SYSTEMD_UNIT":"api.service"}}"#,
                    json(line)
                )
            }),
        ),
    ] {
        let timeline = scan_text(text);
        assert_eq!(exits(&timeline), 2, "{name}");
        assert_eq!(errors(&timeline), [(Some("api"), &[0][..], "DATABASE_URL is missing", 2)], "{name}");
        assert!(timeline.errors[0].uncaught.is_some(), "{name}");
    }
}

/// pm2-runtime prints what its apps print without a name; who ended right after an error was the one that printed it. What is
/// handled belongs to nobody, and ends nobody.
#[test]
fn in_a_container_of_several_apps_the_last_words_are_those_of_the_process_that_ended() {
    let daemon = |text: &str| format!("2026-11-22T11:12:44: PM2 log: {text}\n");
    let error = |message: &str| format!("{message}\n    at f (/srv/{}.js:1:2)\n", message.len());
    let life = |app: &str, words: &str| {
        daemon(&format!("App [{app}] starting in -cluster mode-"))
            + "tick\n"
            + words
            + "tick\n"
            + &daemon(&format!("App [{app}] exited with code [0] via signal [SIGINT]"))
    };
    let text = daemon("App [web:1] starting in -cluster mode-")
        + &error("Error: handled by web")
        + &life("api:0", &error("Error: licence is over"))
        + &life("mail:2", &error("Error: listen EADDRINUSE: address already in use :::2525"))
        + &life("heap:3", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n")
            .replace("SIGINT", "SIGABRT")
        + &daemon("Stopping app:web id:1")
        + &error("Error: closing")
        + &daemon("App [web:1] exited with code [0] via signal [SIGINT]");
    let timeline = scan_text(text);
    let told: Vec<_> = timeline
        .incidents
        .iter()
        .map(|incident| (incident.kind.rule(), incident.app.as_deref(), incident.count))
        .collect();
    assert_eq!(
        told,
        [("uncaught-exception", Some("api"), 1), ("out-of-memory", Some("heap"), 1), ("port-in-use", Some("mail"), 1)]
    );
    let nobodys: Vec<_> =
        errors(&timeline).into_iter().filter(|(app, ..)| app.is_none()).map(|(.., text, _)| text).collect();
    assert_eq!(nobodys, ["closing", "handled by web"]);
}

/// One app prints what it handles all the time, another one ends without a word: nobody ended because of what was handled.
#[test]
fn what_is_printed_all_the_time_stands_before_an_end_by_chance() {
    let daemon = |text: &str| format!("2026-11-22T11:12:44: PM2 log: App [api:0] {text}\n");
    let handled = "Error: bad body\n    at f (/srv/web.js:1:2)\nfine\n".repeat(4);
    let life = daemon("starting in -cluster mode-") + &handled + &daemon("exited with code [0] via signal [SIGINT]");
    let timeline = scan_text(life.repeat(5));
    let rules: Vec<&str> = timeline.incidents.iter().map(|incident| incident.kind.rule()).collect();
    assert_eq!((rules, errors(&timeline).len()), (vec!["crash-loop"], 1));
    assert_eq!(timeline.errors[0].count, 20);
}

/// The daemon prints its lines, and the command line shows them as `pm2 logs` does.
#[test]
fn without_a_daemon_each_end_is_told_twice_and_counts_once() {
    let start = "App [api:0] starting in -cluster mode-";
    let end = "App [api:0] exited with code [0] via signal [SIGINT]";
    let twice = |text: &str| format!("2026-11-22T11:12:44: PM2 log: {text}\n11:12:44 PM2         | {text}\n");
    let error = "11:12:44 0|api       | Error: boom\n11:12:44 0|api       |     at f (/srv/api.js:1:2)\n";
    let timeline = scan_text((twice(start) + error + &twice(end)).repeat(3));
    assert_eq!(exits(&timeline), 3);
    assert_eq!(errors(&timeline), [(Some("api"), &[0][..], "boom", 3)]);
    assert!(timeline.errors[0].uncaught.is_some());
}

/// Somebody saved the output of `pm2 logs` into the copied folder.
#[test]
fn what_was_saved_beside_the_logs_counts_once() {
    let daemon = "2026-11-22T11:12:44: PM2 log: App [api:0] starting in -cluster mode-\n\
        2026-11-22T11:12:45: PM2 log: App [api:0] exited with code [0] via signal [SIGINT]\n";
    let error = "Error: boom\n    at f (/srv/api.js:1:2)\n";
    let tagged = |tag: &str, text: &str| text.lines().map(|line| format!("{tag} | {line}\n")).collect::<String>();
    let later = "2026-11-22T11:12:46: PM2 log: App [api:0] exited with code [0] via signal [SIGINT]\n";
    let saved = tagged("PM2     ", daemon) + &tagged("0|api   ", error) + &tagged("PM2     ", later);
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("pm2.log", daemon), ("api-error-0.log", error), ("a-saved.txt", &saved)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let timeline = scan(folder.path().to_owned());
    assert_eq!((exits(&timeline), errors(&timeline)), (2, vec![(Some("api"), &[0][..], "boom", 1)]));
}

/// A container's output beside the logs of a daemon is another daemon's.
#[test]
fn a_container_beside_a_daemon_is_not_the_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let printed: String = CRASHES.iter().map(|(_, line)| format!("{line}\n")).collect();
    let daemon = printed.replace("api:0", "web:0").replace("Error", "x");
    for (name, text) in [("pm2.log", &daemon), ("container.txt", &printed)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(exits(&scan(folder.path().to_owned())), 4);
}

/// pm2-runtime prints the stack of a cluster worker, and its log has only what came before.
#[test]
fn what_the_logs_beside_saved_output_lack_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let printed: String = CRASHES.iter().map(|(_, line)| format!("{line}\n")).collect();
    for (name, text) in [("api-error.log", "about to fail\n"), ("runtime.txt", &printed)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let timeline = scan(folder.path().to_owned());
    assert_eq!(errors(&timeline), [(Some("api"), &[0][..], "DATABASE_URL is missing", 2)]);
    assert!(timeline.errors[0].uncaught.is_some());
}

/// Behind the lines of the files, of which the last one is not filled, come those of now.
#[test]
fn what_pm2_logs_raw_shows_after_the_files_is_of_all_processes() {
    let text = "[TAILING] Tailing last 2 lines for [all] processes (change the value with --lines option)\n\
        /home/deploy/.pm2/logs/api-out.log last 2 lines:\nup\ntick\n\ntick\nError: boom\n    at f (/srv/api.js:1:2)\n\
        App name:api id:0 disconnected\nApp [api:0] exited with code [1] via signal [SIGINT]\n";
    let timeline = scan_text(text);
    assert_eq!(errors(&timeline), [(Some("api"), &[0][..], "boom", 1)]);
    assert!(timeline.errors[0].uncaught.is_some());
}

#[test]
fn containers_whose_lines_are_mixed_are_told_apart() {
    let stopped = [
        "App [api:0] starting in -fork mode-",
        "Stopping app:api id:0",
        "App [api:0] exited with code [0] via signal [SIGINT]",
    ];
    let crashed = ["App [api:0] starting in -fork mode-", "App [api:0] exited with code [1] via signal [SIGINT]"];
    let line = |container: &str, text: &str| format!("{container}  | 2026-11-22T11:12:44: PM2 log: {text}\n");
    let text = line("api-1", stopped[0])
        + &line("api-1", stopped[1])
        + &line("api-2", crashed[0])
        + &line("api-2", crashed[1])
        + &line("api-1", stopped[2]);
    let worker = scan_text(text).apps[0].workers[0].clone();
    assert_eq!((worker.starts, worker.stops, worker.own_exits), (2, 1, 1));
}

#[test]
fn a_line_in_pieces_is_put_together() {
    let time = "2026-11-22T11:12:44.123456789Z";
    let text =
        format!("{time} stderr P Error: one \n{time} stderr F message\n{time} stderr F     at f (/srv/a.js:1:2)\n");
    assert_eq!(errors(&scan_text(text)), [(None, &[][..], "one message", 1)]);
}
