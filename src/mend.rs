//! Mends what can be mended: one fix after another, and each only if a second look finds its fault gone and nothing new.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::finding::{Finding, Safety, Severity};
use crate::fingerprint::fingerprints;
use crate::fix;
use crate::lint;
use crate::modules::{Modules, Resolver};
use crate::outcome::Report;
use crate::request::Request;

/// Texts by file, relative to the checkout.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// What came of it. Nothing is written yet.
pub struct Mended {
    /// The checkout as it was read.
    pub before: Checkout,
    /// The files that change, whole.
    pub texts: Texts,
    /// What was mended.
    pub fixed: Vec<Finding>,
    /// What has a fix that did not prove itself.
    pub held_back: Vec<Finding>,
    /// How many could be mended with [`Safety::Unsafe`] fixes, which were not asked for.
    pub unasked: usize,
}

/// Mends those findings of `request` that `is_meant` holds for, with fixes up to `allowed`.
///
/// # Errors
/// The root cannot be opened.
pub fn mend(request: &Request, allowed: Safety, is_meant: &dyn Fn(&Finding) -> bool) -> io::Result<Mended> {
    let before = Checkout::open(&request.root)?;
    let mut now = lint::check_in(before.clone(), request);
    let mut mended = Mended { before, texts: Texts::new(), fixed: Vec::new(), held_back: Vec::new(), unasked: 0 };
    let mut tried = Vec::new();
    while let Some((finding, fingerprint)) = next(&now, allowed, is_meant, &tried) {
        tried.push(fingerprint);
        let Some(texts) = edited(&mended.texts, &now.checkout, &finding) else { continue };
        let report = lint::check_in(mended.before.with_texts(&texts), request);
        if is_better(&now, &report, finding.rule, is_meant) {
            (mended.texts, now) = (texts, report);
            mended.fixed.push(finding);
        } else {
            mended.held_back.push(finding);
        }
    }
    let can_be = |finding: &&Finding| safety(finding) > Some(allowed) && is_meant(finding);
    mended.unasked = now.findings.iter().filter(can_be).count();
    Ok(mended)
}

fn safety(finding: &Finding) -> Option<Safety> {
    finding.fix.as_ref().map(|fix| fix.safety)
}

/// The first finding that has not been tried, with its fingerprint; safe fixes go first, so that what was meant stands
/// before anything is set on top of it.
fn next(
    report: &Report,
    allowed: Safety,
    is_meant: &dyn Fn(&Finding) -> bool,
    tried: &[String],
) -> Option<(Finding, String)> {
    let findings = report.findings.iter().zip(fingerprints(&report.findings, &report.checkout));
    let open = findings.filter(|(finding, fingerprint)| {
        safety(finding).is_some_and(|safety| safety <= allowed) && is_meant(finding) && !tried.contains(fingerprint)
    });
    open.min_by_key(|(finding, _)| safety(finding)).map(|(finding, fingerprint)| (finding.clone(), fingerprint))
}

/// Whether `rule` has less to say, and no other has more of what hurts.
fn is_better(before: &Report, after: &Report, rule: &str, is_meant: &dyn Fn(&Finding) -> bool) -> bool {
    let counted = |finding: &&Finding| is_meant(finding) && (finding.rule == rule || finding.severity > Severity::Info);
    let (before, after) = (counts(before, &counted), counts(after, &counted));
    let had = |rule: &str| before.get(rule).copied().unwrap_or_default();
    after.get(rule).copied().unwrap_or_default() < had(rule) && after.iter().all(|(rule, count)| *count <= had(rule))
}

fn counts(report: &Report, counted: &dyn Fn(&&Finding) -> bool) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in report.findings.iter().filter(counted) {
        *counts.entry(finding.rule).or_default() += 1;
    }
    counts
}

/// The texts with one more fix. `None`: it cannot be written here.
fn edited(texts: &Texts, checkout: &Checkout, finding: &Finding) -> Option<Texts> {
    let resolver = Resolver::new(checkout);
    let edits = fix::edits(finding.fix.as_ref()?, &Modules::new(checkout, &resolver))?;
    let mut texts = texts.clone();
    let mut files: Vec<&Arc<str>> = edits.iter().map(|edit| &edit.place.file).collect();
    files.sort();
    files.dedup();
    for file in files {
        let text = checkout.source(file)?.text().clone();
        let changed = fix::apply(&text, edits.iter().filter(|edit| edit.place.file == *file))?;
        texts.insert(file.clone(), changed.into());
    }
    Some(texts)
}
