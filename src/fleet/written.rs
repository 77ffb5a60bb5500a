//! What the code of a handler says, without being run.

use super::arguments::Arguments;
use crate::checkout::Span;
use crate::js::ir::{Expr, ExprId, Function, Module, Pattern, PatternId, Stmt};
use crate::js::value::Value;

/// Methods of `console` and of loggers.
const LOGGING: [&str; 8] = ["log", "error", "warn", "info", "debug", "fatal", "trace", "verbose"];

/// Whether a function calls nothing but loggers, and throws nothing.
pub(super) fn merely_logs(arguments: &Arguments<'_>, function: &Value) -> bool {
    let Some((ir, function)) = arguments.call.code.function(arguments.heap, function) else { return false };
    let throws = ir.stmts().any(|(stmt, span)| is_in(function, span) && matches!(stmt, Stmt::Throw(_)));
    let logs = |callee: ExprId| method(ir, callee).is_some_and(|name| LOGGING.contains(&name));
    !throws && expressions(ir, function).all(|expr| !matches!(expr, Expr::Call { callee, .. } if !logs(callee)))
}

/// Whether a function leaves word for other code: it sets a variable or a property that outlives it, aborts or emits.
pub(super) fn leaves_word(arguments: &Arguments<'_>, function: &Value) -> bool {
    let Some((ir, function)) = arguments.call.code.function(arguments.heap, function) else { return false };
    expressions(ir, function).any(|expr| match expr {
        Expr::Assign { target, .. }
        | Expr::AssignBinary { target, .. }
        | Expr::AssignLogical { target, .. }
        | Expr::Update { target, .. } => outlives(ir, function, target),
        Expr::Call { callee, .. } => method(ir, callee).is_some_and(|name| matches!(name, "abort" | "emit")),
        _ => false,
    })
}

fn expressions<'m>(ir: &'m Module, function: &'m Function) -> impl Iterator<Item = Expr> + 'm {
    ir.exprs().filter(|(_, span)| is_in(function, *span)).map(|(expr, _)| expr)
}

fn is_in(function: &Function, span: Span) -> bool {
    function.span.start <= span.start && span.end <= function.span.end
}

fn outlives(ir: &Module, function: &Function, target: PatternId) -> bool {
    match ir[target] {
        Pattern::Name(binding) => !is_in(function, ir[binding].span),
        Pattern::Global(_) | Pattern::Member(_) => true,
        _ => false,
    }
}

fn method(ir: &Module, callee: ExprId) -> Option<&str> {
    Some(ir.member(callee)?.1)
}
