//! `Array.prototype`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::super::heap::Class;
use super::super::super::ir::Binary;
use super::super::super::value::{Kind, Nature, ObjectId, Origin, Value};
use super::super::{Eval, Interpreter};
use super::decided;

impl Interpreter<'_> {
    pub(super) fn array_method(
        &mut self,
        id: ObjectId,
        elements: Vec<Value>,
        name: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let open = self.heap.object(id).open.clone();
        let first = arguments.first().cloned().unwrap_or_else(Value::undefined);
        let result = match name {
            "push" => {
                self.heap.change(id, |class| with_elements(class, |own| own.extend(arguments.iter().cloned())));
                Value::number((elements.len() + arguments.len()) as f64)
            }
            "unshift" => {
                self.heap
                    .change(id, |class| with_elements(class, |own| drop(own.splice(0..0, arguments.iter().cloned()))));
                Value::number((elements.len() + arguments.len()) as f64)
            }
            "pop" if open.is_none() => {
                self.heap.change(id, |class| with_elements(class, |own| drop(own.pop())));
                elements.last().cloned().unwrap_or_else(Value::undefined)
            }
            "shift" if open.is_none() => {
                self.heap
                    .change(id, |class| with_elements(class, |own| drop((!own.is_empty()).then(|| own.remove(0)))));
                elements.first().cloned().unwrap_or_else(Value::undefined)
            }
            "pop" | "shift" => Value::unknown("which element is last is not known"),
            "reverse" => self.replace(id, elements.into_iter().rev().collect()),
            "sort" | "toSorted" => {
                let sorted = self.sorted(elements, arguments.first(), site, function)?;
                match (sorted, name) {
                    (Some(sorted), "sort") => self.replace(id, sorted),
                    (Some(sorted), _) => self.array(sorted),
                    (None, _) => {
                        self.heap.open(id, "the order is not known".into());
                        Value::object(id)
                    }
                }
            }
            "fill" => {
                let filled = fill(elements, arguments);
                self.replace(id, filled)
            }
            "splice" => self.splice(id, elements, arguments),
            "concat" => self.concat(elements, arguments),
            "slice" => self.derived(slice(&elements, arguments)),
            "join" => {
                let separator = if first.is_undefined() { Value::string(",") } else { first };
                self.join_elements(&elements, &separator)
            }
            "flat" => {
                let depth = arguments.first().and_then(Value::as_number).unwrap_or(1.0);
                let flat = self.flatten(elements, depth);
                self.array(flat)
            }
            "includes" | "indexOf" | "lastIndexOf" => {
                return Ok(Some(self.search(&elements, name, &first, open.is_some())));
            }
            "at" => at(&elements, &first),
            "keys" => {
                let keys = (0..elements.len()).map(|index| Value::number(index as f64)).collect();
                self.array(keys)
            }
            "values" => self.array(elements),
            "entries" => {
                let pairs = elements
                    .into_iter()
                    .enumerate()
                    .map(|(index, element)| self.array(vec![Value::number(index as f64), element]));
                let pairs = pairs.collect();
                self.array(pairs)
            }
            _ => return self.iteration(id, elements, name, arguments, site, function),
        };
        self.carry_openness(&result, open);
        Ok(Some(result))
    }

    /// A new array made from an open one is open.
    fn carry_openness(&mut self, result: &Value, open: Option<Arc<str>>) {
        if let (Some(why), Some(id)) = (open, result.as_object()) {
            if self.heap.object(id).open.is_none() {
                self.heap.open(id, why);
            }
        }
    }

    /// The methods that call a function for each element.
    fn iteration(
        &mut self,
        id: ObjectId,
        elements: Vec<Value>,
        name: &str,
        arguments: &[Value],
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Value>> {
        let Some(callback) = arguments.first().cloned() else { return Ok(None) };
        let whole = Value::object(id);
        let open = self.heap.object(id).open.clone();
        let mut run = |run: &mut Self, index: usize, element: &Value| {
            let given = vec![element.clone(), Value::number(index as f64), whole.clone()];
            run.invoke(callback.clone(), Value::undefined(), given, site, function, false)
        };
        let result = match name {
            "forEach" => {
                for (index, element) in elements.iter().enumerate() {
                    run(self, index, element)?;
                }
                Value::undefined()
            }
            "map" | "flatMap" => {
                let mut mapped = Vec::with_capacity(elements.len());
                for (index, element) in elements.iter().enumerate() {
                    mapped.push(run(self, index, element)?);
                }
                if name == "flatMap" {
                    mapped = self.flatten(mapped, 1.0);
                }
                self.array(mapped)
            }
            "filter" => return self.filter(elements, open, |this, index, element| run(this, index, element)).map(Some),
            "some" | "every" | "find" | "findIndex" | "findLast" => {
                return self
                    .first_match(elements, name, open.is_some(), |this, index, element| run(this, index, element))
                    .map(Some);
            }
            "reduce" | "reduceRight" => return self.reduce(elements, name, arguments, open, site, function).map(Some),
            _ => return self.object_method(&whole, name, arguments),
        };
        if let Some(why) = open {
            let element = Value::unknown(why.clone());
            self.maybe(&why, |this| run(this, elements.len(), &element))?;
            self.carry_openness(&result, Some(why));
        }
        Ok(Some(result))
    }

    fn filter(
        &mut self,
        elements: Vec<Value>,
        open: Option<Arc<str>>,
        mut keep: impl FnMut(&mut Self, usize, &Value) -> Eval,
    ) -> Eval {
        let mut kept = Vec::new();
        let mut open = open;
        let mut taint = super::super::Taint::NONE;
        for (index, element) in elements.into_iter().enumerate() {
            let verdict = keep(self, index, &element)?;
            taint = taint.with(verdict.taint);
            match verdict.truthy() {
                Some(true) => kept.push(element.tainted(verdict.taint)),
                Some(false) => {}
                None => {
                    let why = verdict.why().cloned().unwrap_or_else(|| "whether an element is kept".into());
                    kept.push(element);
                    open = Some(why);
                }
            }
        }
        let result = self.array(kept);
        self.carry_openness(&result, open);
        Ok(result.tainted(taint))
    }

    fn first_match(
        &mut self,
        elements: Vec<Value>,
        name: &str,
        open: bool,
        mut test: impl FnMut(&mut Self, usize, &Value) -> Eval,
    ) -> Eval {
        let wanted = name != "every";
        let mut taint = super::super::Taint::NONE;
        for (index, element) in elements.iter().enumerate() {
            let verdict = test(self, index, element)?;
            taint = taint.with(verdict.taint);
            match verdict.truthy() {
                Some(truthy) if truthy == wanted => {
                    return Ok(match name {
                        "some" => Value::bool(true),
                        "every" => Value::bool(false),
                        "findIndex" => Value::number(index as f64),
                        _ => element.clone(),
                    }
                    .tainted(taint));
                }
                Some(_) => {}
                None => return Ok(Value::unknown("which element matches is not known").tainted(taint)),
            }
        }
        Ok(match name {
            _ if open => Value::unknown("which element matches is not known"),
            "some" => Value::bool(false),
            "every" => Value::bool(true),
            "findIndex" => Value::number(-1.0),
            _ => Value::undefined(),
        }
        .tainted(taint))
    }

    fn reduce(
        &mut self,
        mut elements: Vec<Value>,
        name: &str,
        arguments: &[Value],
        open: Option<Arc<str>>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval {
        if name == "reduceRight" {
            elements.reverse();
        }
        let Some(callback) = arguments.first() else { return Ok(Value::undefined()) };
        let mut elements = elements.into_iter().enumerate();
        let mut total = match arguments.get(1) {
            Some(start) => start.clone(),
            None => elements.next().map_or_else(Value::undefined, |(_, first)| first),
        };
        for (index, element) in elements {
            let given = vec![total, element, Value::number(index as f64)];
            total = self.invoke(callback.clone(), Value::undefined(), given, site, function, false)?;
        }
        match open {
            Some(why) => {
                self.carry_openness(&total, Some(why.clone()));
                Ok(if total.as_object().is_some() { total } else { Value::unknown(why) })
            }
            None => Ok(total),
        }
    }

    fn replace(&mut self, id: ObjectId, elements: Vec<Value>) -> Value {
        self.heap.change(id, |class| *class = Class::Array(elements));
        Value::object(id)
    }

    fn derived(&mut self, elements: Option<Vec<Value>>) -> Value {
        match elements {
            Some(elements) => self.array(elements),
            None => Value::unknown_of(Nature::Object, "which elements are taken is not known"),
        }
    }

    fn splice(&mut self, id: ObjectId, elements: Vec<Value>, arguments: &[Value]) -> Value {
        let length = elements.len();
        let start = arguments.first().map_or(Some(0), |value| position(value, length));
        let count = match arguments.get(1) {
            Some(count) => count.as_number().map(|count| count.max(0.0) as usize),
            None => Some(length),
        };
        let (Some(start), Some(count)) = (start, count) else {
            self.heap.open(id, "which elements are replaced is not known".into());
            return Value::unknown("which elements are taken is not known");
        };
        let end = start.saturating_add(count).min(length);
        let mut rest = elements;
        let removed: Vec<Value> = rest.splice(start..end, arguments.iter().skip(2).cloned()).collect();
        self.replace(id, rest);
        self.array(removed)
    }

    fn concat(&mut self, mut elements: Vec<Value>, arguments: &[Value]) -> Value {
        let mut open = None;
        for argument in arguments {
            match &argument.kind {
                Kind::Object(id) if matches!(self.heap.object(*id).class, Class::Array(_)) => {
                    let (more, why) = self.iterate(argument);
                    elements.extend(more);
                    open = open.or(why);
                }
                Kind::Unknown(unknown) => open = Some(unknown.why.clone()),
                _ => elements.push(argument.clone()),
            }
        }
        let result = self.array(elements);
        self.carry_openness(&result, open);
        result
    }

    fn flatten(&mut self, elements: Vec<Value>, depth: f64) -> Vec<Value> {
        let mut flat = Vec::new();
        for element in elements {
            match self.heap.elements(&element).map(<[Value]>::to_vec) {
                Some(inner) if depth >= 1.0 && flat.len() < 100_000 => {
                    let inner = if depth >= 2.0 { self.flatten(inner, (depth - 1.0).min(20.0)) } else { inner };
                    flat.extend(inner);
                }
                _ => flat.push(element),
            }
        }
        flat
    }

    fn join_elements(&mut self, elements: &[Value], separator: &Value) -> Value {
        let Some(separator) = separator.as_str() else {
            return Value::unknown_of(Nature::String, "the separator is not known");
        };
        let parts: Vec<Value> = elements
            .iter()
            .map(|element| match element.is_nullish() {
                Some(true) => Value::string(""),
                _ => self.to_string(element),
            })
            .collect();
        super::join(&parts, separator)
    }

    fn search(&mut self, elements: &[Value], name: &str, wanted: &Value, open: bool) -> Value {
        let mut order: Vec<usize> = (0..elements.len()).collect();
        if name == "lastIndexOf" {
            order.reverse();
        }
        let mut taint = wanted.taint;
        for index in order {
            let element = &elements[index];
            taint = taint.with(element.taint);
            let both_nan =
                matches!((&element.kind, &wanted.kind), (Kind::Number(a), Kind::Number(b)) if a.is_nan() && b.is_nan());
            match self.binary(Binary::StrictEqual, element, wanted).truthy() {
                Some(equal) if equal || (both_nan && name == "includes") => {
                    let found = if name == "includes" { Value::bool(true) } else { Value::number(index as f64) };
                    return found.tainted(taint);
                }
                Some(_) => {}
                None => return decided(None, "whether an element is there").tainted(taint),
            }
        }
        let missing = if name == "includes" { Value::bool(false) } else { Value::number(-1.0) };
        if open { decided(None, "whether an element is there") } else { missing.tainted(taint) }
    }

    fn sorted(
        &mut self,
        elements: Vec<Value>,
        compare: Option<&Value>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Vec<Value>>> {
        let mut sorted: Vec<Value> = Vec::with_capacity(elements.len());
        for element in elements {
            let mut place = sorted.len();
            while place > 0 {
                let order = self.order(&sorted[place - 1], &element, compare, site, function)?;
                match order {
                    Some(Ordering::Greater) => place -= 1,
                    Some(_) => break,
                    None => return Ok(None),
                }
            }
            sorted.insert(place, element);
        }
        Ok(Some(sorted))
    }

    fn order(
        &mut self,
        left: &Value,
        right: &Value,
        compare: Option<&Value>,
        site: Origin,
        function: Option<&Arc<str>>,
    ) -> Eval<Option<Ordering>> {
        if let Some(compare) = compare.filter(|compare| !compare.is_undefined()) {
            let given = vec![left.clone(), right.clone()];
            let result = self.invoke(compare.clone(), Value::undefined(), given, site, function, false)?;
            return Ok(self.to_number(&result).map(|number| number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)));
        }
        if left.is_undefined() || right.is_undefined() {
            return Ok(Some(left.is_undefined().cmp(&right.is_undefined())));
        }
        let (left, right) = (self.to_string(left), self.to_string(right));
        Ok(left.as_str().zip(right.as_str()).map(|(a, b)| a.encode_utf16().cmp(b.encode_utf16())))
    }
}

fn with_elements(class: &mut Class, change: impl FnOnce(&mut Vec<Value>)) {
    if let Class::Array(elements) = class {
        change(elements);
    }
}

/// A relative position as `slice` and `splice` take it.
fn position(value: &Value, length: usize) -> Option<usize> {
    let number = match &value.kind {
        Kind::Undefined => 0.0,
        _ => value.as_number()?,
    };
    let number = if number.is_nan() { 0.0 } else { number.trunc() };
    let length = length as f64;
    Some(if number < 0.0 { (length + number).max(0.0) } else { number.min(length) } as usize)
}

fn slice(elements: &[Value], arguments: &[Value]) -> Option<Vec<Value>> {
    let start = arguments.first().map_or(Some(0), |value| position(value, elements.len()))?;
    let end = match arguments.get(1) {
        Some(value) if !value.is_undefined() => position(value, elements.len())?,
        _ => elements.len(),
    };
    Some(elements.get(start..end).unwrap_or_default().to_vec())
}

fn fill(mut elements: Vec<Value>, arguments: &[Value]) -> Vec<Value> {
    let value = arguments.first().cloned().unwrap_or_else(Value::undefined);
    let length = elements.len();
    let start = arguments.get(1).map_or(Some(0), |start| position(start, length)).unwrap_or(0);
    let end = match arguments.get(2) {
        Some(end) if !end.is_undefined() => position(end, length).unwrap_or(length),
        _ => length,
    };
    for element in elements.iter_mut().take(end).skip(start) {
        *element = value.clone();
    }
    elements
}

fn at(elements: &[Value], index: &Value) -> Value {
    let Some(index) = index.as_number() else { return Value::unknown("which element is not known") };
    let index = if index < 0.0 { index + elements.len() as f64 } else { index };
    if index < 0.0 {
        return Value::undefined();
    }
    elements.get(index as usize).cloned().unwrap_or_else(Value::undefined)
}
