//! Texts that a program prints, as somebody asks for them: literal parts with anything between.

use std::ops::Range;

/// A text that the program prints and that somebody wants to know about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// What a line holds, in this order, with anything before, between and behind.
    pub parts: Vec<String>,
    /// The line begins with the first part.
    pub begins: bool,
}

impl Probe {
    /// A line that holds `text`.
    pub fn text(text: &str) -> Self {
        Self { parts: vec![text.to_owned()], begins: false }
    }

    /// The longest text that every such line holds as it is, in JSON too, where quotes are escaped.
    pub(super) fn needle(&self) -> &str {
        let plain = self.parts.iter().flat_map(|part| part.split(|c: char| matches!(c, '"' | '\\') || c.is_control()));
        plain.max_by_key(|text| text.len()).unwrap_or_default()
    }

    /// How much of a line it says: of two that fit, the one that says more printed it.
    pub fn weight(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    /// Whether `line` may be what is asked for.
    pub fn fits(&self, line: &str) -> bool {
        self.find(line).is_some()
    }

    /// The bytes of `line` that are what is asked for, from the first part to the last.
    pub(super) fn find(&self, line: &str) -> Option<Range<usize>> {
        let mut parts = self.parts.iter();
        let mut found: Option<Range<usize>> = None;
        if self.begins {
            let first = parts.next().map_or("", |part| part.trim_start());
            let start = line.len() - line.trim_start().len();
            found = Some(start..start + line.trim_start().strip_prefix(first).map(|_| first.len())?);
        }
        for part in parts {
            let from = found.as_ref().map_or(0, |found| found.end);
            let at = from + line.get(from..)?.find(part.as_str())?;
            found = Some(found.map_or(at, |found| found.start)..at + part.len());
        }
        Some(found.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(parts: &[&str], begins: bool) -> Probe {
        Probe { parts: parts.iter().map(|part| (*part).to_owned()).collect(), begins }
    }

    #[test]
    fn parts_stand_in_order_with_anything_between() {
        let tick = probe(&["job ", " took ", " ms"], false);
        assert!(tick.fits("[worker] job nightly took 12 ms"));
        assert!(!tick.fits("it took 12 ms for job nightly"));
    }

    #[test]
    fn a_probe_may_ask_for_the_beginning() {
        assert!(probe(&["up"], true).fits("  up and running"));
        assert!(!probe(&["up"], true).fits("backup done"));
    }

    #[test]
    fn the_needle_is_plain_in_every_form_of_log() {
        assert_eq!(probe(&["a", "said \"hello there\" to"], false).needle(), "hello there");
        assert_eq!(probe(&[""], false).needle(), "");
    }
}
