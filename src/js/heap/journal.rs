//! What was written while it was only possible: taken back, done again, or merged with what else may be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::value::{Kind, ObjectId, Value};
use super::{CellId, Class, Heap, Integrity, Object, Property, Slot};

/// What was there before a write.
#[derive(Debug)]
pub(super) enum Undo {
    Cell(CellId, Option<Value>),
    /// With the property's place among the others; `usize::MAX` where it keeps its place.
    Property(ObjectId, Arc<str>, Option<(usize, Property)>),
    Class(ObjectId, Box<Class>),
    Open(ObjectId, Option<Arc<str>>, usize),
    Integrity(ObjectId, Integrity),
}

/// A written place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Location {
    Cell(CellId),
    Property(ObjectId, Arc<str>),
    Class(ObjectId),
    Open(ObjectId),
    Integrity(ObjectId),
}

impl Undo {
    fn location(&self) -> Location {
        match self {
            Self::Cell(cell, _) => Location::Cell(*cell),
            Self::Property(id, key, _) => Location::Property(*id, key.clone()),
            Self::Class(id, _) => Location::Class(*id),
            Self::Open(id, ..) => Location::Open(*id),
            Self::Integrity(id, _) => Location::Integrity(*id),
        }
    }
}

/// What a written place holds.
#[derive(Clone, Debug)]
enum Content {
    Cell(Option<Value>),
    Property(Option<Property>),
    Class(Box<Class>),
    Open(Option<Arc<str>>, usize),
    Integrity(Integrity),
}

/// Where watching began; give it to [`Heap::take_back`] or [`Heap::keep`].
#[derive(Debug)]
pub struct Mark(());

/// What a branch wrote, place by place.
#[derive(Clone, Debug, Default)]
pub struct Writes(BTreeMap<Location, Content>);

impl Writes {
    /// Whether nothing was written but what was made since.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One watch: what was made since is nobody else's and needs no taking back.
#[derive(Debug)]
struct Watch {
    undos: usize,
    objects: usize,
    cells: usize,
    /// The places whose content at the beginning is in the journal by now.
    written: BTreeSet<Location>,
}

impl Watch {
    fn concerns(&self, location: &Location) -> bool {
        match location {
            Location::Cell(cell) => (cell.0 as usize) < self.cells,
            Location::Property(id, _) | Location::Class(id) | Location::Open(id) | Location::Integrity(id) => {
                (id.0 as usize) < self.objects
            }
        }
    }
}

/// The writes since the outermost watch began.
#[derive(Debug, Default)]
pub(super) struct Journal {
    undos: Vec<Undo>,
    watches: Vec<Watch>,
    /// Elements and entries copied so far.
    copied: u64,
}

impl Journal {
    pub(super) fn record(&mut self, undo: Undo) {
        if self.is_news(&undo.location()) {
            self.undos.push(undo);
        }
    }

    /// Records what makes an object special, which is costly to copy, before it changes.
    pub(super) fn record_class(&mut self, id: ObjectId, object: &Object) {
        if self.is_news(&Location::Class(id)) {
            self.copied += size(&object.class);
            self.undos.push(Undo::Class(id, Box::new(object.class.clone())));
        }
    }

    /// Whether the innermost watch does not know yet what was there.
    fn is_news(&mut self, location: &Location) -> bool {
        let Some(watch) = self.watches.last_mut() else { return false };
        watch.concerns(location) && watch.written.insert(location.clone())
    }

    /// Ends the innermost watch; what is left of it concerns the one around it.
    fn end(&mut self) -> Option<Watch> {
        let ended = self.watches.pop()?;
        match self.watches.last_mut() {
            Some(outer) => {
                let own = ended.written.iter().filter(|location| outer.concerns(location)).cloned();
                outer.written.extend(own.collect::<Vec<_>>());
            }
            None => self.undos.clear(),
        }
        Some(ended)
    }
}

fn size(class: &Class) -> u64 {
    match class {
        Class::Array(elements) | Class::Set(elements) | Class::Iterator(elements) => elements.len() as u64,
        Class::Map(entries) => entries.len() as u64,
        _ => 0,
    }
}

impl Heap {
    /// Starts to watch writes.
    pub fn watch(&mut self) -> Mark {
        self.journal.watches.push(Watch {
            undos: self.journal.undos.len(),
            objects: self.objects.len(),
            cells: self.cells.len(),
            written: BTreeSet::new(),
        });
        Mark(())
    }

    /// Ends watching and lets all writes stand.
    pub fn keep(&mut self, _mark: Mark) {
        self.journal.end();
    }

    /// Ends watching and restores everything written since; returns what had been written.
    pub fn take_back(&mut self, _mark: Mark) -> Writes {
        let Some(watch) = self.journal.watches.pop() else { return Writes::default() };
        let written = watch.written.iter().map(|location| (location.clone(), self.content(location)));
        let writes = Writes(written.collect());
        self.journal.copied += writes.0.values().map(Content::size).sum::<u64>();
        while self.journal.undos.len() > watch.undos {
            let Some(undo) = self.journal.undos.pop() else { break };
            self.undo(undo);
        }
        writes
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Cell(cell, old) => self.cells[cell.0 as usize] = old,
            Undo::Property(id, key, None) => drop(self.objects[id.0 as usize].properties.remove(&key)),
            Undo::Property(id, key, Some((usize::MAX, old))) => {
                self.objects[id.0 as usize].properties.insert(key, old);
            }
            Undo::Property(id, key, Some((place, old))) => {
                let properties = &mut self.objects[id.0 as usize].properties;
                properties.remove(&key);
                properties.restore(key, place, old);
            }
            Undo::Class(id, old) => self.objects[id.0 as usize].class = *old,
            Undo::Open(id, old, firm) => {
                let object = &mut self.objects[id.0 as usize];
                (object.open, object.firm) = (old, firm);
            }
            Undo::Integrity(id, old) => self.objects[id.0 as usize].integrity = old,
        }
    }

    /// Elements and entries copied since the last call, which is work too.
    pub(in crate::js) fn take_copied(&mut self) -> u64 {
        std::mem::take(&mut self.journal.copied)
    }

    fn content(&self, location: &Location) -> Content {
        match location {
            Location::Cell(cell) => Content::Cell(self.cells[cell.0 as usize].clone()),
            Location::Property(id, key) => Content::Property(self.object(*id).properties.get(key).cloned()),
            Location::Class(id) => Content::Class(Box::new(self.object(*id).class.clone())),
            Location::Open(id) => Content::Open(self.object(*id).open.clone(), self.object(*id).firm),
            Location::Integrity(id) => Content::Integrity(self.object(*id).integrity),
        }
    }

    /// Does `writes` again.
    pub fn apply(&mut self, writes: Writes) {
        for (location, content) in writes.0 {
            self.put_back(location, content);
        }
    }

    fn put_back(&mut self, location: Location, content: Content) {
        match (location, content) {
            (Location::Cell(cell), Content::Cell(Some(value))) => self.write(cell, value),
            (Location::Property(id, key), Content::Property(Some(property))) => self.define(id, key, property),
            (Location::Property(id, key), Content::Property(None)) => self.remove(id, &key),
            (Location::Class(id), Content::Class(class)) => self.change(id, |now| *now = *class),
            (Location::Open(id), Content::Open(open, firm)) => self.set_openness(id, open, firm),
            (Location::Integrity(id), Content::Integrity(integrity)) => self.protect(id, integrity),
            _ => {}
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
                self.merge_class(id, *now, *other, why);
            }
            (Location::Open(id), Content::Open(now, firm), Content::Open(other, other_firm)) => {
                self.merge_openness(id, (now, firm), (other, other_firm));
            }
            (Location::Integrity(id), Content::Integrity(now), Content::Integrity(other)) if now != other => {
                self.protect(id, now.min(other));
                self.open(id, why.clone());
            }
            _ => {}
        }
    }

    fn merge_openness(&mut self, id: ObjectId, now: (Option<Arc<str>>, usize), other: (Option<Arc<str>>, usize)) {
        let merged = match (now, other) {
            ((Some(why), firm), (Some(_), other)) => (why, firm.min(other)),
            ((Some(why), firm), (None, _)) | ((None, _), (Some(why), firm)) => (why, firm),
            ((None, _), (None, _)) => return,
        };
        self.loosen(id, merged.0, merged.1);
    }

    /// Makes the state what it is after one of several ways that were taken from here.
    pub fn join(&mut self, ways: Vec<Writes>, why: &Arc<str>) {
        let mut locations = BTreeSet::new();
        for way in &ways {
            locations.extend(way.0.keys().cloned());
        }
        for location in locations {
            let before = self.content(&location);
            let mut contents = ways.iter().map(|way| way.0.get(&location).unwrap_or(&before).clone());
            let Some(first) = contents.next() else { continue };
            self.put_back(location.clone(), first);
            for content in contents {
                let now = self.content(&location);
                self.merge_one(location.clone(), now, content, why);
            }
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
        let Some(model) = now.as_ref().or(other.as_ref()).cloned() else { return };
        let doubtful = match (&now, &other) {
            (Some(now), Some(other)) if now.is_same(other) && !now.doubtful && !other.doubtful => {
                return self.define(id, key, model);
            }
            (Some(now), Some(other)) => now.doubtful || other.doubtful,
            _ => true,
        };
        let value = |property: Option<Property>| match property.map(|property| property.slot) {
            Some(Slot::Value(value)) => value,
            Some(Slot::Accessor { .. }) => Value::unknown(why.clone()),
            None => Value::undefined(),
        };
        let merged = Value::one_of([value(now), value(other)], why);
        self.define(id, key, Property { slot: Slot::Value(merged), doubtful, ..model });
    }

    fn merge_class(&mut self, id: ObjectId, now: Class, other: Class, why: &Arc<str>) {
        match (now, other) {
            (Class::Array(now), Class::Array(other)) => self.merge_arrays(id, now, other, why),
            (Class::Promise(now), Class::Promise(other)) => {
                let merged = merge_values(now, other, why);
                self.change(id, |class| *class = Class::Promise(merged));
            }
            (Class::Map(now), Class::Map(other)) => {
                let length = now.len();
                let same_length = length == other.len();
                let pairs = now.into_iter().zip(other).map_while(|((key, now), (other_key, other))| {
                    key.same(&other_key).then(|| (key, Value::one_of([now, other], why)))
                });
                let common: Vec<_> = pairs.collect();
                let is_whole = same_length && common.len() == length;
                self.change(id, |class| *class = Class::Map(common));
                self.open_unless(id, is_whole, why);
            }
            (Class::Set(now), Class::Set(other)) => {
                let length = now.len();
                let same_length = length == other.len();
                let pairs = now.into_iter().zip(other).map_while(|(now, other)| now.same(&other).then_some(now));
                let common: Vec<_> = pairs.collect();
                let is_whole = same_length && common.len() == length;
                self.change(id, |class| *class = Class::Set(common));
                self.open_unless(id, is_whole, why);
            }
            (Class::Iterator(now), Class::Iterator(other)) if now.len() == other.len() => {}
            (Class::Iterator(_), Class::Iterator(_) | Class::Generator { .. })
            | (Class::Generator { .. }, Class::Iterator(_)) => self.forget_contents(id, why),
            _ => {}
        }
    }

    fn open_unless(&mut self, id: ObjectId, is_whole: bool, why: &Arc<str>) {
        if !is_whole {
            self.open(id, why.clone());
        }
    }

    /// Where one is longer, the elements that only it has may be there.
    fn merge_arrays(&mut self, id: ObjectId, now: Vec<Value>, other: Vec<Value>, why: &Arc<str>) {
        let (common, longest) = (now.len().min(other.len()), now.len().max(other.len()));
        let (long, short) = if now.len() >= other.len() { (now, other) } else { (other, now) };
        let mut merged = merge_elements(long, short, why);
        if self.is_exact {
            merged.truncate(common);
        }
        self.change(id, |class| *class = Class::Array(merged));
        if common < longest {
            self.loosen(id, why.clone(), common);
        }
    }

    /// Makes the state what it is after `writes` happened any number of times, as far as this is one step towards it.
    /// Whether anything changed.
    pub fn widen(&mut self, writes: Writes, why: &Arc<str>) -> bool {
        let mut changed = false;
        for (location, content) in writes.0 {
            changed |= match (location, content) {
                (Location::Cell(cell), _) => {
                    let is_news = !self.read(cell).is_some_and(is_forgotten);
                    self.write(cell, Value::unknown(why.clone()));
                    is_news
                }
                (Location::Property(id, key), Content::Property(other)) => self.widen_property(id, key, other, why),
                (Location::Class(id), Content::Class(other)) => self.widen_class(id, *other, why),
                (Location::Open(id), Content::Open(other, firm)) => {
                    let is_news = self.object(id).open.is_none() && other.is_some();
                    self.merge_one(
                        Location::Open(id),
                        self.content(&Location::Open(id)),
                        Content::Open(other, firm),
                        why,
                    );
                    is_news
                }
                _ => false,
            };
        }
        changed
    }

    fn widen_property(&mut self, id: ObjectId, key: Arc<str>, other: Option<Property>, why: &Arc<str>) -> bool {
        let now = self.object(id).properties.get(&key).cloned();
        let is_news = match &now {
            Some(Property { slot: Slot::Value(value), .. }) => !is_forgotten(value),
            _ => true,
        };
        let Some(model) = now.or(other) else { return false };
        let slot = Slot::Value(Value::unknown(why.clone()));
        self.define(id, key, Property { slot, ..model });
        is_news
    }

    fn widen_class(&mut self, id: ObjectId, other: Class, why: &Arc<str>) -> bool {
        let before = self.object(id).class.clone();
        let was_open = self.object(id).open.is_some();
        let (Class::Array(before), Class::Array(other)) = (before, other) else {
            self.forget_contents(id, why);
            return !was_open;
        };
        let firm = before.len().min(other.len());
        let is_longer = before.len() != other.len();
        let mut changed = before.len() > firm || (is_longer && !was_open);
        let elements = before.into_iter().zip(other).map(|(before, other)| match before.same(&other) {
            true => before,
            false => {
                changed |= !is_forgotten(&before);
                Value::unknown(why.clone())
            }
        });
        let elements = elements.collect();
        self.change(id, |class| *class = Class::Array(elements));
        if is_longer {
            self.loosen(id, why.clone(), firm);
        }
        changed
    }

    /// Forgets the value of everything in `writes`: it changed a number of times that is not known.
    pub fn forget(&mut self, writes: Writes, why: &Arc<str>) {
        for location in writes.0.into_keys() {
            match location {
                Location::Cell(cell) => {
                    let old = self.read(cell).cloned();
                    let value = self.forgotten(old, why);
                    self.write(cell, value);
                }
                Location::Property(id, key) => {
                    let Some(property) = self.object(id).properties.get(&key).cloned() else { continue };
                    let slot = Slot::Value(Value::unknown(why.clone()));
                    self.define(id, key, Property { slot, ..property });
                }
                Location::Class(id) if self.is_exact => self.forget_contents(id, why),
                Location::Class(id) | Location::Open(id) | Location::Integrity(id) => self.open(id, why.clone()),
            }
        }
    }

    /// What is left of a variable: for the calls of a program, an object that it once held; for values, nothing.
    fn forgotten(&self, old: Option<Value>, why: &Arc<str>) -> Value {
        let keep = |old: &Value| !self.is_exact && (old.as_object().is_some() || old.as_symbol().is_some());
        old.filter(keep).unwrap_or_else(|| Value::unknown(why.clone()))
    }

    /// Forgets elements and entries, and that there are no others.
    pub fn forget_contents(&mut self, id: ObjectId, why: &Arc<str>) {
        self.change(id, |class| match class {
            Class::Array(elements) | Class::Set(elements) | Class::Iterator(elements) => elements.clear(),
            Class::Map(entries) => entries.clear(),
            Class::Promise(value) => *value = None,
            Class::Generator { .. } => *class = Class::Iterator(Vec::new()),
            _ => {}
        });
        self.loosen(id, why.clone(), 0);
    }
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::Class(class) => size(class),
            _ => 0,
        }
    }
}

impl Property {
    fn is_same(&self, other: &Self) -> bool {
        match (&self.slot, &other.slot) {
            (Slot::Value(now), Slot::Value(other)) => now.same(other),
            (Slot::Accessor { get, set }, Slot::Accessor { get: other_get, set: other_set }) => {
                is_same_function(get.as_ref(), other_get.as_ref()) && is_same_function(set.as_ref(), other_set.as_ref())
            }
            _ => false,
        }
    }
}

fn is_forgotten(value: &Value) -> bool {
    matches!(&value.kind, Kind::Unknown(unknown) if unknown.choices.is_empty() && unknown.symbol.is_none())
}

fn is_same_function(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same(other),
        (one, other) => one.is_none() && other.is_none(),
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
