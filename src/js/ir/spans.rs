//! Where nodes stand, in six bytes each.

use crate::checkout::Span;

/// Where the nodes of a table stand. Hardly any is longer than 64 KB.
#[derive(Debug, Default)]
pub struct Spans {
    starts: Vec<u32>,
    /// [`LONG`] where the length is in `long`.
    lengths: Vec<u16>,
    /// Positions and lengths, in order.
    long: Vec<(u32, u32)>,
}

const LONG: u16 = u16::MAX;

impl Spans {
    /// Where the node at `position` stands.
    pub fn get(&self, position: usize) -> Span {
        let start = self.starts[position];
        let length = match self.lengths[position] {
            LONG => self.long_length(position),
            length => u32::from(length),
        };
        Span::new(start, start + length)
    }

    fn long_length(&self, position: usize) -> u32 {
        let found = self.long.binary_search_by_key(&(position as u32), |(position, _)| *position);
        found.map_or(0, |index| self.long[index].1)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = Span> {
        (0..self.starts.len()).map(|position| self.get(position))
    }

    /// Appends the place of the next node.
    pub(in crate::js) fn push(&mut self, span: Span) {
        let length = span.end.saturating_sub(span.start);
        let short = u16::try_from(length).unwrap_or(LONG);
        if short == LONG {
            self.long.push((self.starts.len() as u32, length));
        }
        self.starts.push(span.start);
        self.lengths.push(short);
    }

    /// Gives back what it grew by in advance.
    pub(in crate::js) fn shrink_to_fit(&mut self) {
        self.starts.shrink_to_fit();
        self.lengths.shrink_to_fit();
        self.long.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.starts.capacity() * 4 + self.lengths.capacity() * 2 + self.long.capacity() * 8
    }
}
