//! From swc's tree to the [`Module`]: types erased, names resolved, one node per thing that runs.
//!
//! One walk in source order. Before a scope's code is lowered, [`hoist`] says what it declares; inside, every identifier
//! is looked up among the names then in sight ([`scope`]).

mod class;
mod enumeration;
mod expr;
mod function;
mod hoist;
mod jsx;
mod module;
mod pattern;
mod scope;
mod stmt;
#[cfg(test)]
mod tests;
mod typescript;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use swc_ecma_ast as swc;

use super::ir::*;
use super::nesting;
use super::parse::{Dialect, Source, SyntaxError};
use crate::checkout::Span;

/// Parses and lowers `text`; the extension of `file_name` decides the [`Dialect`].
///
/// Call it on a thread with [`STACK_SIZE`](super::STACK_SIZE) bytes of stack, as
/// [`with_large_stack`](super::with_large_stack) gives: what nests too deeply for that is refused.
///
/// # Errors
/// If `text` is no program to Node (or to TypeScript), or nests more than a few thousand levels deep.
pub fn lower(file_name: &str, text: &str) -> Result<Module, SyntaxError> {
    nesting::check(text)?;
    let source = Source::new(text);
    let program = source.parse(file_name)?;
    Lowering::new(source, Dialect::of(file_name)).program(&program)
}

/// Parses and lowers a `.json` process file as PM2 reads it, as a JavaScript expression in parentheses:
/// `vm.runInThisContext('(' + text + ')')` (`lib/Common.js`, `parseConfig`). The module's body is one
/// [`Stmt::ExportDefault`]; spans are those of `text`.
///
/// # Errors
/// As [`lower`]; also if `text` is more, or less, than one expression.
pub fn lower_json(text: &str) -> Result<Module, SyntaxError> {
    nesting::check(text)?;
    let wrapped = format!("({text})");
    let source = Source::wrapped(&wrapped, 1);
    let program = source.parse(".js")?;
    match &program {
        swc::Program::Script(swc::Script { body, .. }) => match body.as_slice() {
            [swc::Stmt::Expr(statement)] => Lowering::new(source, Dialect::JavaScript).lone_expr(&statement.expr),
            _ => Err(source.not_one_expression()),
        },
        swc::Program::Module(_) => Err(source.not_one_expression()),
    }
}

/// A module in the making.
struct Lowering<'a> {
    source: Source<'a>,
    dialect: Dialect,
    module: Module,
    /// Every text of the module once.
    texts: FxHashSet<Arc<str>>,
    /// The bindings in sight by name, innermost last.
    visible: FxHashMap<Arc<str>, Vec<BindingId>>,
    /// The scope whose code is being lowered.
    scope: ScopeId,
    /// The function whose code is being lowered.
    function: FunctionId,
    /// Whether that code is strict.
    is_strict: bool,
    /// Namespaces and enums whose object an earlier declaration has made.
    opened: FxHashSet<BindingId>,
    /// The first fault that Node sees and swc does not.
    fault: Option<SyntaxError>,
}

impl<'a> Lowering<'a> {
    fn new(source: Source<'a>, dialect: Dialect) -> Self {
        Self {
            source,
            dialect,
            module: Module::default(),
            texts: FxHashSet::default(),
            visible: FxHashMap::default(),
            scope: ScopeId(0),
            function: FunctionId(0),
            is_strict: false,
            opened: FxHashSet::default(),
            fault: None,
        }
    }

    /// `text`, shared with its equals.
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.texts.insert(new.clone());
        new
    }

    fn span(&self, span: swc_common::Span) -> Span {
        self.source.span(span)
    }

    fn refuse(&mut self, span: swc_common::Span, message: impl Into<String>) {
        let span = self.span(span);
        self.fault.get_or_insert_with(|| SyntaxError { span, message: message.into() });
    }

    fn add_expr(&mut self, expr: Expr, span: swc_common::Span) -> ExprId {
        let span = self.span(span);
        self.module.expr_spans.push(span);
        ExprId(push(&mut self.module.exprs, expr))
    }

    fn add_stmt(&mut self, stmt: Stmt, span: swc_common::Span) -> StmtId {
        let span = self.span(span);
        self.module.stmt_spans.push(span);
        StmtId(push(&mut self.module.stmts, stmt))
    }

    fn add_pattern(&mut self, pattern: Pattern) -> PatternId {
        PatternId(push(&mut self.module.patterns, pattern))
    }
}

impl Module {
    /// Gives back what the arenas grew by in advance.
    fn shrink_to_fit(&mut self) {
        self.exprs.shrink_to_fit();
        self.expr_spans.shrink_to_fit();
        self.stmts.shrink_to_fit();
        self.stmt_spans.shrink_to_fit();
        self.patterns.shrink_to_fit();
        self.functions.shrink_to_fit();
        self.classes.shrink_to_fit();
        self.bindings.shrink_to_fit();
        self.scopes.shrink_to_fit();
    }
}

/// Appends to an arena and says where.
fn push<T>(arena: &mut Vec<T>, node: T) -> u32 {
    arena.push(node);
    // A node takes a byte of source at the least, and positions in sources are `u32`.
    arena.len() as u32 - 1
}
