//! A value that was known, or not, once evaluation is over: plain data with the place of every part.

use std::sync::Arc;

use crate::checkout::Place;

/// What a process file, or a part of it, came out as.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: NodeKind,
    /// The literal or expression that gave it.
    pub origin: Option<Place>,
    /// Names of environment variables that nothing in the checkout sets and that this value was computed without.
    pub assumed_unset: Vec<Arc<str>>,
    /// An undecided number that comes of the number of the host's CPUs.
    pub of_cpus: bool,
    /// An object may hold further properties, or an array further elements, and why (`...unknown`).
    pub open: Option<Arc<str>>,
}

/// The value of a [`Node`].
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// Any number, `NaN` and infinities too.
    Number(f64),
    /// A string.
    String(Arc<str>),
    /// A function or class, by name (may be empty).
    Function(Arc<str>),
    /// An array.
    Array(Vec<Node>),
    /// An object: its own enumerable properties in JavaScript's order.
    Object(Vec<Entry>),
    /// Not known before run time, and why.
    Unknown(Arc<str>),
}

/// A property of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The property's name.
    pub key: Arc<str>,
    /// Where the name is written, if it is.
    pub key_origin: Option<Place>,
    /// The property's value.
    pub value: Node,
}

impl Node {
    /// A value without a place.
    pub fn new(kind: NodeKind) -> Self {
        Self { kind, origin: None, assumed_unset: Vec::new(), of_cpus: false, open: None }
    }

    /// The value of property `key`, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Property `key` with the place of its name.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The properties; empty unless this is an object.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The elements; empty unless this is an array.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.kind {
            NodeKind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether nothing is known of the value itself.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, NodeKind::Unknown(_))
    }

    /// JavaScript's truthiness; `None` where unknown.
    pub fn truthy(&self) -> Option<bool> {
        match &self.kind {
            NodeKind::Unknown(_) => None,
            NodeKind::Undefined | NodeKind::Null => Some(false),
            NodeKind::Bool(value) => Some(*value),
            NodeKind::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            NodeKind::String(text) => Some(!text.is_empty()),
            NodeKind::Function(_) | NodeKind::Array(_) | NodeKind::Object(_) => Some(true),
        }
    }
}
