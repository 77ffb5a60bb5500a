//! An evaluated value as JSON, secrets masked: what `pm2lint config` prints.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::secret::{is_secret, mask};
use crate::js::{Node, NodeKind, number_to_string};

/// `node` as JSON. What JSON cannot say is an object with one key: `$unknown` (and why), `$function` (and its name),
/// `$undefined`, `$nan`, `$number` (an infinity), `$masked` (a secret). An object with `$unknown` beside other keys, and an
/// array that ends with it, may hold more than these.
pub fn to_json(node: &Node) -> Value {
    property_to_json("", node)
}

/// The same for the value of property `key`, which may say that it is a secret.
pub fn property_to_json(key: &str, node: &Node) -> Value {
    match &node.kind {
        NodeKind::Undefined => json!({ "$undefined": true }),
        NodeKind::Null => Value::Null,
        NodeKind::Bool(value) => json!(value),
        NodeKind::Number(number) => to_number(*number),
        NodeKind::String(text) if is_secret(key, text) => json!({ "$masked": mask(text) }),
        NodeKind::String(text) => json!(text),
        NodeKind::Function(name) => json!({ "$function": name }),
        NodeKind::Unknown(why) => json!({ "$unknown": why }),
        NodeKind::Array(elements) => {
            let known = elements.iter().map(|element| property_to_json(key, element));
            known.chain(node.open.iter().map(|why| json!({ "$unknown": why }))).collect()
        }
        NodeKind::Object(entries) => {
            let pair = |(key, node): (&Arc<str>, &Node)| (key.to_string(), property_to_json(key, node));
            let known = entries.iter().map(|entry| pair((&entry.key, &entry.value)));
            let others = node.open.iter().map(|why| ("$unknown".to_owned(), json!(why)));
            Value::Object(known.chain(others).collect::<Map<_, _>>())
        }
    }
}

/// The same on one line for people: no quotes round a text, words of a list with blanks, dots for a secret.
pub fn value_to_text(key: &str, node: &Node) -> String {
    match &node.kind {
        NodeKind::String(text) => variable_to_text(key, text),
        NodeKind::Unknown(why) => format!("not known: {why}"),
        NodeKind::Array(elements) => {
            elements.iter().map(|element| value_to_text(key, element)).collect::<Vec<_>>().join(" ")
        }
        _ => property_to_json(key, node).to_string(),
    }
}

/// The text of variable `name`, dots for a secret.
pub fn variable_to_text(name: &str, text: &str) -> String {
    if is_secret(name, text) { "•••".into() } else { text.to_owned() }
}

/// Whole numbers without a fraction, as JavaScript writes them.
fn to_number(number: f64) -> Value {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    if number.is_nan() {
        return json!({ "$nan": true });
    }
    if number.is_infinite() {
        return json!({ "$number": number_to_string(number) });
    }
    if number.fract() == 0.0 && number.abs() < SAFE { json!(number as i64) } else { json!(number) }
}
