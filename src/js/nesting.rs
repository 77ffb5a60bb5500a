//! Refuses what nests too deeply, before the parser overflows its stack: that would end the process, not unwind it.
//!
//! Not only brackets nest. `1 + 1 + 1`, `a.b().c()`, `!!x`, `x => y => z`, `if (a) if (b)` and `else if` do without any,
//! by one level every few tokens. So a place is as deep as the brackets around it, and the tokens since each of them that
//! no `;`, `,` or new statement ended, allow.

use super::parse::SyntaxError;
use crate::checkout::Span;

/// How much may stand open at one place. A debug build survives three times as much of the worst syntax in a stack of
/// [`STACK_SIZE`](super::STACK_SIZE) bytes; the deepest files people write stay below a tenth.
const LIMIT: usize = 12_000;

/// What a bracket weighs against an operator: several functions of the parser call each other for it.
const BRACKET: usize = 4;

/// Words that stand before an operand, or go on with what stands before them.
const OPERATORS: &[&str] = &[
    "as",
    "asserts",
    "await",
    "case",
    "delete",
    "do",
    "else",
    "extends",
    "implements",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "new",
    "of",
    "readonly",
    "return",
    "satisfies",
    "throw",
    "typeof",
    "unique",
    "void",
    "yield",
];

/// Words whose parentheses are followed by a statement.
const HEADS: &[&str] = &["if", "while", "for", "with"];

/// Refuses `text` if it nests deeper than the parser, and whoever walks its tree, can follow.
pub(super) fn check(text: &str) -> Result<(), SyntaxError> {
    let mut scanner =
        Scanner { bytes: text.as_bytes(), at: 0, levels: Vec::new(), level: Level::default(), outer: 0, unclosed: 0 };
    while let Some(byte) = scanner.peek() {
        let start = scanner.at;
        scanner.token(byte);
        if scanner.outer + scanner.level.weight() > LIMIT {
            return Err(too_deep(start));
        }
    }
    Ok(())
}

fn too_deep(at: usize) -> SyntaxError {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let message =
        "nested too deeply to be analysed: simplify the brackets, or the chain of operators, around this place";
    SyntaxError { span: Span::new(at, at.saturating_add(1)), message: message.to_owned() }
}

/// What the last token was.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Previous {
    /// Something that wants an operand next: an operator, an opening bracket, a word such as `return`.
    #[default]
    Operator,
    /// `if`, `while`, `for`, `with`
    Head,
    /// A word, a literal, a `)` or `]`.
    Operand,
    /// `}`
    Brace,
    /// `;`
    Semicolon,
}

/// What stands between two brackets, as far as it is read.
#[derive(Default)]
struct Level {
    /// Tokens since the last `;`, `,` or new statement.
    run: usize,
    /// `<` that may be a type argument's or an element's, since the last `;`.
    angles: usize,
    /// `else` since the last statement that was none's.
    elses: usize,
    previous: Previous,
    /// These are the parentheses of an `if`, `while`, `for` or `with`.
    is_head: bool,
    /// This is a hole of a template.
    is_hole: bool,
}

impl Level {
    fn weight(&self) -> usize {
        self.run + BRACKET * (1 + self.angles + self.elses)
    }

    fn end_item(&mut self, previous: Previous) {
        self.run = 0;
        self.previous = previous;
    }

    /// A word begins a statement where it can go on with nothing before it.
    fn end_statement(&mut self) {
        self.run = 0;
        self.elses = 0;
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The levels around the current one.
    levels: Vec<Level>,
    level: Level,
    /// The weight of `levels`.
    outer: usize,
    /// Quotes and slashes before this close nothing.
    unclosed: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Reads the token, comment or space that `byte` begins.
    fn token(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            b'/' => self.slash(),
            b'\'' | b'"' => self.string(byte),
            b'`' => self.template(),
            b'(' | b'[' | b'{' => self.open(false),
            b'}' if self.level.is_hole => {
                self.close(Previous::Operand);
                self.template_text();
            }
            b'}' => self.close(Previous::Brace),
            b')' if self.level.is_head => self.close(Previous::Operator),
            b')' | b']' => self.close(Previous::Operand),
            b';' => {
                self.at += 1;
                self.level.end_item(Previous::Semicolon);
                self.level.angles = 0;
            }
            b',' => {
                self.at += 1;
                self.level.end_item(Previous::Operator);
            }
            b'<' => self.angle(),
            _ if is_word(byte) => self.word(),
            _ => self.operator(1),
        }
    }

    fn operator(&mut self, len: usize) {
        self.at += len;
        self.level.run += 1;
        self.level.previous = Previous::Operator;
    }

    fn operand(&mut self, end: usize) {
        self.at = end;
        self.level.run += 1;
        self.level.previous = Previous::Operand;
    }

    fn open(&mut self, is_hole: bool) {
        self.at += 1;
        let is_head = self.level.previous == Previous::Head;
        self.outer += self.level.weight();
        self.levels.push(std::mem::replace(&mut self.level, Level { is_head, is_hole, ..Level::default() }));
    }

    fn close(&mut self, previous: Previous) {
        self.at += 1;
        if let Some(level) = self.levels.pop() {
            self.level = level;
            self.outer -= self.level.weight();
        }
        self.level.run += 1;
        self.level.previous = previous;
    }

    fn angle(&mut self) {
        let next = self.bytes.get(self.at + 1).copied();
        match next {
            Some(b'/') => self.level.angles = self.level.angles.saturating_sub(1),
            Some(next) if is_word(next) || next == b'>' => self.level.angles += 1,
            _ => {}
        }
        // The `/` of a closing tag begins no regular expression.
        self.operator(if next == Some(b'/') { 2 } else { 1 });
    }

    fn word(&mut self) {
        let start = self.at;
        let is_new_line = self.follows_line_break();
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
        let bytes = self.bytes.get(start..self.at).unwrap_or_default();
        let word = std::str::from_utf8(bytes).unwrap_or_default();
        let is_operator = OPERATORS.contains(&word);
        match self.level.previous {
            Previous::Brace | Previous::Semicolon if !is_operator => self.level.end_statement(),
            Previous::Operand if !is_operator && is_new_line => self.level.end_statement(),
            _ => {}
        }
        self.operand(self.at);
        if word == "else" {
            self.level.elses += 1;
        }
        if is_operator {
            self.level.previous = Previous::Operator;
        } else if HEADS.contains(&word) {
            self.level.previous = Previous::Head;
        }
    }

    /// Whether only space stands between here and the line's start.
    fn follows_line_break(&self) -> bool {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
        matches!(before.iter().rev().find(|byte| !space(byte)), None | Some(b'\n'))
    }

    /// A comment, a regular expression, the end of an element, or a division.
    fn slash(&mut self) {
        let wants_operand = matches!(self.level.previous, Previous::Operator | Previous::Semicolon);
        if self.starts_with("//") {
            self.at = self.find(b"\n").unwrap_or(self.bytes.len());
        } else if self.starts_with("/*") {
            self.at = self.find(b"*/").map_or(self.bytes.len(), |end| end + 2);
        } else if self.starts_with("/>") {
            self.level.angles = self.level.angles.saturating_sub(1);
            self.operator(2);
        } else if wants_operand && let Some(end) = self.end_of_literal(b'/') {
            self.operand(end);
        } else {
            self.operator(1);
        }
    }

    /// A quote that its line does not close is no string's: JSX text holds apostrophes.
    fn string(&mut self, quote: u8) {
        match self.end_of_literal(quote) {
            Some(end) => self.operand(end),
            None => self.operator(1),
        }
    }

    /// One past the `quote` that closes the string, or the `/` that closes the regular expression, which starts here.
    fn end_of_literal(&mut self, quote: u8) -> Option<usize> {
        if self.at < self.unclosed {
            return None;
        }
        let mut is_in_class = false;
        let mut at = self.at + 1;
        while let Some(&byte) = self.bytes.get(at).filter(|byte| **byte != b'\n') {
            match byte {
                b'\\' => at += 1,
                b'[' if quote == b'/' => is_in_class = true,
                b']' => is_in_class = false,
                _ if byte == quote && !is_in_class => return Some(at + 1),
                _ => {}
            }
            at += 1;
        }
        // Whatever follows on this line is not searched again: many such searches would take for ever.
        self.unclosed = at;
        None
    }

    fn template(&mut self) {
        self.at += 1;
        self.template_text();
    }

    /// A template up to its end or its next hole.
    fn template_text(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => return self.operand(self.at),
                b'$' if self.peek() == Some(b'{') => return self.open(true),
                _ => {}
            }
        }
    }

    fn find(&self, needle: &[u8]) -> Option<usize> {
        memchr::memmem::find(self.bytes.get(self.at..)?, needle).map(|offset| self.at + offset)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\') || byte >= 0x80
}
