//! Objects, variables and the journal that takes writes back when a branch was only possible.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ir::{FunctionId, ScopeId};
use super::value::{ModuleId, ObjectId, Origin, Value};

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
}

/// What makes an object special.
#[derive(Clone, Debug)]
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
    /// `new Error`
    Error,
    /// A regular expression.
    Regex { pattern: Arc<str>, flags: Arc<str> },
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
}

/// What a property holds.
#[derive(Clone, Debug)]
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
        keys.sort_by_key(|key| array_index(key).map_or((1, 0), |index| (0, index)));
        keys.into_iter().filter_map(|key| self.by_key.get(key).map(|property| (key, property)))
    }

    fn insert(&mut self, key: Arc<str>, property: Property) -> Option<Property> {
        let old = self.by_key.insert(key.clone(), property);
        if old.is_none() {
            self.order.push(key);
        }
        old
    }

    fn remove(&mut self, key: &str) -> Option<Property> {
        let old = self.by_key.remove(key);
        if old.is_some() {
            self.order.retain(|known| &**known != key);
        }
        old
    }
}

/// The array index that `key` spells, if it does.
pub fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index.to_string() == key && index != u32::MAX).then_some(index)
}

/// What was there before a write.
#[derive(Debug)]
enum Undo {
    Cell(CellId, Option<Value>),
    Property(ObjectId, Arc<str>, Option<Property>),
    Class(ObjectId, Box<Class>),
    Open(ObjectId, Option<Arc<str>>),
}

/// A written place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Location {
    Cell(CellId),
    Property(ObjectId, Arc<str>),
    Class(ObjectId),
    Open(ObjectId),
}

impl Undo {
    fn location(&self) -> Location {
        match self {
            Self::Cell(cell, _) => Location::Cell(*cell),
            Self::Property(id, key, _) => Location::Property(*id, key.clone()),
            Self::Class(id, _) => Location::Class(*id),
            Self::Open(id, _) => Location::Open(*id),
        }
    }
}

impl Location {
    fn is_older_than(&self, mark: Mark) -> bool {
        match self {
            Self::Cell(cell) => (cell.0 as usize) < mark.cells,
            Self::Property(id, _) | Self::Class(id) | Self::Open(id) => (id.0 as usize) < mark.objects,
        }
    }
}

/// What a written place holds.
#[derive(Clone, Debug)]
enum Content {
    Cell(Option<Value>),
    Property(Option<Property>),
    Class(Box<Class>),
    Open(Option<Arc<str>>),
}

/// Where watching began: what was made since is nobody else's and needs no taking back.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    journal: usize,
    objects: usize,
    cells: usize,
}

/// What a branch wrote, place by place.
#[derive(Clone, Debug, Default)]
pub struct Writes(BTreeMap<Location, Content>);

/// All objects and variables of one run.
#[derive(Debug, Default)]
pub struct Heap {
    objects: Vec<Object>,
    cells: Vec<Option<Value>>,
    envs: Vec<Env>,
    journal: Vec<Undo>,
    watchers: usize,
}

impl Heap {
    /// A new object.
    pub fn allocate(&mut self, class: Class, prototype: Option<ObjectId>) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(Object { class, properties: Properties::default(), prototype, open: None });
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

    /// Number of objects and variables so far.
    pub fn size(&self) -> usize {
        self.objects.len() + self.cells.len()
    }

    /// Sets or replaces an own property.
    pub fn define(&mut self, id: ObjectId, key: Arc<str>, property: Property) {
        let old = self.objects[id.0 as usize].properties.insert(key.clone(), property);
        self.record(|| Undo::Property(id, key, old));
    }

    /// Sets an own enumerable data property.
    pub fn set(&mut self, id: ObjectId, key: impl Into<Arc<str>>, value: Value, key_origin: Option<Origin>) {
        let key = key.into();
        let before = self.object(id).properties.get(&key);
        let key_origin = key_origin.or(before.and_then(|property| property.key_origin));
        let enumerable = before.is_none_or(|property| property.enumerable);
        self.define(id, key, Property { slot: Slot::Value(value), key_origin, enumerable });
    }

    /// Removes an own property.
    pub fn remove(&mut self, id: ObjectId, key: &str) {
        if let Some(old) = self.objects[id.0 as usize].properties.remove(key) {
            self.record(|| Undo::Property(id, key.into(), Some(old)));
        }
    }

    /// Changes what makes the object special: elements, entries, a promise's value.
    pub fn change(&mut self, id: ObjectId, change: impl FnOnce(&mut Class)) {
        if self.watchers > 0 {
            let old = self.objects[id.0 as usize].class.clone();
            self.journal.push(Undo::Class(id, Box::new(old)));
        }
        change(&mut self.objects[id.0 as usize].class);
    }

    /// Marks the object as possibly having more than is known.
    pub fn open(&mut self, id: ObjectId, why: Arc<str>) {
        let old = self.objects[id.0 as usize].open.replace(why);
        self.record(|| Undo::Open(id, old));
    }

    /// Sets the prototype of a new object.
    pub fn set_prototype(&mut self, id: ObjectId, prototype: Option<ObjectId>) {
        self.objects[id.0 as usize].prototype = prototype;
    }

    /// Enters a scope with `names` variables, none of them readable yet.
    pub fn enter(&mut self, parent: Option<EnvId>, module: ModuleId, scope: ScopeId, names: usize) -> EnvId {
        let first = self.cells.len() as u32;
        self.cells.resize(self.cells.len() + names, None);
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
        self.record(|| Undo::Cell(cell, old));
    }

    fn record(&mut self, undo: impl FnOnce() -> Undo) {
        if self.watchers > 0 {
            self.journal.push(undo());
        }
    }

    /// Starts to watch writes; give the mark to [`Heap::take_back`] or [`Heap::keep`].
    pub fn watch(&mut self) -> Mark {
        self.watchers += 1;
        Mark { journal: self.journal.len(), objects: self.objects.len(), cells: self.cells.len() }
    }

    /// Ends watching and lets all writes stand.
    pub fn keep(&mut self, _mark: Mark) {
        self.watchers -= 1;
        if self.watchers == 0 {
            self.journal.clear();
        }
    }

    /// Ends watching and restores everything written since; returns what had been written.
    pub fn take_back(&mut self, mark: Mark) -> Writes {
        let writes = self.written_since(mark);
        while self.journal.len() > mark.journal {
            match self.journal.pop() {
                Some(undo) if !undo.location().is_older_than(mark) => {}
                Some(Undo::Cell(cell, old)) => self.cells[cell.0 as usize] = old,
                Some(Undo::Property(id, key, Some(old))) => {
                    self.objects[id.0 as usize].properties.insert(key, old);
                }
                Some(Undo::Property(id, key, None)) => {
                    self.objects[id.0 as usize].properties.remove(&key);
                }
                Some(Undo::Class(id, old)) => self.objects[id.0 as usize].class = *old,
                Some(Undo::Open(id, old)) => self.objects[id.0 as usize].open = old,
                None => break,
            }
        }
        self.keep(mark);
        writes
    }

    fn written_since(&self, mark: Mark) -> Writes {
        let locations = self.journal[mark.journal..].iter().map(Undo::location);
        let older = locations.filter(|location| location.is_older_than(mark));
        Writes(older.map(|location| (location.clone(), self.content(&location))).collect())
    }

    fn content(&self, location: &Location) -> Content {
        match location {
            Location::Cell(cell) => Content::Cell(self.cells[cell.0 as usize].clone()),
            Location::Property(id, key) => Content::Property(self.object(*id).properties.get(key).cloned()),
            Location::Class(id) => Content::Class(Box::new(self.object(*id).class.clone())),
            Location::Open(id) => Content::Open(self.object(*id).open.clone()),
        }
    }

    /// Does `writes` again.
    pub fn apply(&mut self, writes: Writes) {
        for (location, content) in writes.0 {
            match (location, content) {
                (Location::Cell(cell), Content::Cell(Some(value))) => self.write(cell, value),
                (Location::Property(id, key), Content::Property(Some(property))) => self.define(id, key, property),
                (Location::Property(id, key), Content::Property(None)) => self.remove(id, &key),
                (Location::Class(id), Content::Class(class)) => self.change(id, |now| *now = *class),
                (Location::Open(id), Content::Open(Some(why))) => self.open(id, why),
                _ => {}
            }
        }
    }

    /// Makes the state what it is either now or after `writes`.
    pub fn merge(&mut self, writes: Writes, why: &Arc<str>) {
        for (location, other) in writes.0 {
            let now = self.content(&location);
            self.merge_one(location, now, other, why);
        }
    }

    fn merge_one(&mut self, location: Location, now: Content, other: Content, why: &Arc<str>) {
        match (location, now, other) {
            (Location::Cell(cell), Content::Cell(now), Content::Cell(other)) => {
                if let Some(merged) = merge_values(now, other, why) {
                    self.write(cell, merged);
                }
            }
            (Location::Property(id, key), Content::Property(now), Content::Property(other)) => {
                self.merge_property(id, key, now, other, why);
            }
            (Location::Class(id), Content::Class(now), Content::Class(other)) => {
                self.merge_class(id, *now, *other, why)
            }
            (Location::Open(id), Content::Open(None), Content::Open(Some(_))) => self.open(id, why.clone()),
            _ => {}
        }
    }

    fn merge_property(
        &mut self,
        id: ObjectId,
        key: Arc<str>,
        now: Option<Property>,
        other: Option<Property>,
        why: &Arc<str>,
    ) {
        let (key_origin, enumerable) = match now.as_ref().or(other.as_ref()) {
            Some(property) => (property.key_origin, property.enumerable),
            None => return,
        };
        let value = |property: Option<Property>| match property.map(|property| property.slot) {
            Some(Slot::Value(value)) => value,
            Some(Slot::Accessor { .. }) => Value::unknown(why.clone()),
            None => Value::undefined(),
        };
        let merged = Value::one_of([value(now), value(other)], why);
        self.define(id, key, Property { slot: Slot::Value(merged), key_origin, enumerable });
    }

    fn merge_class(&mut self, id: ObjectId, now: Class, other: Class, why: &Arc<str>) {
        match (now, other) {
            (Class::Array(now), Class::Array(other)) => {
                let same_length = now.len() == other.len();
                let (long, short) = if now.len() >= other.len() { (now, other) } else { (other, now) };
                let merged = merge_elements(long, short, why);
                self.change(id, |class| *class = Class::Array(merged));
                if !same_length {
                    self.open(id, why.clone());
                }
            }
            (Class::Promise(now), Class::Promise(other)) => {
                let merged = merge_values(now, other, why);
                self.change(id, |class| *class = Class::Promise(merged));
            }
            (Class::Map(_), Class::Map(long)) => {
                self.change(id, |class| *class = Class::Map(long));
                self.open(id, why.clone());
            }
            (Class::Set(_), Class::Set(long)) => {
                self.change(id, |class| *class = Class::Set(long));
                self.open(id, why.clone());
            }
            _ => {}
        }
    }

    /// Forgets the value of everything in `writes`: it changed a number of times that is not known.
    pub fn forget(&mut self, writes: Writes, why: &Arc<str>) {
        for location in writes.0.into_keys() {
            match location {
                Location::Cell(cell) => {
                    let old = self.read(cell).cloned();
                    let unknown = Value::unknown(why.clone());
                    let keep = old.filter(|old| old.as_object().is_some() || old.as_symbol().is_some());
                    self.write(cell, keep.unwrap_or(unknown));
                }
                Location::Property(id, key) => self.set(id, key, Value::unknown(why.clone()), None),
                Location::Class(id) | Location::Open(id) => self.open(id, why.clone()),
            }
        }
    }
}

fn merge_values(now: Option<Value>, other: Option<Value>, why: &Arc<str>) -> Option<Value> {
    match (now, other) {
        (Some(now), Some(other)) => Some(Value::one_of([now, other], why)),
        (now, other) => now.or(other),
    }
}

fn merge_elements(long: Vec<Value>, short: Vec<Value>, why: &Arc<str>) -> Vec<Value> {
    let mut short = short.into_iter();
    long.into_iter()
        .map(|element| match short.next() {
            Some(other) => Value::one_of([element, other], why),
            None => element,
        })
        .collect()
}
