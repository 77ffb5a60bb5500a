//! Every finding about an option points at the property itself, in whatever way the process file comes by it: written in JavaScript,
//! JSON or YAML, spread from an object, set to a constant, or taken from another file.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// A rule, the options that it speaks of as JSON, and the property that it points at.
struct Case {
    rule: &'static str,
    options: &'static [(&'static str, &'static str)],
    at: &'static str,
}

const CASES: [Case; 34] = [
    Case { rule: "unknown-option", options: &[("exec_mod", "\"cluster\"")], at: "exec_mod" },
    Case { rule: "invalid-option", options: &[("kill_timeout", "\"5s\"")], at: "kill_timeout" },
    Case { rule: "invalid-option", options: &[("instances", "\"50%\"")], at: "instances" },
    Case { rule: "invalid-option", options: &[("cron_restart", "\"0 3 * *\"")], at: "cron_restart" },
    Case { rule: "invalid-option", options: &[("env", "\"PORT=1\"")], at: "env" },
    Case { rule: "dropped-option", options: &[("max_restarts", "0")], at: "max_restarts" },
    Case { rule: "conflicting-aliases", options: &[("out_file", "\"a.log\""), ("output", "\"b.log\"")], at: "output" },
    Case { rule: "suspicious-value", options: &[("max_memory_restart", "300")], at: "max_memory_restart" },
    Case { rule: "misplaced-option", options: &[("env_production", "{ \"max_restarts\": 5 }")], at: "max_restarts" },
    Case { rule: "env-overrides-option", options: &[("env", "{ \"name\": \"x\" }")], at: "name" },
    Case {
        rule: "overridden-restart-delay",
        options: &[("restart_delay", "5000"), ("exp_backoff_restart_delay", "100")],
        at: "restart_delay",
    },
    Case { rule: "endless-restart", options: &[("restart_delay", "5000"), ("max_restarts", "5")], at: "restart_delay" },
    Case { rule: "memory-limit-above-heap", options: &[("max_memory_restart", "\"64G\"")], at: "max_memory_restart" },
    Case {
        rule: "crash-taken-for-stop",
        options: &[("exec_mode", "\"cluster\""), ("stop_exit_codes", "[0]")],
        at: "stop_exit_codes",
    },
    Case { rule: "missing-ready-signal", options: &[("wait_ready", "true")], at: "wait_ready" },
    Case { rule: "script-not-found", options: &[("script", "\"sever.js\"")], at: "script" },
    Case { rule: "typescript-entry", options: &[("script", "\"server.ts\"")], at: "script" },
    Case { rule: "one-shot-restarted", options: &[("script", "\"migrate.js\"")], at: "script" },
    Case { rule: "implicit-cluster", options: &[("script", "\"migrate.js\""), ("instances", "1")], at: "instances" },
    Case { rule: "lost-args", options: &[("script", "\"node server.js\""), ("args", "\"--port 8080\"")], at: "args" },
    Case { rule: "invalid-node-args", options: &[("node_args", "\"--max-old-space-sise=512\"")], at: "node_args" },
    Case {
        rule: "inspect-port-conflict",
        options: &[("exec_mode", "\"fork\""), ("instances", "2"), ("node_args", "\"--inspect\"")],
        at: "node_args",
    },
    Case {
        rule: "late-environment",
        options: &[("instances", "2"), ("env", "{ \"NODE_OPTIONS\": \"--max-old-space-size=768\" }")],
        at: "NODE_OPTIONS",
    },
    Case {
        rule: "ineffective-filter-env",
        options: &[("instances", "2"), ("filter_env", "[\"AWS_SECRET_ACCESS_KEY\"]")],
        at: "filter_env",
    },
    Case {
        rule: "ignored-interpreter",
        options: &[
            ("script", "\"server.ts\""),
            ("instances", "2"),
            ("exec_mode", "\"cluster\""),
            ("interpreter", "\"tsx\""),
        ],
        at: "interpreter",
    },
    Case {
        rule: "non-node-in-cluster",
        options: &[("script", "\"./backup.sh\""), ("exec_mode", "\"cluster\"")],
        at: "script",
    },
    Case {
        rule: "launcher-in-cluster",
        options: &[("script", "\"npm\""), ("args", "\"start\""), ("exec_mode", "\"cluster\""), ("instances", "2")],
        at: "script",
    },
    Case {
        rule: "cron-restart-in-cluster",
        options: &[("instances", "4"), ("cron_restart", "\"0 4 * * *\"")],
        at: "cron_restart",
    },
    Case { rule: "short-min-uptime", options: &[("min_uptime", "100"), ("max_restarts", "5")], at: "min_uptime" },
    Case {
        rule: "misleading-status",
        options: &[("autorestart", "false"), ("restart_delay", "3000")],
        at: "restart_delay",
    },
    Case { rule: "orphaned-children", options: &[("script", "\"launch.js\""), ("treekill", "false")], at: "treekill" },
    Case {
        rule: "watch-in-production",
        options: &[("watch", "true"), ("env_production", "{ \"NODE_ENV\": \"production\" }")],
        at: "watch",
    },
    Case {
        rule: "hardcoded-secret",
        options: &[("env_production", "{ \"JWT_SECRET\": \"3f9ac81e55d24b17\" }")],
        at: "JWT_SECRET",
    },
    Case {
        rule: "log-file-conflict",
        options: &[("exec_mode", "\"cluster\""), ("instances", "2"), ("out_file", "\"logs/out.txt\"")],
        at: "out_file",
    },
];

/// What an app has where the options do not say otherwise.
const BASE: [(&str, &str); 2] = [("name", "\"api\""), ("script", "\"server.js\"")];

fn base(options: &[(&str, &str)]) -> Vec<(&'static str, &'static str)> {
    BASE.into_iter().filter(|(key, _)| options.iter().all(|(own, _)| own != key)).collect()
}

/// What the scripts of the cases are.
const PROGRAMS: [(&str, &str); 5] = [
    ("server.js", "require('http').createServer().listen(3000);\n"),
    ("server.ts", "import http from 'node:http';\nhttp.createServer().listen(3000);\n"),
    ("migrate.js", "console.log('migrated');\n"),
    ("backup.sh", "#!/bin/sh\ntar cf /backup.tar /srv\n"),
    ("launch.js", "require('child_process').spawn('redis-server');\nsetInterval(() => {}, 1000);\n"),
];

/// A way to write the options: the files, each option on a line of its own.
type Form = fn(&[(&str, &str)]) -> Vec<(&'static str, String)>;

const FORMS: [(&str, Form); 6] = [
    ("JavaScript", |options| {
        vec![(
            "ecosystem.config.js",
            format!("module.exports = {{ apps: [{{\n{}{}}}] }};\n", lines(&base(options)), lines(options)),
        )]
    }),
    ("JSON", |options| {
        let all = base(options).into_iter().chain(options.iter().copied());
        let entries: Vec<String> = all.map(|(key, value)| format!("\"{key}\": {value}")).collect();
        let text = format!("{{ \"apps\": [{{\n{}\n}}] }}\n", entries.join(",\n"));
        vec![("ecosystem.json", text)]
    }),
    ("YAML", |options| {
        let all = base(options).into_iter().chain(options.iter().copied());
        let entries: String = all.map(|(key, value)| format!("    {key}: {value}\n")).collect();
        vec![("ecosystem.yml", format!("apps:\n  -\n{entries}"))]
    }),
    ("spread", |options| {
        let text = format!(
            "const base = {{\n{}}};\nmodule.exports = {{ apps: [{{ ...base, {} }}] }};\n",
            lines(options),
            lines(&base(options)),
        );
        vec![("ecosystem.config.js", text)]
    }),
    ("constants", |options| {
        let constants: String = options.iter().map(|(key, value)| format!("const {key}_ = {value};\n")).collect();
        let used: String = options.iter().map(|(key, _)| format!("{key}: {key}_,\n")).collect();
        let text = format!("{constants}module.exports = {{ apps: [{{\n{}{used}}}] }};\n", lines(&base(options)));
        vec![("ecosystem.config.js", text)]
    }),
    ("another file", |options| {
        let text = format!("module.exports = {{ apps: [{{ ...require('./base'), {} }}] }};\n", lines(&base(options)));
        vec![("base.js", format!("module.exports = {{\n{}}};\n", lines(options))), ("ecosystem.config.js", text)]
    }),
];

fn lines(options: &[(&str, &str)]) -> String {
    options.iter().map(|(key, value)| format!("{key}: {value},\n")).collect()
}

#[test]
fn findings_point_at_the_property_in_every_form() {
    let mut wrong = Vec::new();
    for case in &CASES {
        for (form, files) in &FORMS {
            let files = files(case.options);
            let folder = tempfile::tempdir().unwrap();
            let programs = PROGRAMS.map(|(file, text)| (file, text.to_owned()));
            for (file, text) in programs.iter().chain(&files) {
                fs::write(folder.path().join(file), text).unwrap();
            }
            let pointed = pointed_at(folder.path(), case.rule);
            let is_right = pointed
                .iter()
                .any(|(file, text)| files[0].0 == file && text.trim_start_matches(['"', '\'']).starts_with(case.at));
            if !is_right {
                wrong.push(format!("{} {} in {form}: {pointed:?}", case.rule, case.at));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The file that each finding of the rule points into, and the text from there to the end of the line.
fn pointed_at(folder: &Path, rule: &str) -> Vec<(String, String)> {
    let run = Command::cargo_bin("pm2lint")
        .unwrap()
        .current_dir(folder)
        .env_clear()
        .args(["check", "--format", "json", "--fail-on", "never"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    findings
        .map(|finding| {
            let place = &finding["location"];
            let file = place["file"].as_str().unwrap().to_owned();
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            let line = text.lines().nth(place["line"].as_u64().unwrap() as usize - 1).unwrap();
            (file, line.chars().skip(place["column"].as_u64().unwrap() as usize - 1).collect())
        })
        .collect()
}
