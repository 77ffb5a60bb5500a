//! The baseline: findings that were there when the tool came, by fingerprint, so that only new ones count.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::checkout::Checkout;
use crate::finding::{Finding, Waiver};
use crate::fingerprint::fingerprints;

const VERSION: u32 = 1;

/// Known findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// The pm2lint that wrote it.
    tool: String,
    /// The rules that were looked for when it was written last: findings of others could not be in it.
    rules: Vec<String>,
    findings: Vec<Known>,
}

/// One known finding: the fingerprint counts, the rest is for readers of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    file: Option<Arc<str>>,
    rule: String,
    fingerprint: String,
}

/// What a run found, as a baseline sees it.
pub struct Run<'a> {
    /// In order, for their fingerprints.
    pub findings: &'a mut [Finding],
    /// Where they are.
    pub checkout: &'a Checkout,
    /// The rules that were looked for, everywhere that an entry may point to.
    pub rules: &'a [&'static str],
    /// The whole checkout was looked at.
    pub is_whole: bool,
}

/// How a baseline and a run differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Entries that no finding answers to any more, though it was looked for them.
    pub stale: usize,
    /// Findings that are neither waived nor in it.
    pub new: usize,
    /// Rules of such findings that the pm2lint that wrote it did not look for.
    pub new_rules: Vec<&'static str>,
}

impl Baseline {
    /// Without an entry, as of no run.
    pub fn empty() -> Baseline {
        Baseline { version: VERSION, tool: String::new(), rules: Vec::new(), findings: Vec::new() }
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// `text` is none, or of another version: `line:column: what is wrong, and what to do`.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        let refused = |line: usize, column: usize, what: &str| {
            let (line, column) = (line.max(1), column.max(1));
            format!(
                "{line}:{column}: this is no baseline: {what}; remove the file and write it anew with `--write-baseline`"
            )
        };
        // serde would take a list for the fields in order.
        if !text.trim_start().starts_with('{') {
            return Err(refused(1, 1, "it does not begin with `{`"));
        }
        let baseline: Baseline = serde_json::from_str(text).map_err(|error| {
            let what = error.to_string();
            refused(error.line(), error.column(), what.split(" at line ").next().unwrap_or_default())
        })?;
        if baseline.version != VERSION {
            let version = baseline.version;
            return Err(format!(
                "1:1: this baseline has version {version}, not {VERSION}: use the pm2lint {} that wrote it, or remove the file and write it anew with `--write-baseline`",
                baseline.tool
            ));
        }
        Ok(baseline)
    }

    /// The file's text: sorted, one entry a finding, so that a change reads well in a diff.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Marks those of the findings that are known, and says how the two differ.
    pub fn apply(&self, run: &mut Run<'_>) -> Difference {
        let names = fingerprints(run.findings, run.checkout);
        let known: FxHashSet<&str> = self.findings.iter().map(|known| &*known.fingerprint).collect();
        let mut difference = Difference { stale: self.stale(run, &names).count(), ..Difference::default() };
        for (finding, name) in run.findings.iter_mut().zip(&names).filter(|(finding, _)| finding.waived.is_none()) {
            if known.contains(&**name) {
                finding.waived = Some(Waiver::by_baseline());
                continue;
            }
            difference.new += 1;
            if !self.rules.iter().any(|rule| rule == finding.rule) && !difference.new_rules.contains(&finding.rule) {
                difference.new_rules.push(finding.rule);
            }
        }
        difference
    }

    /// The baseline without what is no longer found.
    pub fn shrunk(&self, run: &Run<'_>) -> Baseline {
        let names = fingerprints(run.findings, run.checkout);
        let stale: FxHashSet<&str> = self.stale(run, &names).map(|known| &*known.fingerprint).collect();
        let kept = self.findings.iter().filter(|known| !stale.contains(&*known.fingerprint));
        self.with(kept.cloned().collect(), run)
    }

    /// The baseline with everything that is found and not waived.
    pub fn grown(&self, run: &Run<'_>) -> Baseline {
        let known: FxHashSet<&str> = self.findings.iter().map(|known| &*known.fingerprint).collect();
        let names = fingerprints(run.findings, run.checkout);
        let new = run
            .findings
            .iter()
            .zip(names)
            .filter(|(finding, name)| finding.waived.is_none() && !known.contains(&**name));
        let new = new.map(|(finding, fingerprint)| Known {
            file: finding.location.as_ref().map(|place| place.file.clone()),
            rule: finding.rule.to_owned(),
            fingerprint,
        });
        self.with(self.findings.iter().cloned().chain(new).collect(), run)
    }

    fn with(&self, mut findings: Vec<Known>, run: &Run<'_>) -> Baseline {
        findings.sort();
        let mut rules: Vec<String> =
            self.rules.iter().cloned().chain(run.rules.iter().map(|rule| (*rule).into())).collect();
        rules.sort();
        rules.dedup();
        Baseline { version: VERSION, tool: env!("CARGO_PKG_VERSION").to_owned(), rules, findings }
    }

    /// The entries that the run would have found, and did not. A waived finding is one all the same.
    fn stale<'b>(&'b self, run: &Run<'_>, names: &[String]) -> impl Iterator<Item = &'b Known> {
        let found: FxHashSet<String> = names.iter().cloned().collect();
        let is_asked = |known: &&Known| run.is_whole && run.rules.iter().any(|rule| *rule == known.rule);
        let asked: Vec<&Known> = self.findings.iter().filter(is_asked).collect();
        asked.into_iter().filter(move |known| !found.contains(&known.fingerprint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::{Place, Span};
    use crate::finding::Severity;

    const RULES: &[&str] = &["double-listen", "shared-port", "unguarded-cron"];

    fn finding(rule: &'static str) -> Finding {
        Finding::new(rule, Severity::Error, "").at(Place::new("a.js", Span::default()), "")
    }

    /// What `ask` says of a run that found `rules` while looking for those in `asked`.
    fn ask<T>(rules: &[&'static str], asked: &[&'static str], ask: impl FnOnce(&mut Run<'_>) -> T) -> (T, Vec<bool>) {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout::open(folder.path()).unwrap();
        let mut findings: Vec<Finding> = rules.iter().map(|rule| finding(rule)).collect();
        let answer = ask(&mut Run { findings: &mut findings, checkout: &checkout, rules: asked, is_whole: true });
        (answer, findings.iter().map(|finding| finding.waived.is_some()).collect())
    }

    fn of(rules: &[&'static str]) -> Baseline {
        let written = ask(rules, RULES, |run| Baseline::empty().grown(run)).0;
        Baseline::parse(&written.to_text()).unwrap()
    }

    fn known(baseline: &Baseline) -> Vec<&str> {
        baseline.findings.iter().map(|known| &*known.rule).collect()
    }

    #[test]
    fn what_was_written_is_known_and_what_came_later_is_not() {
        let baseline = of(&["shared-port", "double-listen"]);
        let (difference, waived) = ask(&["shared-port", "unguarded-cron"], RULES, |run| baseline.apply(run));
        assert_eq!(waived, [true, false]);
        assert_eq!(difference, Difference { stale: 1, new: 1, new_rules: vec![] });
    }

    #[test]
    fn a_rule_that_the_writer_did_not_know_is_told() {
        let baseline = ask(&[], &["shared-port"], |run| Baseline::empty().grown(run)).0;
        let (difference, _) = ask(&["unguarded-cron"], RULES, |run| baseline.apply(run));
        assert_eq!(difference.new_rules, ["unguarded-cron"]);
    }

    #[test]
    fn it_shrinks_by_itself_and_grows_when_asked() {
        let baseline = of(&["shared-port", "double-listen"]);
        let later = ["shared-port", "unguarded-cron"];
        let shrunk = ask(&later, RULES, |run| baseline.shrunk(run)).0;
        assert_eq!(known(&shrunk), ["shared-port"]);
        let grown = ask(&later, RULES, |run| shrunk.grown(run)).0;
        assert_eq!(known(&grown), ["shared-port", "unguarded-cron"]);
    }

    #[test]
    fn what_was_not_looked_for_is_not_stale() {
        let baseline = of(&["shared-port", "double-listen"]);
        let asked = &["double-listen"];
        assert_eq!(ask(&[], asked, |run| baseline.apply(run)).0.stale, 1);
        assert_eq!(known(&ask(&[], asked, |run| baseline.shrunk(run)).0), ["shared-port"]);
        let partly = |run: &mut Run<'_>| {
            run.is_whole = false;
            baseline.apply(run).stale
        };
        assert_eq!(ask(&[], RULES, partly).0, 0);
    }

    #[test]
    fn another_file_or_version_is_refused_with_its_place() {
        assert!(Baseline::parse("{\n  \"version\": 1,\n  x").unwrap_err().starts_with("3:3: this is no baseline: "));
        assert!(Baseline::parse("").unwrap_err().starts_with("1:1: this is no baseline: "));
        let newer = r#"{"version":2,"tool":"9","rules":[],"findings":[]}"#;
        assert!(Baseline::parse(newer).unwrap_err().contains("version 2, not 1: use the pm2lint 9"));
    }
}
