//! What the calls of libraries do: the programs of `testdata/libraries.md`, all of them apps of one checkout, and what
//! `pm2lint fleet` says of each.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

struct Program<'t> {
    name: &'t str,
    code: &'t str,
    expected: Vec<&'t str>,
}

fn programs(page: &str) -> Vec<Program<'_>> {
    let sections = page.split("\n## ").skip(1).map(|section| {
        let (name, rest) = section.split_once("\n\n```js\n").unwrap();
        let (code, expected) = rest.split_once("\n```\n").unwrap();
        Program { name, code, expected: expected.lines().filter_map(|line| line.strip_prefix("- ")).collect() }
    });
    sections.collect()
}

/// The effects of each app, in order.
fn effects(programs: &[Program<'_>]) -> Vec<Vec<Value>> {
    let folder = tempfile::tempdir().unwrap();
    let mut apps = String::new();
    for (number, program) in programs.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.js")), program.code).unwrap();
        write!(apps, "{{ name: 'p{number}', script: '{number}.js' }}, ").unwrap();
    }
    let config = format!("module.exports = {{ apps: [{apps}] }};");
    fs::write(folder.path().join("ecosystem.config.js"), config).unwrap();
    let mut pm2lint = Command::cargo_bin("pm2lint").unwrap();
    let output = pm2lint.current_dir(folder.path()).args(["fleet", "--format", "json"]).output().unwrap();
    let fleet: Value = serde_json::from_slice(&output.stdout).unwrap();
    let apps = fleet["apps"].as_array().unwrap();
    apps.iter().map(|app| app["effects"].as_array().unwrap().clone()).collect()
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
    let effects = effects(&programs);
    assert_eq!(effects.len(), programs.len());
    let mut wrong = Vec::new();
    for (program, effects) in programs.iter().zip(&effects) {
        assert!(!program.expected.is_empty(), "{} expects nothing", program.name);
        for expected in &program.expected {
            let (kind, wanted) = expected.split_once(' ').unwrap_or((expected, ""));
            if effects.iter().any(|effect| is(effect, kind, wanted)) == (kind == "no") {
                wrong.push(format!("{}: {expected}; found {effects:?}", program.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
