//! The JSON contract: recorded output follows `testdata/schema/check.v1.json`, and what breaks the contract does not.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The first place where `value` breaks `schema`; the keywords are those that the schema uses, any other is an error.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (keyword, argument) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let target = root.pointer(argument.as_str().unwrap().trim_start_matches('#')).unwrap();
                check(root, target, value, at)?;
                true
            }
            "anyOf" => argument.as_array().unwrap().iter().any(|schema| check(root, schema, value, at).is_ok()),
            "const" => value == argument,
            "enum" => argument.as_array().unwrap().contains(value),
            "type" => {
                let types = argument.as_array().cloned().unwrap_or_else(|| vec![argument.clone()]);
                types.iter().any(|name| is_of_type(value, name.as_str().unwrap()))
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= argument.as_i64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= argument.as_u64().unwrap()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, argument, item, &format!("{at}/{index}"))?;
                }
                true
            }
            "properties" => {
                for (key, item) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = argument.get(key) {
                        check(root, schema, item, &format!("{at}/{key}"))?;
                    }
                }
                true
            }
            "required" => value.as_object().is_none_or(|object| {
                argument.as_array().unwrap().iter().all(|key| object.contains_key(key.as_str().unwrap()))
            }),
            "additionalProperties" => {
                value.as_object().is_none_or(|object| object.keys().all(|key| schema["properties"].get(key).is_some()))
            }
            unknown => return Err(format!("the schema uses {unknown}, which this test does not know")),
        };
        if !holds {
            return Err(format!("{at}: breaks {keyword} {argument}: {value}"));
        }
    }
    Ok(())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    }
}

fn follows(value: &Value) -> Result<(), String> {
    let schema = read(&testdata("schema/check.v1.json"));
    check(&schema, &schema, value, "")
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
    assert!(broken("/version", json!(2)).starts_with("/version: breaks const"));
    assert!(broken("/findings/0/severity", json!("fatal")).contains("enum"));
    assert!(broken("/findings/0/location/line", json!(0)).contains("minimum"));
    assert!(broken("/findings/0/location/line", json!(1.5)).contains("type"));
    assert!(broken("/findings/0/waived", json!({})).contains("required"));
    assert!(broken("/apps/0/instances", json!("many")).contains("anyOf"));
    assert!(broken("/summary", json!({ "extra": 1 })).contains("breaks"));
}
