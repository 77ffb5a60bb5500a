//! Containers of the program that one request fills and another looks into.

use super::super::heap::Class;
use super::super::ir::{Key, KeyId};
use super::super::value::{Origin, Value};
use super::{Activation, Interpreter, When};

/// One use of a container by a request.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Where the container was made.
    pub made: Origin,
    /// It is changed, not only looked into.
    pub writes: bool,
    /// The handler, by number: what follows its promises is the handler still.
    pub handler: u32,
    /// Where it is used.
    pub site: Origin,
}

/// Methods of Map, Set and Array that change it.
const WRITING: [&str; 10] =
    ["set", "add", "delete", "clear", "push", "unshift", "pop", "shift", "splice", "copyWithin"];

impl Interpreter<'_> {
    /// A method of a Map, a Set or an array is called.
    pub(super) fn uses_by(&mut self, container: &Value, method: &str, site: Origin) {
        let is_container = container
            .as_object()
            .is_some_and(|id| matches!(self.heap.object(id).class, Class::Map(_) | Class::Set(_) | Class::Array(_)));
        if is_container {
            self.uses(container, WRITING.contains(&method), site);
        }
    }

    /// An entry of an object is written or read, under a key that the request brings.
    pub(super) fn uses_entry(&mut self, at: &Activation<'_>, container: &Value, key: KeyId, writes: bool) {
        let is_plain = container.as_object().is_some_and(|id| matches!(self.heap.object(id).class, Class::Plain));
        if let Key::Computed(key) = at.ir[key]
            && is_plain
        {
            self.uses(container, writes, at.origin(key));
        }
    }

    fn uses(&mut self, container: &Value, writes: bool, site: Origin) {
        let (Some(id), Some(made)) = (container.as_object(), container.origin) else { return };
        let is_older = (id.0 as usize) < self.handler_began;
        if self.path.when == When::Request && is_older && !self.is_model(made.module) && !self.is_model(site.module) {
            let (handler, path) = (self.handler, self.path);
            self.host.uses(Use { made, writes, handler, site }, path);
        }
    }
}
