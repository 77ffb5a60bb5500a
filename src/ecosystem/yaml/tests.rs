use std::sync::Arc;

use super::*;

fn node(text: &str) -> Node {
    parse(&Arc::from("pm2.yml"), text).unwrap_or_else(|error| panic!("{error:?} in {text}"))
}

fn message(text: &str) -> String {
    parse(&Arc::from("pm2.yml"), text).unwrap_err().message
}

/// The value as js-yaml's would print in JSON, for comparison.
fn json(node: &Node) -> serde_json::Value {
    match &node.kind {
        NodeKind::Bool(value) => (*value).into(),
        NodeKind::Number(number) => (*number).into(),
        NodeKind::String(text) => (**text).into(),
        NodeKind::Array(elements) => elements.iter().map(json).collect(),
        NodeKind::Object(entries) => entries.iter().map(|entry| (entry.key.to_string(), json(&entry.value))).collect(),
        _ => serde_json::Value::Null,
    }
}

#[test]
fn values_are_those_of_yaml_1_2() {
    let text = "[yes, 012, 0o14, 0x1F, 0b11, 1e3, .5, -7, ~, True, '1', \"a\\n\", 1_000, 1:30, '']";
    let expected = serde_json::json!([
        "yes", 12.0, 12.0, 31.0, 3.0, 1000.0, 0.5, -7.0, null, true, "1", "a\n", "1_000", "1:30", ""
    ]);
    assert_eq!(json(&node(text)), expected);
    assert_eq!(node(".inf").kind, NodeKind::Number(f64::INFINITY));
    assert!(node("2026-11-22").is_unknown());
    assert_eq!(node("").kind, NodeKind::Undefined);
}

#[test]
fn merge_keys_and_aliases_are_followed() {
    let text = "base: &base { script: a.js, env: { A: 1 } }\napps:\n  - name: x\n    <<: *base\n    script: b.js\n  - <<: [*base, { name: y, script: c.js }]\n";
    let apps = serde_json::json!([
        { "name": "x", "script": "b.js", "env": { "A": 1.0 } },
        { "script": "a.js", "env": { "A": 1.0 }, "name": "y" },
    ]);
    assert_eq!(json(node(text).get("apps").unwrap()), apps);
}

#[test]
fn tags_are_honoured_or_refused() {
    assert_eq!(json(&node("[!!str 1, !!int \"3\"]")), serde_json::json!(["1", 3.0]));
    assert!(message("!secret x").contains("unknown tag"));
}

#[test]
fn places_are_those_of_the_text() {
    let text = "# über\napps:\n  - name: wéb\n    instances: 2\n\nrest: 1\n";
    let root = node(text);
    let slice =
        |place: &Option<Place>| place.as_ref().map(|place| &text[place.span.start as usize..place.span.end as usize]);
    let app = &root.get("apps").unwrap().elements()[0];
    let entry = app.entry("instances").unwrap();
    assert_eq!(slice(&entry.key_origin), Some("instances"));
    assert_eq!(slice(&entry.value.origin), Some("2"));
    assert_eq!(slice(&app.origin), Some("name: wéb\n    instances: 2"));
}

#[test]
fn what_js_yaml_refuses_is_refused() {
    assert!(message("a: 1\na: 2").contains("given twice"));
    assert!(message("a: 1\n---\nb: 2").contains("one document"));
    assert!(message("a: *missing").contains("anchor"), "{}", message("a: *missing"));
    assert!(message("<<: 1").contains("merge key"));
    assert!(!message("a: [1, 2").is_empty());
}

#[test]
fn bombs_do_not_go_off() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", "));
    }
    assert!(message(&text).contains("aliases"));
    assert!(!message(&"[".repeat(100_000)).is_empty());
    assert_eq!(json(&node("a: &a [*a]")), serde_json::json!({ "a": [null] }));
}

proptest::proptest! {
    #[test]
    fn any_text_parses_or_says_why(text in "[-a-z0-9:\\[\\]{}&*!|>'\"#\\n ,~<.]*") {
        if let Err(error) = parse(&Arc::from("x.yml"), &text) {
            assert!(!error.message.is_empty());
        }
    }
}
