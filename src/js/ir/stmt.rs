//! Statements.

use super::{BindingId, BindingKind, ClassId, ExprId, PatternId, ScopeId, StmtId, StmtsId, TextId};

/// A statement.
#[derive(Debug)]
pub enum Stmt {
    /// An expression for its effects.
    Expr(ExprId),
    /// One declarator of `var`, `let`, `const`. A `var` without initialiser does nothing.
    Declare { kind: BindingKind, pattern: PatternId, init: Option<ExprId> },
    /// A class declaration.
    Class { binding: BindingId, class: ClassId },
    /// `export default expression` (declarations are lowered as such and exported by name).
    ExportDefault(ExprId),
    /// `{ ... }`; `scope` where the block declares something.
    Block { scope: Option<ScopeId>, body: StmtsId },
    /// `if (test) then else otherwise`
    If { test: ExprId, then: StmtId, otherwise: Option<StmtId> },
    /// `for (init; test; update) body`
    For(Box<For>),
    /// `for (target in whole) body`
    ForIn(Box<ForEach>),
    /// `for (target of whole) body`, `for await`
    ForOf(Box<ForEach>),
    /// `while (test) body`
    While { test: ExprId, body: StmtId },
    /// `do body while (test)`
    DoWhile { body: StmtId, test: ExprId },
    /// `switch (value) { case test: ... }`
    Switch(Box<Switch>),
    /// `try block catch (param) handler finally finalizer`
    Try(Box<Try>),
    /// `return value`
    Return(Option<ExprId>),
    /// `throw value`
    Throw(ExprId),
    /// `break label`
    Break(Option<TextId>),
    /// `continue label`
    Continue(Option<TextId>),
    /// `label: body`
    Labeled { label: TextId, body: StmtId },
    /// Nothing left at run time (types, empty statements, `debugger`).
    Empty,
}

/// `for (init; test; update) body`
#[derive(Debug)]
pub struct For {
    pub scope: Option<ScopeId>,
    pub init: StmtsId,
    pub test: Option<ExprId>,
    pub update: Option<ExprId>,
    pub body: StmtId,
}

/// `for (target in whole) body`, `for (target of whole) body`
#[derive(Debug)]
pub struct ForEach {
    /// Holds the declared names, fresh for each turn.
    pub scope: Option<ScopeId>,
    pub target: PatternId,
    pub whole: ExprId,
    pub body: StmtId,
}

/// `switch (value) { case test: ... }`
#[derive(Debug)]
pub struct Switch {
    pub scope: Option<ScopeId>,
    pub value: ExprId,
    pub cases: Box<[Case]>,
}

/// `case test: body`
#[derive(Debug)]
pub struct Case {
    /// `None`: `default`.
    pub test: Option<ExprId>,
    pub body: StmtsId,
}

/// `try block catch (param) handler finally finalizer`
#[derive(Debug)]
pub struct Try {
    pub block: StmtId,
    pub handler: Option<Handler>,
    pub finalizer: Option<StmtId>,
}

/// The `catch` of a `try`.
#[derive(Debug)]
pub struct Handler {
    /// The scope of the parameter.
    pub scope: ScopeId,
    /// The parameter.
    pub param: Option<PatternId>,
    /// The body.
    pub body: StmtId,
}
