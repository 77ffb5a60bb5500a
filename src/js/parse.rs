//! From source text to swc's tree, and no further: every verdict on syntax that differs from swc's is made here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use swc_common::comments::{Comments, SingleThreadedComments};
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
        match extension(file_name) {
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
                export_default_from: true,
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
        // After an error swc's positions may lie inside a character.
        let offset = |position: BytePos| {
            let byte = position.0.saturating_sub(self.first).min(self.len);
            let margin = self.first - 1;
            let whole = self.text.floor_char_boundary((byte + margin) as usize);
            u32::try_from(whole).unwrap_or(byte).saturating_sub(margin)
        };
        Span::new(offset(span.lo), offset(span.hi))
    }

    /// Parses the text. The extension, and else what only modules hold (`import`, `export`, `import.meta`, top-level
    /// `await`), decides whether it is read as [`Program::Module`], hence strictly, or as [`Program::Script`].
    pub(super) fn parse(&self, file_name: &str) -> Result<Program, SyntaxError> {
        self.parse_with(file_name, None)
    }

    /// As [`Source::parse`], with what its comments go to.
    pub(super) fn parse_with(
        &self,
        file_name: &str,
        comments: Option<&SingleThreadedComments>,
    ) -> Result<Program, SyntaxError> {
        // On some broken input (`class A { static`) swc's own assertions fail.
        catch_unwind(AssertUnwindSafe(|| self.parse_unguarded(file_name, comments))).unwrap_or_else(|_| {
            let message = "the parser broke down on this file".to_owned();
            Err(SyntaxError { span: Span::default(), message })
        })
    }

    fn parse_unguarded(
        &self,
        file_name: &str,
        comments: Option<&SingleThreadedComments>,
    ) -> Result<Program, SyntaxError> {
        let dialect = Dialect::of(file_name);
        let end = BytePos(1 + u32::try_from(self.text.len()).unwrap_or(u32::MAX - 1));
        let input = StringInput::new(self.text, BytePos(1), end);
        let comments = comments.map(|comments| comments as &dyn Comments);
        let mut parser = Parser::new_from(Lexer::new(dialect.syntax(), EsVersion::EsNext, input, comments));
        let program = match extension(file_name) {
            Some("mjs" | "mts") => parser.parse_module().map(Program::Module),
            _ => parser.parse_program(),
        };
        let program = program.map_err(|error| self.syntax_error(&error))?;
        let mut recovered = parser.take_errors().into_iter();
        match recovered.find(|error| dialect == Dialect::JavaScript && self.is_refused_by_node(error)) {
            Some(error) => Err(self.syntax_error(&error)),
            None => Ok(program),
        }
    }

    /// Another text than one expression was wrapped in parentheses: the last `)` is not ours.
    pub(super) fn not_one_expression(&self) -> SyntaxError {
        SyntaxError { span: Span::new(0, self.len), message: "not a single expression".to_owned() }
    }

    /// Whether Node, too, refuses what the parser could go on after. A CommonJS module is a function's body to Node, not a
    /// script's top level. TypeScript's runners look at one file at a time and let such errors pass.
    fn is_refused_by_node(&self, error: &Error) -> bool {
        match error.kind() {
            Fault::ReturnNotAllowed | Fault::InvalidNewTarget | Fault::UsingDeclNotAllowed => false,
            // `if (x) function f() {}`
            Fault::DeclNotAllowed => !self.swc_text(error.span()).starts_with("function"),
            _ => true,
        }
    }

    fn swc_text(&self, span: swc_common::Span) -> &'a str {
        let start = span.lo.0.saturating_sub(1) as usize;
        self.text.get(start..).unwrap_or_default()
    }

    fn syntax_error(&self, error: &Error) -> SyntaxError {
        SyntaxError { span: self.span(error.span()), message: error.kind().msg().into_owned() }
    }
}

fn extension(file_name: &str) -> Option<&str> {
    file_name.rsplit_once('.').map(|(_, extension)| extension)
}
