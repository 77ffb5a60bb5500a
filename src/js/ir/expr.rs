//! Expressions.

use super::{
    ArgumentsId, BindingId, ClassId, ConditionalId, ElementsId, ExprId, ExprsId, FunctionId, KeyId, NumberId,
    PatternId, PropertiesId, TemplateId, TextId,
};

/// An expression.
#[derive(Clone, Copy, Debug)]
pub enum Expr {
    /// `undefined` (when not shadowed), `void 0`, an omitted value.
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A numeric literal.
    Number(NumberId),
    /// A string literal, or a template without holes.
    String(TextId),
    /// A BigInt literal's digits.
    BigInt(TextId),
    /// `/pattern/flags`
    Regex { pattern: TextId, flags: TextId },
    /// `a${b}c`
    Template(TemplateId),
    /// `` tag`a${b}c` ``
    TaggedTemplate { tag: ExprId, template: TemplateId },
    /// `[a, , ...b]`
    Array(ElementsId),
    /// `{ a, b: c, ...d }`
    Object(PropertiesId),
    /// A function expression or arrow.
    Function(FunctionId),
    /// A class expression.
    Class(ClassId),
    /// A declared name.
    Name(BindingId),
    /// A name nothing in the module declares: `process`, `require`, `module`, `__dirname`, `console` ...
    Global(TextId),
    /// `this`
    This,
    /// `super` as a call's callee or a member's object.
    Super,
    /// `new.target`
    NewTarget,
    /// `import.meta`
    ImportMeta,
    /// `object.key`, `object?.key`, `object[key]`
    Member { object: ExprId, key: KeyId, optional: bool },
    /// `callee(arguments)`, `callee?.(arguments)`
    Call { callee: ExprId, arguments: ArgumentsId, optional: bool },
    /// `new callee(arguments)`
    New { callee: ExprId, arguments: ArgumentsId },
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
    Conditional(ConditionalId),
    /// `target = value`
    Assign { target: PatternId, value: ExprId },
    /// `target += value`; the target is a name, a global or a member.
    AssignBinary { operator: Binary, target: PatternId, value: ExprId },
    /// `target ||= value`
    AssignLogical { operator: Logical, target: PatternId, value: ExprId },
    /// `x++`, `--x`
    Update { increment: bool, prefix: bool, target: PatternId },
    /// `a, b`
    Sequence(ExprsId),
    /// `await x`
    Await(ExprId),
    /// `yield value`; `yield* value` gives all that it holds.
    Yield { value: Option<ExprId>, delegates: bool },
    /// Syntax whose value nobody asks for (JSX); the parts are evaluated all the same.
    Opaque(ExprsId),
}

/// `test ? then : otherwise`
#[derive(Debug)]
pub struct Conditional {
    pub test: ExprId,
    pub then: ExprId,
    pub otherwise: ExprId,
}

/// A template: always one more text than holes.
#[derive(Debug)]
pub struct Template {
    /// Cooked.
    pub texts: Box<[TextId]>,
    /// As they are written; none where no tag asks for them.
    pub raws: Box<[TextId]>,
    /// What stands between the texts.
    pub holes: Box<[ExprId]>,
}

/// An element of an array literal.
#[derive(Clone, Copy, Debug)]
pub enum Element {
    /// A value.
    Value(ExprId),
    /// `...value`
    Spread(ExprId),
    /// `[,]`
    Hole,
}

/// A member of an object literal.
#[derive(Clone, Copy, Debug)]
pub enum Property {
    /// `key: value`, `key`, `key() {}`
    Value { key: KeyId, value: ExprId },
    /// `get key() {}`
    Getter { key: KeyId, function: FunctionId },
    /// `set key(v) {}`
    Setter { key: KeyId, function: FunctionId },
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
