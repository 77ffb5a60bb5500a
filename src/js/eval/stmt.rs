//! Statements.

use std::sync::Arc;

use super::super::ir::{BindingKind, Case, ExprId, Handler, PatternId, ScopeId, Stmt, StmtId, Switch, Try};
use super::super::value::{Origin, Value};
use super::attempt::AttemptId;
use super::doubt::FAILS;
use super::undecided::{Doubts, Leave};
use super::{Abrupt, Activation, Eval, Interpreter};

/// How a statement ended.
#[derive(Clone, Debug)]
pub(crate) enum Flow {
    /// The next one follows.
    Normal,
    /// `return`
    Return(Value),
    /// `break`
    Break(Option<Arc<str>>),
    /// `continue`
    Continue(Option<Arc<str>>),
}

impl Interpreter<'_> {
    pub(super) fn statements(&mut self, at: &mut Activation<'_>, body: &[StmtId]) -> Eval<Flow> {
        let mut doubts = Doubts::new(at);
        for (position, id) in body.iter().enumerate() {
            match self.statement(at, *id) {
                Ok(Flow::Normal) => self.note_doubts(at, &mut doubts),
                left => {
                    if let Some(guard) = self.dead_rest.take() {
                        let rest = &body[position + 1..];
                        self.shadow_rest(guard, |run| run.statements(at, rest));
                    }
                    return self.end_doubts(at, doubts, left);
                }
            }
        }
        self.end_doubts(at, doubts, Ok(Flow::Normal))
    }

    pub(super) fn statement(&mut self, at: &mut Activation<'_>, id: StmtId) -> Eval<Flow> {
        self.burn()?;
        let ir = at.ir;
        match &ir[id] {
            Stmt::Expr(expr) => self.eval(at, *expr).map(|_| Flow::Normal),
            Stmt::Declare { kind, pattern, init } => self.declare(at, *kind, *pattern, *init),
            Stmt::Class { binding, class } => {
                let class = self.class(at, *class)?;
                self.initialise(at, *binding, class);
                Ok(Flow::Normal)
            }
            Stmt::ExportDefault(expr) => {
                let value = self.eval(at, *expr)?;
                self.export_default(at.module, value);
                Ok(Flow::Normal)
            }
            Stmt::Block { scope, body } => self.in_scope(at, *scope, |run, at| run.statements(at, &ir[*body])),
            Stmt::If { test, then, otherwise } => self.if_statement(at, *test, *then, *otherwise),
            Stmt::For(turns) => self.for_loop(at, turns),
            Stmt::ForIn(turns) => self.for_in(at, turns),
            Stmt::ForOf(turns) => self.for_of(at, turns),
            Stmt::While { test, body } => self.while_loop(at, *test, *body),
            Stmt::DoWhile { body, test } => self.do_while(at, *body, *test),
            Stmt::Switch(switch) => {
                let Switch { scope, value, cases } = &**switch;
                let place = at.origin(*value);
                let value = self.eval(at, *value)?;
                self.in_scope(at, *scope, |run, at| run.switch(at, place, &value, cases))
            }
            Stmt::Try(attempt) => self.try_statement(at, attempt),
            Stmt::Return(value) => {
                let value = match value {
                    Some(value) => {
                        at.awaited = false;
                        self.eval(at, *value)?
                    }
                    None => Value::undefined(),
                };
                Ok(Flow::Return(value))
            }
            Stmt::Throw(value) => {
                let site = at.origin(*value);
                let value = self.eval(at, *value)?;
                self.thrown(site);
                self.thrown_at = Some(site);
                if self.is_normal_life() {
                    return Ok(Flow::Normal);
                }
                Err(Abrupt::Throw(value.tainted(self.path.taint)))
            }
            Stmt::Break(label) => Ok(Flow::Break(label.map(|label| self.text(at.module, label)))),
            Stmt::Continue(label) => Ok(Flow::Continue(label.map(|label| self.text(at.module, label)))),
            Stmt::Labeled { label, body } => {
                let label = self.text(at.module, *label);
                self.labeled(at, &label, *body)
            }
            Stmt::Empty => Ok(Flow::Normal),
        }
    }

    fn labeled(&mut self, at: &mut Activation<'_>, label: &Arc<str>, body: StmtId) -> Eval<Flow> {
        at.labels.push(label.clone());
        let flow = self.statement(at, body);
        at.labels.clear();
        at.left.retain(|leave| *leave != Leave::Break(Some(label.clone())));
        match flow? {
            Flow::Break(Some(target)) if target == *label => Ok(Flow::Normal),
            flow => Ok(flow),
        }
    }

    fn declare(
        &mut self,
        at: &mut Activation<'_>,
        kind: BindingKind,
        pattern: PatternId,
        init: Option<ExprId>,
    ) -> Eval<Flow> {
        let value = match init {
            Some(init) => self.eval(at, init)?,
            None if kind == BindingKind::Var => return Ok(Flow::Normal),
            None => Value::undefined(),
        };
        self.bind(at, pattern, value)?;
        Ok(Flow::Normal)
    }

    /// Runs `body` with a fresh environment for `scope`.
    pub(super) fn in_scope<'m, R>(
        &mut self,
        at: &mut Activation<'m>,
        scope: Option<ScopeId>,
        body: impl FnOnce(&mut Self, &mut Activation<'m>) -> Eval<R>,
    ) -> Eval<R> {
        let Some(scope) = scope else { return body(self, at) };
        let names = at.ir[scope].names;
        let inner = self.heap.enter(Some(at.env), at.module, scope, names);
        let outer = std::mem::replace(&mut at.env, inner);
        self.hoist(at, scope);
        let result = body(self, at);
        at.env = outer;
        result
    }

    fn if_statement(
        &mut self,
        at: &mut Activation<'_>,
        test: ExprId,
        then: StmtId,
        otherwise: Option<StmtId>,
    ) -> Eval<Flow> {
        let place = at.origin(test);
        let test = self.eval(at, test)?;
        self.branch(
            at,
            place,
            &test,
            |run, at| run.statement(at, then),
            |run, at| match otherwise {
                Some(otherwise) => run.statement(at, otherwise),
                None => Ok(Flow::Normal),
            },
        )
    }

    fn switch(&mut self, at: &mut Activation<'_>, place: Origin, value: &Value, cases: &[Case]) -> Eval<Flow> {
        let default = cases.iter().position(|case| case.test.is_none());
        let flow = self.switch_from(at, place, value, cases, 0, default)?;
        at.left.retain(|leave| *leave != Leave::Break(None));
        Ok(if matches!(flow, Flow::Break(None)) { Flow::Normal } else { flow })
    }

    /// Tries the cases from `next` on, in order; an undecided one is both taken and passed.
    fn switch_from(
        &mut self,
        at: &mut Activation<'_>,
        place: Origin,
        value: &Value,
        cases: &[Case],
        next: usize,
        default: Option<usize>,
    ) -> Eval<Flow> {
        let Some((position, test)) =
            cases.iter().enumerate().skip(next).find_map(|(position, case)| Some((position, case.test?)))
        else {
            return match default {
                Some(position) => self.fall_through(at, cases, position),
                None => Ok(Flow::Normal),
            };
        };
        let test = self.eval(at, test)?;
        let equal = self.binary(super::super::ir::Binary::StrictEqual, value, &test)?;
        self.branch(
            at,
            place,
            &equal,
            |run, at| run.fall_through(at, cases, position),
            |run, at| run.switch_from(at, place, value, cases, position + 1, default),
        )
    }

    fn fall_through(&mut self, at: &mut Activation<'_>, cases: &[Case], from: usize) -> Eval<Flow> {
        let mut doubts = Doubts::new(at);
        for case in cases.iter().skip(from) {
            match self.statements(at, &at.ir[case.body]) {
                Ok(Flow::Normal) => self.note_doubts(at, &mut doubts),
                left => return self.end_doubts(at, doubts, left),
            }
        }
        self.end_doubts(at, doubts, Ok(Flow::Normal))
    }

    fn try_statement(&mut self, at: &mut Activation<'_>, attempt: &Try) -> Eval<Flow> {
        let result = match &attempt.handler {
            Some(handler) => self.try_and_handle(at, attempt.block, handler),
            None => self.statement(at, attempt.block),
        };
        if matches!(result, Err(Abrupt::Spent | Abrupt::Suspended | Abrupt::Exit)) {
            return result;
        }
        if let Some(finalizer) = attempt.finalizer {
            match self.statement(at, finalizer)? {
                Flow::Normal => {}
                flow => return Ok(flow),
            }
        }
        result
    }

    fn try_and_handle(&mut self, at: &mut Activation<'_>, block: StmtId, handler: &Handler) -> Eval<Flow> {
        let (calls, returns) = (self.opaque_calls, at.returns.len());
        let outer = self.may_throw.take();
        self.tries += 1;
        let mark = self.heap.watch();
        let (attempt, result) = self.attempt_try(|run| run.statement(at, block));
        self.tries -= 1;
        let Some(why) = std::mem::replace(&mut self.may_throw, outer) else {
            self.heap.keep(mark);
            return self.rescue_known(at, handler, result, (attempt, calls));
        };
        let writes = self.heap.take_back(mark);
        self.heap.merge_forgotten(writes, &why);
        match result {
            Ok(flow) => self.leave_perhaps(at, flow),
            Err(Abrupt::Throw(_)) => {}
            Err(Abrupt::Suspended) => self.leave_perhaps(at, Flow::Return(Value::unknown(why.clone()))),
            Err(other) => return Err(other),
        }
        for value in &mut at.returns[returns..] {
            *value = Value::unknown(why.clone());
        }
        let mark = self.heap.watch();
        let handled = self.rescue(attempt, |run| run.handle(at, handler, Value::unknown(why.clone())));
        let writes = self.heap.take_back(mark);
        self.heap.merge(writes, &why);
        match handled {
            Ok(flow) => self.leave_perhaps(at, flow),
            Err(Abrupt::Throw(_)) => self.throw_perhaps(&why),
            Err(other) => return Err(other),
        }
        Ok(Flow::Normal)
    }

    /// Goes on after a `try` block that ended with `result`, `calls` calls of the outside before it.
    fn rescue_known(
        &mut self,
        at: &mut Activation<'_>,
        handler: &Handler,
        result: Eval<Flow>,
        (attempt, calls): (AttemptId, u32),
    ) -> Eval<Flow> {
        match result {
            Err(Abrupt::Throw(error)) => self.rescue(attempt, |run| run.handle(at, handler, error)),
            // Also where the block ends the process: what came before that may have failed.
            Ok(_) | Err(Abrupt::Exit) if self.opaque_calls > calls => {
                let error = Value::unknown("which error is thrown is not known");
                let (returns, left) = (at.returns.len(), at.left.len());
                let place = Origin { module: at.module, span: at.ir.stmt_span(handler.body) };
                self.rescue(attempt, |run| run.maybe(place, FAILS, |run| run.handle(at, handler, error)))?;
                at.returns.truncate(returns);
                at.left.truncate(left);
                result
            }
            other => other,
        }
    }

    fn handle(&mut self, at: &mut Activation<'_>, handler: &Handler, error: Value) -> Eval<Flow> {
        self.thrown_at = None;
        self.in_scope(at, Some(handler.scope), |run, at| {
            if let Some(param) = handler.param {
                run.bind(at, param, error)?;
            }
            run.statement(at, handler.body)
        })
    }
}
