//! From plain data to values on the heap.

use super::super::heap::Class;
use super::super::node::{Node, NodeKind};
use super::super::value::{Kind, Origin, Value};
use super::{Eval, Interpreter};

impl Interpreter<'_> {
    /// Data that a library read, as a new value; every part is given by the call, at `site`.
    pub(super) fn value_from(&mut self, node: &Node, site: Origin) -> Eval {
        self.burn()?;
        let value = match &node.kind {
            NodeKind::Undefined => Value::undefined(),
            NodeKind::Null => Value::new(Kind::Null),
            NodeKind::Bool(value) => Value::bool(*value),
            NodeKind::Number(number) => Value::number(*number),
            NodeKind::String(text) => Value::string(text.clone()),
            NodeKind::Function(_) => Value::unknown("a function in data"),
            NodeKind::Unknown(why) => Value::unknown(why.clone()),
            NodeKind::Array(elements) => {
                let elements =
                    elements.iter().map(|element| self.value_from(element, site)).collect::<Eval<Vec<_>>>()?;
                self.array(elements)
            }
            NodeKind::Object(entries) => {
                let id = self.heap.allocate(Class::Plain, None);
                for entry in entries {
                    let value = self.value_from(&entry.value, site)?;
                    self.heap.set(id, entry.key.clone(), value, None);
                }
                Value::object(id)
            }
        };
        Ok(value.at(site))
    }
}
