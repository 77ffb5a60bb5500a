//! The JSON contract: recorded output follows `testdata/schema/check.v1.json`, and what breaks the contract does not.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn contract() -> Validator {
    jsonschema::validator_for(&read(&testdata("schema/check.v1.json"))).unwrap()
}

/// The first place where `value` breaks the contract.
fn follows(value: &Value) -> Result<(), String> {
    contract().validate(value).map_err(|error| format!("{}: {error}", error.instance_path()))
}

/// `src/report/tests.rs` holds the first of these against the program's output, `tests/cli.rs` the others.
#[test]
fn recorded_output_follows_the_schema() {
    let checks = |case: &PathBuf| fs::read_to_string(case.join("cmd")).unwrap().starts_with("check");
    let cases = fs::read_dir(testdata("cli")).unwrap().map(|case| case.unwrap().path()).filter(checks);
    let cases = cases.map(|case| case.join("stdout"));
    let is_report =
        |path: &PathBuf| fs::read_to_string(path).is_ok_and(|text| text.starts_with("{\n  \"version\": 1,"));
    let files: Vec<PathBuf> = cases.filter(is_report).chain([testdata("report/report.json")]).collect();
    assert!(files.len() >= 2, "no case of testdata/cli prints JSON");
    for file in files {
        follows(&read(&file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

#[test]
fn what_breaks_the_contract_is_noticed() {
    let report = read(&testdata("report/report.json"));
    let broken = |pointer: &str, value: Value| {
        let mut report = report.clone();
        *report.pointer_mut(pointer).unwrap() = value;
        follows(&report).unwrap_err()
    };
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/findings/0/severity", json!("fatal")),
        ("/findings/0/location/line", json!(0)),
        ("/findings/0/location/line", json!(1.5)),
        ("/findings/0/waived", json!({})),
        ("/apps/0/instances", json!("many")),
        ("/summary", json!({ "extra": 1 })),
    ] {
        let error = broken(pointer, value);
        assert!(error.starts_with(pointer), "{pointer}: {error}");
    }
}
