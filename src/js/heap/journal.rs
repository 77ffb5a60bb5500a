//! What was written while it was only possible: taken back, or done again.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::value::{ObjectId, Value};
use super::{CellId, Class, Heap, Integrity, Object, Property};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Location {
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
pub(super) enum Content {
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
pub struct Writes(pub(super) BTreeMap<Location, Content>);

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
    written: FxHashSet<Location>,
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
        if !self.watches.is_empty() && self.is_news(undo.location()) {
            self.undos.push(undo);
        }
    }

    /// Records what makes an object special, which is costly to copy, before it changes.
    pub(super) fn record_class(&mut self, id: ObjectId, object: &Object) {
        if self.is_news(Location::Class(id)) {
            self.copied += size(&object.class);
            self.undos.push(Undo::Class(id, Box::new(object.class.clone())));
        }
    }

    /// Whether the innermost watch does not know yet what was there.
    fn is_news(&mut self, location: Location) -> bool {
        let Some(watch) = self.watches.last_mut() else { return false };
        watch.concerns(&location) && watch.written.insert(location)
    }

    /// Ends the innermost watch; what is left of it concerns the one around it.
    fn end(&mut self) {
        let Some(ended) = self.watches.pop() else { return };
        match self.watches.last_mut() {
            Some(outer) => {
                let own: Vec<Location> =
                    ended.written.into_iter().filter(|location| outer.concerns(location)).collect();
                outer.written.extend(own);
            }
            None => self.undos.clear(),
        }
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
            written: FxHashSet::default(),
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
        let written = watch.written.into_iter().map(|location| {
            let content = self.content(&location);
            (location, content)
        });
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

    pub(super) fn content(&self, location: &Location) -> Content {
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

    pub(super) fn put_back(&mut self, location: Location, content: Content) {
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
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Self::Class(class) => size(class),
            _ => 0,
        }
    }
}
