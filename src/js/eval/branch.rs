//! Branches: decided, decided by the worker or an assumption, and undecided.

use std::sync::Arc;

use super::super::heap::{Mark, Writes};
use super::super::value::{ModuleId, Origin, Value};
use super::stmt::Flow;
use super::{Abrupt, Activation, Eval, Guard, GuardId, Interpreter, Path, Reach, When};

impl Interpreter<'_> {
    /// Takes one of two ways to a value, or both where `outcome` is undecided.
    ///
    /// `holds_on_first`: the condition is true (not false) when the first way is taken.
    #[allow(clippy::too_many_arguments, reason = "a decision has this many parts")]
    pub(super) fn either<'m>(
        &mut self,
        at: &mut Activation<'m>,
        place: Origin,
        test: &Value,
        outcome: Option<bool>,
        holds_on_first: bool,
        first: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval,
        second: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval,
    ) -> Eval {
        let before = self.path;
        let result = match outcome {
            Some(true) if test.taint.is_none() => first(self, at),
            Some(false) if test.taint.is_none() => second(self, at),
            Some(taken) => {
                let (on_first, on_second) = self.guard_sides(place, test, holds_on_first, Some(taken));
                let value = if taken {
                    let _ = self.in_shadow(on_second, |run| second(run, at));
                    self.path.guard = Some(on_first);
                    self.path.taint = before.taint.with(test.taint);
                    let value = first(self, at);
                    self.despite(test, value)
                } else {
                    let _ = self.in_shadow(on_first, |run| first(run, at));
                    self.path.guard = Some(on_second);
                    self.path.taint = before.taint.with(test.taint);
                    let value = second(self, at);
                    self.despite(test, value)
                };
                value.map(|value| value.tainted(test.taint))
            }
            None => self.both_values(at, place, test, holds_on_first, first, second),
        };
        self.path = before;
        result
    }

    fn both_values<'m>(
        &mut self,
        at: &mut Activation<'m>,
        place: Origin,
        test: &Value,
        holds_on_first: bool,
        first: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval,
        second: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval,
    ) -> Eval {
        let (on_first, on_second) = self.guard_sides(place, test, holds_on_first, None);
        let why = self.why_undecided(test);
        let mark = self.heap.watch();
        let one = self.possibly(on_first, &why, |run| first(run, at));
        let writes = self.heap.take_back(mark);
        let mark = self.heap.watch();
        let other = self.possibly(on_second, &why, |run| second(run, at));
        match (one, other) {
            (Ok(one), Ok(other)) => {
                self.join(writes, mark, &why);
                Ok(one.or(other, &why).tainted(test.taint))
            }
            (Err(left), other) | (other, Err(left)) if self.is_exact() && !self.is_failure(&left) => {
                self.join(writes, mark, &why);
                self.go_on_perhaps(at, left, &why)?;
                other.map(|value| value.tainted(test.taint))
            }
            (Ok(one), Err(_)) => {
                self.heap.take_back(mark);
                self.heap.apply(writes);
                Ok(one)
            }
            (Err(_), other) => {
                self.heap.keep(mark);
                other
            }
        }
    }

    /// Joins the state after one way with that after another, which ran since `mark`.
    fn join(&mut self, one: Writes, mark: Mark, why: &Arc<str>) {
        let other = self.heap.take_back(mark);
        self.heap.join(vec![one, other], why);
    }

    /// An error that nothing catches: what would follow it is never seen.
    fn is_failure(&self, left: &Abrupt) -> bool {
        self.tries == 0 && matches!(left, Abrupt::Throw(_))
    }

    /// One of two ways ended with `left`, execution goes on with the other.
    fn go_on_perhaps(&mut self, at: &mut Activation<'_>, left: Abrupt, why: &Arc<str>) -> Eval<()> {
        match left {
            Abrupt::Spent => return Err(Abrupt::Spent),
            Abrupt::Suspended => self.leave_perhaps(at, Flow::Return(Value::unknown(why.clone()))),
            _ => self.throw_perhaps(why),
        }
        Ok(())
    }

    /// Runs one of two statements, or both where `test` is undecided.
    ///
    /// Where a start fails because of a variable that was assumed unset, it is set: the other statement is run.
    pub(super) fn branch<'m>(
        &mut self,
        at: &mut Activation<'m>,
        place: Origin,
        test: &Value,
        then: impl Fn(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
        otherwise: impl Fn(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let before = self.path;
        if !test.taint.is_assumed() || before.when != When::Load || before.reach == Reach::No {
            return self.side(at, place, test, &then, &otherwise);
        }
        let mark = self.heap.watch();
        let flow = self.side(at, place, test, &then, &otherwise);
        if !matches!(flow, Err(Abrupt::Throw(_) | Abrupt::Exit)) {
            self.heap.keep(mark);
            return flow;
        }
        self.heap.take_back(mark);
        self.path = before;
        self.dead_rest = None;
        if test.truthy() == Some(true) { otherwise(self, at) } else { then(self, at) }
    }

    fn side<'m>(
        &mut self,
        at: &mut Activation<'m>,
        place: Origin,
        test: &Value,
        then: &impl Fn(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
        otherwise: &impl Fn(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Flow> {
        match test.truthy() {
            Some(true) if test.taint.is_none() => then(self, at),
            Some(false) if test.taint.is_none() => otherwise(self, at),
            Some(taken) => {
                let (on_then, on_otherwise) = self.guard_sides(place, test, true, Some(taken));
                if taken {
                    let ruled_out = self.in_shadow(on_otherwise, |run| otherwise(run, at));
                    self.guarded(on_then, on_otherwise, test, ruled_out, |run| then(run, at))
                } else {
                    let ruled_out = self.in_shadow(on_then, |run| then(run, at));
                    self.guarded(on_otherwise, on_then, test, ruled_out, |run| otherwise(run, at))
                }
            }
            None => self.both(at, place, test, then, otherwise),
        }
    }

    /// Runs the side that is taken; what follows it depends on the guard too where the other side would not have gone on.
    fn guarded(
        &mut self,
        taken: GuardId,
        ruled_out_guard: GuardId,
        test: &Value,
        ruled_out: Option<Eval<Flow>>,
        run: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let before = self.path;
        self.path.guard = Some(taken);
        self.path.taint = before.taint.with(test.taint);
        let flow = run(self);
        let rest_depends = !matches!(ruled_out, None | Some(Ok(Flow::Normal)));
        match &flow {
            Ok(Flow::Normal) if rest_depends => {}
            Ok(Flow::Normal) => self.path = before,
            _ => {
                self.path = before;
                self.dead_rest = Some(ruled_out_guard);
            }
        }
        flow
    }

    /// A value, also where the only way to it ends the start because a variable is assumed unset: then it is set.
    fn despite(&self, test: &Value, value: Eval) -> Eval {
        let is_refuted = test.taint.is_assumed() && self.limits.explore && self.path.reach > Reach::No;
        match value {
            Err(Abrupt::Exit) if is_refuted => Ok(Value::unknown("a variable that is set where this runs")),
            value => value,
        }
    }

    fn both<'m>(
        &mut self,
        at: &mut Activation<'m>,
        place: Origin,
        test: &Value,
        then: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
        otherwise: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let (on_then, on_otherwise) = self.guard_sides(place, test, true, None);
        let why = self.why_undecided(test);
        let mark = self.heap.watch();
        let one = self.possibly(on_then, &why, |run| then(run, at));
        let writes = self.heap.take_back(mark);
        let mark = self.heap.watch();
        let other = self.possibly(on_otherwise, &why, |run| otherwise(run, at));
        match (one, other) {
            (Ok(Flow::Normal), Ok(Flow::Normal)) => {
                self.join(writes, mark, &why);
                Ok(Flow::Normal)
            }
            (Err(left), other) if self.is_exact() && self.is_failure(&left) => {
                self.heap.keep(mark);
                other
            }
            (one, Err(left)) if self.is_exact() && self.is_failure(&left) => {
                self.heap.take_back(mark);
                self.heap.apply(writes);
                one
            }
            (one, other) if self.is_exact() => {
                self.join(writes, mark, &why);
                self.go_on_with(at, one, other, &why)
            }
            (Ok(Flow::Return(one)), Ok(Flow::Return(other))) => {
                self.join(writes, mark, &why);
                Ok(Flow::Return(one.or(other, &why).tainted(test.taint)))
            }
            (Ok(Flow::Normal), left) => {
                self.heap.take_back(mark);
                self.heap.apply(writes);
                self.leave_maybe(at, left, on_then, test)
            }
            (left, Ok(Flow::Normal)) => {
                self.heap.keep(mark);
                self.leave_maybe(at, left, on_otherwise, test)
            }
            (Ok(flow), _) => {
                self.heap.take_back(mark);
                self.heap.apply(writes);
                Ok(flow)
            }
            (Err(_), other) => {
                self.heap.keep(mark);
                other
            }
        }
    }

    /// Two ways that did not both come to their end: execution goes on with whatever may follow.
    fn go_on_with(
        &mut self,
        at: &mut Activation<'_>,
        one: Eval<Flow>,
        other: Eval<Flow>,
        why: &Arc<str>,
    ) -> Eval<Flow> {
        match (one, other) {
            (Ok(Flow::Return(one)), Ok(Flow::Return(other))) => Ok(Flow::Return(one.or(other, why))),
            (Err(Abrupt::Throw(_)), Err(Abrupt::Throw(_))) => Err(Abrupt::Throw(Value::unknown(why.clone()))),
            (one, other) => {
                for flow in [one, other] {
                    match flow {
                        Ok(flow) => self.leave_perhaps(at, flow),
                        Err(left) => self.go_on_perhaps(at, left, why)?,
                    }
                }
                Ok(Flow::Normal)
            }
        }
    }

    /// One side left, the other goes on: what follows runs maybe, unless the side that left was a failure.
    fn leave_maybe(&mut self, at: &mut Activation<'_>, left: Eval<Flow>, on: GuardId, test: &Value) -> Eval<Flow> {
        match left {
            Err(Abrupt::Spent) => return Err(Abrupt::Spent),
            Err(_) => return Ok(Flow::Normal),
            Ok(Flow::Return(value)) => at.returns.push(value),
            Ok(_) => {}
        }
        self.path = self.path_of_side(self.path, on, &self.why_undecided(test));
        self.path.taint = self.path.taint.with(test.taint);
        Ok(Flow::Normal)
    }

    /// Runs something that may or may not happen, because of what is not known at `place`, with its writes merged into the state.
    pub(super) fn maybe<R>(
        &mut self,
        place: Origin,
        why: &str,
        run: impl FnOnce(&mut Self) -> Eval<R>,
    ) -> Eval<Option<R>> {
        let mark = self.heap.watch();
        let before = self.path;
        self.path = self.maybe_from(before, place, why);
        let result = run(self);
        self.path = before;
        let writes = self.heap.take_back(mark);
        match result {
            Ok(result) => {
                self.heap.merge(writes, &why.into());
                Ok(Some(result))
            }
            Err(Abrupt::Spent) => Err(Abrupt::Spent),
            Err(Abrupt::NotYet) => Err(Abrupt::NotYet),
            Err(_) => {
                if self.is_exact() {
                    self.heap.merge(writes, &why.into());
                }
                self.throw_perhaps(why);
                Ok(None)
            }
        }
    }

    fn possibly<R>(&mut self, guard: GuardId, why: &Arc<str>, run: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.path;
        self.path = self.path_of_side(before, guard, why);
        let result = run(self);
        self.path = before;
        result
    }

    /// `path` on one side of an undecided condition.
    fn path_of_side(&mut self, path: Path, guard: GuardId, why: &Arc<str>) -> Path {
        let place = self.guard(guard).place;
        Path { guard: Some(guard), ..self.maybe_from(path, place, why.clone()) }
    }

    /// Runs what is ruled out, for what it would do; nothing of it stays. What is queued waits: it is not ruled out.
    fn in_shadow<R>(&mut self, guard: GuardId, run: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if !self.limits.explore || self.path.reach == Reach::No || self.is_left_out(guard) {
            return None;
        }
        let before = self.path;
        let queued = std::mem::take(&mut self.soon);
        self.path.reach = Reach::No;
        self.path.guard = Some(guard);
        self.path.taint = before.taint.with(self.guards[guard.0 as usize].taint);
        let mark = self.heap.watch();
        let result = run(self);
        self.heap.take_back(mark);
        self.path = before;
        self.dead_rest = None;
        let ruled_out = std::mem::replace(&mut self.soon, queued);
        self.soon.extend(ruled_out);
        Some(result)
    }

    /// Whether the script asks there whether it is the main module, and is run as that another time.
    fn is_left_out(&self, guard: GuardId) -> bool {
        let guard = self.guard(guard);
        !self.limits.explore_main && guard.taint.of_launcher() && guard.place.module == ModuleId(0)
    }

    /// Runs the statements behind one that left because of a guard.
    pub(super) fn shadow_rest(&mut self, guard: GuardId, run: impl FnOnce(&mut Self) -> Eval<Flow>) {
        self.in_shadow(guard, run);
    }

    fn guard_sides(&mut self, place: Origin, test: &Value, holds: bool, outcome: Option<bool>) -> (GuardId, GuardId) {
        let outcome = outcome.map(|taken| taken == holds);
        let place = self.seen_at(place);
        let mut add = |holds| {
            self.guards.push(Guard { parent: self.path.guard, place, holds, outcome, taint: test.taint });
            GuardId(self.guards.len() as u32 - 1)
        };
        (add(holds), add(!holds))
    }

    fn why_undecided(&self, test: &Value) -> Arc<str> {
        test.why().cloned().unwrap_or_else(|| "depends on a condition".into())
    }
}
