//! From source text to swc's tree, and no further: every verdict on syntax that differs from swc's is made here.

use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::error::{Error, SyntaxError as Fault};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax, TsSyntax};

use crate::checkout::Span;

/// The language of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// JavaScript, with JSX and decorators where they occur.
    JavaScript,
    /// TypeScript, where `<T>x` is a type assertion.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
}

impl Dialect {
    /// By the file's extension; JavaScript where that says nothing.
    pub fn of(file_name: &str) -> Self {
        match file_name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("ts" | "mts" | "cts") => Self::TypeScript,
            Some("tsx") => Self::Tsx,
            _ => Self::JavaScript,
        }
    }

    fn syntax(self) -> Syntax {
        match self {
            Self::JavaScript => Syntax::Es(EsSyntax {
                jsx: true,
                decorators: true,
                decorators_before_export: true,
                allow_super_outside_method: true,
                allow_return_outside_function: true,
                auto_accessors: true,
                explicit_resource_management: true,
                ..EsSyntax::default()
            }),
            Self::TypeScript | Self::Tsx => Syntax::Typescript(TsSyntax {
                tsx: self == Self::Tsx,
                decorators: true,
                no_early_errors: true,
                ..TsSyntax::default()
            }),
        }
    }
}

/// Why a text is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where the parser gave up.
    pub span: Span,
    /// What it met, in words.
    pub message: String,
}

/// A source text and where swc counts its bytes from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// What swc reads.
    text: &'a str,
    /// swc's position of the first byte that the author wrote.
    first: u32,
    /// How many bytes the author wrote.
    len: u32,
}

impl<'a> Source<'a> {
    /// The whole text is the author's.
    pub(super) fn new(text: &'a str) -> Self {
        Self::wrapped(text, 0)
    }

    /// `margin` bytes at either end of `text` are ours.
    pub(super) fn wrapped(text: &'a str, margin: u32) -> Self {
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        // swc keeps position 0 for nodes without a place.
        Self { text, first: 1 + margin, len: len.saturating_sub(2 * margin) }
    }

    /// The author's bytes under one of swc's spans.
    pub(super) fn span(&self, span: swc_common::Span) -> Span {
        let offset = |position: BytePos| position.0.saturating_sub(self.first).min(self.len);
        Span::new(offset(span.lo), offset(span.hi))
    }

    /// Parses the text. What makes a file a module (`import`, `export`, `import.meta`, top-level `await`) decides
    /// whether it is read as [`Program::Module`], hence strictly, or as [`Program::Script`].
    pub(super) fn parse(&self, dialect: Dialect) -> Result<Program, SyntaxError> {
        let end = BytePos(1 + u32::try_from(self.text.len()).unwrap_or(u32::MAX - 1));
        let input = StringInput::new(self.text, BytePos(1), end);
        let mut parser = Parser::new_from(Lexer::new(dialect.syntax(), EsVersion::EsNext, input, None));
        let program = parser.parse_program().map_err(|error| self.syntax_error(&error))?;
        let refused = parser.take_errors().into_iter().find(|error| is_refused_by_node(dialect, error.kind()));
        match refused {
            Some(error) => Err(self.syntax_error(&error)),
            None => Ok(program),
        }
    }

    /// Another text than one expression was wrapped in parentheses: the last `)` is not ours.
    pub(super) fn not_one_expression(&self) -> SyntaxError {
        SyntaxError { span: Span::new(0, self.len), message: "not a single expression".to_owned() }
    }

    fn syntax_error(&self, error: &Error) -> SyntaxError {
        SyntaxError { span: self.span(error.span()), message: error.kind().msg().into_owned() }
    }
}

/// Whether Node, too, refuses what the parser could go on after. TypeScript's runners check one file at a time and
/// let such errors pass. A CommonJS module is a function's body to Node, not a script's top level.
fn is_refused_by_node(dialect: Dialect, fault: &Fault) -> bool {
    dialect == Dialect::JavaScript
        && !matches!(
            fault,
            Fault::ReturnNotAllowed | Fault::InvalidNewTarget | Fault::UsingDeclNotAllowed | Fault::UnknownRegExpFlags
        )
}
