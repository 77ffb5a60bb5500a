//! What becomes of a value that is sent over the channel to PM2, which carries JSON.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Libraries;
use crate::js::heap::{Class, Heap, Slot};
use crate::js::value::{Kind, Nature, ObjectId, Value};

/// A message to PM2 or the parent process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its text, as far as known.
    pub text: Arc<str>,
    /// What of it JSON does not carry.
    pub flaw: Option<Flaw>,
}

/// What JSON does not carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// `process.send` throws, because of this.
    Throws(String),
    /// The receiver gets something else: each part, and what becomes of it.
    Loses(Vec<String>),
}

/// What of `message` does not come through; what is not known counts as sound.
pub(super) fn flaw(heap: &Heap, libraries: Libraries<'_, '_>, message: &Value) -> Option<Flaw> {
    let mut walk = Walk { heap, libraries, above: Vec::new(), done: BTreeSet::new(), losses: Vec::new() };
    if heap.is_function(message) {
        return Some(Flaw::Throws("a function is no message".into()));
    }
    match walk.visit("the message", message) {
        Err(Throw(why)) => Some(Flaw::Throws(why)),
        Ok(()) => (!walk.losses.is_empty()).then_some(Flaw::Loses(walk.losses)),
    }
}

/// Why `JSON.stringify` throws.
struct Throw(String);

struct Walk<'h> {
    heap: &'h Heap,
    libraries: Libraries<'h, 'h>,
    /// The objects that the present one lies in, the outermost first.
    above: Vec<(ObjectId, String)>,
    done: BTreeSet<ObjectId>,
    losses: Vec<String>,
}

/// Nesting that is looked at.
const MAX_DEPTH: usize = 64;

impl Walk<'_> {
    fn visit(&mut self, path: &str, value: &Value) -> Result<(), Throw> {
        match &value.kind {
            Kind::BigInt(_) => Err(big(path)),
            Kind::Unknown(unknown) if unknown.nature == Nature::BigInt => Err(big(path)),
            Kind::Unknown(_) => {
                self.library_value(path, value);
                Ok(())
            }
            Kind::Object(id) => self.object(path, *id, value),
            _ => Ok(()),
        }
    }

    fn object(&mut self, path: &str, id: ObjectId, value: &Value) -> Result<(), Throw> {
        if let Some((_, above)) = self.above.iter().find(|(above, _)| *above == id) {
            return Err(Throw(format!("`{path}` is `{above}` again, and JSON has no circles")));
        }
        if self.heap.data(value, "toJSON").is_some() || self.above.len() == MAX_DEPTH || !self.done.insert(id) {
            return Ok(());
        }
        self.above.push((id, path.into()));
        let result = self.parts(path, id, value);
        self.above.pop();
        result
    }

    fn parts(&mut self, path: &str, id: ObjectId, value: &Value) -> Result<(), Throw> {
        let heap = self.heap;
        let object = heap.object(id);
        match &object.class {
            Class::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.visit(&format!("{path}[{index}]"), element)?;
                }
            }
            Class::Derived(inner) => self.library_value(path, inner),
            class => self.losses.extend(lost(class, heap.is_function(value)).map(|how| format!("`{path}` {how}"))),
        }
        for (key, property) in object.properties.iter().filter(|(_, property)| property.enumerable) {
            if let Slot::Value(value) = &property.slot {
                self.visit(&below(path, key), value)?;
            }
        }
        Ok(())
    }

    fn library_value(&mut self, path: &str, value: &Value) {
        let handle = value.as_symbol().and_then(|symbol| self.libraries.handle(symbol));
        self.losses.extend(handle.map(|handle| format!("`{path}` becomes {}", &*handle.becomes)));
    }
}

fn big(path: &str) -> Throw {
    Throw(format!("`{path}` is a BigInt, which JSON does not have"))
}

fn below(path: &str, key: &str) -> String {
    if path == "the message" { key.into() } else { format!("{path}.{key}") }
}

/// What JSON makes of an object that is more than its properties.
fn lost(class: &Class, is_function: bool) -> Option<&'static str> {
    match class {
        _ if is_function => Some("is a function and is left out"),
        Class::Map(_) => Some("is a Map and becomes `{}`"),
        Class::Set(_) => Some("is a Set and becomes `{}`"),
        Class::Error(_) => Some("is an Error and becomes `{}`"),
        Class::Promise(_) => Some("is a Promise and becomes `{}`"),
        Class::Regex { .. } => Some("is a regular expression and becomes `{}`"),
        _ => None,
    }
}
