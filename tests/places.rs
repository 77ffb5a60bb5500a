//! Every finding about a property of a process file points at the property itself, in whatever way the file comes by it: written
//! in JavaScript, JSON or YAML, spread from an object, set to a constant, or taken from another file.
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

const CASES: [Case; 35] = [
    Case {
        rule: "short-kill-timeout",
        options: &[("script", "\"slow.js\""), ("kill_timeout", "3000")],
        at: "kill_timeout",
    },
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

/// Where in the process file the object stands that has the options.
struct Frame {
    /// Before and after it, in JSON.
    around: [&'static str; 2],
    /// Before its lines, in YAML.
    yaml: &'static str,
    /// What it has where the options do not say otherwise.
    base: &'static [(&'static str, &'static str)],
    /// The folder of the process file and its programs; from above it `pm2 start` names the file.
    folder: &'static str,
}

const APP: Frame = Frame {
    around: ["{ \"apps\": [", "] }"],
    yaml: "apps:\n  -\n",
    base: &[("name", "\"api\""), ("script", "\"server.js\"")],
    folder: "",
};

const BELOW: Frame = Frame { folder: "deploy", ..APP };

const SECOND: Frame = Frame {
    around: ["{ \"apps\": [{ \"name\": \"api\", \"script\": \"server.js\" }, ", "] }"],
    yaml: "apps:\n  - { name: api, script: server.js }\n  -\n",
    ..APP
};

const TARGET: Frame = Frame {
    around: ["{ \"apps\": [{ \"script\": \"server.js\" }], \"deploy\": { \"production\": ", "} }"],
    yaml: "apps: [{ script: server.js }]\ndeploy:\n  production:\n",
    base: &[
        ("host", "\"web.example.org\""),
        ("repo", "\"git@example.org:me/api.git\""),
        ("ref", "\"main\""),
        ("path", "\"/srv/api\""),
    ],
    folder: "",
};

const WHOLE: Frame = Frame { around: ["", ""], yaml: "", base: &[], folder: "" };

/// What is no option of the only app.
const FRAMED: [(Frame, Case); 5] = [
    (SECOND, Case { rule: "duplicate-app-name", options: &[("name", "\"api\"")], at: "name" }),
    (TARGET, Case { rule: "deploy-misconfigured", options: &[("path", "\"~/api\"")], at: "\"~/api" }),
    (BELOW, Case { rule: "cwd-relative-script", options: &[("script", "\"./server.js\"")], at: "script" }),
    (WHOLE, Case { rule: "unreadable-config", options: &[("app", "[{ \"script\": \"server.js\" }]")], at: "app" }),
    (
        WHOLE,
        Case {
            rule: "esm-config",
            options: &[("default", "{ \"apps\": [{ \"script\": \"server.js\" }] }")],
            at: "{ \"apps",
        },
    ),
];

/// What the scripts of the cases are.
const PROGRAMS: [(&str, &str); 6] = [
    ("server.js", "require('http').createServer().listen(3000);\n"),
    ("server.ts", "import http from 'node:http';\nhttp.createServer().listen(3000);\n"),
    ("migrate.js", "console.log('migrated');\n"),
    ("backup.sh", "#!/bin/sh\ntar cf /backup.tar /srv\n"),
    ("launch.js", "require('child_process').spawn('redis-server');\nsetInterval(() => {}, 1000);\n"),
    (
        "slow.js",
        "const server = require('http').createServer().listen(3000);
process.on('SIGINT', () => setTimeout(() => server.close(() => process.exit(0)), 4000));\n",
    ),
];

/// A way to write the object that has the properties (those of the frame, then the options): the files, each option on a line
/// of its own in the first.
type Form = fn(&Frame, &Properties, &Properties) -> Vec<(&'static str, String)>;
type Properties = [(&'static str, &'static str)];

const FORMS: [(&str, Form); 6] = [
    ("JavaScript", |frame, base, options| script("", frame, &format!("{{\n{}{}}}", lines(base), lines(options)))),
    ("JSON", |Frame { around: [before, after], .. }, base, options| {
        let entries: Vec<String> =
            [base, options].concat().iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        vec![("ecosystem.json", format!("{before}{{\n{}\n}}{after}\n", entries.join(",\n")))]
    }),
    ("YAML", |frame, base, options| {
        let entries: String =
            [base, options].concat().iter().map(|(key, value)| format!("    {key}: {value}\n")).collect();
        vec![("ecosystem.yml", format!("{}{entries}", frame.yaml))]
    }),
    ("spread", |frame, base, options| {
        let spread = format!("const base = {{\n{}}};\n", lines(options));
        script(&spread, frame, &format!("{{ ...base, {} }}", lines(base)))
    }),
    ("constants", |frame, base, options| {
        let constants: String = options.iter().map(|(key, value)| format!("const {key}_ = {value};\n")).collect();
        let used: String = options.iter().map(|(key, _)| format!("{key}: {key}_,\n")).collect();
        script(&constants, frame, &format!("{{\n{}{used}}}", lines(base)))
    }),
    ("another file", |frame, base, options| {
        let mut files = vec![("base.js", format!("module.exports = {{\n{}}};\n", lines(options)))];
        files.extend(script("", frame, &format!("{{ ...require('./base'), {} }}", lines(base))));
        files
    }),
];

fn script(before: &str, frame: &Frame, object: &str) -> Vec<(&'static str, String)> {
    let [open, close] = frame.around;
    vec![("ecosystem.config.js", format!("{before}module.exports = {open}{object}{close};\n"))]
}

fn lines(options: &Properties) -> String {
    options.iter().map(|(key, value)| format!("{key}: {value},\n")).collect()
}

#[test]
fn findings_point_at_the_property_in_every_form() {
    let options_of_the_app = CASES.iter().map(|case| (&APP, case));
    let others = FRAMED.iter().map(|(frame, case)| (frame, case));
    let wrong: Vec<String> =
        options_of_the_app.chain(others).flat_map(|(frame, case)| wrong_forms(frame, case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The forms of the case in which no finding of the rule points at the property, and where they point.
fn wrong_forms(frame: &Frame, case: &Case) -> Vec<String> {
    let is_free = |(key, _): &&(&str, &str)| case.options.iter().all(|(own, _)| own != key);
    let base: Vec<_> = frame.base.iter().filter(is_free).copied().collect();
    let mut wrong = Vec::new();
    for (form, write) in &FORMS {
        let files = write(frame, &base, case.options);
        let checkout = tempfile::tempdir().unwrap();
        write_checkout(checkout.path(), frame.folder, &files);
        let pointed = pointed_at(checkout.path(), case.rule);
        let is_right = pointed.iter().any(|(file, text)| {
            let is_it = text.starts_with(case.at) || text.trim_start_matches(['"', '\'']).starts_with(case.at);
            Path::new(file).ends_with(files[0].0) && is_it
        });
        if !is_right {
            wrong.push(format!("{} {} in {form}: {pointed:?}", case.rule, case.at));
        }
    }
    wrong
}

fn write_checkout(checkout: &Path, folder: &str, files: &[(&str, String)]) {
    let inner = checkout.join(folder);
    fs::create_dir_all(&inner).unwrap();
    let programs = PROGRAMS.map(|(file, text)| (file, text.to_owned()));
    for (file, text) in programs.iter().chain(files) {
        fs::write(inner.join(file), text).unwrap();
    }
    if !folder.is_empty() {
        let (process_file, _) = files.last().unwrap();
        let package = format!("{{ \"scripts\": {{ \"start\": \"pm2 start {folder}/{process_file}\" }} }}");
        fs::write(checkout.join("package.json"), package).unwrap();
    }
}

/// The file that each finding of the rule points into, and the text from there to the end of the line. Of a finding in a program
/// it is the property that it is related to.
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
            let is_in_program = PROGRAMS.iter().any(|(program, _)| finding["location"]["file"] == *program);
            let place = if is_in_program { &finding["related"][0] } else { &finding["location"] };
            let file = place["file"].as_str().unwrap().to_owned();
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            let line = text.lines().nth(place["line"].as_u64().unwrap() as usize - 1).unwrap();
            (file, line.chars().skip(place["column"].as_u64().unwrap() as usize - 1).collect())
        })
        .collect()
}
