//! The text of one file, and what line a byte is in.

use std::sync::{Arc, OnceLock};

use super::Span;

/// The text of one file.
#[derive(Debug)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    /// Where each line starts; built when first asked.
    line_starts: OnceLock<Vec<u32>>,
}

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalars.
    pub column: u32,
}

impl Source {
    /// `text` of the file `path`. Offsets are `u32`: of a longer text the tail has no positions.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), line_starts: OnceLock::new() }
    }

    /// The file, relative to the checkout.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The line and column of byte `offset`; past the end, those of the end.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts().partition_point(|start| *start <= offset);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let before = self.slice(Span::new(self.line_span(line).start, offset)).chars().count();
        Position { line, column: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1) }
    }

    /// The bytes of `line` (from 1) without its line ending; empty at the end of the text where there is no such line.
    pub fn line_span(&self, line: u32) -> Span {
        let start = self.line_start(line.saturating_sub(1));
        let text = self.slice(Span::new(start, self.line_start(line)));
        let length = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text)).len();
        Span::new(start, start.saturating_add(clamp(length)))
    }

    /// The text of `line` (from 1) without its line ending; empty where there is no such line.
    pub fn line_text(&self, line: u32) -> &str {
        self.slice(self.line_span(line))
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> u32 {
        clamp(self.line_starts().len())
    }

    /// The text of `span`, cut to whole characters and to the text.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.text.floor_char_boundary(span.start as usize);
        let end = self.text.floor_char_boundary(span.end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Where the line with `index` (from 0) starts; the end of the text where there is no such line.
    fn line_start(&self, index: u32) -> u32 {
        self.line_starts().get(index as usize).copied().unwrap_or_else(|| clamp(self.text.len()))
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|end| clamp(end + 1))).collect()
        })
    }
}

fn clamp(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
