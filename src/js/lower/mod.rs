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
    /// Where every text of the module is.
    texts: FxHashMap<Box<str>, TextId>,
    /// The bindings in sight by name, innermost last.
    visible: FxHashMap<TextId, Vec<BindingId>>,
    /// The functions declared by the scopes around the code that is being lowered, innermost last.
    hoisted: Vec<Vec<(BindingId, FunctionId)>>,
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
            texts: FxHashMap::default(),
            visible: FxHashMap::default(),
            hoisted: Vec::new(),
            scope: ScopeId::FIRST,
            function: FunctionId::FIRST,
            is_strict: false,
            opened: FxHashSet::default(),
            fault: None,
        }
    }

    /// The one text that is equal to `text`.
    fn text(&mut self, text: &str) -> TextId {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let id = TextId::new(self.module.texts.push(text));
        self.texts.insert(text.into(), id);
        id
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
        ExprId::new(push(&mut self.module.exprs, expr))
    }

    fn add_stmt(&mut self, stmt: Stmt, span: swc_common::Span) -> StmtId {
        let span = self.span(span);
        self.module.stmt_spans.push(span);
        StmtId::new(push(&mut self.module.stmts, stmt))
    }

    fn add_pattern(&mut self, pattern: Pattern) -> PatternId {
        PatternId::new(push(&mut self.module.patterns, pattern))
    }

    fn add_key(&mut self, key: Key) -> KeyId {
        KeyId::new(push(&mut self.module.keys, key))
    }

    fn add_exprs(&mut self, exprs: Vec<ExprId>) -> ExprsId {
        ExprsId::new(self.module.expr_lists.push(exprs))
    }

    fn add_stmts(&mut self, stmts: Vec<StmtId>) -> StmtsId {
        StmtsId::new(self.module.stmt_lists.push(stmts))
    }

    fn add_properties(&mut self, properties: Vec<Property>) -> PropertiesId {
        PropertiesId::new(self.module.properties.push(properties))
    }
}

impl Module {
    /// Gives back what the tables grew by in advance.
    fn shrink_to_fit(&mut self) {
        self.exprs.shrink_to_fit();
        self.expr_spans.shrink_to_fit();
        self.stmts.shrink_to_fit();
        self.stmt_spans.shrink_to_fit();
        self.patterns.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.functions.shrink_to_fit();
        self.classes.shrink_to_fit();
        self.bindings.shrink_to_fit();
        self.scopes.shrink_to_fit();
        self.imports.shrink_to_fit();
        self.exports.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.numbers.shrink_to_fit();
        self.conditionals.shrink_to_fit();
        self.templates.shrink_to_fit();
        self.hoisted.shrink_to_fit();
        self.expr_lists.shrink_to_fit();
        self.stmt_lists.shrink_to_fit();
        self.arguments.shrink_to_fit();
        self.elements.shrink_to_fit();
        self.properties.shrink_to_fit();
    }
}

/// Appends to a table and says where.
fn push<T>(table: &mut Vec<T>, node: T) -> usize {
    table.push(node);
    table.len() - 1
}
