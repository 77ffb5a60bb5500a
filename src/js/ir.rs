//! The intermediate representation of one module: what is left of a source file when syntax is gone.
//!
//! Arenas of plain nodes under `u32` ids; every node keeps the bytes it came from. Names are resolved to
//! [`BindingId`]s by scope, so a shadowed `process` is a [`Expr::Name`] and the real one an [`Expr::Global`].
//! Types are erased, except what dependency injection needs ([`Param::type_name`]).
#![allow(missing_docs, reason = "the parts of a node are named by the syntax beside it")]

use std::sync::Arc;

use crate::checkout::Span;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

ids! {
    /// An expression of a [`Module`].
    ExprId,
    /// A statement of a [`Module`].
    StmtId,
    /// A binding or assignment pattern of a [`Module`].
    PatternId,
    /// A function of a [`Module`]; `FunctionId(0)` is the module's own body.
    FunctionId,
    /// A class of a [`Module`].
    ClassId,
    /// A declared name of a [`Module`].
    BindingId,
    /// A lexical scope of a [`Module`]; `ScopeId(0)` is the module's own.
    ScopeId,
}

/// One lowered source file.
#[derive(Debug, Default)]
pub struct Module {
    /// Expressions, by [`ExprId`].
    pub exprs: Vec<Expr>,
    /// Where each expression stands, by [`ExprId`].
    pub expr_spans: Vec<Span>,
    /// Statements, by [`StmtId`].
    pub stmts: Vec<Stmt>,
    /// Where each statement stands, by [`StmtId`].
    pub stmt_spans: Vec<Span>,
    /// Patterns, by [`PatternId`].
    pub patterns: Vec<Pattern>,
    /// Functions, by [`FunctionId`]; the first is the module body.
    pub functions: Vec<Function>,
    /// Classes, by [`ClassId`].
    pub classes: Vec<Class>,
    /// Declared names, by [`BindingId`].
    pub bindings: Vec<Binding>,
    /// Scopes, by [`ScopeId`]; the first is the module's.
    pub scopes: Vec<Scope>,
    /// Static imports and re-exports, in source order.
    pub imports: Vec<Import>,
    /// What the module exports by ES syntax.
    pub exports: Vec<Export>,
    /// ES module syntax (`import`, `export`, top-level `await`, `import.meta`) occurs, and no `export =`.
    pub is_esm: bool,
}

/// A lexical scope: a function's, or a block's that declares something.
#[derive(Debug)]
pub struct Scope {
    /// The enclosing scope; `None` for the module's.
    pub parent: Option<ScopeId>,
    /// The function this scope belongs to.
    pub function: FunctionId,
    /// The names declared here, `var` and parameters in the function's own scope.
    pub bindings: Vec<BindingId>,
    /// Function declarations to be initialised when the scope is entered.
    pub hoisted: Vec<(BindingId, FunctionId)>,
}

/// A declared name.
#[derive(Debug)]
pub struct Binding {
    /// As written.
    pub name: Arc<str>,
    /// How it was declared.
    pub kind: BindingKind,
    /// Where it lives.
    pub scope: ScopeId,
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
    Global(Arc<str>),
    /// `a.b`, `a[b]`: an assignment target (the expression is [`Expr::Member`]).
    Member(ExprId),
    /// `{ a, b: c, ...rest }`
    Object { properties: Vec<(Key, PatternId)>, rest: Option<PatternId> },
    /// `[a, , b, ...rest]`
    Array { elements: Vec<Option<PatternId>>, rest: Option<PatternId> },
    /// `pattern = value`
    Default { pattern: PatternId, value: ExprId },
}

/// A property's name.
#[derive(Debug)]
pub enum Key {
    /// Known by its text; numbers are spelt as JavaScript does (`1`, `0.5`), private names with `#`.
    Static(Arc<str>, Span),
    /// `[expression]`
    Computed(ExprId),
}

/// An expression.
#[derive(Debug)]
pub enum Expr {
    /// `undefined` (when not shadowed), `void 0`, an omitted value.
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A numeric literal.
    Number(f64),
    /// A string literal, or a template without holes.
    String(Arc<str>),
    /// A BigInt literal's digits.
    BigInt(Arc<str>),
    /// `/pattern/flags`
    Regex { pattern: Arc<str>, flags: Arc<str> },
    /// `a${b}c`: always one more text than holes. Texts are cooked.
    Template { texts: Box<[Arc<str>]>, holes: Box<[ExprId]> },
    /// `` tag`a${b}c` ``; `raws` are the texts as they are written.
    TaggedTemplate { tag: ExprId, texts: Box<[Arc<str>]>, raws: Box<[Arc<str>]>, holes: Box<[ExprId]> },
    /// `[a, , ...b]`
    Array(Vec<Element>),
    /// `{ a, b: c, ...d }`
    Object(Vec<Property>),
    /// A function expression or arrow.
    Function(FunctionId),
    /// A class expression.
    Class(ClassId),
    /// A declared name.
    Name(BindingId),
    /// A name nothing in the module declares: `process`, `require`, `module`, `__dirname`, `console` ...
    Global(Arc<str>),
    /// `this`
    This,
    /// `super` as a call's callee or a member's object.
    Super,
    /// `new.target`
    NewTarget,
    /// `import.meta`
    ImportMeta,
    /// `object.key`, `object?.key`, `object[key]`
    Member { object: ExprId, key: Key, optional: bool },
    /// `callee(arguments)`, `callee?.(arguments)`
    Call { callee: ExprId, arguments: Vec<Argument>, optional: bool },
    /// `new callee(arguments)`
    New { callee: ExprId, arguments: Vec<Argument> },
    /// `import(specifier)`
    Import(ExprId),
    /// An optional chain's extent: a short cut inside yields `undefined` for the whole.
    Chain(ExprId),
    /// `!x`, `-x`, `typeof x` ...
    Unary { operator: Unary, operand: ExprId },
    /// `a + b`, `a in b` ...
    Binary { operator: Binary, left: ExprId, right: ExprId },
    /// `a && b`, `a || b`, `a ?? b`
    Logical { operator: Logical, left: ExprId, right: ExprId },
    /// `test ? then : otherwise`
    Conditional { test: ExprId, then: ExprId, otherwise: ExprId },
    /// `target = value`
    Assign { target: PatternId, value: ExprId },
    /// `target += value`; the target is a name, a global or a member.
    AssignBinary { operator: Binary, target: PatternId, value: ExprId },
    /// `target ||= value`
    AssignLogical { operator: Logical, target: PatternId, value: ExprId },
    /// `x++`, `--x`
    Update { increment: bool, prefix: bool, target: PatternId },
    /// `a, b`
    Sequence(Vec<ExprId>),
    /// `await x`
    Await(ExprId),
    /// `yield value`; `yield* value` gives all that it holds.
    Yield { value: Option<ExprId>, delegates: bool },
    /// Syntax whose value nobody asks for (JSX); the parts are evaluated all the same.
    Opaque(Vec<ExprId>),
}

/// An element of an array literal.
#[derive(Debug)]
pub enum Element {
    /// A value.
    Value(ExprId),
    /// `...value`
    Spread(ExprId),
    /// `[,]`
    Hole,
}

/// A member of an object literal.
#[derive(Debug)]
pub enum Property {
    /// `key: value`, `key`, `key() {}`
    Value { key: Key, value: ExprId },
    /// `get key() {}`
    Getter { key: Key, function: FunctionId },
    /// `set key(v) {}`
    Setter { key: Key, function: FunctionId },
    /// `...value`
    Spread(ExprId),
}

/// An argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its value.
    pub value: ExprId,
    /// `...value`
    pub spread: bool,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators'")]
pub enum Unary {
    Not,
    Minus,
    Plus,
    BitNot,
    TypeOf,
    Void,
    Delete,
}

/// Operators that evaluate both operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators'")]
pub enum Binary {
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    In,
    InstanceOf,
}

impl Binary {
    /// Whether it asks if two values are the same.
    pub fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::StrictEqual | Self::StrictNotEqual)
    }
}

/// Operators that may leave the right operand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators'")]
pub enum Logical {
    And,
    Or,
    Nullish,
}

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
    Block { scope: Option<ScopeId>, body: Vec<StmtId> },
    /// `if (test) then else otherwise`
    If { test: ExprId, then: StmtId, otherwise: Option<StmtId> },
    /// `for (init; test; update) body`
    For { scope: Option<ScopeId>, init: Vec<StmtId>, test: Option<ExprId>, update: Option<ExprId>, body: StmtId },
    /// `for (target in object) body`; `scope` holds the declared names, fresh for each turn.
    ForIn { scope: Option<ScopeId>, target: PatternId, object: ExprId, body: StmtId },
    /// `for (target of iterable) body`, `for await`
    ForOf { scope: Option<ScopeId>, target: PatternId, iterable: ExprId, body: StmtId },
    /// `while (test) body`
    While { test: ExprId, body: StmtId },
    /// `do body while (test)`
    DoWhile { body: StmtId, test: ExprId },
    /// `switch (value) { case test: ... }`; a `None` test is `default`.
    Switch { scope: Option<ScopeId>, value: ExprId, cases: Vec<(Option<ExprId>, Vec<StmtId>)> },
    /// `try block catch (param) handler finally finalizer`
    Try { block: StmtId, handler: Option<Handler>, finalizer: Option<StmtId> },
    /// `return value`
    Return(Option<ExprId>),
    /// `throw value`
    Throw(ExprId),
    /// `break label`
    Break(Option<Arc<str>>),
    /// `continue label`
    Continue(Option<Arc<str>>),
    /// `label: body`
    Labeled { label: Arc<str>, body: StmtId },
    /// Nothing left at run time (types, empty statements, `debugger`).
    Empty,
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

/// A function, method, accessor, arrow, or a module's body.
#[derive(Debug)]
pub struct Function {
    /// The name it would show in a stack: its own, or that of the variable, property or method it is given to.
    pub name: Option<Arc<str>>,
    /// The function's own scope: parameters and `var`s.
    pub scope: ScopeId,
    /// A named function expression's own name, bound in `scope`.
    pub self_binding: Option<BindingId>,
    /// Parameters in order.
    pub params: Vec<Param>,
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
    pub property: Option<Arc<str>>,
    /// TypeScript: the name its type annotation refers to, as an expression (`UserService`).
    pub type_name: Option<ExprId>,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
}

/// What a function does.
#[derive(Debug)]
pub enum Body {
    /// Statements in the function's scope.
    Block(Vec<StmtId>),
    /// An arrow's expression.
    Expr(ExprId),
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// Its name, own or given.
    pub name: Option<Arc<str>>,
    /// The scope in which its own name is bound, and that binding.
    pub self_binding: Option<(ScopeId, BindingId)>,
    /// `extends`
    pub superclass: Option<ExprId>,
    /// `constructor`
    pub constructor: Option<FunctionId>,
    /// Everything else, in order.
    pub members: Vec<ClassMember>,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
    /// The whole class.
    pub span: Span,
}

/// A member of a class.
#[derive(Debug)]
pub struct ClassMember {
    /// Its name; a static block has none.
    pub key: Option<Key>,
    /// `static`
    pub is_static: bool,
    /// What it is.
    pub kind: MemberKind,
    /// Decorators, outermost first.
    pub decorators: Vec<ExprId>,
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
    pub specifier: Arc<str>,
    /// The string.
    pub span: Span,
    /// What is bound; nothing for a bare import or a re-export.
    pub names: Vec<(ImportName, BindingId)>,
}

/// Which export of the other module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportName {
    /// `default`, or a named one.
    Named(Arc<str>),
    /// `* as ns`
    Namespace,
    /// `import x = require()`: `module.exports` itself.
    Require,
}

/// What a module exports by ES syntax.
#[derive(Debug)]
pub enum Export {
    /// A declared name under `name` (`default` for default declarations).
    Local { name: Arc<str>, binding: BindingId },
    /// `export { imported as name } from` import number `import` of [`Module::imports`]; `Namespace` for `* as name`.
    From { name: Arc<str>, import: u32, imported: ImportName },
    /// `export * from` import number `import`.
    All { import: u32 },
    /// `export = expression` was lowered to `module.exports = expression`.
    Assigned,
}
