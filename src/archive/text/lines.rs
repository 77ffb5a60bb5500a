//! Lines of a log: streamed in chunks, and only those worth looking at.
//!
//! A log may have gigabytes and a few interesting lines. The needles are searched in whole chunks; the lines around a hit are
//! handed on with their number and offset. What is handed on does not depend on where the chunks end.

use std::io::{self, Read};

use aho_corasick::AhoCorasick;

/// How many lines of context precede a hit.
pub(in crate::archive) const CONTEXT: usize = 12;

/// How much of a file is held at once, in bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::archive) struct Limits {
    /// Read at a time.
    pub chunk: usize,
    /// Of a longer line only so much is looked at.
    pub line: usize,
    /// How far before a hit its context may begin.
    pub behind: usize,
}

impl Default for Limits {
    /// A chunk stays in the cache of one core between being read and being searched.
    fn default() -> Self {
        Self { chunk: 256 << 10, line: 1 << 20, behind: 16 << 10 }
    }
}

/// A line as it stands in the file, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// Of its first byte.
    pub offset: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Who takes the lines.
pub(in crate::archive) trait Sink {
    /// Takes a line; numbers only rise. Whether the next line is wanted too, needle or not.
    fn line(&mut self, line: Line<'_>) -> bool;

    /// Takes the lines before `hit`, which has a needle and comes next, the nearest first; a sink may take fewer.
    fn context<'a>(&mut self, lines: impl Iterator<Item = Line<'a>>, _hit: &[u8]) {
        let lines: Vec<Line<'_>> = lines.collect();
        lines.into_iter().rev().for_each(|line| {
            self.line(line);
        });
    }
}

/// Hands lines of `source` to `sink`: those with one of the `needles` and a few before each, or all without needles.
/// How many lines ended.
///
/// # Errors
/// Those of `source`; what was read before has been handed on.
pub(in crate::archive) fn feed(
    source: impl Read,
    limits: Limits,
    needles: Option<&AhoCorasick>,
    sink: &mut impl Sink,
) -> io::Result<u64> {
    let (buffer, filled, base, at, number, told) = (Vec::new(), 0, 0, 0, 1, 0);
    let (open, cut) = (false, false);
    let mut feeder = Feeder { source, sink, limits, needles, buffer, filled, base, at, number, told, open, cut };
    loop {
        let more = feeder.fill();
        let last = !matches!(more, Ok(true));
        feeder.consume(last);
        if last {
            return more.map(|_| feeder.number - 1);
        }
        feeder.compact();
    }
}

struct Feeder<'a, R, S> {
    source: R,
    sink: &'a mut S,
    limits: Limits,
    needles: Option<&'a AhoCorasick>,
    buffer: Vec<u8>,
    /// So much of the buffer holds text.
    filled: usize,
    /// File offset of the buffer's first byte.
    base: u64,
    /// Where the next line begins, in the buffer.
    at: usize,
    /// Its number.
    number: u64,
    /// File offset up to which lines were handed on.
    told: u64,
    /// The sink wants the next line.
    open: bool,
    /// The rest of a line that is too long is being skipped.
    cut: bool,
}

impl<R: Read, S: Sink> Feeder<'_, R, S> {
    /// Whether there may be more after this.
    fn fill(&mut self) -> io::Result<bool> {
        let full = self.filled + self.limits.chunk;
        if self.buffer.len() < full {
            self.buffer.resize(full, 0);
        }
        while self.filled < full {
            match self.source.read(self.buffer.get_mut(self.filled..full).unwrap_or_default()) {
                Ok(0) => return Ok(false),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.buffer.get(from..to).unwrap_or_default()
    }

    fn newline(&self, from: usize, to: usize) -> Option<usize> {
        memchr::memchr(b'\n', self.slice(from, to)).map(|found| from + found + 1)
    }

    fn consume(&mut self, last: bool) {
        if self.cut {
            self.skip_cut();
        }
        let len = self.filled;
        let complete = memchr::memrchr(b'\n', self.slice(self.at, len)).map_or(self.at, |found| self.at + found + 1);
        self.consume_to(complete);
        if len - self.at > self.limits.line {
            self.consume_to(self.at + self.limits.line);
            self.cut = true;
        } else if last {
            self.consume_to(len);
        }
    }

    fn consume_to(&mut self, end: usize) {
        while self.at < end {
            if self.open || self.needles.is_none() {
                self.tell_line(end);
            } else {
                self.tell_next_hit(end);
            }
        }
    }

    fn skip_cut(&mut self) {
        let end = self.newline(self.at, self.filled);
        self.at = end.unwrap_or(self.filled);
        self.told = self.base + self.at as u64;
        self.number += u64::from(end.is_some());
        self.cut = end.is_none();
    }

    /// Hands on the next line with a needle and its context, or moves on to `end`.
    fn tell_next_hit(&mut self, end: usize) {
        let Some(needles) = self.needles else { return };
        let Some(hit) = needles.find(self.slice(self.at, end)) else { return self.advance(end) };
        let (hit, hit_end) = (self.at + hit.start(), self.at + hit.end());
        let begin = memchr::memrchr(b'\n', self.slice(self.at, hit)).map_or(self.at, |found| self.at + found + 1);
        self.advance(begin);
        let seen = begin + self.limits.line;
        if hit_end <= seen || needles.is_match(self.slice(begin, seen.min(end))) {
            self.tell_context(end);
            self.tell_line(end);
        } else {
            self.advance(self.newline(hit, end).unwrap_or(end));
        }
    }

    /// Moves on to `to`, counting lines.
    fn advance(&mut self, to: usize) {
        self.number += memchr::memchr_iter(b'\n', self.slice(self.at, to)).count() as u64;
        self.at = to;
    }

    /// Hands on the lines before the one at `at`, which ends at `end` at the latest.
    fn tell_context(&mut self, end: usize) {
        let end = self.newline(self.at, end).unwrap_or(end);
        let hit = without_end(self.buffer.get(self.at..end).unwrap_or_default(), self.limits.line);
        let reach = self.base + self.at.saturating_sub(self.limits.behind) as u64;
        let floor = usize::try_from(self.told.max(reach) - self.base).unwrap_or(self.at).min(self.at);
        let whole = self.begins_line(floor);
        let text = self.buffer.get(floor..self.at).unwrap_or_default();
        let (number, offset, line) = (self.number, self.base + floor as u64, self.limits.line);
        self.sink.context(Backwards { text, number, offset, whole, line }.take(CONTEXT), hit);
    }

    fn begins_line(&self, at: usize) -> bool {
        match at.checked_sub(1) {
            Some(before) => self.buffer.get(before) == Some(&b'\n'),
            None => self.base == 0,
        }
    }

    /// Hands on the line at `at`, which ends at `end` at the latest.
    fn tell_line(&mut self, end: usize) {
        let newline = self.newline(self.at, end);
        let end = newline.unwrap_or(end);
        self.open = self.tell(self.at, end, self.number);
        self.at = end;
        self.number += u64::from(newline.is_some());
        self.told = self.base + end as u64;
    }

    fn tell(&mut self, begin: usize, end: usize, number: u64) -> bool {
        let bytes = without_end(self.buffer.get(begin..end).unwrap_or_default(), self.limits.line);
        self.sink.line(Line { number, offset: self.base + begin as u64, bytes })
    }

    /// Forgets what lies before the context of the next line.
    fn compact(&mut self) {
        let forgotten = self.at.saturating_sub(self.limits.behind + 1);
        self.buffer.copy_within(forgotten..self.filled, 0);
        self.filled -= forgotten;
        self.base += forgotten as u64;
        self.at -= forgotten;
    }
}

/// The lines before one, the nearest first.
struct Backwards<'a> {
    text: &'a [u8],
    /// Of the line behind `text`.
    number: u64,
    /// Where `text` begins.
    offset: u64,
    /// `text` begins with a line, not within one.
    whole: bool,
    /// So much is looked at of a longer line.
    line: usize,
}

impl<'a> Iterator for Backwards<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let before = self.text.len().checked_sub(1)?;
        let newline = memchr::memrchr(b'\n', self.text.get(..before)?);
        let begin = newline.map(|newline| newline + 1).or(self.whole.then_some(0))?;
        let (rest, line) = self.text.split_at_checked(begin)?;
        self.text = rest;
        self.number -= 1;
        Some(Line { number: self.number, offset: self.offset + begin as u64, bytes: without_end(line, self.line) })
    }
}

fn without_end(line: &[u8], limit: usize) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.get(..limit).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wants the line after each one that holds `more`.
    #[derive(Default)]
    struct Taken(Vec<(u64, u64, String)>);

    impl Sink for Taken {
        fn line(&mut self, line: Line<'_>) -> bool {
            let text = String::from_utf8_lossy(line.bytes).into_owned();
            let more = text.contains("more");
            self.0.push((line.number, line.offset, text));
            more
        }
    }

    fn take(text: &str, limits: Limits, needles: Option<&AhoCorasick>) -> Vec<(u64, u64, String)> {
        let mut taken = Taken::default();
        feed(text.as_bytes(), limits, needles, &mut taken).unwrap();
        taken.0
    }

    fn needles() -> AhoCorasick {
        AhoCorasick::builder().match_kind(aho_corasick::MatchKind::LeftmostFirst).build(["hit", "more"]).unwrap()
    }

    #[test]
    fn lines_are_numbered_and_lose_their_ends() {
        let all = take("a\r\n\nb", Limits::default(), None);
        assert_eq!(all, [(1, 0, "a".to_owned()), (2, 3, String::new()), (3, 4, "b".to_owned())]);
    }

    #[test]
    fn a_hit_comes_with_the_lines_before_it_once() {
        let text = "1\n2\nhit\n4\nhit\n";
        let numbers: Vec<u64> =
            take(text, Limits::default(), Some(&needles())).into_iter().map(|line| line.0).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn of_an_endless_line_only_the_beginning_is_seen() {
        let text = format!("{}hit\nmore\n{}hit", "x".repeat(100), "x".repeat(40));
        let limits = Limits { chunk: 7, line: 50, behind: 20 };
        let taken = take(&text, limits, Some(&needles()));
        assert_eq!(taken.iter().map(|line| line.0).collect::<Vec<_>>(), [2, 3]);
    }

    proptest::proptest! {
        #[test]
        fn chunks_do_not_show(text in "([a-c]{0,3}|hit|more|\n|\r\n|[x]{20}){0,60}", chunk in 1_usize..40) {
            let needles = needles();
            let (line, behind) = (24, 16);
            for wanted in [None, Some(&needles)] {
                let whole = take(&text, Limits { chunk: 1 << 20, line, behind }, wanted);
                let split = take(&text, Limits { chunk, line, behind }, wanted);
                proptest::prop_assert_eq!(whole, split);
            }
        }
    }
}
