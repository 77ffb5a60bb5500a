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

const CASES: [Case; 15] = [
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
];

/// A way to write the options: the files, each option on a line of its own.
type Form = fn(&[(&str, &str)]) -> Vec<(&'static str, String)>;

const FORMS: [(&str, Form); 6] = [
    ("JavaScript", |options| {
        vec![(
            "ecosystem.config.js",
            format!("module.exports = {{ apps: [{{\nname: 'api',\nscript: 'server.js',\n{}}}] }};\n", lines(options)),
        )]
    }),
    ("JSON", |options| {
        let options: Vec<String> = options.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        let text = format!(
            "{{ \"apps\": [{{\n\"name\": \"api\",\n\"script\": \"server.js\",\n{}\n}}] }}\n",
            options.join(",\n")
        );
        vec![("ecosystem.json", text)]
    }),
    ("YAML", |options| {
        let options: String = options.iter().map(|(key, value)| format!("    {key}: {value}\n")).collect();
        vec![("ecosystem.yml", format!("apps:\n  - name: api\n    script: server.js\n{options}"))]
    }),
    ("spread", |options| {
        let text = format!(
            "const base = {{\n{}}};\nmodule.exports = {{ apps: [{{ ...base, name: 'api', script: 'server.js' }}] }};\n",
            lines(options)
        );
        vec![("ecosystem.config.js", text)]
    }),
    ("constants", |options| {
        let constants: String = options.iter().map(|(key, value)| format!("const {key}_ = {value};\n")).collect();
        let used: String = options.iter().map(|(key, _)| format!("{key}: {key}_,\n")).collect();
        let text =
            format!("{constants}module.exports = {{ apps: [{{\nname: 'api',\nscript: 'server.js',\n{used}}}] }};\n");
        vec![("ecosystem.config.js", text)]
    }),
    ("another file", |options| {
        let text = "module.exports = { apps: [{ ...require('./base'), name: 'api', script: 'server.js' }] };\n";
        vec![("base.js", format!("module.exports = {{\n{}}};\n", lines(options))), ("ecosystem.config.js", text.into())]
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
            fs::write(folder.path().join("server.js"), "require('http').createServer().listen(3000);\n").unwrap();
            for (file, text) in &files {
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
