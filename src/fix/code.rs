//! Changes of programs.

use super::text::{after, before, indentation, newline, separator};
use super::{Edit, Span};
use crate::checkout::{Place, Source};
use crate::js::ir::{Argument, Body, Expr, ExprId, Function, Module, Stmt, StmtId};
use crate::modules::Modules;

/// `if (condition)` before the statement that is nothing but the call.
pub(super) fn guard(modules: &Modules<'_>, call: &Place, condition: &str) -> Option<Edit> {
    let module = modules.lowered(&call.file)?.ok()?;
    let is_the_call = |stmt: &StmtId| match module.stmts.get(stmt.index()) {
        Some(Stmt::Expr(expr)) => span(&module, unwrapped(&module, *expr)) == Some(call.span),
        _ => false,
    };
    let statement = listed(&module).find(is_the_call)?;
    let start = module.stmt_spans.get(statement.index())?.start;
    Some(Edit::new(call, Span::new(start, start), format!("if ({condition}) ")))
}

/// Statements of a list: one more before them changes nothing else, no `else` gets another `if`.
fn listed(module: &Module) -> impl Iterator<Item = StmtId> + '_ {
    let functions = module.functions.iter().filter_map(|function| match &function.body {
        Body::Block(body) => Some(body),
        Body::Expr(_) => None,
    });
    let blocks = module.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Block { body, .. } => Some(body),
        _ => None,
    });
    functions.chain(blocks).flatten().copied()
}

/// Without `await` and the extent of an optional chain.
fn unwrapped(module: &Module, expr: ExprId) -> ExprId {
    match module.exprs.get(expr.index()) {
        Some(Expr::Await(inner) | Expr::Chain(inner)) => unwrapped(module, *inner),
        _ => expr,
    }
}

fn span(module: &Module, expr: ExprId) -> Option<Span> {
    module.expr_spans.get(expr.index()).copied()
}

/// `statement` in the callback of the call, behind the call where that is awaited, else in a callback of its own.
pub(super) fn when_listening(modules: &Modules<'_>, listen: &Place, statement: &str) -> Option<Edit> {
    let module = modules.lowered(&listen.file)?.ok()?;
    let source = modules.checkout().source(&listen.file)?;
    let arguments = arguments(&module, listen.span)?;
    let last = module.exprs.get(arguments.last()?.value.index())?;
    let (span, text) = match last {
        Expr::Function(function) => in_function(&module, &source, module.functions.get(function.index())?, statement)?,
        _ => match awaited(&module, listen.span) {
            Some(end) => {
                let indentation = format!("{}{}", newline(&source), indentation(&source, end.saturating_sub(1)));
                (Span::new(end, end), format!("{indentation}{statement}"))
            }
            None => in_new_callback(&source, listen.span, statement)?,
        },
    };
    Some(Edit::new(listen, span, text))
}

fn arguments(module: &Module, call: Span) -> Option<&[Argument]> {
    let spans = module.exprs.iter().zip(&module.expr_spans);
    spans.filter(|(_, span)| **span == call).find_map(|(expr, _)| match expr {
        Expr::Call { arguments, .. } => Some(&**arguments),
        _ => None,
    })
}

/// As the first statement of its body.
fn in_function(module: &Module, source: &Source, function: &Function, statement: &str) -> Option<(Span, String)> {
    match &function.body {
        Body::Expr(expr) => {
            let body = span(module, *expr)?;
            let is_wrapped = before(source, body.start).trim_end().ends_with('(');
            (!is_wrapped).then(|| (body, format!("{{ {statement} {}; }}", source.slice(body))))
        }
        Body::Block(body) => match body.first().and_then(|first| module.stmt_spans.get(first.index())) {
            Some(first) => {
                let start = first.start;
                Some((Span::new(start, start), format!("{statement}{}", separator(source, start))))
            }
            None => {
                let end = function.span.end.checked_sub(1)?;
                source.slice(function.span).ends_with('}').then(|| (Span::new(end, end), format!(" {statement} ")))
            }
        },
    }
}

/// Where the statement ends that waits for the call.
fn awaited(module: &Module, call: Span) -> Option<u32> {
    let waits = |expr: ExprId| matches!(module.exprs.get(expr.index()), Some(Expr::Await(inner)) if span(module, *inner) == Some(call));
    let is_it = |stmt: &StmtId| match module.stmts.get(stmt.index()) {
        Some(Stmt::Expr(expr) | Stmt::Declare { init: Some(expr), .. }) => waits(*expr),
        _ => false,
    };
    let statement = listed(module).find(is_it)?;
    module.stmt_spans.get(statement.index()).map(|span| span.end)
}

/// As one more argument.
fn in_new_callback(source: &Source, call: Span, statement: &str) -> Option<(Span, String)> {
    let end = call.end.checked_sub(1).filter(|end| after(source, *end).starts_with(')'))?;
    let arguments = before(source, end).trim_end();
    let has_comma = arguments.ends_with(',');
    let at = u32::try_from(arguments.len()).ok()?;
    let comma = if has_comma { "" } else { "," };
    Some((Span::new(at, at), format!("{comma} () => {{ {statement} }}")))
}
