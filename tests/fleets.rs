//! The table that `pm2lint fleet` predicts against what the logs of the same checkout under PM2 show: who listens, whose job
//! ticks, who says it is ready. `testdata/fleets/<name>` holds the checkout, the app logs and `pm2.log` of a run with load.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// What a worker's own log holds if, and only if, it does this.
struct Sign {
    app: &'static str,
    kind: &'static str,
    printed: &'static str,
}

const fn listens(app: &'static str, printed: &'static str) -> Sign {
    Sign { app, kind: "listen", printed }
}

const fn ticks(app: &'static str, printed: &'static str) -> Sign {
    Sign { app, kind: "schedule", printed }
}

const RECORDINGS: [(&str, &[Sign]); 12] = [
    ("cron-as-app-of-its-own", &[ticks("web", "newsletter"), ticks("scheduler", "newsletter")]),
    ("cron-by-renamed-variable", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("cron-compared-with-number", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("cron-in-every-worker", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("cron-in-first-worker", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("cron-in-primary", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("cron-where-number-is-falsy", &[listens("digest", "digest up"), ticks("digest", "digest sent")]),
    ("never-ready", &[listens("payments", "payments listening")]),
    ("port-by-instance", &[listens("shards", "shard on")]),
    ("ready-before-listening", &[listens("payments", "payments listening")]),
    ("ready-when-listening", &[listens("payments", "payments listening")]),
    ("timer-in-every-worker", &[ticks("router", "\"metric\"")]),
];

fn folder(recording: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fleets").join(recording)
}

/// The apps that `pm2lint fleet` shows for the checkout of a recording.
fn predicted(recording: &str) -> Vec<Json> {
    let root = folder(recording).join("repo");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output = command.args(["fleet", "--format", "json", "--root"]).arg(&root).arg(&root).output().unwrap();
    let mut fleet: Json = serde_json::from_slice(&output.stdout).unwrap();
    fleet["apps"].as_array_mut().unwrap().drain(..).collect()
}

fn app<'a>(apps: &'a [Json], name: &str) -> &'a Json {
    apps.iter().find(|app| app["name"] == name).unwrap_or_else(|| panic!("no app {name}"))
}

/// Per worker, whether it surely has an effect of this kind; nothing may be undecided.
fn has(app: &Json, kind: &str) -> Vec<bool> {
    let mut has = vec![false; app["workers"].as_array().unwrap().len()];
    for effect in app["effects"].as_array().unwrap().iter().filter(|effect| effect["kind"] == kind) {
        for (has, reach) in has.iter_mut().zip(effect["reach"].as_array().unwrap()) {
            assert_ne!(reach, "maybe", "{effect}");
            *has |= reach == "yes";
        }
    }
    has
}

/// Whether each worker's log holds `text`, in order of their ids.
fn printed(recording: &str, app: &str, text: &str) -> Vec<bool> {
    let logs = fs::read_dir(folder(recording).join("logs")).unwrap().map(|entry| entry.unwrap().path());
    let id = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(&format!("{app}-out-"))?.strip_suffix(".log")?.parse::<u32>().ok()
    };
    let mut logs: Vec<(u32, PathBuf)> = logs.filter_map(|path| Some((id(&path)?, path))).collect();
    logs.sort();
    logs.iter().map(|(_, log)| fs::read_to_string(log).unwrap().contains(text)).collect()
}

#[test]
fn who_listens_and_whose_job_ticks_is_as_the_logs_say() {
    for (recording, signs) in RECORDINGS {
        let apps = predicted(recording);
        for Sign { app: name, kind, printed: text } in signs {
            assert_eq!(has(app(&apps, name), kind), printed(recording, name, text), "{recording}: {name}, {kind}");
        }
    }
}

/// Seconds of the day at which `pm2.log` has a line of worker `id` that ends so.
fn seconds(log: &str, id: usize, text: &str) -> Vec<u32> {
    let mark = format!("[payments:{id}] {text}");
    let lines = log.lines().filter(|line| line.contains(&mark));
    let clock = |line: &str| {
        let mut parts = line.get(11..19)?.split(':').map(str::parse::<u32>);
        Some(parts.next()?.ok()? * 3600 + parts.next()?.ok()? * 60 + parts.next()?.ok()?)
    };
    lines.filter_map(clock).collect()
}

/// With `wait_ready`, a worker that does not send `ready` is online only after `listen_timeout`, 3 s and more in these runs.
#[test]
fn who_sends_ready_is_as_the_daemon_log_says() {
    let mut seen = BTreeSet::new();
    for recording in ["never-ready", "ready-before-listening", "ready-when-listening"] {
        let apps = predicted(recording);
        let log = fs::read_to_string(folder(recording).join("pm2.log")).unwrap();
        for (id, sends) in has(app(&apps, "payments"), "ready").into_iter().enumerate() {
            let (started, online) = (seconds(&log, id, "starting in"), seconds(&log, id, "online"));
            assert!(!started.is_empty() && started.len() == online.len(), "{recording}");
            assert!(
                started.iter().zip(&online).all(|(start, online)| (online - start < 3) == sends),
                "{recording}: {id}"
            );
            seen.insert(sends);
        }
    }
    assert_eq!(seen.len(), 2, "both are among the recordings");
}
