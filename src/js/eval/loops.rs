//! Loops: turned as often as is known, else once, maybe.

use std::sync::Arc;

use super::super::heap::{Class, EnvId};
use super::super::ir::{BindingId, Expr, ExprId, For, ForEach, Module, Pattern, PatternId, ScopeId, StmtId, Unary};
use super::super::value::{Origin, Value};
use super::stmt::Flow;
use super::undecided::{Doubts, Leave};
use super::{Abrupt, Activation, Eval, Interpreter, Path};

/// Whether a loop goes on after a turn.
enum Turn {
    Next,
    /// It may have been the last.
    MayEnd,
    End,
    Leave(Flow),
}

/// The parts of a `for` or `while`.
#[derive(Clone, Copy)]
struct While {
    test: Option<ExprId>,
    update: Option<ExprId>,
    /// Its names, fresh for each turn.
    scope: Option<ScopeId>,
    body: StmtId,
}

/// One run of a loop.
struct Loop {
    labels: Vec<Arc<str>>,
    before: Path,
    /// The body.
    place: Origin,
    doubts: Doubts,
}

impl Loop {
    fn is_mine(&self, label: Option<&Arc<str>>) -> bool {
        label.is_none_or(|label| self.labels.contains(label))
    }
}

impl Interpreter<'_> {
    pub(super) fn for_of(&mut self, at: &mut Activation<'_>, turns: &ForEach) -> Eval<Flow> {
        let ForEach { scope, target, whole: iterable, body } = *turns;
        let turning = self.begin_loop(at, body);
        let site = at.origin(iterable);
        let iterable = self.eval(at, iterable)?;
        self.uses_by(&iterable, "values", site);
        let list = self.iterated(&iterable)?;
        self.for_each(at, turning, list, |run, at, element| {
            run.in_scope(at, scope, |run, at| {
                run.bind(at, target, element)?;
                run.statement(at, body)
            })
        })
    }

    pub(super) fn for_in(&mut self, at: &mut Activation<'_>, turns: &ForEach) -> Eval<Flow> {
        let ForEach { scope, target, whole: object, body } = *turns;
        let turning = self.begin_loop(at, body);
        let object = self.eval(at, object)?;
        let (keys, more) = self.enumerable_keys(&object);
        let keys = keys.into_iter().map(|key| Value::string(key).tainted(object.taint)).collect();
        self.for_each(at, turning, Iterated::Known(keys, more), |run, at, element| {
            run.in_scope(at, scope, |run, at| {
                run.bind(at, target, element)?;
                run.statement(at, body)
            })
        })
    }

    fn for_each<'m>(
        &mut self,
        at: &mut Activation<'m>,
        mut turning: Loop,
        list: Iterated,
        mut body: impl FnMut(&mut Self, &mut Activation<'m>, Value) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let mut position = 0;
        let flow = loop {
            if position == self.firm_elements(&list)
                && let Some(why) = self.further(&list)
            {
                self.repeat_unknown(at, &turning, &why, |run, at| body(run, at, Value::unknown(why.clone())))?;
                self.end_turn(at, &mut turning);
            }
            let Some(element) = self.turn_element(&list, position) else { break Ok(Flow::Normal) };
            position += 1;
            match self.turn(at, &mut turning, |run, at| body(run, at, element)) {
                Ok(Turn::Next | Turn::MayEnd) => {}
                Ok(Turn::End) => break Ok(Flow::Normal),
                Ok(Turn::Leave(flow)) => break Ok(flow),
                Err(left) => break Err(left),
            }
        };
        if position > self.firm_elements(&list)
            && let (Some(why), Ok(Flow::Normal)) = (self.further(&list), &flow)
        {
            self.repeat_unknown(at, &turning, &why, |run, at| body(run, at, Value::unknown(why.clone())))?;
        }
        self.end_loop(at, turning, flow)
    }

    fn begin_loop(&mut self, at: &mut Activation<'_>, body: StmtId) -> Loop {
        let place = Origin { module: at.module, span: at.ir.stmt_span(body) };
        Loop { labels: std::mem::take(&mut at.labels), before: self.path, place, doubts: Doubts::new(at) }
    }

    /// Binds `value` to the target of a loop, declared there or not.
    pub(super) fn bind(&mut self, at: &mut Activation<'_>, pattern: PatternId, value: Value) -> Eval<()> {
        self.assign_pattern(at, pattern, value)
    }

    pub(super) fn for_loop(&mut self, at: &mut Activation<'_>, turns: &For) -> Eval<Flow> {
        let For { scope, init, test, update, body } = *turns;
        let turning = self.begin_loop(at, body);
        self.in_scope(at, scope, |run, at| {
            run.statements(at, &at.ir[init])?;
            run.loop_while(at, turning, While { test, update, scope, body })
        })
    }

    /// The names of a `for`, which every closure made in the body keeps as they are in that turn.
    fn copy_scope(&mut self, at: &Activation<'_>, scope: ScopeId) -> EnvId {
        let names = at.ir[scope].names;
        let values: Vec<Option<Value>> = (0..names)
            .map(|position| {
                let cell = self.heap.find(at.env, at.module, scope, position)?;
                self.heap.read(cell).cloned()
            })
            .collect();
        let parent = self.heap.parent(at.env);
        let env = self.heap.enter(parent, at.module, scope, names);
        for (position, value) in values.into_iter().enumerate() {
            if let (Some(value), Some(cell)) = (value, self.heap.find(env, at.module, scope, position as u32)) {
                self.heap.write(cell, value);
            }
        }
        env
    }

    pub(super) fn while_loop(&mut self, at: &mut Activation<'_>, test: ExprId, body: StmtId) -> Eval<Flow> {
        let turning = self.begin_loop(at, body);
        self.loop_while(at, turning, While { test: Some(test), update: None, scope: None, body })
    }

    pub(super) fn do_while(&mut self, at: &mut Activation<'_>, body: StmtId, test: ExprId) -> Eval<Flow> {
        let mut turning = self.begin_loop(at, body);
        match self.turn(at, &mut turning, |run, at| run.statement(at, body)) {
            Ok(Turn::Next | Turn::MayEnd) => {
                self.loop_while(at, turning, While { test: Some(test), update: None, scope: None, body })
            }
            Ok(Turn::End) => self.end_loop(at, turning, Ok(Flow::Normal)),
            Ok(Turn::Leave(flow)) => self.end_loop(at, turning, Ok(flow)),
            Err(left) => self.end_loop(at, turning, Err(left)),
        }
    }

    fn loop_while(&mut self, at: &mut Activation<'_>, mut turning: Loop, parts: While) -> Eval<Flow> {
        let is_true = |test: ExprId| matches!(at.ir[test], Expr::Bool(true));
        let endless = parts.test.is_none_or(is_true) && !self.is_exact();
        let turns = if endless { ENDLESS_TURNS } else { self.limits.turns };
        let mut may_end = !endless || turning.before.reach < super::Reach::Yes;
        let mut why: Arc<str> = "a loop turns too often to follow".into();
        let waited = self.waited;
        for _ in 0..turns {
            match self.while_turn(at, &mut turning, parts) {
                Ok(Some(Turn::Next)) => {}
                Ok(Some(Turn::MayEnd)) => may_end = true,
                Ok(Some(Turn::End)) => return self.end_loop(at, turning, Ok(Flow::Normal)),
                Ok(Some(Turn::Leave(flow))) => return self.end_loop(at, turning, Ok(flow)),
                Ok(None) => {
                    why = "how often a loop turns".into();
                    break;
                }
                Err(left) => return self.end_loop(at, turning, Err(left)),
            }
        }
        self.repeat_unknown(at, &turning, &why, |run, at| {
            let flow = run.statement(at, parts.body)?;
            for expr in parts.update.into_iter().chain(parts.test) {
                run.eval(at, expr)?;
            }
            Ok(flow)
        })?;
        let flow = if may_end { Ok(Flow::Normal) } else { Err(Abrupt::Throw(Value::unknown(ENDLESS))) };
        let flow = self.end_loop(at, turning, flow);
        if self.waited != waited && parts.test.is_some_and(|test| is_flag(at.ir, test)) && !self.is_exact() {
            self.path.reach = self.path.reach.min(super::Reach::Maybe);
        }
        flow
    }

    /// One turn; `None` where it is not known whether there is one.
    fn while_turn(&mut self, at: &mut Activation<'_>, turning: &mut Loop, parts: While) -> Eval<Option<Turn>> {
        let holds = match parts.test {
            Some(test) => self.eval(at, test)?.truthy(),
            None => Some(true),
        };
        match holds {
            Some(true) => {}
            Some(false) => return Ok(Some(Turn::End)),
            None => return Ok(None),
        }
        let turn = self.turn(at, turning, |run, at| run.statement(at, parts.body))?;
        if let Turn::Next | Turn::MayEnd = turn {
            if let Some(scope) = parts.scope {
                at.env = self.copy_scope(at, scope);
            }
            if let Some(update) = parts.update {
                self.eval(at, update)?;
            }
        }
        Ok(Some(turn))
    }

    /// A loop that turns any number of times: its body is run once, maybe, and what it writes is forgotten.
    fn repeat_unknown<'m>(
        &mut self,
        at: &mut Activation<'m>,
        turning: &Loop,
        why: &Arc<str>,
        mut body: impl FnMut(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<()> {
        if self.is_exact() {
            return self.repeat(at, why, |run, at| {
                let flow = body(run, at)?;
                run.forget_own_leaves(at, turning);
                Ok(match flow {
                    Flow::Break(label) | Flow::Continue(label) if turning.is_mine(label.as_ref()) => Flow::Normal,
                    flow => flow,
                })
            });
        }
        let before = self.path;
        let mark = self.heap.watch();
        self.path = self.maybe_from(before, turning.place, why.clone());
        let flow = body(self, at);
        self.path = before;
        let writes = self.heap.take_back(mark);
        self.heap.merge_forgotten(writes, why);
        match flow {
            Err(left @ (Abrupt::Spent | Abrupt::NotYet)) => Err(left),
            Ok(Flow::Return(value)) => {
                at.returns.push(value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn turn<'m>(
        &mut self,
        at: &mut Activation<'m>,
        turning: &mut Loop,
        body: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Turn> {
        self.burn()?;
        let flow = body(self, at)?;
        let left_maybe = self.path.reach < turning.before.reach;
        let returned_maybe = left_maybe && !at.returns.is_empty();
        if !returned_maybe {
            self.path = turning.before;
        }
        self.end_turn(at, turning);
        Ok(match flow {
            Flow::Normal if left_maybe => Turn::MayEnd,
            Flow::Normal => Turn::Next,
            Flow::Continue(label) if turning.is_mine(label.as_ref()) => Turn::Next,
            Flow::Break(label) if turning.is_mine(label.as_ref()) => Turn::End,
            flow => Turn::Leave(flow),
        })
    }

    /// A turn that may have been cut short goes on with the next; one that may have left the loop makes the next doubtful.
    fn end_turn(&mut self, at: &mut Activation<'_>, turning: &mut Loop) {
        at.left.retain(|leave| !matches!(leave, Leave::Continue(label) if turning.is_mine(label.as_ref())));
        self.note_doubts(at, &mut turning.doubts);
    }

    fn end_loop(&mut self, at: &mut Activation<'_>, turning: Loop, flow: Eval<Flow>) -> Eval<Flow> {
        self.forget_own_leaves(at, &turning);
        let Loop { labels, doubts, .. } = turning;
        let flow = self.end_doubts(at, doubts, flow)?;
        Ok(match flow {
            Flow::Break(Some(label)) if labels.contains(&label) => Flow::Normal,
            flow => flow,
        })
    }

    fn forget_own_leaves(&mut self, at: &mut Activation<'_>, turning: &Loop) {
        at.left.retain(|leave| match leave {
            Leave::Break(label) | Leave::Continue(label) => !turning.is_mine(label.as_ref()),
            Leave::Return => true,
        });
    }

    /// Gives a declared name its first value.
    pub(super) fn initialise(&mut self, at: &Activation<'_>, binding: BindingId, value: Value) {
        if let Some(cell) = self.variable_cell(at, binding) {
            self.heap.write(cell, value);
        }
    }

    /// What a loop goes over; an array is read as it is when its turn comes.
    fn iterated(&mut self, iterable: &Value) -> Eval<Iterated> {
        if let Some(id) = iterable.as_object()
            && matches!(self.heap.object(id).class, Class::Array(_))
        {
            return Ok(Iterated::Array(iterable.clone()));
        }
        let (elements, more) = self.iterate(iterable)?;
        Ok(Iterated::Known(elements, more))
    }

    fn turn_element(&self, list: &Iterated, position: usize) -> Option<Value> {
        match list {
            Iterated::Known(elements, _) => elements.get(position).cloned(),
            Iterated::Array(array) => {
                let element = self.heap.elements(array)?.get(position)?;
                Some(element.clone().filled().tainted(array.taint))
            }
        }
    }

    /// How many elements come before any that are not known.
    fn firm_elements(&self, list: &Iterated) -> usize {
        match list {
            Iterated::Known(elements, _) => elements.len(),
            Iterated::Array(array) => {
                let object = array.as_object().map(|id| self.heap.object(id));
                object.map_or(usize::MAX, |object| if object.open.is_some() { object.firm } else { usize::MAX })
            }
        }
    }

    /// Why there may be elements that are not known.
    fn further(&self, list: &Iterated) -> Option<Arc<str>> {
        match list {
            Iterated::Known(_, more) => more.clone(),
            Iterated::Array(array) => self.heap.object(array.as_object()?).open.clone(),
        }
    }
}

/// What a loop goes over.
enum Iterated {
    /// These, and why there may be others behind them.
    Known(Vec<Value>, Option<Arc<str>>),
    /// An array, which the loop may change.
    Array(Value),
}

/// Whether a condition only looks at a name or a property, called by nobody. A loop that waits in each turn and has such a
/// condition goes on until something else says that it is enough: a signal, most often.
fn is_flag(ir: &Module, test: ExprId) -> bool {
    match ir[test] {
        Expr::Name(_) => true,
        Expr::Member { object, .. } => is_flag(ir, object) || matches!(ir[object], Expr::This),
        Expr::Unary { operator: Unary::Not, operand } => is_flag(ir, operand),
        _ => false,
    }
}

/// Why nothing follows a loop that never ends; a promise that waits for it is never settled.
pub(super) const ENDLESS: &str = "it never ends";

/// Turns of `while (true)` that show what one turn does.
const ENDLESS_TURNS: u32 = 2;

/// The place of a pattern that is a plain name or member.
pub(super) fn pattern_place(at: &Activation<'_>, pattern: PatternId) -> Option<Origin> {
    let span = match at.ir[pattern] {
        Pattern::Name(binding) => at.ir[binding].span,
        Pattern::Member(expr) => at.ir.expr_span(expr),
        _ => return None,
    };
    Some(Origin { module: at.module, span })
}
