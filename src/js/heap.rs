//! Objects and variables.

mod journal;
mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ir::{FunctionId, ScopeId};
use super::value::{ModuleId, ObjectId, Origin, Value};
use journal::{Journal, Undo};
pub use journal::{Mark, Writes};

/// A variable's storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(u32);

/// The variables of one entered scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvId(u32);

#[derive(Debug)]
struct Env {
    parent: Option<EnvId>,
    module: ModuleId,
    scope: ScopeId,
    first: u32,
}

/// An object, array or function.
#[derive(Clone, Debug)]
pub struct Object {
    /// What makes it special.
    pub class: Class,
    /// Own properties in order of creation.
    pub properties: Properties,
    /// Where missing properties are looked up.
    pub prototype: Option<ObjectId>,
    /// It may have further properties or elements, and why.
    pub open: Option<Arc<str>>,
    /// How many elements of an open array are where they are said to be; further ones come somewhere behind them.
    pub firm: usize,
    /// Which changes it takes.
    pub integrity: Integrity,
}

/// Which changes an object takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Integrity {
    /// All.
    #[default]
    Extensible,
    /// No new properties: `Object.preventExtensions`.
    Closed,
    /// Nor removal: `Object.seal`.
    Sealed,
    /// None: `Object.freeze`.
    Frozen,
}

/// What makes an object special.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the parts are named in the line above each")]
pub enum Class {
    /// Nothing.
    Plain,
    /// An array.
    Array(Vec<Value>),
    /// A function of the program.
    Closure(Closure),
    /// `f.bind(this, ...arguments)`
    Bound { target: Value, this: Value, arguments: Vec<Value> },
    /// A function that settles a promise.
    Settle(ObjectId),
    /// What follows a promise: calls `next` with `value` and settles `promise` with the result.
    Continuation { promise: ObjectId, next: Value, value: Value },
    /// A class: `superclass` is what it extends.
    Constructor { module: ModuleId, class: super::ir::ClassId, env: EnvId, superclass: Option<Value> },
    /// An instance whose class extends something of a library.
    Derived(Value),
    /// A promise; `None` while pending.
    Promise(Option<Value>),
    /// `new Map`, by insertion.
    Map(Vec<(Value, Value)>),
    /// `new Set`, by insertion.
    Set(Vec<Value>),
    /// What an iterator has not given yet: `map.keys()`.
    Iterator(Vec<Value>),
    /// What a generator function made, while its body has not begun.
    Generator { closure: Closure, this: Value, arguments: Vec<Value> },
    /// `new Error`, by the builtin class.
    Error(&'static str),
    /// A regular expression.
    Regex { pattern: Arc<str>, flags: Arc<str> },
    /// `new URL`, by the whole address.
    Url(Arc<str>),
    /// `process.env`
    Environment,
    /// A module's namespace object or `module.exports` that is still being filled.
    Namespace(ModuleId),
}

/// A function together with what it closes over.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Where its code is.
    pub module: ModuleId,
    /// Its code.
    pub function: FunctionId,
    /// What it sees.
    pub env: EnvId,
    /// An arrow's `this`.
    pub this: Option<Box<Value>>,
    /// The object whose prototype `super` means.
    pub home: Option<ObjectId>,
    /// It was made by strict code: a missing `this` stays `undefined`, and writes that fail throw.
    pub strict: bool,
}

impl Closure {
    /// Whether both are the same code that sees the same variables.
    pub fn is_same_code(&self, other: &Self) -> bool {
        (self.module, self.function, self.env) == (other.module, other.function, other.env)
    }
}

/// A property.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it holds.
    pub slot: Slot,
    /// The place of its name.
    pub key_origin: Option<Origin>,
    /// Whether `for in`, `Object.keys` and spread see it.
    pub enumerable: bool,
    /// Whether assignment changes it.
    pub writable: bool,
    /// Whether it may not be there.
    pub doubtful: bool,
}

impl Property {
    /// Whether it is nothing but a value that may be changed.
    pub fn is_plain(&self) -> bool {
        self.writable && matches!(self.slot, Slot::Value(_))
    }

    /// One that assignment makes.
    pub fn data(value: Value, key_origin: Option<Origin>) -> Self {
        Self { slot: Slot::Value(value), key_origin, enumerable: true, writable: true, doubtful: false }
    }

    /// One that `for in`, `Object.keys` and spread do not see.
    pub fn hidden(slot: Slot) -> Self {
        Self { slot, key_origin: None, enumerable: false, writable: true, doubtful: false }
    }
}

/// What a property holds.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the parts are named in the line above each")]
pub enum Slot {
    /// A value.
    Value(Value),
    /// Functions to call.
    Accessor { get: Option<Value>, set: Option<Value> },
}

/// Own properties in JavaScript's order.
#[derive(Clone, Debug, Default)]
pub struct Properties {
    order: Vec<Arc<str>>,
    by_key: BTreeMap<Arc<str>, Property>,
}

impl Properties {
    /// The property called `key`.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.by_key.get(key)
    }

    /// All, integer keys first in ascending order, the others as created.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Property)> {
        let mut keys: Vec<&Arc<str>> = self.order.iter().collect();
        if keys.iter().any(|key| array_index(key).is_some()) {
            keys.sort_by_key(|key| array_index(key).map_or((1, 0), |index| (0, index)));
        }
        keys.into_iter().filter_map(|key| self.by_key.get(key).map(|property| (key, property)))
    }

    fn insert(&mut self, key: Arc<str>, property: Property) -> Option<Property> {
        let old = self.by_key.insert(key.clone(), property);
        if old.is_none() {
            self.order.push(key);
        }
        old
    }

    /// The property and its place in the order.
    fn remove(&mut self, key: &str) -> Option<(usize, Property)> {
        let old = self.by_key.remove(key)?;
        let place = self.order.iter().position(|known| &**known == key)?;
        self.order.remove(place);
        Some((place, old))
    }

    /// Puts back what was removed.
    fn restore(&mut self, key: Arc<str>, place: usize, property: Property) {
        self.order.insert(place.min(self.order.len()), key.clone());
        self.by_key.insert(key, property);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// The array index that `key` spells, if it does.
pub fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index.to_string() == key && index != u32::MAX).then_some(index)
}

/// All objects and variables of one run.
#[derive(Debug, Default)]
pub struct Heap {
    objects: Vec<Object>,
    cells: Vec<Option<Value>>,
    envs: Vec<Env>,
    journal: Journal,
    /// Whether what is merged must hold in every case, not only in the likely one.
    is_exact: bool,
}

impl Heap {
    /// An empty heap. Where it is exact, what comes out of a merge holds in every case; else what is likely is kept.
    pub fn new(is_exact: bool) -> Self {
        Self { is_exact, ..Self::default() }
    }

    /// A new object.
    pub fn allocate(&mut self, class: Class, prototype: Option<ObjectId>) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        let (properties, integrity) = (Properties::default(), Integrity::default());
        self.objects.push(Object { class, properties, prototype, open: None, firm: 0, integrity });
        id
    }

    /// The object `id`.
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0 as usize]
    }

    /// The elements, where `value` is an array.
    pub fn elements(&self, value: &Value) -> Option<&[Value]> {
        match &self.object(value.as_object()?).class {
            Class::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The data property `key` of an object, own or inherited; accessors are not run.
    pub fn data(&self, value: &Value, key: &str) -> Option<&Value> {
        let mut next = value.as_object();
        while let Some(id) = next {
            let object = self.object(id);
            match object.properties.get(key).map(|property| &property.slot) {
                Some(Slot::Value(value)) => return Some(value),
                Some(Slot::Accessor { .. }) => return None,
                None => next = object.prototype,
            }
        }
        None
    }

    /// Whether `value` can be called as far as is known.
    pub fn is_function(&self, value: &Value) -> bool {
        value.as_object().is_some_and(|id| {
            matches!(
                self.object(id).class,
                Class::Closure(_)
                    | Class::Bound { .. }
                    | Class::Settle(_)
                    | Class::Continuation { .. }
                    | Class::Constructor { .. }
            )
        })
    }

    /// Whether `value` settles a promise when it is called.
    pub fn is_settler(&self, value: &Value) -> bool {
        value.as_object().is_some_and(|id| matches!(self.object(id).class, Class::Settle(_)))
    }

    /// How many objects there are.
    pub fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// Whether a value is a promise of the program.
    pub fn is_promise(&self, value: &Value) -> bool {
        value.as_object().is_some_and(|id| matches!(self.object(id).class, Class::Promise(_)))
    }

    /// The elements of an array, behind any `Hole`s and openness.
    pub fn array(&self, id: ObjectId) -> &[Value] {
        match &self.object(id).class {
            Class::Array(elements) => elements,
            _ => &[],
        }
    }

    /// Number of objects and variables so far.
    pub fn size(&self) -> usize {
        self.objects.len() + self.cells.len()
    }

    /// Sets or replaces an own property.
    pub fn define(&mut self, id: ObjectId, key: Arc<str>, property: Property) {
        let old = self.objects[id.0 as usize].properties.insert(key.clone(), property);
        self.journal.record(Undo::Property(id, key, old.map(|old| (usize::MAX, old))));
    }

    /// Sets the value of an own data property, or makes one as assignment does.
    pub fn set(&mut self, id: ObjectId, key: impl Into<Arc<str>>, value: Value, key_origin: Option<Origin>) {
        let key = key.into();
        let before = self.object(id).properties.get(&key);
        let key_origin = key_origin.or(before.and_then(|property| property.key_origin));
        let enumerable = before.map_or(!key.starts_with('#'), |property| property.enumerable);
        self.define(id, key, Property { enumerable, ..Property::data(value, key_origin) });
    }

    /// Removes an own property.
    pub fn remove(&mut self, id: ObjectId, key: &str) {
        if let Some((place, old)) = self.objects[id.0 as usize].properties.remove(key) {
            self.journal.record(Undo::Property(id, key.into(), Some((place, old))));
        }
    }

    /// Changes what makes the object special: elements, entries, a promise's value.
    pub fn change(&mut self, id: ObjectId, change: impl FnOnce(&mut Class)) {
        let object = &mut self.objects[id.0 as usize];
        self.journal.record_class(id, object);
        change(&mut object.class);
    }

    /// Marks the object as possibly having more than is known; the elements that an array has by now are firm.
    pub fn open(&mut self, id: ObjectId, why: Arc<str>) {
        let object = &mut self.objects[id.0 as usize];
        let firm = match &object.class {
            Class::Array(elements) if object.open.is_none() => elements.len(),
            _ => object.firm,
        };
        self.set_openness(id, Some(why), firm);
    }

    /// Opens an array of which only the first `firm` elements are where they are said to be.
    pub fn loosen(&mut self, id: ObjectId, why: Arc<str>, firm: usize) {
        let firm = if self.object(id).open.is_some() { firm.min(self.object(id).firm) } else { firm };
        self.set_openness(id, Some(why), firm);
    }

    /// Nothing that is not known is left in the object.
    pub fn close(&mut self, id: ObjectId) {
        self.set_openness(id, None, 0);
    }

    /// Says again how many elements of an open array are where they are said to be.
    pub fn firm_up(&mut self, id: ObjectId, why: Arc<str>, firm: usize) {
        self.set_openness(id, Some(why), firm);
    }

    fn set_openness(&mut self, id: ObjectId, open: Option<Arc<str>>, firm: usize) {
        let object = &mut self.objects[id.0 as usize];
        let old = (std::mem::replace(&mut object.open, open), std::mem::replace(&mut object.firm, firm));
        self.journal.record(Undo::Open(id, old.0, old.1));
    }

    /// Sets which changes an object takes.
    pub fn protect(&mut self, id: ObjectId, integrity: Integrity) {
        let object = &mut self.objects[id.0 as usize];
        let old = std::mem::replace(&mut object.integrity, integrity);
        self.journal.record(Undo::Integrity(id, old));
    }

    /// Sets the prototype of a new object.
    pub fn set_prototype(&mut self, id: ObjectId, prototype: Option<ObjectId>) {
        self.objects[id.0 as usize].prototype = prototype;
    }

    /// Enters a scope with `names` variables, none of them readable yet.
    pub fn enter(&mut self, parent: Option<EnvId>, module: ModuleId, scope: ScopeId, names: u32) -> EnvId {
        let first = self.cells.len() as u32;
        self.cells.resize(self.cells.len() + names as usize, None);
        self.envs.push(Env { parent, module, scope, first });
        EnvId(self.envs.len() as u32 - 1)
    }

    /// The environment around `env`.
    pub fn parent(&self, env: EnvId) -> Option<EnvId> {
        self.envs[env.0 as usize].parent
    }

    /// The variable at `position` of `scope`, seen from `env`.
    pub fn find(&self, env: EnvId, module: ModuleId, scope: ScopeId, position: u32) -> Option<CellId> {
        let mut next = Some(env);
        while let Some(id) = next {
            let env = &self.envs[id.0 as usize];
            if env.scope == scope && env.module == module {
                return Some(CellId(env.first + position));
            }
            next = env.parent;
        }
        None
    }

    /// A variable's value; `None` before its declaration ran.
    pub fn read(&self, cell: CellId) -> Option<&Value> {
        self.cells[cell.0 as usize].as_ref()
    }

    /// Writes a variable.
    pub fn write(&mut self, cell: CellId, value: Value) {
        let old = self.cells[cell.0 as usize].replace(value);
        self.journal.record(Undo::Cell(cell, old));
    }
}
