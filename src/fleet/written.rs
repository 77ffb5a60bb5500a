//! What the code of a handler says, without being run.

use super::arguments::Arguments;
use crate::checkout::Span;
use crate::js::ir::{Binary, BindingId, Expr, ExprId, Function, Module, Pattern, PatternId, Stmt};
use crate::js::value::Value;

/// Methods of `console` and of loggers.
const LOGGING: [&str; 8] = ["log", "error", "warn", "info", "debug", "fatal", "trace", "verbose"];

/// Whether a function calls nothing but loggers, and throws nothing.
pub(super) fn merely_logs(arguments: &Arguments<'_>, function: &Value) -> bool {
    let Some((ir, function)) = arguments.call.code.function(arguments.heap, function) else { return false };
    let throws = ir.stmts().any(|(stmt, span)| is_in(function, span) && matches!(stmt, Stmt::Throw(_)));
    !throws && expressions(ir, function).all(|expr| !matches!(expr, Expr::Call { callee, .. } if !logs(ir, callee)))
}

/// `console.error`, `logger.fatal`, `process.stderr.write`.
fn logs(ir: &Module, callee: ExprId) -> bool {
    let is_output = |object: ExprId| matches!(ir.last_name(object), Some("stdout" | "stderr"));
    ir.member(callee).is_some_and(|(object, name)| LOGGING.contains(&name) || (name == "write" && is_output(object)))
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

/// Whether what is read at `read` is counted up or down: `entry.count++`, `(counts.get(key) ?? 0) + 1`.
pub(super) fn counts(ir: &Module, read: Span) -> bool {
    let holds = |expr: ExprId| ir.expr_span(expr).contains(read);
    let names: Vec<BindingId> = given(ir).filter(|(_, value)| holds(*value)).map(|(name, _)| name).collect();
    let is_read = |target: PatternId| match ir[target] {
        Pattern::Name(name) => names.contains(&name),
        Pattern::Member(member) => holds(member) || first_name(ir, member).is_some_and(|name| names.contains(&name)),
        _ => false,
    };
    ir.exprs().any(|(expr, _)| match expr {
        Expr::Update { target, .. } | Expr::AssignBinary { operator: Binary::Add | Binary::Subtract, target, .. } => {
            is_read(target)
        }
        Expr::Binary { operator: Binary::Add | Binary::Subtract, left, right } => {
            holds(left) && matches!(ir[right], Expr::Number(_))
        }
        _ => false,
    })
}

/// The names of a module, each with a value that it is given.
fn given(ir: &Module) -> impl Iterator<Item = (BindingId, ExprId)> {
    let declared = ir.stmts().filter_map(|(stmt, _)| match stmt {
        Stmt::Declare { pattern, init: Some(value), .. } => Some((*pattern, *value)),
        _ => None,
    });
    let assigned = ir.exprs().filter_map(|(expr, _)| match expr {
        Expr::Assign { target, value } => Some((target, value)),
        _ => None,
    });
    declared.chain(assigned).filter_map(|(pattern, value)| match ir[pattern] {
        Pattern::Name(name) => Some((name, value)),
        _ => None,
    })
}

/// The name that `name.of.a.member` begins with.
fn first_name(ir: &Module, member: ExprId) -> Option<BindingId> {
    let inner = |expr: &ExprId| match ir[*expr] {
        Expr::Member { object, .. } => Some(object),
        _ => None,
    };
    match ir[std::iter::successors(Some(member), inner).last()?] {
        Expr::Name(name) => Some(name),
        _ => None,
    }
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
