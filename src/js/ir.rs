//! The intermediate representation of one module: what is left of a source file when syntax is gone.
//!
//! Tables of small plain nodes under ids of four bytes, `module[id]`: real code takes less than three times the bytes of its
//! source (docs/performance.md), so that all of it can be kept. Texts, lists, and what is rare or large have tables of their
//! own; every expression and statement keeps the bytes it came from. Names are resolved to [`BindingId`]s by scope, so a
//! shadowed `process` is a [`Expr::Name`] and the real one an [`Expr::Global`]. Types are erased, except what dependency
//! injection needs ([`Param::type_name`]).
#![allow(missing_docs, reason = "the parts of a node are named by the syntax beside it")]

mod expr;
mod ids;
#[cfg(test)]
mod size;
mod spans;
mod stmt;
mod texts;

use crate::checkout::Span;

pub use expr::{Argument, Binary, Conditional, Element, Expr, Logical, Property, Template, Unary};
pub use ids::{
    ArgumentsId, BindingId, ClassId, ConditionalId, ElementsId, ExprId, ExprsId, FunctionId, HoistedId, KeyId, Lists,
    NumberId, PatternId, PropertiesId, ScopeId, StmtId, StmtsId, TemplateId, TextId,
};
pub use spans::Spans;
pub use stmt::{Case, For, ForEach, Handler, Stmt, Switch, Try};
pub use texts::Texts;

/// One lowered source file.
#[derive(Debug, Default)]
pub struct Module {
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Where each expression stands.
    pub expr_spans: Spans,
    /// Statements.
    pub stmts: Vec<Stmt>,
    /// Where each statement stands.
    pub stmt_spans: Spans,
    /// Patterns.
    pub patterns: Vec<Pattern>,
    /// Names of properties.
    pub keys: Vec<Key>,
    /// Functions; the first is the module body.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Declared names.
    pub bindings: Vec<Binding>,
    /// Scopes; the first is the module's.
    pub scopes: Vec<Scope>,
    /// Static imports and re-exports, in source order.
    pub imports: Vec<Import>,
    /// What the module exports by ES syntax.
    pub exports: Vec<Export>,
    /// Names and texts of literals, each once.
    pub texts: Texts,
    /// Numeric literals.
    pub numbers: Vec<f64>,
    /// `test ? then : otherwise`
    pub conditionals: Vec<Conditional>,
    /// Templates with holes, or with a tag.
    pub templates: Vec<Template>,
    /// Lists of expressions.
    pub expr_lists: Lists<ExprId>,
    /// Lists of statements.
    pub stmt_lists: Lists<StmtId>,
    /// Lists of arguments.
    pub arguments: Lists<Argument>,
    /// Lists of elements.
    pub elements: Lists<Element>,
    /// Lists of hoisted functions.
    pub hoisted: Lists<(BindingId, FunctionId)>,
    /// Lists of properties.
    pub properties: Lists<Property>,
    /// ES module syntax (`import`, `export`, top-level `await`, `import.meta`) occurs, and no `export =`.
    pub is_esm: bool,
}

impl Module {
    /// Where an expression stands.
    pub fn expr_span(&self, id: ExprId) -> Span {
        self.expr_spans.get(id.index())
    }

    /// Where a statement stands.
    pub fn stmt_span(&self, id: StmtId) -> Span {
        self.stmt_spans.get(id.index())
    }

    /// The names that a scope declares, in order of their positions.
    pub fn declared(&self, scope: ScopeId) -> &[Binding] {
        let scope = &self[scope];
        let first = scope.first.index();
        &self.bindings[first..first + scope.names as usize]
    }

    /// A property's name, where it is known by its text.
    pub fn static_key(&self, id: KeyId) -> Option<&str> {
        match self[id] {
            Key::Static(name, _) => Some(&self[name]),
            Key::Computed(_) => None,
        }
    }

    /// The object and the name of `object.name`.
    pub fn member(&self, id: ExprId) -> Option<(ExprId, &str)> {
        match self[id] {
            Expr::Member { object, key, .. } => Some((object, self.static_key(key)?)),
            _ => None,
        }
    }

    /// The last name of `a`, `a.b`: `stderr` of `process.stderr`.
    pub fn last_name(&self, id: ExprId) -> Option<&str> {
        match self[id] {
            Expr::Name(binding) => Some(&self[self[binding].name]),
            Expr::Global(name) => Some(&self[name]),
            _ => Some(self.member(id)?.1),
        }
    }

    /// The expressions, each with its place.
    pub fn exprs(&self) -> impl Iterator<Item = (Expr, Span)> {
        self.exprs.iter().copied().zip(self.expr_spans.iter())
    }

    /// The statements, each with its place.
    pub fn stmts(&self) -> impl Iterator<Item = (&Stmt, Span)> {
        self.stmts.iter().zip(self.stmt_spans.iter())
    }
}

/// A lexical scope: a function's, or a block's that declares something.
#[derive(Debug)]
pub struct Scope {
    /// The enclosing scope; `None` for the module's.
    pub parent: Option<ScopeId>,
    /// The function this scope belongs to.
    pub function: FunctionId,
    /// The first of the names declared here, `var` and parameters in the function's own scope; the others follow it.
    pub first: BindingId,
    /// How many there are.
    pub names: u32,
    /// Function declarations to be initialised when the scope is entered.
    pub hoisted: HoistedId,
}

/// A declared name.
#[derive(Debug)]
pub struct Binding {
    /// As written.
    pub name: TextId,
    /// How it was declared.
    pub kind: BindingKind,
    /// Where it lives.
    pub scope: ScopeId,
    /// Which of the scope's names it is.
    pub position: u32,
    /// The declaring identifier.
    pub span: Span,
}

/// How a name was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// `var`: hoisted to the function, `undefined` at first.
    Var,
    /// `let`: not readable before its declaration ran.
    Let,
    /// `const`, `using`: as `let`, never assigned again.
    Const,
    /// A function declaration, or a named function expression's own name.
    Function,
    /// A class declaration or expression name; not readable before it ran.
    Class,
    /// A parameter.
    Param,
    /// An import.
    Import,
    /// The variable of a `catch`.
    Catch,
}

/// A name to bind by destructuring or assignment.
#[derive(Debug)]
pub enum Pattern {
    /// `x`
    Name(BindingId),
    /// An undeclared name, assigned.
    Global(TextId),
    /// `a.b`, `a[b]`: an assignment target (the expression is [`Expr::Member`]).
    Member(ExprId),
    /// `{ a, b: c, ...rest }`
    Object(Box<ObjectPattern>),
    /// `[a, , b, ...rest]`
    Array(Box<ArrayPattern>),
    /// `pattern = value`
    Default { pattern: PatternId, value: ExprId },
}

/// `{ a, b: c, ...rest }`
#[derive(Debug)]
pub struct ObjectPattern {
    pub properties: Box<[(KeyId, PatternId)]>,
    pub rest: Option<PatternId>,
}

/// `[a, , b, ...rest]`
#[derive(Debug)]
pub struct ArrayPattern {
    pub elements: Box<[Option<PatternId>]>,
    pub rest: Option<PatternId>,
}

/// A property's name.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// Known by its text; numbers are spelt as JavaScript does (`1`, `0.5`), private names with `#`.
    Static(TextId, Span),
    /// `[expression]`
    Computed(ExprId),
}

/// A function, method, accessor, arrow, or a module's body.
#[derive(Debug)]
pub struct Function {
    /// The name it would show in a stack: its own, or that of the variable, property or method it is given to.
    pub name: Option<TextId>,
    /// The function's own scope: parameters and `var`s.
    pub scope: ScopeId,
    /// A named function expression's own name, bound in `scope`.
    pub self_binding: Option<BindingId>,
    /// Parameters in order.
    pub params: Box<[Param]>,
    /// `...rest`
    pub rest: Option<PatternId>,
    /// What it does.
    pub body: Body,
    /// The whole function.
    pub span: Span,
    /// `async`
    pub is_async: bool,
    /// `function*`
    pub is_generator: bool,
    /// An arrow: `this` and `arguments` are the enclosing function's.
    pub is_arrow: bool,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// What it binds, with its default.
    pub pattern: PatternId,
    /// TypeScript: `private x: T` assigns `this.x` too; the property's name.
    pub property: Option<TextId>,
    /// TypeScript: the name its type annotation refers to, as an expression (`UserService`).
    pub type_name: Option<ExprId>,
    /// Decorators, outermost first.
    pub decorators: ExprsId,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Statements in the function's scope.
    Block(StmtsId),
    /// An arrow's expression.
    Expr(ExprId),
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// Its name, own or given.
    pub name: Option<TextId>,
    /// The scope in which its own name is bound, and that binding.
    pub self_binding: Option<(ScopeId, BindingId)>,
    /// `extends`
    pub superclass: Option<ExprId>,
    /// `constructor`
    pub constructor: Option<FunctionId>,
    /// Everything else, in order.
    pub members: Box<[ClassMember]>,
    /// Decorators, outermost first.
    pub decorators: ExprsId,
    /// The whole class.
    pub span: Span,
}

/// A member of a class.
#[derive(Debug)]
pub struct ClassMember {
    /// Its name; a static block has none.
    pub key: Option<KeyId>,
    /// `static`
    pub is_static: bool,
    /// What it is.
    pub kind: MemberKind,
    /// Decorators, outermost first.
    pub decorators: ExprsId,
    /// TypeScript: the name a field's type annotation refers to, as an expression.
    pub type_name: Option<ExprId>,
    /// The whole member.
    pub span: Span,
}

/// What a class member is.
#[derive(Clone, Copy, Debug)]
pub enum MemberKind {
    /// `m() {}`
    Method(FunctionId),
    /// `get x() {}`
    Getter(FunctionId),
    /// `set x(v) {}`
    Setter(FunctionId),
    /// `x = value`: the value as a function without parameters, run with the new instance as `this`.
    Field(Option<FunctionId>),
    /// `static { }`
    StaticBlock(FunctionId),
}

/// `import ... from 'specifier'`, `export ... from 'specifier'`, `import x = require('specifier')`. Type-only ones are left out.
#[derive(Debug)]
pub struct Import {
    /// As written.
    pub specifier: TextId,
    /// The string.
    pub span: Span,
    /// What is bound; nothing for a bare import or a re-export.
    pub names: Box<[(ImportName, BindingId)]>,
}

/// Which export of the other module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportName {
    /// `default`, or a named one.
    Named(TextId),
    /// `* as ns`
    Namespace,
    /// `import x = require()`: `module.exports` itself.
    Require,
}

/// What a module exports by ES syntax.
#[derive(Clone, Copy, Debug)]
pub enum Export {
    /// A declared name under `name` (`default` for default declarations).
    Local { name: TextId, binding: BindingId },
    /// `export { imported as name } from` import number `import` of [`Module::imports`]; `Namespace` for `* as name`.
    From { name: TextId, import: u32, imported: ImportName },
    /// `export * from` import number `import`.
    All { import: u32 },
    /// `export = expression` was lowered to `module.exports = expression`.
    Assigned,
}
