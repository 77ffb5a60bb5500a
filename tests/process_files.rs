//! Process files as people write them, each a small checkout in `testdata/process-files`: what `pm2lint config` shows is what
//! Node got, as `tests/oracle/process-files/record.mjs` recorded it, and unknown is what only the host can tell.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

/// Leaves that are needlessly unknown: dates of YAML, which no option of PM2 takes.
const UNFOLLOWED: [&str; 1] = ["a date"];

#[test]
fn values_are_those_of_node() {
    let folder = format!("{}/testdata/process-files", env!("CARGO_MANIFEST_DIR"));
    let mut differences = Vec::new();
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases {
        let recorded: Json = serde_json::from_str(&fs::read_to_string(case.join("node.json")).unwrap()).unwrap();
        let ours = evaluated(&case, recorded["file"].as_str().unwrap());
        let mut comparison = Comparison { differences: Vec::new() };
        comparison.compare(&ours, of_the_author(&recorded["value"]), "");
        let name = case.file_name().unwrap().to_string_lossy();
        differences.extend(comparison.differences.iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn evaluated(root: &Path, file: &str) -> Json {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    command.arg("config").arg(root.join(file)).arg("--root").arg(root).args(["--format", "json"]);
    let output = command.output().unwrap();
    let shown: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", root.display(), String::from_utf8_lossy(&output.stderr)));
    shown["files"][0]["value"].clone()
}

/// Of an ES module with nothing else, the default export: what `pm2lint config` shows.
fn of_the_author(value: &Json) -> &Json {
    match value.as_object() {
        Some(entries) if entries.len() == 1 => entries.get("default").unwrap_or(value),
        _ => value,
    }
}

struct Comparison {
    differences: Vec<String>,
}

impl Comparison {
    fn compare(&mut self, ours: &Json, node: &Json, at: &str) {
        match (ours, node) {
            (_, Json::Object(mark)) if mark.contains_key("$host") => {
                if ours.get("$unknown").is_none() {
                    self.differences.push(format!("{at}: {ours}, which only the host can know"));
                }
            }
            (Json::Object(_), Json::Object(mark)) if mark.contains_key("$function") => {
                self.check(ours.get("$function").is_some(), ours, node, at);
            }
            (Json::Object(mark), Json::Object(other))
                if mark.contains_key("$unknown") && other.get("$other").is_some_and(is_unfollowed) => {}
            (Json::Object(entries), Json::Object(expected)) => {
                for (key, value) in expected {
                    let missing = serde_json::json!({ "$undefined": true });
                    self.compare(entries.get(key).unwrap_or(&missing), value, &format!("{at}.{key}"));
                }
                let surplus = entries.keys().filter(|key| !expected.contains_key(*key));
                self.differences.extend(surplus.map(|key| format!("{at}.{key} should not be there")));
            }
            (Json::Array(elements), Json::Array(expected)) if elements.len() == expected.len() => {
                for (index, (ours, node)) in elements.iter().zip(expected).enumerate() {
                    self.compare(ours, node, &format!("{at}[{index}]"));
                }
            }
            (Json::Number(ours_number), Json::Number(number)) => {
                self.check(ours_number.as_f64() == number.as_f64(), ours, node, at);
            }
            _ => self.check(ours == node, ours, node, at),
        }
    }

    fn check(&mut self, holds: bool, ours: &Json, node: &Json, at: &str) {
        if !holds {
            self.differences.push(format!("{at}: {ours}, Node has {node}"));
        }
    }
}

fn is_unfollowed(what: &Json) -> bool {
    what.as_str().is_some_and(|what| UNFOLLOWED.contains(&what))
}
