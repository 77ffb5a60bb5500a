//! What PM2 7.0.4 itself made of some two hundred app entries (`Common.verifyConfs`), against `pm2::resolve`.

use std::collections::BTreeMap;

use pm2lint::js::{Entry, Node, NodeKind};
use pm2lint::pm2::resolve::{Options, Remark, effective};
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
struct Case {
    app: Value,
    config: Option<BTreeMap<String, Value>>,
    errors: Option<Vec<String>>,
}

/// Set by other rules than those of the validator: checked with the launch.
const DERIVED: [&str; 6] = ["name", "script", "env", "merge_logs", "log_date_format", "pmx"];

#[test]
fn options_are_those_that_pm2_validates() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../testdata/pm2/verified-7.0.4.json")).unwrap();
    for case in cases {
        let options = effective(&node(&case.app));
        assert_eq!(verdicts(&options), case.errors.unwrap_or_default(), "{}", case.app);
        if let Some(config) = case.config {
            assert_eq!(values(&options), shown(config), "{}", case.app);
        }
    }
}

fn node(value: &Value) -> Node {
    Node::new(match value {
        Value::Null => NodeKind::Null,
        Value::Bool(value) => NodeKind::Bool(*value),
        Value::Number(number) => NodeKind::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => NodeKind::String(text.as_str().into()),
        Value::Array(elements) => NodeKind::Array(elements.iter().map(node).collect()),
        Value::Object(map) if map.contains_key("$nan") => NodeKind::Number(f64::NAN),
        Value::Object(map) => NodeKind::Object(
            map.iter()
                .map(|(key, value)| Entry { key: key.as_str().into(), key_origin: None, value: node(value) })
                .collect(),
        ),
    })
}

fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Bool(value) => json!(value),
        NodeKind::Number(number) if number.is_nan() => json!({ "$nan": true }),
        NodeKind::Number(number) => json!(number),
        NodeKind::String(text) => json!(**text),
        NodeKind::Array(elements) => elements.iter().map(value).collect(),
        NodeKind::Object(entries) => entries.iter().map(|entry| (entry.key.to_string(), value(&entry.value))).collect(),
        _ => Value::Null,
    }
}

fn verdicts(options: &Options) -> Vec<String> {
    let verdict = |remark: &Remark| match remark {
        Remark::Invalid { verdict, .. } => Some(verdict.clone()),
        _ => None,
    };
    options.remarks.iter().filter_map(verdict).collect()
}

fn values(options: &Options) -> BTreeMap<String, Value> {
    let values = options.effective.iter().map(|option| (option.spec.name.to_string(), value(&option.value)));
    values.filter(|(name, _)| !DERIVED.contains(&name.as_str())).collect()
}

/// The same, without what other rules set.
fn shown(config: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let config = config.into_iter().filter(|(name, _)| !DERIVED.contains(&name.as_str()) && !name.starts_with("env_"));
    config.map(|(name, recorded)| (name, spelt_out(value(&node(&recorded))))).collect()
}

/// PM2 spells the alias `execMode` out after the validation.
fn spelt_out(value: Value) -> Value {
    if value == "cluster" { json!("cluster_mode") } else { value }
}
