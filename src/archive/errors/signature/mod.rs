//! Signatures of `rules/logs/*.toml`: what a line means.
//!
//! A literal finds the line, a regular expression then reads it. The expressions are compiled when first needed.

mod user;

pub use user::WrittenSignature;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use regex::Regex;

include!(concat!(env!("OUT_DIR"), "/signatures.rs"));

/// One kind of line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What it is called in findings.
    id: Cow<'static, str>,
    /// A text in every such line.
    literal: Cow<'static, str>,
    /// What the whole line looks like, with captures.
    pattern: Cow<'static, str>,
}

impl Signature {
    /// What it is called.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A text in every such line.
    pub(in crate::archive) fn literal(&self) -> &str {
        &self.literal
    }

    const fn known(id: &'static str, literal: &'static str, pattern: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), literal: Cow::Borrowed(literal), pattern: Cow::Borrowed(pattern) }
    }
}

/// What a signature read in a line.
pub(in crate::archive) struct Reading<'s, 't> {
    /// Of the signature.
    pub id: &'s Cow<'static, str>,
    pattern: &'s Regex,
    captures: regex::Captures<'t>,
}

impl<'t> Reading<'_, 't> {
    /// The text of the capture `name`.
    pub fn get(&self, name: &str) -> Option<&'t str> {
        self.captures.name(name).map(|found| found.as_str())
    }

    /// The bytes that it matches.
    pub fn hit(&self) -> Range<usize> {
        self.captures.get_match().range()
    }

    /// All captures, by name.
    pub fn named(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        let names = self.pattern.capture_names().flatten();
        names.filter_map(|name| Some((name.into(), self.get(name)?.into()))).collect()
    }
}

/// A table of signatures, ready to be searched.
pub(in crate::archive) struct Signatures<'s> {
    table: &'s [Signature],
    literals: Option<AhoCorasick>,
    patterns: Vec<OnceLock<Option<Regex>>>,
}

impl<'s> Signatures<'s> {
    /// Makes `table` searchable.
    pub fn new(table: &'s [Signature]) -> Self {
        let literals = needles(table.iter().map(|signature| &*signature.literal)).ok();
        Self { table, literals, patterns: table.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The texts of which one is in every line that can match.
    pub fn literals(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.table.iter().map(|signature| &*signature.literal)
    }

    /// The first signature that `text` matches.
    pub fn read<'t>(&self, text: &'t str) -> Option<Reading<'_, 't>> {
        self.literals.as_ref()?.find_iter(text).find_map(|hit| {
            let (signature, pattern) = self.get(hit.pattern().as_usize())?;
            Some(Reading { id: &signature.id, pattern, captures: pattern.captures(text)? })
        })
    }

    fn get(&self, index: usize) -> Option<(&'s Signature, &Regex)> {
        let signature = self.table.get(index)?;
        let pattern = self.patterns.get(index)?.get_or_init(|| Regex::new(&signature.pattern).ok());
        Some((signature, pattern.as_ref()?))
    }
}

/// A searcher for any of `literals`. `LeftmostFirst` is what enables the vectorised search.
///
/// # Errors
/// The literals are too many or too long.
pub(in crate::archive) fn needles<'a>(literals: impl IntoIterator<Item = &'a str>) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(literals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Page {
        signature: Vec<Sampled>,
    }

    #[derive(serde::Deserialize)]
    struct Sampled {
        id: String,
        samples: Vec<String>,
    }

    fn check(table: &'static [Signature], file: &str) {
        let page: Page = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let signatures = Signatures::new(table);
        for Sampled { id, samples } in page.signature {
            assert!(!samples.is_empty(), "{file}: {id} has no samples");
            for sample in samples {
                let read = signatures.read(&sample).map(|reading| &**reading.id);
                assert_eq!(read, Some(id.as_str()), "{file}: {sample}");
            }
        }
    }

    #[test]
    fn every_sample_is_read_as_its_own_signature() {
        check(DAEMON, "rules/logs/daemon.toml");
        check(APP, "rules/logs/app.toml");
    }

    #[test]
    fn quoted_lines_are_not_the_daemons() {
        let daemon = Signatures::new(DAEMON);
        for quoted in ["feedback: App [x:0] exited with code [1] via signal [SIGINT]", "App [x:0] online soon"] {
            assert!(daemon.read(quoted).is_none(), "{quoted}");
        }
    }
}
