//! What was written while it was only possible, merged with what else may be, or forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::value::{Kind, ObjectId, Value};
use super::journal::{Content, Location, Writes};
use super::{Class, Heap, Property, Slot};

impl Heap {
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
        let merged = value(now).or(value(other), why);
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
                    key.same(&other_key).then(|| (key, now.or(other, why)))
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

    /// As [`Self::merge`], where what was written is to be forgotten: it changed a number of times that is not known.
    pub fn merge_forgotten(&mut self, writes: Writes, why: &Arc<str>) {
        let mut merged = Vec::new();
        for (location, other) in writes.0 {
            match (location, other) {
                (Location::Property(id, key), Content::Property(other)) => self.forget_property(id, key, other, why),
                (location, other) => {
                    let now = self.content(&location);
                    self.merge_one(location.clone(), now, other, why);
                    merged.push(location);
                }
            }
        }
        merged.into_iter().for_each(|location| self.forget(location, why));
    }

    fn forget(&mut self, location: Location, why: &Arc<str>) {
        match location {
            Location::Cell(cell) => {
                let old = self.read(cell).cloned();
                let value = self.forgotten(old, why);
                self.write(cell, value);
            }
            // Forgotten as soon as it is merged.
            Location::Property(..) => {}
            Location::Class(id) if self.is_exact => self.forget_contents(id, why),
            Location::Class(id) | Location::Open(id) | Location::Integrity(id) => self.open(id, why.clone()),
        }
    }

    /// What the property holds is not known now, whatever it may have held.
    fn forget_property(&mut self, id: ObjectId, key: Arc<str>, other: Option<Property>, why: &Arc<str>) {
        let now = self.object(id).properties.get(&key).cloned();
        let doubtful = match (&now, &other) {
            (Some(now), Some(other)) => now.doubtful || other.doubtful,
            _ => true,
        };
        let Some(model) = now.or(other) else { return };
        self.define(id, key, Property { slot: Slot::Value(Value::unknown(why.clone())), doubtful, ..model });
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
        (Some(now), Some(other)) => Some(now.or(other, why)),
        (now, other) => now.or(other),
    }
}

fn merge_elements(long: Vec<Value>, short: Vec<Value>, why: &Arc<str>) -> Vec<Value> {
    let mut short = short.into_iter();
    long.into_iter()
        .map(|element| match short.next() {
            Some(other) => element.or(other, why),
            None => element,
        })
        .collect()
}
