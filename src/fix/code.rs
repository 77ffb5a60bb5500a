//! Changes of programs.

use super::text::{after, before, indentation, newline, separator};
use super::{Edit, Span};
use crate::checkout::{Place, Source};
use crate::js::ir::{Argument, Body, Expr, ExprId, Function, Module, Stmt, StmtId};
use crate::modules::Modules;

/// `if (condition)` before the statement that is nothing but the call.
pub(super) fn guard(modules: &Modules<'_>, call: &Place, condition: &str) -> Option<Edit> {
    let module = modules.lowered(&call.file)?.ok()?;
    let is_the_call = |stmt: &StmtId| match module[*stmt] {
        Stmt::Expr(expr) => module.expr_span(unwrapped(&module, expr)) == call.span,
        _ => false,
    };
    let statement = listed(&module).find(is_the_call)?;
    let start = module.stmt_span(statement).start;
    Some(Edit::new(call, Span::new(start, start), format!("if ({condition}) ")))
}

/// Statements of a list: one more before them changes nothing else, no `else` gets another `if`.
fn listed(module: &Module) -> impl Iterator<Item = StmtId> + '_ {
    let functions = module.functions.iter().filter_map(|function| match function.body {
        Body::Block(body) => Some(body),
        Body::Expr(_) => None,
    });
    let blocks = module.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Block { body, .. } => Some(*body),
        _ => None,
    });
    functions.chain(blocks).flat_map(|body| &module[body]).copied()
}

/// Without `await` and the extent of an optional chain.
fn unwrapped(module: &Module, expr: ExprId) -> ExprId {
    match module[expr] {
        Expr::Await(inner) | Expr::Chain(inner) => unwrapped(module, inner),
        _ => expr,
    }
}

/// `statement` in the callback of the call, behind the call where that is awaited, else in a callback of its own.
pub(super) fn when_listening(modules: &Modules<'_>, listen: &Place, statement: &str) -> Option<Edit> {
    let module = modules.lowered(&listen.file)?.ok()?;
    let source = modules.checkout().source(&listen.file)?;
    let arguments = arguments(&module, listen.span)?;
    let (span, text) = match module[arguments.last()?.value] {
        Expr::Function(function) => in_function(&module, &source, &module[function], statement)?,
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
    module.exprs().filter(|(_, span)| *span == call).find_map(|(expr, _)| match expr {
        Expr::Call { arguments, .. } => Some(&module[arguments]),
        _ => None,
    })
}

/// As the first statement of its body.
fn in_function(module: &Module, source: &Source, function: &Function, statement: &str) -> Option<(Span, String)> {
    match function.body {
        Body::Expr(expr) => {
            let body = module.expr_span(expr);
            let is_wrapped = before(source, body.start).trim_end().ends_with('(');
            (!is_wrapped).then(|| (body, format!("{{ {statement} {}; }}", source.slice(body))))
        }
        Body::Block(body) => match module[body].first() {
            Some(first) => {
                let start = module.stmt_span(*first).start;
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
    let waits = |expr: ExprId| matches!(module[expr], Expr::Await(inner) if module.expr_span(inner) == call);
    let is_it = |stmt: &StmtId| match module[*stmt] {
        Stmt::Expr(expr) | Stmt::Declare { init: Some(expr), .. } => waits(expr),
        _ => false,
    };
    let statement = listed(module).find(is_it)?;
    Some(module.stmt_span(statement).end)
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
