//! What libraries make of texts that hold data.

use std::sync::Arc;

use super::yaml;
use crate::js::eval::{Call, Reaction};
use crate::js::value::Value;
use crate::js::{Entry, Node, NodeKind};

/// What `call` gives, if a library reads a text there.
pub(crate) fn data(call: &Call<'_>) -> Option<Reaction> {
    let text = call.arguments.first().and_then(Value::as_str)?;
    let merges = matches!(call.symbol, "js-yaml.load" | "js-yaml.safeLoad" | "yamljs.parse");
    let reads = merges || (call.symbol == "yaml.parse" && !text.contains("<<:"));
    let file: Arc<str> = "".into();
    reads.then(|| yaml::parse(&file, text).ok()).flatten().map(|node| Reaction::giving(without_places(node)))
}

/// The places are those of a text, not of a file.
fn without_places(node: Node) -> Node {
    let entry = |entry: Entry| Entry { key_origin: None, value: without_places(entry.value), ..entry };
    let kind = match node.kind {
        NodeKind::Array(elements) => NodeKind::Array(elements.into_iter().map(without_places).collect()),
        NodeKind::Object(entries) => NodeKind::Object(entries.into_iter().map(entry).collect()),
        kind => kind,
    };
    Node { kind, origin: None, ..node }
}
