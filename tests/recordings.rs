//! Recorded archives of real PM2 daemons: the events must be counted as they happened, the incidents be those that happened.
//!
//! Each folder of `testdata/recordings` holds `pm2home/` (a copied `~/.pm2`), `jlist.json`, the app's `repo/`, and in
//! `expected.json` what must come out. `findings` in it is for the tests of the whole tool.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm2lint::archive::{self, End, Event, EventKind, IncidentKind, Probe, Proof, Sources, Timeline};

#[derive(serde::Deserialize)]
struct Expected {
    events: BTreeMap<String, BTreeMap<String, u64>>,
    incidents: Vec<Incident>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
struct Incident {
    rule: String,
    app: Option<String>,
    workers: Vec<u32>,
    count: u64,
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/recordings");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn recording(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/recordings").join(name)
}

fn scan(folder: &Path, probes: &[Probe]) -> Timeline {
    let jlist = folder.join("jlist.json");
    archive::scan(&Sources { logs: &[folder.join("pm2home")], jlist: Some(&jlist), ..Sources::default() }, probes)
}

fn scan_file(file: PathBuf, probes: &[Probe]) -> Timeline {
    archive::scan(&Sources { logs: &[file], jlist: None, ..Sources::default() }, probes)
}

/// A start that ends in a rejection leaves a worker that is online and does nothing: its output stays empty.
#[test]
fn workers_that_never_spoke_are_named_beside_their_rejection() {
    let log = "2026-11-22T11:00:00: PM2 log: App [api:0] starting in -cluster mode-\n\
        2026-11-22T11:00:00: PM2 log: App [api:0] online\n\
        2026-11-22T11:00:00: PM2 log: App [api:1] starting in -cluster mode-\n\
        2026-11-22T11:00:00: PM2 log: App [api:1] online\n";
    let rejection = "You have triggered an unhandledRejection, you may have forgotten to catch a Promise rejection:\n\
        Error: connect ECONNREFUSED 127.0.0.1:5432\n    at f (/srv/api.js:1:2)\n";
    let folder = tempfile::tempdir().unwrap();
    let files = [("pm2.log", log), ("api-error-0.log", rejection), ("api-out-0.log", "")];
    for (name, text) in files.into_iter().chain([("api-error-1.log", rejection), ("api-out-1.log", "listening\n")]) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let timeline = scan_file(folder.path().to_owned(), &[]);
    let [incident] = &timeline.incidents[..] else { panic!("{:?}", timeline.incidents) };
    let IncidentKind::UnhandledRejection(exception) = &incident.kind else { panic!("{incident:?}") };
    assert_eq!((&incident.workers[..], &exception.silent[..]), (&[0, 1][..], &[0][..]));
}

/// What PM2 says before a stop tells what it was for; a cron job is taken back before each restart, on the full minute by itself.
#[test]
fn ends_are_told_apart() {
    let line = |time: &str, text: &str| format!("2026-11-22T{time}: PM2 log: {text}\n");
    let started = |time: &str| line(time, "App [api:0] starting in -fork mode-") + &line(time, "App [api:0] online");
    let stopped = |time: &str, signal: &str| {
        line(time, "Stopping app:api id:0")
            + &line(time, &format!("App [api:0] exited with code [0] via signal [{signal}]"))
    };
    let deregistered = |time: &str| line(time, "[PM2] Deregistering a cron job on: 0");
    let memory = "[PM2][WORKER] Process 0 restarted because it exceeds --max-memory-restart value (current_memory=9 max_memory_limit=8 [octets])";
    let log = [
        started("11:00:00") + &deregistered("11:05:00") + &stopped("11:05:00", "SIGINT"),
        started("11:05:01") + &deregistered("11:07:23") + &stopped("11:07:23", "SIGINT"),
        started("11:07:24")
            + &line("11:08:01", "Change detected on path a.js for app api - restarting")
            + &stopped("11:08:01", "SIGINT"),
        started("11:08:02") + &line("11:09:02", memory) + &stopped("11:09:02", "SIGKILL"),
        started("11:09:03") + &line("11:09:05", "App [api:0] exited with code [1] via signal [SIGINT]"),
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pm2.log"), log.concat()).unwrap();
    let worker = scan_file(folder.path().to_owned(), &[]).apps[0].workers[0].clone();
    let lives: Vec<_> =
        worker.lives.iter().map(|life| (life.end.unwrap(), life.uptime_ms.unwrap(), life.signal.as_deref())).collect();
    let expected = [
        (End::Cron, 300_000, None),
        (End::Stopped, 142_000, None),
        (End::Watch, 37_000, None),
        (End::Memory, 60_000, Some("SIGKILL")),
        (End::Own, 2_000, None),
    ];
    assert_eq!(lives, expected);
}

fn counted(events: &[Event], name: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for event in events {
        let kind = match event.kind {
            EventKind::Starting { .. } => "starts",
            EventKind::Online => "online",
            EventKind::Exited { .. } => "exits",
            _ => continue,
        };
        if let (true, Some(app), Some(pm_id)) = (kind == name, &event.app, event.pm_id) {
            *counts.entry(format!("{app}:{pm_id}")).or_default() += 1;
        }
    }
    counts
}

fn incidents(timeline: &Timeline) -> Vec<Incident> {
    let told = timeline.incidents.iter().map(|incident| Incident {
        rule: incident.kind.rule().to_owned(),
        app: incident.app.as_deref().map(str::to_owned),
        workers: incident.workers.clone(),
        count: incident.count,
    });
    let mut told: Vec<Incident> = told.collect();
    told.sort();
    told
}

#[test]
fn every_recording_tells_what_happened() {
    for folder in recordings() {
        let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        let mut expected: Expected = serde_json::from_str(&text).unwrap();
        expected.incidents.sort();
        let timeline = scan(&folder, &[]);
        for (name, counts) in &expected.events {
            assert_eq!(&counted(&timeline.events, name), counts, "{name} of {}", folder.display());
        }
        assert_eq!(incidents(&timeline), expected.incidents, "{}", folder.display());
        assert_eq!(timeline.problems, [], "{}", folder.display());
    }
}

#[test]
fn the_head_of_the_log_tells_the_versions() {
    let production = scan(&recording("npm-in-cluster-pm2v7"), &[]).production;
    assert_eq!(production.pm2_version.as_deref(), Some("7.0.4"));
    assert_eq!(production.node_version.as_deref(), Some("20.20.2"));
    assert_eq!(production.kill_timeout_ms, Some(1600));
    assert_eq!(production.home.as_deref(), Some("/home/deploy/.pm2"));
}

#[test]
fn every_piece_of_evidence_is_at_its_line() {
    for folder in recordings().into_iter().filter(|folder| !folder.ends_with("rotated-gzip-pm2v7")) {
        let timeline = scan(&folder, &[]);
        for evidence in timeline.incidents.iter().flat_map(|incident| &incident.evidence) {
            let Some(line) = evidence.line else { continue };
            let path = folder.join("pm2home").join(&*evidence.file);
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let line = text.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
            let line = line.replace("\\n", "\n");
            let excerpt = evidence.excerpt.trim_end_matches("...");
            assert!(line.contains(excerpt), "{}: {line} has no {excerpt}", path.display());
        }
    }
}

#[test]
fn a_crash_loop_comes_with_the_error_behind_it() {
    let timeline = scan(&recording("timer-crash-source-maps-pm2v7"), &[]);
    let IncidentKind::CrashLoop(crash_loop) = &timeline.incidents[0].kind else { panic!("no crash loop first") };
    assert_eq!((crash_loop.exits, &crash_loop.errored[..], crash_loop.code), (10, &[0, 1][..], 0));
    let frame = crash_loop.error.as_ref().unwrap().app_frame().unwrap();
    assert_eq!((&*frame.path, frame.line, frame.column), ("/srv/quotes/src/feed.ts", 12, 18));
}

#[test]
fn last_words_in_the_daemons_log_belong_to_the_worker_that_ends() {
    let timeline = scan(&recording("preload-throws-pm2v7"), &[]);
    let uncaught = timeline.errors.iter().find(|error| &*error.error.message == "Invalid URL").unwrap();
    assert_eq!(
        (uncaught.app.as_deref(), uncaught.count, uncaught.uncaught),
        (Some("tracing"), 8, Some(Proof::Printed))
    );
    assert!(uncaught.evidence.iter().all(|evidence| &*evidence.file == "pm2.log"));
    let missing = scan(&recording("preload-not-found-pm2v7"), &[]);
    let by: Vec<&[Arc<str>]> = missing.errors.iter().map(|error| &error.error.required_by[..]).collect();
    assert_eq!(by, [["internal/preload".into()]]);
}

#[test]
fn signatures_are_sighted_per_process() {
    let timeline = scan(&recording("fork-port-race-pm2v4"), &[]);
    let sighted: Vec<_> = timeline
        .sightings
        .iter()
        .map(|sighting| (&*sighting.signature, sighting.pm_id, sighting.evidence.count))
        .collect();
    let ids = [0, 1, 3].map(|id| ("listen-address-in-use", Some(id), 6));
    assert_eq!(sighted, ids);
}

#[test]
fn probes_are_counted_per_process_in_every_form_of_log() {
    let probes = ["received, draining", "never printed", "logdemo up", ""].map(Probe::text);
    for name in ["default-format-pm2v6", "dated-cluster-pm2v7", "json-cluster-pm2v7"] {
        let timeline = scan(&recording(name), &probes);
        assert_eq!(timeline.probes.len(), probes.len(), "{name}");
        assert_eq!(timeline.probes[1].hits, [], "{name}");
        assert_eq!(timeline.probes[3].hits, [], "{name}");
        let ups: u64 = timeline.probes[2].hits.iter().map(|hit| hit.evidence.count).sum();
        assert_eq!(ups, 3, "two workers, one of them started again: {name}");
        assert!(timeline.probes[2].hits.iter().all(|hit| hit.app.as_deref() == Some("logdemo")), "{name}");
    }
}

#[test]
fn a_single_packed_or_unknown_file_is_read_too() {
    let home = recording("rotated-gzip-pm2v7").join("pm2home");
    let daemon = scan_file(home.join("pm2__2026-11-22_11-36-00.log.gz"), &[]);
    assert_eq!(daemon.production.pm2_version.as_deref(), Some("7.0.4"));
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("errors-of-march");
    std::fs::write(&odd, "2026-03-01 10:00:00: Error: x\n    at f (/srv/a.js:1:2)\n").unwrap();
    let errors = scan_file(odd, &[]).errors;
    assert_eq!(errors.iter().map(|error| (&*error.error.message, error.count)).collect::<Vec<_>>(), [("x", 1)]);
}

#[test]
fn unreadable_files_are_problems_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    std::fs::create_dir(home.join("logs")).unwrap();
    std::fs::write(home.join("dump.pm2"), "{ half").unwrap();
    std::fs::write(home.join("logs/a-error-0.log.gz"), [0x1f, 0x8b, 8, 0, 1, 2, 3]).unwrap();
    std::fs::write(home.join("pm2.log"), b"\xff\x00\xfe noise\n2026-11-22T11:12:44: PM2 log: App [a:0] online\n")
        .unwrap();
    let timeline = scan_file(home.to_owned(), &[]);
    let files: Vec<_> = timeline.problems.iter().map(|problem| problem.file.file_name().unwrap()).collect();
    assert_eq!(files, ["dump.pm2", "a-error-0.log.gz"]);
    assert_eq!(timeline.events.len(), 1);
}

#[test]
fn an_archive_without_logs_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let messages =
        |path: PathBuf| scan_file(path, &[]).problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>();
    assert!(messages(folder.path().to_owned())[0].starts_with("holds no logs"));
    assert!(messages(folder.path().join("missing"))[0].starts_with("does not exist"));
}

#[test]
fn a_saved_list_alone_tells_who_was_given_up() {
    let jlist = recording("fork-port-race-pm2v4").join("jlist.json");
    let timeline = archive::scan(&Sources { logs: &[], jlist: Some(&jlist), ..Sources::default() }, &[]);
    assert_eq!(incidents(&timeline).iter().map(|incident| &*incident.rule).collect::<Vec<_>>(), ["crash-loop"]);
    assert_eq!(timeline.incidents[0].workers, [0, 1, 3]);
    assert_eq!(timeline.incidents[0].evidence[0].kind, "status");
}

#[test]
fn captured_output_of_pm2_logs_is_read_per_process() {
    let text = "\u{1b}[1m[TAILING] Tailing last 3 lines for [all] processes\u{1b}[22m\n\
        \u{1b}[90m/home/deploy/.pm2/pm2.log last 3 lines:\u{1b}[39m\n\
        \u{1b}[34mPM2        | \u{1b}[39m2026-11-22T12:16:21: PM2 log: App [orders-api:2] starting in -cluster mode-\n\
        \u{1b}[31m2|orders-a | \u{1b}[39mError: lost\n\
        \u{1b}[31m2|orders-a | \u{1b}[39m    at f (/srv/orders-api/app.js:1:219)\n\
        \u{1b}[34mPM2        | \u{1b}[39mApp [orders-api:2] exited with code [0] via signal [SIGINT]\n\
        \u{1b}[32m1|worker   | \u{1b}[39mError: a user's words\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.txt");
    std::fs::write(&file, text).unwrap();
    let timeline = scan_file(file, &[]);
    assert_eq!(counted(&timeline.events, "exits"), BTreeMap::from([("orders-api:2".to_owned(), 1)]));
    let told =
        [Incident { rule: "uncaught-exception".into(), app: Some("orders-api".into()), workers: vec![2], count: 1 }];
    assert_eq!(incidents(&timeline), told);
}
