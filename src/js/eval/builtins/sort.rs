//! `Array.prototype.sort`: V8's order of comparisons, so that even comparators that contradict themselves sort alike.

use std::cmp::Ordering;

use super::super::super::heap::Class;
use super::super::super::value::{Kind, Nature, ObjectId, Value};
use super::super::{Eval, Interpreter};
use super::Given;

/// Up to this length V8 sorts by binary insertion alone; above, it merges runs. third_party/v8/builtins/array-sort.tq
const MIN_MERGE: usize = 64;

impl Interpreter<'_> {
    pub(super) fn sort_in_place(&mut self, id: ObjectId, given: &Given<'_>) -> Eval {
        let elements = self.heap.array(id).to_vec();
        match self.sorted(elements, given)? {
            Some(sorted) => self.heap.change(id, |class| *class = Class::Array(sorted)),
            None => self.heap.forget_contents(id, &"the order of the elements is not known".into()),
        }
        Ok(Value::object(id))
    }

    pub(super) fn sorted_copy(&mut self, id: ObjectId, given: &Given<'_>) -> Eval {
        if let Some(why) = self.heap.object(id).open.clone() {
            return Ok(Value::unknown_of(Nature::Object, why));
        }
        let elements = self.heap.array(id).iter().cloned().map(Value::filled).collect();
        Ok(match self.sorted(elements, given)? {
            Some(sorted) => self.array(sorted),
            None => Value::unknown_of(Nature::Object, "the order of the elements is not known"),
        })
    }

    /// The elements in order, `undefined` and holes last; `None` where the order is not known.
    fn sorted(&mut self, elements: Vec<Value>, given: &Given<'_>) -> Eval<Option<Vec<Value>>> {
        let compare = given.at(0);
        if !compare.is_undefined() && !self.is_callable(&compare) {
            self.fail("TypeError", "The comparison function must be either a function or undefined", compare.taint)?;
            return Ok(None);
        }
        let (mut work, mut last): (Vec<Value>, Vec<Value>) =
            elements.into_iter().partition(|element| !matches!(element.kind, Kind::Undefined | Kind::Hole));
        last.sort_by_key(|element| matches!(element.kind, Kind::Hole));
        let length = work.len();
        let Some(run) = self.leading_run(&mut work, &compare, given)? else { return Ok(None) };
        for start in run..length {
            let Some(place) = self.insertion_point(&work, start, &compare, given)? else { return Ok(None) };
            work[place..=start].rotate_right(1);
        }
        if length >= MIN_MERGE && !self.is_in_order(&work, &compare, given)? {
            return Ok(None);
        }
        work.append(&mut last);
        Ok(Some(work))
    }

    /// The length of the sorted run at the beginning; a descending one is reversed.
    fn leading_run(&mut self, work: &mut [Value], compare: &Value, given: &Given<'_>) -> Eval<Option<usize>> {
        if work.len() < 2 {
            return Ok(Some(work.len()));
        }
        let Some(order) = self.order(&work[1], &work[0], compare, given)? else { return Ok(None) };
        let is_descending = order == Ordering::Less;
        let mut length = 2;
        while length < work.len() {
            let Some(order) = self.order(&work[length], &work[length - 1], compare, given)? else { return Ok(None) };
            if (order == Ordering::Less) != is_descending {
                break;
            }
            length += 1;
        }
        if is_descending {
            work[..length].reverse();
        }
        Ok(Some(length))
    }

    /// Where element `start` belongs among those before it.
    fn insertion_point(
        &mut self,
        work: &[Value],
        start: usize,
        compare: &Value,
        given: &Given<'_>,
    ) -> Eval<Option<usize>> {
        let (mut left, mut right) = (0, start);
        while left < right {
            let middle = left + (right - left) / 2;
            match self.order(&work[start], &work[middle], compare, given)? {
                Some(Ordering::Less) => right = middle,
                Some(_) => left = middle + 1,
                None => return Ok(None),
            }
        }
        Ok(Some(left))
    }

    fn is_in_order(&mut self, work: &[Value], compare: &Value, given: &Given<'_>) -> Eval<bool> {
        for pair in work.windows(2) {
            if !matches!(self.order(&pair[0], &pair[1], compare, given)?, Some(Ordering::Less | Ordering::Equal)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn order(&mut self, left: &Value, right: &Value, compare: &Value, given: &Given<'_>) -> Eval<Option<Ordering>> {
        if !compare.is_undefined() {
            let arguments = vec![left.clone(), right.clone()];
            let function = given.function;
            let result = self.invoke(compare.clone(), Value::undefined(), arguments, given.site, function, false)?;
            return Ok(self.to_number(&result).map(|number| number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)));
        }
        let (left, right) = (self.to_string(left), self.to_string(right));
        self.burn_for((left.as_str().map_or(0, str::len)) as u64)?;
        Ok(left.as_str().zip(right.as_str()).map(|(a, b)| a.encode_utf16().cmp(b.encode_utf16())))
    }
}
