//! PM2's check and conversion of one value, with PM2's words for what it refuses. lib/tools/Config.js:153 (v7.0.4).

use super::options::{Spec, Type};
use super::{Version, words};
use crate::js::{Node, NodeKind};

/// What PM2 makes of a value, or why it refuses the process file. A value that is not known stays so.
pub fn convert(spec: &Spec, value: &Node, version: Version) -> Result<Node, String> {
    if value.is_unknown() {
        return Ok(value.clone());
    }
    let value = match spec.name {
        "instances" => &instances(value),
        _ => value,
    };
    if is_consumed(spec, value) {
        return Ok(value.clone());
    }
    if let Some(error) = crash(spec, value) {
        return Err(error);
    }
    let value = match auto_number(spec.types_in(version), value) {
        Some(number) => replaced(value, NodeKind::Number(number)),
        None => value.clone(),
    };
    check(spec, &value, version)?;
    Ok(match spec.name {
        "exec_mode" => spelt_out(value),
        _ => split_words(spec, apply_unit(spec, value), version),
    })
}

/// What PM2 acts on and takes away before it checks the types: lib/Common.js:717, 722 and 841 (v7.0.4).
fn is_consumed(spec: &Spec, value: &Node) -> bool {
    match spec.name {
        "execute_command" => value.as_number() == Some(1.0) || value.as_str() == Some("1"),
        "disable_trace" => value.truthy() == Some(true),
        "username" => true,
        _ => false,
    }
}

/// What PM2 throws before, or after, it has checked the types: `app.exec_mode.replace(...)`, lib/Common.js:695 (v7.0.4), and
/// `app.env.io = app.io`, lib/API.js:990.
fn crash(spec: &Spec, value: &Node) -> Option<String> {
    match (spec.name, &value.kind) {
        ("exec_mode", NodeKind::String(_)) => None,
        ("exec_mode", _) => Some("TypeError: app.exec_mode.replace is not a function".into()),
        ("env", NodeKind::String(text)) => Some(format!("TypeError: Cannot create property 'io' on string '{text}'")),
        _ => None,
    }
}

/// `cluster` is short for `cluster_mode`: lib/Common.js:341 (v7.0.4).
fn spelt_out(mode: Node) -> Node {
    match mode.as_str() {
        Some(name @ ("cluster" | "fork")) => replaced(&mode, NodeKind::String(format!("{name}_mode").into())),
        _ => mode,
    }
}

/// `max` is 0, and any string is a number at its start or 0: lib/Common.js:855 (v7.0.4).
pub(super) fn instances(value: &Node) -> Node {
    match value.as_str() {
        Some("max") => replaced(value, NodeKind::Number(0.0)),
        Some(text) => replaced(value, NodeKind::Number(words::parse_int(text).unwrap_or(0.0))),
        None => value.clone(),
    }
}

/// `if (type != '[object Boolean]' && !isNaN(value)) value = parseFloat(value)` for options that may be numbers.
fn auto_number(types: &[Type], value: &Node) -> Option<f64> {
    if !types.contains(&Type::Number) {
        return None;
    }
    match &value.kind {
        NodeKind::String(text) => words::number(text).map(|_| words::parse_float(text).unwrap_or(f64::NAN)),
        NodeKind::Array(elements) => match elements.as_slice() {
            [] => Some(f64::NAN),
            [element] if matches!(element.kind, NodeKind::Null | NodeKind::Undefined) => Some(f64::NAN),
            [element] => element.as_number().or_else(|| element.as_str().and_then(words::number)),
            _ => None,
        },
        _ => None,
    }
}

fn check(spec: &Spec, value: &Node, version: Version) -> Result<(), String> {
    let name = type_name(value);
    let types = spec.types_in(version);
    if !types.iter().any(|allowed| format!("{allowed:?}") == name) {
        return Err(wrong_type(spec.name, types, value));
    }
    match &value.kind {
        NodeKind::String(text) if !is_allowed(spec, text) => {
            Err(format!("Verify \"{}\" with regex failed, {}", spec.name, spec.desc))
        }
        NodeKind::Number(number) => match spec.min {
            Some(min) if *number < min => {
                Err(format!("The minimum of \"{}\" is {min}, but now is {number}", spec.name))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What PM2 says of a value of the wrong type.
pub fn wrong_type(key: &str, allowed: &[Type], value: &Node) -> String {
    let allowed: Vec<String> = allowed.iter().map(|kind| format!("[object {kind:?}]")).collect();
    format!("Expect \"{key}\" to be a typeof {}, but now is [object {}]", allowed.join(" / "), type_name(value))
}

fn type_name(value: &Node) -> &'static str {
    match value.kind {
        NodeKind::Undefined | NodeKind::Unknown(_) => "Undefined",
        NodeKind::Null => "Null",
        NodeKind::Bool(_) => "Boolean",
        NodeKind::Number(_) => "Number",
        NodeKind::String(_) => "String",
        NodeKind::Function(_) => "Function",
        NodeKind::Array(_) => "Array",
        NodeKind::Object(_) => "Object",
    }
}

fn is_allowed(spec: &Spec, text: &str) -> bool {
    let chosen = spec.choices.is_empty() || spec.choices.contains(&text);
    chosen && (spec.units.is_empty() || in_units(spec, text).is_some())
}

/// `10s` -> 10000 by the units of the option.
fn in_units(spec: &Spec, text: &str) -> Option<f64> {
    let (digits, factor) = spec.units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)))?;
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse::<f64>().ok().map(|number| number * factor as f64)).flatten()
}

fn apply_unit(spec: &Spec, value: Node) -> Node {
    match value.as_str().and_then(|text| in_units(spec, text)) {
        Some(number) => replaced(&value, NodeKind::Number(number)),
        None => value,
    }
}

fn split_words(spec: &Spec, value: Node, version: Version) -> Node {
    let is_list = spec.types.first() == Some(&Type::Array) && spec.types.len() > 1;
    match value.as_str().filter(|_| is_list) {
        Some(text) => {
            let elements =
                words::split(text, version).into_iter().map(|word| replaced(&value, NodeKind::String(word))).collect();
            replaced(&value, NodeKind::Array(elements))
        }
        None => value,
    }
}

/// Another value from the same place.
fn replaced(value: &Node, kind: NodeKind) -> Node {
    Node { kind, open: None, ..value.clone() }
}
