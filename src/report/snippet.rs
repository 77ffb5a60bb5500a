//! The lines that a finding shows, cut out of code and logs for miette to draw.
//!
//! miette takes one source a diagnostic and reads it from its first byte for every label; it panics on columns past
//! 65,535 and prints long lines whole. So the few lines that are drawn are cut out here, each [`Excerpt`] from its own
//! file, and [`Snippets`] hands them to miette as if they stood one after the other in one text.

use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use textwrap::core::display_width;

use super::canvas::printable;
use crate::checkout::{Source, Span};
use crate::ecosystem::conceal;
use crate::finding::Evidence;

/// Marks this many lines apart share an excerpt.
const NEAR: u32 = 3;
/// How much of a long line is kept at most before what is marked.
const LEAD: usize = 20;
/// For so many columns of a label there should be room.
const LABEL: usize = 16;
/// What miette draws on a label's line beside it: `  │ ` with the line number between, and `╰── `.
const FRAME: usize = 8;
/// How miette draws a tab.
const TAB: usize = 4;

/// A place in one file and what is said about it.
pub struct Mark {
    /// Where; of several lines the first is drawn.
    pub span: Span,
    /// A few words under it.
    pub text: String,
    /// This is where the finding is.
    pub is_primary: bool,
}

/// Some lines of one file, ready to be drawn.
#[derive(Debug)]
pub struct Excerpt {
    /// `file:line:column`
    pub title: String,
    /// The number of the first line, from 0.
    first_line: usize,
    text: String,
    labels: Vec<(Range<usize>, String)>,
}

/// A line of an excerpt.
pub struct Line<'e> {
    /// From 1.
    pub number: usize,
    /// Its text in pieces, and whether each is marked.
    pub parts: Vec<(&'e str, bool)>,
    /// What is said of what is marked.
    pub labels: Vec<&'e str>,
}

impl Excerpt {
    /// Line `line` of a log, of which `evidence` speaks; `width` as for [`Excerpt::of_source`].
    pub fn of_log(title: String, line: u64, evidence: &Evidence, label: String, width: usize) -> Excerpt {
        let first_line = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX - 1);
        let mut excerpt = Excerpt { title, first_line, text: String::new(), labels: Vec::new() };
        let text = evidence.excerpt.trim_end();
        let hit = evidence.hit.clone().unwrap_or(text.len() - text.trim_start().len()..text.len());
        excerpt.push_line(&conceal(text), &[(hit, label)], width);
        excerpt
    }

    /// The lines round `marks`, which must be in order of their spans; `context` lines more before and after. Of a line
    /// over `width` characters the part round its first mark is kept.
    pub fn of_source(source: &Source, marks: Vec<Mark>, context: u32, width: usize) -> Vec<Excerpt> {
        clusters(source, marks).iter().map(|cluster| Excerpt::of_cluster(source, cluster, context, width)).collect()
    }

    fn of_cluster(source: &Source, marks: &[Mark], context: u32, width: usize) -> Excerpt {
        let line_of = |mark: &Mark| source.position(mark.span.start).line;
        let first = marks.first().map_or(1, line_of);
        let last = marks.last().map_or(first, line_of);
        let is_blank = |line: u32| source.line_text(line).trim().is_empty();
        let start = (first.saturating_sub(context).max(1)..first).find(|line| !is_blank(*line)).unwrap_or(first);
        let end = (last + 1..=(last + context).min(source.line_count())).rfind(|line| !is_blank(*line)).unwrap_or(last);
        let named = marks.iter().find(|mark| mark.is_primary).or(marks.first());
        let position = source.position(named.map_or(0, |mark| mark.span.start));
        let mut excerpt = Excerpt {
            title: format!("{}:{}:{}", source.path(), position.line, position.column),
            first_line: start as usize - 1,
            text: String::new(),
            labels: Vec::new(),
        };
        for line in start..=end {
            let whole = source.line_span(line);
            let labels: Vec<_> = marks
                .iter()
                .filter(|mark| line_of(mark) == line)
                .map(|mark| {
                    let span = first_line(source, mark.span);
                    ((span.start - whole.start) as usize..(span.end - whole.start) as usize, mark.text.clone())
                })
                .collect();
            excerpt.push_line(&conceal(source.line_text(line)), &labels, width);
        }
        excerpt
    }

    /// The lines one by one, cut where what is marked begins and ends.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = 0;
        self.text.split_inclusive('\n').enumerate().map(move |(index, text)| {
            let line = start..start + text.len();
            start = line.end;
            Line {
                number: self.first_line + index + 1,
                parts: self.parts(line.start..line.end - usize::from(text.ends_with('\n'))),
                labels: self.labels_of(&line).map(|(_, label)| &**label).filter(|label| !label.is_empty()).collect(),
            }
        })
    }

    fn parts(&self, line: Range<usize>) -> Vec<(&str, bool)> {
        let mut parts = Vec::new();
        let mut at = line.start;
        for (range, _) in self.labels_of(&line) {
            let (start, end) = (range.start.max(at), range.end.min(line.end));
            parts.extend(self.text.get(at..start).map(|text| (text, false)));
            parts.extend(self.text.get(start..end).map(|text| (text, true)));
            at = end.max(at);
        }
        parts.extend(self.text.get(at..line.end).map(|text| (text, false)));
        parts.retain(|(text, _)| !text.is_empty());
        parts
    }

    fn labels_of(&self, line: &Range<usize>) -> impl Iterator<Item = &(Range<usize>, String)> {
        self.labels.iter().filter(move |(range, _)| line.contains(&range.start))
    }

    /// The columns for a label of `range` on a canvas of `width`: miette hangs it under the middle.
    fn room(&self, range: &Range<usize>, width: usize) -> usize {
        let text = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        let line = text(0..range.start).rfind('\n').map_or(0, |end| end + 1);
        let middle = usize::midpoint(columns(text(line..range.start)), columns(text(line..range.end)));
        let number = (self.first_line + self.text.lines().count()).to_string().len();
        width.saturating_sub(number + FRAME + middle).max(LABEL / 4)
    }

    /// Adds a line with the labels on it.
    fn push_line(&mut self, line: &str, labels: &[(Range<usize>, String)], width: usize) {
        let kept = match labels.first() {
            Some((focus, label)) => window(line, focus, label, width),
            None => window(line, &(0..0), "", width),
        };
        let ellipsis = if kept.start > 0 { "…" } else { "" };
        let base = self.text.len() + ellipsis.len();
        self.text += ellipsis;
        self.text += &printable(line.get(kept.clone()).unwrap_or_default());
        if kept.end < line.len() {
            self.text += "…";
        }
        for (range, text) in labels {
            let place = |at: usize| base + at.clamp(kept.start, kept.end) - kept.start;
            let (start, end) = (place(range.start), place(range.end));
            if start == self.text.len() {
                self.text.push(' ');
            }
            self.labels.push((start..end.max(start + 1), text.clone()));
        }
        self.text.push('\n');
    }
}

/// The part of `span` on its first line, without trailing space.
fn first_line(source: &Source, span: Span) -> Span {
    let line = source.slice(span).lines().next().unwrap_or_default().trim_end();
    Span::new(span.start, span.start + u32::try_from(line.len()).unwrap_or(u32::MAX - span.start))
}

/// Marks that are drawn together: near one another, and no two on the same bytes.
fn clusters(source: &Source, marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    let mut clusters: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        let joins = |last: &Mark| {
            let line = |mark: &Mark| source.position(mark.span.start).line;
            line(&mark) - line(last) <= NEAR && first_line(source, last.span).end <= mark.span.start
        };
        match clusters.last_mut() {
            Some(cluster) if cluster.last().is_some_and(joins) => cluster.push(mark),
            _ => clusters.push(vec![mark]),
        }
    }
    clusters
}

/// The bytes of `line` to show: all, or `width` characters from its beginning or, where `focus` or the label under its
/// middle would not fit in them, from a bit before `focus`.
fn window(line: &str, focus: &Range<usize>, label: &str, width: usize) -> Range<usize> {
    let characters = |range: Range<usize>| line.get(range).unwrap_or_default().chars().count();
    let (before, marked) = (characters(0..focus.start), characters(focus.clone()));
    let reach = (before + marked).max(before + marked / 2 + columns(label).min(LABEL));
    let start = match line.get(..focus.start).unwrap_or_default() {
        _ if reach <= width => 0,
        _ if before <= width / 2 => 0,
        near => near.char_indices().rev().nth(LEAD.min(width / 3)).map_or(0, |(at, _)| at),
    };
    let rest = line.get(start..).unwrap_or_default();
    start..rest.char_indices().nth(width).map_or(line.len(), |(at, _)| start + at)
}

/// How wide `text` is drawn at the beginning of a line.
fn columns(text: &str) -> usize {
    let pieces = text.split('\t').map(display_width);
    pieces.reduce(|before, piece| (before / TAB + 1) * TAB + piece).unwrap_or(0)
}

/// The end of `text` that fits in `width` columns, after an ellipsis where it is not all.
fn tail(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let fits = |(at, _): &(usize, char)| display_width(text.get(*at..).unwrap_or_default()) < width;
    let start = text.char_indices().find(fits).map_or(text.len(), |(at, _)| at);
    format!("…{}", text.get(start..).unwrap_or_default())
}

/// The excerpts of one finding, as one source.
#[derive(Debug)]
pub struct Snippets {
    /// Each with its first byte.
    excerpts: Vec<(usize, Excerpt)>,
    /// Of what is drawn on, in columns.
    width: usize,
}

impl Snippets {
    /// Drawn in this order, `width` columns wide.
    pub fn new(excerpts: Vec<Excerpt>, width: usize) -> Snippets {
        let mut base = 0;
        let place = |excerpt: Excerpt| {
            let start = base;
            base += excerpt.text.len() + 1;
            (start, excerpt)
        };
        Snippets { excerpts: excerpts.into_iter().map(place).collect(), width }
    }

    /// The labels of all excerpts.
    pub fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.excerpts.iter().flat_map(move |(base, excerpt)| {
            excerpt.labels.iter().map(move |(range, text)| {
                let lines = textwrap::wrap(&printable(text), excerpt.room(range, self.width)).join("\n");
                let text = Some(lines).filter(|text| !text.is_empty());
                LabeledSpan::new(text, base + range.start, range.len())
            })
        })
    }
}

impl SourceCode for Snippets {
    /// The whole excerpt that holds `span`: how much context is shown was decided when it was cut. Spans over two
    /// excerpts are out of bounds, which keeps miette from drawing them as one.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let holds = |base: usize, excerpt: &Excerpt| {
            base <= span.offset() && span.offset() + span.len() <= base + excerpt.text.len()
        };
        let (base, excerpt) =
            self.excerpts.iter().find(|(base, excerpt)| holds(*base, excerpt)).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            tail(&excerpt.title, self.width.saturating_sub(FRAME + LABEL / 2)),
            excerpt.text.as_bytes(),
            (*base, excerpt.text.len()).into(),
            excerpt.first_line,
            0,
            excerpt.text.lines().count(),
        )))
    }
}
