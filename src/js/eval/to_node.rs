//! From values on the heap to plain data.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::heap::{Class, array_index};
use super::super::node::{Entry, Node, NodeKind};
use super::super::value::{Kind, Nature, ObjectId, Origin, Taint, Value};
use super::expr::ROOT;
use super::{Interpreter, builtins};
use crate::checkout::Place;

impl Interpreter<'_> {
    /// A value as plain data; getters are run, circles are cut.
    pub fn to_node(&mut self, value: &Value) -> Node {
        self.node(value, &mut BTreeSet::new())
    }

    /// The place of an origin.
    pub fn place(&self, origin: Origin) -> Place {
        Place::new(self.file(origin.module).clone(), origin.span)
    }

    fn node(&mut self, value: &Value, above: &mut BTreeSet<ObjectId>) -> Node {
        let mut open = None;
        let kind = match &value.kind {
            Kind::Undefined | Kind::Hole => NodeKind::Undefined,
            Kind::Null => NodeKind::Null,
            Kind::Bool(value) => NodeKind::Bool(*value),
            Kind::Number(number) => NodeKind::Number(*number),
            Kind::String(text) => NodeKind::String(shown_path(text)),
            Kind::BigInt(_) => NodeKind::Unknown("a BigInt".into()),
            Kind::Unknown(unknown) => match unknown.symbol.as_deref().and_then(builtins::function_name) {
                Some(name) => NodeKind::Function(name.into()),
                None => NodeKind::Unknown(unknown.why.clone()),
            },
            Kind::Object(id) if above.len() > MAX_NESTING || !above.insert(*id) => {
                NodeKind::Unknown("an object that contains itself".into())
            }
            Kind::Object(id) => {
                let kind = self.object_node(*id, above);
                open = self.openness(*id);
                above.remove(id);
                kind
            }
        };
        Node {
            kind,
            origin: value.origin.filter(|origin| !self.is_model(origin.module)).map(|origin| self.place(origin)),
            assumed_unset: self.assumption_names(value.taint),
            of_cpus: is_by_cpus(value),
            open,
        }
    }

    fn object_node(&mut self, id: ObjectId, above: &mut BTreeSet<ObjectId>) -> NodeKind {
        if self.heap.is_function(&Value::object(id)) {
            return NodeKind::Function(self.function_name(id));
        }
        if let Class::Array(elements) = self.heap.object(id).class.clone() {
            return NodeKind::Array(elements.iter().map(|element| self.node(element, above)).collect());
        }
        if let Class::Promise(_) = self.heap.object(id).class {
            return NodeKind::Object(Vec::new());
        }
        let Ok(mut properties) = self.own_properties(id) else {
            return NodeKind::Unknown("a getter that cannot be run".into());
        };
        properties.sort_by_key(|(key, _, _)| array_index(key).map_or((1, 0), |index| (0, index)));
        let holder = Value::object(id);
        let entries = properties.into_iter().map(|(key, value, origin)| {
            let value = match self.is_doubtful(&holder, &key) {
                true => Value { origin: value.origin, ..Value::unknown("whether it is there is not known") },
                false => value,
            };
            Entry { key, key_origin: origin.map(|origin| self.place(origin)), value: self.node(&value, above) }
        });
        NodeKind::Object(entries.collect())
    }

    /// The variables behind a taint.
    pub fn assumption_names(&self, taint: Taint) -> Vec<Arc<str>> {
        taint.assumptions().filter_map(|index| self.assumptions.get(index).cloned()).collect()
    }
}

/// Whether the number of the host's CPUs decides how many these are; a host has at least two, so `cpus().length || 2` are as many.
fn is_by_cpus(value: &Value) -> bool {
    let are_several = |value: &Value| match &value.kind {
        Kind::Unknown(unknown) => unknown.nature == Nature::Number && value.taint.of_cpus(),
        kind => matches!(kind, Kind::Number(count) if *count >= 2.0),
    };
    value.is_unknown() && value.taint.of_cpus() && value.clone().into_choices().iter().all(are_several)
}

/// A path below the root as it is shown: `<root>/src`.
fn shown_path(text: &Arc<str>) -> Arc<str> {
    if text.contains(ROOT) { text.replace(ROOT, &ROOT[1..]).into() } else { text.clone() }
}

const MAX_NESTING: usize = 60;
