//! Numbers and values as messages show them.

use crate::js::{Node, NodeKind};

/// `1600` -> `1.6 s`, `253` -> `253 ms`, `90000` -> `90 s`.
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        _ => format!("{} s", milliseconds as f64 / 1000.0),
    }
}

/// `300` -> `300 bytes`, `314572800` -> `300 MiB`.
pub fn bytes(count: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = KIB * 1024;
    match count {
        0..KIB => format!("{count} bytes"),
        KIB..MIB => format!("{} KiB", count / KIB),
        _ => format!("{} MiB", count / MIB),
    }
}

/// A value as the process file might spell it, cut to a readable length.
pub fn value(node: &Node) -> String {
    let text = match &node.kind {
        NodeKind::Undefined => "undefined".into(),
        NodeKind::Null => "null".into(),
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::Number(number) => number.to_string(),
        NodeKind::String(text) => format!("'{text}'"),
        NodeKind::Function(_) => "a function".into(),
        NodeKind::Array(elements) => format!("[{}]", elements.iter().take(5).map(value).collect::<Vec<_>>().join(", ")),
        NodeKind::Object(_) => "an object".into(),
        NodeKind::Unknown(_) => "an unknown value".into(),
    };
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// `1 app`, `3 apps`.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_well() {
        assert_eq!([duration(253), duration(1600), duration(90_000)], ["253 ms", "1.6 s", "90 s"]);
        assert_eq!([bytes(300), bytes(2048), bytes(300 << 20)], ["300 bytes", "2 KiB", "300 MiB"]);
        assert_eq!(value(&Node::new(NodeKind::String("ä".repeat(100).into()))).chars().count(), 61);
    }
}
