//! What the calls of libraries do: the programs of `testdata/libraries.md`, all of them apps of one checkout, and what
//! `pm2lint fleet` and `pm2lint check` say of each.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

struct Program<'t> {
    name: &'t str,
    /// The package.json, where versions decide.
    manifest: &'t str,
    code: &'t str,
    expected: Vec<&'t str>,
}

fn programs(page: &str) -> Vec<Program<'_>> {
    let sections = page.split("\n## ").skip(1).map(|section| {
        let (head, rest) = section.split_once("```js\n").unwrap();
        let (name, head) = head.split_once('\n').unwrap();
        let manifest = head.trim().strip_prefix("```json\n").map_or("{}", |text| text.strip_suffix("\n```").unwrap());
        let (code, expected) = rest.split_once("\n```\n").unwrap();
        Program {
            name,
            manifest,
            code,
            expected: expected.lines().filter_map(|line| line.strip_prefix("- ")).collect(),
        }
    });
    sections.collect()
}

/// What is said of one app.
struct Said {
    effects: Vec<Value>,
    rules: Vec<String>,
}

/// What is said of each app, in order.
fn said(programs: &[Program<'_>]) -> Vec<Said> {
    let folder = tempfile::tempdir().unwrap();
    let mut apps = String::new();
    for (number, program) in programs.iter().enumerate() {
        let own = folder.path().join(number.to_string());
        fs::create_dir(&own).unwrap();
        fs::write(own.join("package.json"), program.manifest).unwrap();
        fs::write(own.join("app.js"), program.code).unwrap();
        write!(apps, "{{ name: 'p{number}', script: '{number}/app.js', exec_mode: 'cluster', instances: 2 }}, ")
            .unwrap();
    }
    let config = format!("module.exports = {{ apps: [{apps}] }};");
    fs::write(folder.path().join("ecosystem.config.js"), config).unwrap();
    let json = |arguments: &[&str]| -> Value {
        let mut pm2lint = Command::cargo_bin("pm2lint").unwrap();
        let output = pm2lint.current_dir(folder.path()).args(arguments).args(["--format", "json"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (fleet, report) = (json(&["fleet"]), json(&["check", "--fail-on", "never"]));
    let findings = report["findings"].as_array().unwrap();
    let said = |app: &Value| Said {
        effects: app["effects"].as_array().unwrap().clone(),
        rules: findings.iter().filter(|finding| is_of(finding, app)).map(rule).collect(),
    };
    fleet["apps"].as_array().unwrap().iter().map(said).collect()
}

fn is_of(finding: &Value, app: &Value) -> bool {
    finding["apps"].as_array().unwrap().iter().any(|named| named["name"] == app["name"])
}

fn rule(finding: &Value) -> String {
    finding["rule"].as_str().unwrap().to_owned()
}

/// Whether an effect is of `kind` and has the details `wanted`: words `key=value`, the last value to the end.
fn is(effect: &Value, kind: &str, wanted: &str) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut keys: Vec<(usize, &str)> = Vec::new();
    for (at, _) in wanted.match_indices('=') {
        let start = wanted[..at].rfind(' ').map_or(0, |space| space + 1);
        keys.push((start, &wanted[start..at]));
    }
    let ends = keys.iter().skip(1).map(|(start, _)| start - 1).chain([wanted.len()]);
    let holds = |((start, key), end): (&(usize, &str), usize)| {
        let value = &wanted[start + key.len() + 1..end];
        effect["detail"].get(key).is_some_and(|found| text(found) == value)
    };
    (kind == "no" || effect["kind"] == *kind) && keys.iter().zip(ends).all(holds)
}

#[test]
fn every_program_does_what_its_page_says() {
    let page = fs::read_to_string("testdata/libraries.md").unwrap();
    let programs = programs(&page);
    let said = said(&programs);
    assert_eq!(said.len(), programs.len());
    let mut wrong = Vec::new();
    for (program, Said { effects, rules }) in programs.iter().zip(&said) {
        assert!(!program.expected.is_empty(), "{} expects nothing", program.name);
        for expected in &program.expected {
            let (kind, wanted) = expected.split_once(' ').unwrap_or((expected, ""));
            let holds = match kind {
                "finds" => rules.iter().any(|rule| rule == wanted),
                "silent" => rules.iter().all(|rule| rule != wanted),
                _ => effects.iter().any(|effect| is(effect, kind, wanted)) != (kind == "no"),
            };
            if !holds {
                wrong.push(format!("{}: {expected}; found {rules:?}, {effects:?}", program.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
