//! Loops: turned as often as is known, else once, maybe.

use std::sync::Arc;

use super::super::ir::{BindingId, Expr, ExprId, Pattern, PatternId, ScopeId, StmtId};
use super::super::value::{Origin, Value};
use super::stmt::Flow;
use super::{Abrupt, Activation, Eval, Interpreter, Path};

/// Whether a loop goes on after a turn.
enum Turn {
    Next,
    /// It may have been the last.
    MayEnd,
    End,
    Leave(Flow),
}

impl Interpreter<'_> {
    pub(super) fn for_of(
        &mut self,
        at: &mut Activation<'_>,
        scope: Option<ScopeId>,
        target: PatternId,
        iterable: ExprId,
        body: StmtId,
    ) -> Eval<Flow> {
        let iterable = self.eval(at, iterable)?;
        let (elements, more) = self.iterate(&iterable);
        self.for_each(at, scope, target, elements, more, body)
    }

    pub(super) fn for_in(
        &mut self,
        at: &mut Activation<'_>,
        scope: Option<ScopeId>,
        target: PatternId,
        object: ExprId,
        body: StmtId,
    ) -> Eval<Flow> {
        let object = self.eval(at, object)?;
        let (keys, more) = self.keys(&object);
        let keys = keys.into_iter().map(|key| Value::string(key).tainted(object.taint)).collect();
        self.for_each(at, scope, target, keys, more, body)
    }

    fn for_each(
        &mut self,
        at: &mut Activation<'_>,
        scope: Option<ScopeId>,
        target: PatternId,
        elements: Vec<Value>,
        more: Option<Arc<str>>,
        body: StmtId,
    ) -> Eval<Flow> {
        let before = self.path;
        for element in elements.into_iter() {
            match self.turn(at, before, |run, at| {
                run.in_scope(at, scope, |run, at| {
                    run.bind(at, target, element)?;
                    run.statement(at, body)
                })
            })? {
                Turn::Next | Turn::MayEnd => {}
                Turn::End => return Ok(Flow::Normal),
                Turn::Leave(flow) => return Ok(flow),
            }
        }
        match more {
            Some(why) => self.repeat_unknown(at, &why, |run, at| {
                run.in_scope(at, scope, |run, at| {
                    run.bind(at, target, Value::unknown(why.clone()))?;
                    run.statement(at, body)
                })
            }),
            None => Ok(Flow::Normal),
        }
    }

    /// Binds `value` to the target of a loop, declared there or not.
    pub(super) fn bind(&mut self, at: &mut Activation<'_>, pattern: PatternId, value: Value) -> Eval<()> {
        self.assign_pattern(at, pattern, value)
    }

    pub(super) fn for_loop(
        &mut self,
        at: &mut Activation<'_>,
        scope: Option<ScopeId>,
        init: &[StmtId],
        test: Option<ExprId>,
        update: Option<ExprId>,
        body: StmtId,
    ) -> Eval<Flow> {
        self.in_scope(at, scope, |run, at| {
            run.statements(at, init)?;
            run.loop_while(at, test, |run, at| run.turn_with_fresh_names(at, scope, update, body))
        })
    }

    /// A turn of a `for` whose names every closure made in the body keeps as they are in that turn.
    fn turn_with_fresh_names(
        &mut self,
        at: &mut Activation<'_>,
        scope: Option<ScopeId>,
        update: Option<ExprId>,
        body: StmtId,
    ) -> Eval<Flow> {
        let flow = self.statement(at, body)?;
        if let Some(scope) = scope {
            at.env = self.copy_scope(at, scope);
        }
        if let (Flow::Normal | Flow::Continue(None), Some(update)) = (&flow, update) {
            self.eval(at, update)?;
        }
        Ok(flow)
    }

    fn copy_scope(&mut self, at: &Activation<'_>, scope: ScopeId) -> super::super::heap::EnvId {
        let names = at.ir.scopes[scope.index()].bindings.len();
        let values: Vec<Option<Value>> = (0..names as u32)
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
        self.loop_while(at, Some(test), |run, at| run.statement(at, body))
    }

    pub(super) fn do_while(&mut self, at: &mut Activation<'_>, body: StmtId, test: ExprId) -> Eval<Flow> {
        let before = self.path;
        match self.turn(at, before, |run, at| run.statement(at, body))? {
            Turn::Next | Turn::MayEnd => self.while_loop(at, test, body),
            Turn::End => Ok(Flow::Normal),
            Turn::Leave(flow) => Ok(flow),
        }
    }

    fn loop_while<'m>(
        &mut self,
        at: &mut Activation<'m>,
        test: Option<ExprId>,
        mut body: impl FnMut(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let endless = test.is_none_or(|test| matches!(at.ir.exprs[test.index()], Expr::Bool(true)));
        let turns = if endless { self.limits.turns.min(ENDLESS_TURNS) } else { self.limits.turns };
        let before = self.path;
        let mut may_end = !endless || before.reach < super::Reach::Yes;
        for _ in 0..turns {
            let holds = match test {
                Some(test) => self.eval(at, test)?.truthy(),
                None => Some(true),
            };
            match holds {
                Some(false) => return Ok(Flow::Normal),
                None => return self.repeat_unknown(at, &"how often a loop turns".into(), body),
                Some(true) => {}
            }
            match self.turn(at, before, &mut body)? {
                Turn::Next => {}
                Turn::MayEnd => may_end = true,
                Turn::End => return Ok(Flow::Normal),
                Turn::Leave(flow) => return Ok(flow),
            }
        }
        let flow = self.repeat_unknown(at, &"a loop turns too often to follow".into(), body)?;
        if may_end { Ok(flow) } else { Err(Abrupt::Throw(Value::unknown(ENDLESS))) }
    }

    /// A loop that turns any number of times: its body is run once, maybe, and what it writes is forgotten.
    fn repeat_unknown<'m>(
        &mut self,
        at: &mut Activation<'m>,
        why: &Arc<str>,
        body: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let before = self.path;
        let mark = self.heap.watch();
        self.path.reach = before.reach.min(super::Reach::Maybe);
        let flow = body(self, at);
        self.path = before;
        let writes = self.heap.take_back(mark);
        self.heap.merge(writes.clone(), why);
        self.heap.forget(writes, why);
        match flow {
            Err(Abrupt::Spent) => Err(Abrupt::Spent),
            Err(Abrupt::NotYet) => Err(Abrupt::NotYet),
            Ok(Flow::Return(value)) => {
                at.returns.push(value);
                Ok(Flow::Normal)
            }
            _ => Ok(Flow::Normal),
        }
    }

    fn turn<'m>(
        &mut self,
        at: &mut Activation<'m>,
        before: Path,
        body: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<Flow>,
    ) -> Eval<Turn> {
        self.burn()?;
        let flow = body(self, at)?;
        let left_maybe = self.path.reach < before.reach;
        let returned_maybe = left_maybe && !at.returns.is_empty();
        if !returned_maybe {
            self.path = before;
        }
        Ok(match flow {
            Flow::Normal | Flow::Continue(None) if left_maybe => Turn::MayEnd,
            Flow::Normal | Flow::Continue(None) => Turn::Next,
            Flow::Break(None) => Turn::End,
            flow => Turn::Leave(flow),
        })
    }

    /// Gives a declared name its first value.
    pub(super) fn initialise(&mut self, at: &Activation<'_>, binding: BindingId, value: Value) {
        if let Some(cell) = self.variable_cell(at, binding) {
            self.heap.write(cell, value);
        }
    }
}

/// Why nothing follows a loop that never ends; a promise that waits for it is never settled.
pub(super) const ENDLESS: &str = "it never ends";

/// Turns of `while (true)` that show what one turn does.
const ENDLESS_TURNS: u32 = 2;

/// The place of a pattern that is a plain name or member.
pub(super) fn pattern_place(at: &Activation<'_>, pattern: PatternId) -> Option<Origin> {
    let span = match at.ir.patterns[pattern.index()] {
        Pattern::Name(binding) => at.ir.bindings[binding.index()].span,
        Pattern::Member(expr) => at.ir.expr_spans[expr.index()],
        _ => return None,
    };
    Some(Origin { module: at.module, span })
}
