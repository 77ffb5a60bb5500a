//! `Array.prototype`: what needs no function of the program. Methods that call one are in [`super::callbacks`].

use std::sync::Arc;

use super::super::super::heap::{Class, Integrity};
use super::super::super::value::{Kind, Nature, ObjectId, Taint, Value};
use super::super::operators::to_integer;
use super::super::{Eval, Interpreter, MAX_ELEMENTS};
use super::{Given, decided};

/// Methods that change the array.
const MUTATORS: [&str; 9] = ["push", "unshift", "pop", "shift", "reverse", "sort", "fill", "splice", "copyWithin"];

impl Interpreter<'_> {
    pub(super) fn array_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        self.burn_for(self.heap.array(id).len() as u64)?;
        if MUTATORS.contains(&name) {
            return self.mutate(id, name, given).map(Some);
        }
        let first = given.at(0);
        Ok(Some(match name {
            "concat" => self.concat(id, given),
            "slice" => self.slice(id, given),
            "toSpliced" | "with" => return self.changed_copy(id, name, given).map(Some),
            "join" => {
                let separator = if first.is_undefined() { Value::string(",") } else { self.to_string(&first) };
                match separator.as_str() {
                    Some(separator) => self.join_elements(id, separator),
                    None => Value::unknown_of(Nature::String, "the separator is not known"),
                }
            }
            "flat" => {
                let depth = if first.is_undefined() { Some(1.0) } else { self.to_number(&first) };
                self.flat(id, depth)
            }
            "includes" | "indexOf" | "lastIndexOf" => self.search(id, name, given),
            "at" => self.element_at(id, &first),
            "toReversed" => {
                let reversed = self.heap.array(id).iter().rev().cloned().map(Value::filled).collect();
                self.like(id, reversed, 0)
            }
            "keys" | "values" | "entries" => self.array_iterator(id, name),
            _ => return self.callback_method(id, name, given),
        }))
    }

    fn mutate(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval {
        match self.heap.object(id).integrity {
            Integrity::Extensible => {}
            Integrity::Frozen => return self.fail("TypeError", "Cannot change a frozen array", Taint::NONE),
            _ => {
                self.blur(&Value::object(id), &"a sealed array is changed".into());
                return Ok(Value::unknown("what a sealed array does"));
            }
        }
        let why = self.heap.object(id).open.clone();
        match (name, why) {
            ("push", _) => Ok(self.push(id, given)),
            ("sort", None) => self.sort_in_place(id, given),
            (_, None) if !given.is_open() => self.mutate_closed(id, name, given),
            ("unshift", Some(_)) if !given.is_open() => {
                self.insert_first(id, given);
                Ok(Value::unknown_of(Nature::Number, "how many elements there are"))
            }
            ("shift", Some(why)) if self.heap.object(id).firm > 0 => Ok(self.take_first(id, why)),
            (_, why) => {
                let why = why.unwrap_or_else(|| "an array is changed in a way that is not known".into());
                self.heap.forget_contents(id, &why);
                Ok(if matches!(name, "reverse" | "sort" | "fill") { Value::object(id) } else { Value::unknown(why) })
            }
        }
    }

    fn push(&mut self, id: ObjectId, given: &Given<'_>) -> Value {
        self.append(id, given.known(), given.further());
        self.length(id)
    }

    /// Adds `elements` to an array, and others for the reason `further`.
    pub(in super::super) fn append(&mut self, id: ObjectId, elements: &[Value], further: Option<&Arc<str>>) {
        self.heap.change(id, |class| with_elements(class, |own| own.extend(elements.iter().cloned())));
        if let Some(why) = further {
            let firm = self.heap.array(id).len();
            self.heap.loosen(id, why.clone(), firm);
        }
    }

    fn insert_first(&mut self, id: ObjectId, given: &Given<'_>) {
        self.heap.change(id, |class| with_elements(class, |own| drop(own.splice(0..0, given.known().iter().cloned()))));
        let object = self.heap.object(id);
        if let Some(why) = object.open.clone() {
            let firm = object.firm + given.known().len();
            self.heap.firm_up(id, why, firm);
        }
    }

    fn take_first(&mut self, id: ObjectId, why: Arc<str>) -> Value {
        let firm = self.heap.object(id).firm;
        let first = self.heap.array(id).first().cloned().unwrap_or_else(Value::undefined);
        self.heap.change(id, |class| with_elements(class, |own| drop(own.drain(..1))));
        self.heap.firm_up(id, why, firm - 1);
        first.filled()
    }

    fn length(&self, id: ObjectId) -> Value {
        match &self.heap.object(id).open {
            Some(why) => Value::unknown_of(Nature::Number, why.clone()),
            None => Value::number(self.heap.array(id).len() as f64),
        }
    }

    fn mutate_closed(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval {
        let mut taken = None;
        match name {
            "unshift" => {
                self.insert_first(id, given);
                return Ok(self.length(id));
            }
            "pop" => self.heap.change(id, |class| with_elements(class, |own| taken = own.pop())),
            "shift" => self.heap.change(id, |class| {
                with_elements(class, |own| taken = (!own.is_empty()).then(|| own.remove(0)));
            }),
            "reverse" => self.heap.change(id, |class| with_elements(class, |own| own.reverse())),
            "fill" => return self.fill(id, given),
            "splice" => return self.splice(id, given),
            _ => {
                self.heap.forget_contents(id, &format!("`{name}`").into());
                return Ok(Value::object(id));
            }
        }
        Ok(match name {
            "reverse" => Value::object(id),
            _ => taken.unwrap_or_else(Value::undefined).filled(),
        })
    }

    fn fill(&mut self, id: ObjectId, given: &Given<'_>) -> Eval {
        let length = self.heap.array(id).len();
        match (self.start(given, 1, length), self.end(given, 2, length)) {
            (Some(start), Some(end)) => {
                let value = given.at(0);
                let fill = |own: &mut Vec<Value>| {
                    own.iter_mut().take(end).skip(start).for_each(|element| *element = value.clone());
                };
                self.heap.change(id, |class| with_elements(class, fill));
            }
            _ => self.heap.forget_contents(id, &"which elements are filled is not known".into()),
        }
        Ok(Value::object(id))
    }

    fn splice(&mut self, id: ObjectId, given: &Given<'_>) -> Eval {
        let mut elements = self.heap.array(id).to_vec();
        let Some((start, end)) = self.spliced(given, elements.len()) else {
            let why: Arc<str> = "which elements are replaced is not known".into();
            self.heap.forget_contents(id, &why);
            return Ok(Value::unknown_of(Nature::Object, why));
        };
        let removed = elements.splice(start..end, given.known().iter().skip(2).cloned()).collect();
        self.heap.change(id, |class| *class = Class::Array(elements));
        Ok(self.array(removed))
    }

    /// The range that `splice` replaces.
    fn spliced(&mut self, given: &Given<'_>, length: usize) -> Option<(usize, usize)> {
        let start = self.start(given, 0, length)?;
        let count = match given.count() {
            0 => 0.0,
            1 => length as f64,
            _ => to_integer(self.to_number(&given.at(1))?).max(0.0),
        };
        Some((start, (start as f64 + count).min(length as f64) as usize))
    }

    fn changed_copy(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval {
        if self.heap.object(id).open.is_some() || given.is_open() {
            return Ok(Value::unknown_of(Nature::Object, "an array that is not known as a whole"));
        }
        let mut elements: Vec<Value> = self.heap.array(id).iter().cloned().map(Value::filled).collect();
        if name == "toSpliced" {
            let Some((start, end)) = self.spliced(given, elements.len()) else {
                return Ok(Value::unknown_of(Nature::Object, "which elements are replaced is not known"));
            };
            elements.splice(start..end, given.known().iter().skip(2).cloned());
            return Ok(self.array(elements));
        }
        let Some(index) = self.to_number(&given.at(0)).map(to_integer) else {
            return Ok(Value::unknown_of(Nature::Object, "which element is replaced is not known"));
        };
        let index = if index < 0.0 { index + elements.len() as f64 } else { index };
        match elements.get_mut(index as usize).filter(|_| index >= 0.0) {
            Some(element) => *element = given.at(1),
            None => return self.fail("RangeError", "Invalid index", Taint::NONE),
        }
        Ok(self.array(elements))
    }

    fn concat(&mut self, id: ObjectId, given: &Given<'_>) -> Value {
        let mut elements = self.heap.array(id).to_vec();
        let object = self.heap.object(id);
        let mut open = object.open.clone().map(|why| (why, object.firm));
        for argument in given.all() {
            let firm = elements.len();
            match &argument.kind {
                Kind::Object(other) if matches!(self.heap.object(*other).class, Class::Array(_)) => {
                    let other = self.heap.object(*other);
                    if let Some(why) = &other.open {
                        open.get_or_insert((why.clone(), firm + other.firm));
                    }
                    let more = self.heap.elements(argument).unwrap_or_default();
                    elements.extend(more.iter().map(|element| element.clone().tainted(argument.taint)));
                }
                Kind::Unknown(unknown)
                    if !matches!(unknown.nature, Nature::Bool | Nature::Number | Nature::String | Nature::Text) =>
                {
                    open.get_or_insert((unknown.why.clone(), firm));
                }
                _ => elements.push(argument.clone()),
            }
        }
        self.array_open_from(elements, open)
    }

    /// A new array, open from an element on.
    pub(in super::super) fn array_open_from(&mut self, elements: Vec<Value>, open: Option<(Arc<str>, usize)>) -> Value {
        let array = self.array(elements);
        if let (Some((why, firm)), Some(id)) = (open, array.as_object()) {
            self.heap.loosen(id, why, firm);
        }
        array
    }

    /// A new array that is open where `id` is, with `firm` sure elements then.
    pub(super) fn like(&mut self, id: ObjectId, elements: Vec<Value>, firm: usize) -> Value {
        let open = self.heap.object(id).open.clone().map(|why| (why, firm));
        self.array_open_from(elements, open)
    }

    fn slice(&mut self, id: ObjectId, given: &Given<'_>) -> Value {
        let object = self.heap.object(id);
        let (open, firm) = (object.open.clone(), object.firm);
        let elements = self.heap.array(id).to_vec();
        let unknown = || Value::unknown_of(Nature::Object, "which elements are taken is not known");
        let Some(why) = open else {
            let range = self.start(given, 0, elements.len()).zip(self.end(given, 1, elements.len()));
            let taken = range.map(|(start, end)| elements.get(start..end).unwrap_or_default().to_vec());
            return taken.map_or_else(unknown, |taken| self.array(taken));
        };
        let bounds = (self.bound(&given.at(0)), self.bound(&given.at(1)));
        match bounds {
            (Some(start), None) if given.at(1).is_undefined() && start <= firm => {
                let taken = elements.get(start..).unwrap_or_default().to_vec();
                self.array_open_from(taken, Some((why, firm - start)))
            }
            (Some(start), Some(end)) if end <= firm => {
                let taken = elements.get(start..end).unwrap_or_default().to_vec();
                self.array(taken)
            }
            _ => self.array_open_from(Vec::new(), Some((why, 0))),
        }
    }

    /// A position counted from the start; `None` where it is not, or not known.
    fn bound(&mut self, value: &Value) -> Option<usize> {
        if value.is_unknown() {
            return None;
        }
        let number = to_integer(self.to_number(value)?);
        (number >= 0.0 && !(value.is_undefined() && number != 0.0)).then_some(number as usize)
    }

    /// A relative position as `slice` and `splice` take it; where there is no argument, the start.
    pub(super) fn start(&mut self, given: &Given<'_>, position: usize, length: usize) -> Option<usize> {
        let number = to_integer(match given.at(position) {
            Value { kind: Kind::Undefined, .. } => 0.0,
            value => self.to_number(&value)?,
        });
        let length = length as f64;
        Some(if number < 0.0 { (length + number).max(0.0) } else { number.min(length) } as usize)
    }

    /// The same for the other end: where there is no argument, the end.
    pub(super) fn end(&mut self, given: &Given<'_>, position: usize, length: usize) -> Option<usize> {
        if given.at(position).is_undefined() { Some(length) } else { self.start(given, position, length) }
    }

    fn flat(&mut self, id: ObjectId, depth: Option<f64>) -> Value {
        let Some(depth) = depth.map(to_integer) else {
            return Value::unknown_of(Nature::Object, "how deep an array is flattened");
        };
        let elements = self.heap.array(id).to_vec();
        let mut flat = Vec::new();
        let mut open = None;
        self.flatten(elements, depth, &mut flat, &mut open);
        let object = self.heap.object(id);
        let own = object.open.clone().map(|why| (why, if object.firm < flat.len() { 0 } else { flat.len() }));
        self.array_open_from(flat, open.or(own))
    }

    pub(super) fn flatten(
        &mut self,
        elements: Vec<Value>,
        depth: f64,
        flat: &mut Vec<Value>,
        open: &mut Option<(Arc<str>, usize)>,
    ) {
        for element in elements {
            match &element.kind {
                Kind::Hole => {}
                Kind::Object(inner) if depth >= 1.0 && matches!(self.heap.object(*inner).class, Class::Array(_)) => {
                    let object = self.heap.object(*inner);
                    if let Some(why) = &object.open {
                        open.get_or_insert((why.clone(), flat.len() + object.firm));
                    }
                    if flat.len() > MAX_ELEMENTS || self.depth > super::super::MAX_DEPTH {
                        open.get_or_insert(("an array too long to follow".into(), flat.len()));
                        return;
                    }
                    let inner = self.heap.array(*inner).to_vec();
                    self.depth += 1;
                    self.flatten(inner, depth - 1.0, flat, open);
                    self.depth -= 1;
                }
                Kind::Unknown(unknown) if matches!(unknown.nature, Nature::Anything | Nature::Object) => {
                    open.get_or_insert((unknown.why.clone(), flat.len()));
                }
                _ => flat.push(element),
            }
        }
    }

    /// `array.join(separator)`
    pub(in super::super) fn join_elements(&mut self, id: ObjectId, separator: &str) -> Value {
        if let Some(why) = &self.heap.object(id).open {
            return Value::unknown_of(Nature::String, why.clone());
        }
        let elements = self.heap.array(id).to_vec();
        if self.burn_for(elements.len() as u64).is_err() {
            return Value::unknown_of(Nature::String, "it takes too long to follow");
        }
        let parts: Vec<Value> = elements
            .iter()
            .map(|element| match element.is_nullish() {
                Some(true) => Value::string(""),
                _ => self.to_string(element),
            })
            .collect();
        // An undecided part may be `undefined` or `null`, which are left out.
        super::join(&parts, separator)
    }

    fn search(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Value {
        let wanted = given.at(0);
        let elements = self.heap.array(id).to_vec();
        let object = self.heap.object(id);
        let (is_open, firm) = (object.open.is_some(), object.firm);
        let undecided = || decided(None, "whether an element is there");
        let from = match (name, given.count()) {
            (_, 0 | 1) => Some(0),
            ("lastIndexOf", _) => None,
            _ => self.start(given, 1, elements.len()),
        };
        let Some(from) = from.filter(|_| !given.is_open()) else { return undecided() };
        let mut order: Vec<usize> = (from..elements.len()).collect();
        if name == "lastIndexOf" {
            order.reverse();
        }
        let mut taint = wanted.taint;
        for index in order {
            let element = &elements[index];
            taint = taint.with(element.taint);
            match self.is_found(name, element, &wanted) {
                Some(true) if name == "includes" => return Value::bool(true).tainted(taint),
                Some(true) if is_open && (index >= firm || name == "lastIndexOf") => return undecided(),
                Some(true) => return Value::number(index as f64).tainted(taint),
                Some(false) => {}
                None => return undecided().tainted(taint),
            }
        }
        match name {
            _ if is_open => undecided(),
            "includes" => Value::bool(false).tainted(taint),
            _ => Value::number(-1.0).tainted(taint),
        }
    }

    fn is_found(&mut self, name: &str, element: &Value, wanted: &Value) -> Option<bool> {
        match (&element.kind, &wanted.kind) {
            (Kind::Number(a), Kind::Number(b)) if a.is_nan() && b.is_nan() => Some(name == "includes"),
            (Kind::Hole, _) if name != "includes" => Some(false),
            _ => self.strict_equal(&element.clone().filled(), wanted),
        }
    }

    fn element_at(&mut self, id: ObjectId, index: &Value) -> Value {
        let Some(index) = self.to_number(index).map(to_integer) else {
            return Value::unknown("which element is not known");
        };
        let (object, elements) = (self.heap.object(id), self.heap.array(id));
        match &object.open {
            Some(why) if index < 0.0 || index >= object.firm as f64 => Value::unknown(why.clone()),
            _ => {
                let index = if index < 0.0 { index + elements.len() as f64 } else { index };
                let element = if index < 0.0 { None } else { elements.get(index as usize) };
                element.cloned().unwrap_or_else(Value::undefined).filled()
            }
        }
    }

    fn array_iterator(&mut self, id: ObjectId, name: &str) -> Value {
        let elements: Vec<Value> = self.heap.array(id).iter().cloned().map(Value::filled).collect();
        let index = |index: usize| Value::number(index as f64);
        let given = match name {
            "keys" => (0..elements.len()).map(index).collect(),
            "values" => elements,
            _ => elements.into_iter().enumerate().map(|(at, element)| self.array(vec![index(at), element])).collect(),
        };
        let open = self.heap.object(id).open.clone();
        self.iterator(given, open)
    }
}

pub(super) fn with_elements(class: &mut Class, change: impl FnOnce(&mut Vec<Value>)) {
    if let Class::Array(elements) = class {
        change(elements);
    }
}
