//! `Array.prototype`: the methods that call a function for each element.

use std::sync::Arc;

use super::super::super::value::{Kind, ObjectId, Taint, Value};
use super::super::{Eval, Interpreter};
use super::Given;
use super::names::lists;

/// The elements that a method goes over, and what it calls.
struct Each<'a> {
    array: ObjectId,
    callback: Value,
    this: Value,
    given: &'a Given<'a>,
    /// How many elements there were at the beginning.
    length: usize,
}

impl Interpreter<'_> {
    pub(super) fn callback_method(&mut self, id: ObjectId, name: &str, given: &Given<'_>) -> Eval<Option<Value>> {
        let callback = given.at(0);
        if let "sort" | "toSorted" = name {
            return self.sorted_copy(id, given).map(Some);
        }
        if !lists(NAMES, name) {
            return self.object_method(&Value::object(id), name, given);
        }
        if !self.is_callable(&callback) {
            return self.fail("TypeError", "the callback is not a function", callback.taint).map(Some);
        }
        let length = self.heap.array(id).len();
        let each = Each { array: id, callback, this: given.at(1), given, length };
        Ok(Some(match name {
            "forEach" => self.for_each_element(&each)?,
            "map" | "flatMap" => self.map(&each, name)?,
            "filter" => self.filter(&each)?,
            "reduce" | "reduceRight" => self.reduce(&each, name)?,
            _ => self.first_match(&each, name)?,
        }))
    }

    /// Element `index` as it is now; `None` for a hole.
    fn present(&self, each: &Each<'_>, index: usize) -> Option<Value> {
        let element = self.heap.array(each.array).get(index)?.clone();
        (!matches!(element.kind, Kind::Hole)).then_some(element)
    }

    fn call_each(&mut self, each: &Each<'_>, index: Value, element: Value) -> Eval {
        let arguments = vec![element, index, Value::object(each.array)];
        self.invoke(each.callback.clone(), each.this.clone(), arguments, each.given.site, each.given.function, false)
    }

    fn call_at(&mut self, each: &Each<'_>, index: usize, element: Value) -> Eval {
        let number = match self.is_loose(each, index) {
            true => Value::unknown("where an element stands"),
            false => Value::number(index as f64),
        };
        self.call_each(each, number, element)
    }

    /// Whether elements that are not known may stand before the element.
    fn is_loose(&self, each: &Each<'_>, index: usize) -> bool {
        let object = self.heap.object(each.array);
        object.open.is_some() && index >= object.firm
    }

    /// Calls the function for the elements of an open array that are not known.
    fn call_for_others(&mut self, each: &Each<'_>) -> Eval<Option<Arc<str>>> {
        let Some(why) = self.heap.object(each.array).open.clone() else { return Ok(None) };
        self.opaque_calls += 1;
        let unknown = || Value::unknown(why.clone());
        match self.is_exact() {
            true => self.repeat_call(|run| run.call_each(each, unknown(), unknown()), &why)?,
            false => drop(self.maybe(each.given.site, &why, |run| run.call_each(each, unknown(), unknown()))?),
        }
        Ok(Some(why))
    }

    fn for_each_element(&mut self, each: &Each<'_>) -> Eval {
        for index in 0..each.length {
            if let Some(element) = self.present(each, index) {
                self.call_at(each, index, element)?;
            }
        }
        self.call_for_others(each)?;
        Ok(Value::undefined())
    }

    fn map(&mut self, each: &Each<'_>, name: &str) -> Eval {
        let mut mapped = Vec::with_capacity(each.length);
        for index in 0..each.length {
            mapped.push(match self.present(each, index) {
                Some(element) => self.call_at(each, index, element)?,
                None => Value::new(Kind::Hole),
            });
        }
        let mut open = self.call_for_others(each)?.map(|why| (why, self.heap.object(each.array).firm));
        if name == "flatMap" {
            let mut flat = Vec::new();
            let mut inner = None;
            self.flatten(mapped, 1.0, &mut flat, &mut inner);
            open = inner.or(open.map(|(why, _)| (why, 0)));
            mapped = flat;
        }
        Ok(self.array_open_from(mapped, open))
    }

    fn filter(&mut self, each: &Each<'_>) -> Eval {
        let mut kept = Vec::new();
        let mut taint = Taint::NONE;
        let mut open: Option<(Arc<str>, usize)> = None;
        for index in 0..each.length {
            let Some(element) = self.present(each, index) else { continue };
            if self.is_loose(each, index) {
                open.get_or_insert(("where an element stands".into(), kept.len()));
            }
            let verdict = self.call_at(each, index, element.clone())?;
            taint = taint.with(verdict.taint);
            match verdict.truthy() {
                Some(true) => kept.push(element.tainted(verdict.taint)),
                Some(false) => {}
                None => {
                    let why = verdict.why().cloned().unwrap_or_else(|| "whether an element is kept".into());
                    open.get_or_insert((why, kept.len()));
                    if !self.is_exact() {
                        kept.push(element);
                    }
                }
            }
        }
        let others = self.call_for_others(each)?.map(|why| (why, kept.len()));
        Ok(self.array_open_from(kept, open.or(others)).tainted(taint))
    }

    fn first_match(&mut self, each: &Each<'_>, name: &str) -> Eval {
        let wanted = name != "every";
        let sees_holes = name.starts_with("find");
        let mut taint = Taint::NONE;
        let mut order: Vec<usize> = (0..each.length).collect();
        if name.starts_with("findLast") {
            order.reverse();
            if self.heap.object(each.array).open.is_some() {
                self.call_for_others(each)?;
                return Ok(Value::unknown("which element matches is not known"));
            }
        }
        for index in order {
            let element = match self.present(each, index) {
                Some(element) => element,
                None if sees_holes => Value::undefined(),
                None => continue,
            };
            let (loose, verdict) = (self.is_loose(each, index), self.call_at(each, index, element.clone())?);
            taint = taint.with(verdict.taint);
            match verdict.truthy() {
                Some(truthy) if truthy == wanted => {
                    let is_about_place = sees_holes && loose;
                    return Ok(match name {
                        _ if is_about_place => Value::unknown("which element matches is not known"),
                        "some" => Value::bool(true),
                        "every" => Value::bool(false),
                        "findIndex" | "findLastIndex" => Value::number(index as f64),
                        _ => element,
                    }
                    .tainted(taint));
                }
                Some(_) => {}
                None => {
                    self.call_rest(each)?;
                    return Ok(Value::unknown("which element matches is not known").tainted(taint));
                }
            }
        }
        Ok(match name {
            _ if self.call_for_others(each)?.is_some() => Value::unknown("which element matches is not known"),
            "some" => Value::bool(false),
            "every" => Value::bool(true),
            "findIndex" | "findLastIndex" => Value::number(-1.0),
            _ => Value::undefined(),
        }
        .tainted(taint))
    }

    /// Whether the function is called for the other elements is not known.
    fn call_rest(&mut self, each: &Each<'_>) -> Eval<()> {
        let why: Arc<str> = "which element matches is not known".into();
        let unknown = || Value::unknown(why.clone());
        match self.is_exact() {
            true => self.repeat_call(|run| run.call_each(each, unknown(), unknown()), &why),
            false => Ok(()),
        }
    }

    fn reduce(&mut self, each: &Each<'_>, name: &str) -> Eval {
        let open = self.heap.object(each.array).open.clone();
        let mut order: Vec<usize> = (0..each.length).collect();
        if name == "reduceRight" {
            order.reverse();
        }
        let mut total = (each.given.count() > 1).then(|| each.given.at(1));
        for index in order {
            let Some(element) = self.present(each, index) else { continue };
            total = Some(match total {
                None => element,
                Some(total) => self.reduce_step(each, total, element, Value::number(index as f64))?,
            });
        }
        match (total, open) {
            (Some(total), None) => Ok(total),
            (None, None) => self.fail("TypeError", "Reduce of empty array with no initial value", Taint::NONE),
            (total, Some(why)) => self.reduce_others(each, total, &why),
        }
    }

    fn reduce_step(&mut self, each: &Each<'_>, total: Value, element: Value, index: Value) -> Eval {
        let arguments = vec![total, element, index, Value::object(each.array)];
        self.invoke(each.callback.clone(), Value::undefined(), arguments, each.given.site, each.given.function, false)
    }

    /// Goes on with elements that are not known: an object that is handed on stays, with whatever is written to it.
    fn reduce_others(&mut self, each: &Each<'_>, total: Option<Value>, why: &Arc<str>) -> Eval {
        let unknown = || Value::unknown(why.clone());
        let total = total.unwrap_or_else(unknown);
        let mut hands_on = true;
        let mut step = |run: &mut Self| {
            let next = run.reduce_step(each, total.clone(), unknown(), unknown())?;
            hands_on &= next.same(&total);
            Ok(next)
        };
        match self.is_exact() {
            true => self.repeat_call(step, why)?,
            false => drop(self.maybe(each.given.site, why, &mut step)?),
        }
        if let (Some(id), true) = (total.as_object(), !self.is_exact()) {
            self.heap.open(id, why.clone());
            return Ok(total);
        }
        Ok(if hands_on && total.as_object().is_some() { total } else { unknown() })
    }

    /// Whether a value may be called.
    pub(super) fn is_callable(&self, value: &Value) -> bool {
        self.heap.is_function(value) || value.is_unknown()
    }
}

/// The methods that call a function for each element.
const NAMES: &str = "forEach map flatMap filter reduce reduceRight some every find findIndex findLast findLastIndex";
