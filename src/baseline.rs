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

impl Baseline {
    /// All of `findings` that are not waived.
    pub fn of(findings: &[Finding], checkout: &Checkout) -> Baseline {
        let mut known: Vec<Known> = findings
            .iter()
            .zip(fingerprints(findings, checkout))
            .filter(|(finding, _)| finding.waived.is_none())
            .map(|(finding, fingerprint)| Known {
                file: finding.location.as_ref().map(|place| place.file.clone()),
                rule: finding.rule.to_owned(),
                fingerprint,
            })
            .collect();
        known.sort();
        Baseline { version: VERSION, tool: env!("CARGO_PKG_VERSION").to_owned(), findings: known }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// `text` is none, or of another version; says what to do.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        let baseline: Baseline = serde_json::from_str(text)
            .map_err(|error| format!("is no baseline: {error}; write one with `--write-baseline`"))?;
        if baseline.version != VERSION {
            return Err(format!(
                "has version {}, not {VERSION}; write it anew with `--write-baseline`",
                baseline.version
            ));
        }
        Ok(baseline)
    }

    /// The file's text: sorted, one entry a finding, so that a change reads well in a diff.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Marks those of `findings` that are known, and says how many entries no finding answers to any more.
    pub fn apply(&self, findings: &mut [Finding], checkout: &Checkout) -> usize {
        let names = fingerprints(findings, checkout);
        let mut stale: FxHashSet<&str> = self.findings.iter().map(|known| &*known.fingerprint).collect();
        for (finding, name) in findings.iter_mut().zip(&names) {
            if stale.remove(&**name) && finding.waived.is_none() {
                finding.waived = Some(Waiver { reason: "in the baseline".to_owned() });
            }
        }
        stale.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::{Place, Span};
    use crate::finding::Severity;

    fn finding(rule: &'static str) -> Finding {
        Finding::new(rule, Severity::Error, "").at(Place::new("a.js", Span::default()), "")
    }

    #[test]
    fn what_was_written_is_known_and_what_came_later_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout::open(folder.path()).unwrap();
        let before = [finding("shared-port"), finding("double-listen")];
        let baseline = Baseline::parse(&Baseline::of(&before, &checkout).to_text()).unwrap();

        let mut after = [finding("shared-port"), finding("unguarded-cron")];
        let stale = baseline.apply(&mut after, &checkout);
        assert!(after[0].waived.is_some());
        assert!(after[1].waived.is_none());
        assert_eq!(stale, 1);
    }

    #[test]
    fn another_file_or_version_is_refused() {
        assert!(Baseline::parse("[]").unwrap_err().contains("is no baseline"));
        let newer = r#"{"version":2,"tool":"9","findings":[]}"#;
        assert!(Baseline::parse(newer).unwrap_err().contains("version 2, not 1"));
    }
}
