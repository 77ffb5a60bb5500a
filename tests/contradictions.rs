//! What the code lets expect and the logs show not to be: the finding stays, with low confidence and what was seen.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::process::Command;

use serde_json::Value;

/// The findings of `rule` in a checkout of these files, of which those in `.pm2/` are the archive.
fn findings(rule: &str, files: &[(&str, &str)]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    command.current_dir(folder.path());
    command.args(["check", ".", "--root", ".", "--logs", ".pm2", "--format", "json", "--fail-on", "never"]);
    let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|finding| finding["rule"] == rule).cloned().collect()
}

fn is_contradicted(rule: &str, files: &[(&str, &str)], seen: &str) {
    let found = findings(rule, files);
    let [finding] = &found[..] else { panic!("{found:#?}") };
    assert_eq!(finding["confidence"], "low", "{finding:#}");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("but the logs show otherwise") && message.contains(seen), "{message}");
}

const LISTENS: &str = "require('http').createServer((req, res) => res.end()).listen(3000);\n";
const TWO_FORKS: &str =
    "module.exports = { apps: [{ name: 'web', script: 'server.js', exec_mode: 'fork', instances: 2 }] };\n";
const UP: &str = "2026-03-02T10:00:00: PM2 log: App [web:0] starting in -fork mode-\n\
    2026-03-02T10:00:00: PM2 log: App [web:0] online\n\
    2026-03-02T10:00:01: PM2 log: App [web:1] starting in -fork mode-\n\
    2026-03-02T10:00:01: PM2 log: App [web:1] online\n";

#[test]
fn a_handler_that_is_seen_to_end_the_process_in_time() {
    let handler = "const server = require('http').createServer().listen(3000);\n\
        process.on('SIGINT', () => { console.log('stopping'); server.close(); });\n";
    let stops: String = (0..3)
        .map(|hour| {
            format!(
                "2026-03-02T1{hour}:00:00: PM2 log: App [web:0] starting in -fork mode-\n\
                 2026-03-02T1{hour}:00:00: PM2 log: App [web:0] online\n\
                 2026-03-02T1{hour}:30:00: PM2 log: Stopping app:web id:0\n\
                 2026-03-02T1{hour}:30:00: PM2 log: App [web:0] exited with code [0] via signal [SIGINT]\n"
            )
        })
        .collect();
    let config = "module.exports = { apps: [{ name: 'web', script: 'server.js' }] };\n";
    let files = |log| [("ecosystem.config.js", config), ("server.js", handler), (".pm2/pm2.log", log)];
    is_contradicted("shutdown-never-exits", &files(&stops), "3 stops ended in time, and none by SIGKILL");
    let killed = stops.replace("via signal [SIGINT]", "via signal [SIGKILL]");
    assert_ne!(findings("shutdown-never-exits", &files(&killed))[0]["confidence"], "low");
}

#[test]
fn starts_that_do_not_wait_were_told_that_the_app_is_ready() {
    let config = "module.exports = { apps: [{ name: 'web', script: 'server.js', wait_ready: true }] };\n";
    let dump =
        r#"[{"name":"web","pm_id":0,"pm_exec_path":"/srv/web/server.js","pm_cwd":"/srv/web","wait_ready":true}]"#;
    let starts = |online: &str| -> String {
        let start = |hour| {
            format!(
                "2026-03-02T1{hour}:00:00: PM2 log: App [web:0] starting in -fork mode-\n\
                 2026-03-02T1{hour}:00:{online}: PM2 log: App [web:0] online\n"
            )
        };
        (0..3).map(start).collect()
    };
    let files = |dump, log| {
        [("ecosystem.config.js", config), ("server.js", LISTENS), (".pm2/dump.pm2", dump), (".pm2/pm2.log", log)]
    };
    let (quick, slow) = (starts("01"), starts("04"));
    is_contradicted("missing-ready-signal", &files(dump, &quick), "3 starts were online within a second");
    let is_sure = |files: &[(&str, &str)]| findings("missing-ready-signal", files)[0]["confidence"] == "high";
    assert!(is_sure(&files(dump, &slow)), "these waited");
    let impatient = dump.replace("true", "false");
    assert!(is_sure(&files(&impatient, &quick)), "PM2 was not told to wait");
}

#[test]
fn processes_that_live_side_by_side_do_not_fight_for_a_port() {
    let later = "2026-03-02T15:10:00: PM2 log: Stopping app:web id:1\n";
    let files = |log| [("ecosystem.config.js", TWO_FORKS), ("server.js", LISTENS), (".pm2/pm2.log", log)];
    let peaceful = format!("{UP}{later}");
    is_contradicted("fork-port-conflict", &files(&peaceful), "2 processes were up together for 5 h and more");
    let brief = format!("{UP}{}", later.replace("T15", "T10"));
    assert_eq!(findings("fork-port-conflict", &files(&brief))[0]["confidence"], "high");
    let ended = "2026-03-02T10:00:02: PM2 log: App [web:1] exited with code [1] via signal [SIGINT]\n\
        2026-03-02T10:00:02: PM2 log: App [web:1] starting in -fork mode-\n";
    let restless = format!("{UP}{ended}{later}");
    assert_eq!(findings("fork-port-conflict", &files(&restless))[0]["confidence"], "high");
}
