//! How often a text was said, and when.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::DateTime;

use super::sighted::Tally;
use crate::archive::errors::assemble::TextLine;
use crate::archive::timeline::event::whole_second;

/// So many moments are kept.
const SECONDS: usize = 2000;

/// How often a probe's text was said, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::archive) struct Said {
    pub tally: Tally,
    /// How often in each second.
    pub seconds: BTreeMap<DateTime, u32>,
}

impl Said {
    /// Counts one more, which stands at the bytes `hit`.
    pub fn add(&mut self, line: &TextLine, hit: Range<usize>) {
        self.tally.add_hit(line.number, line.time, &line.text, || hit);
        if let Some(time) = line.time.filter(|_| self.seconds.len() < SECONDS) {
            *self.seconds.entry(whole_second(time.at)).or_default() += 1;
        }
    }

    /// Adds what was said elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        let room = SECONDS.saturating_sub(self.seconds.len());
        add_seconds(&mut self.seconds, other.seconds.iter().take(room));
    }
}

/// Adds what was said in the same seconds elsewhere.
pub(in crate::archive) fn add_seconds<'s>(
    seconds: &mut BTreeMap<DateTime, u32>,
    others: impl IntoIterator<Item = (&'s DateTime, &'s u32)>,
) {
    others.into_iter().for_each(|(second, count)| *seconds.entry(*second).or_default() += count);
}
