//! GitLab Code Quality: a JSON array of issues.

use std::sync::Arc;

use serde::Serialize;

use super::View;
use super::json::pretty;
use crate::finding::Severity;
use crate::fingerprint::fingerprints;

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: Arc<str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The findings shown. GitLab wants a file for each: those that no file of the checkout says are left out.
pub fn render(view: &View) -> String {
    let findings = &view.report.findings;
    let issues: Vec<Issue> = findings
        .iter()
        .zip(fingerprints(findings, &view.report.checkout))
        .filter(|(finding, _)| view.shows(finding))
        .filter_map(|(finding, fingerprint)| {
            let place = view.anchor(finding)?;
            let begin = view.positions(&place).map_or(1, |(start, _)| start.line);
            Some(Issue {
                description: &finding.message,
                check_name: finding.rule,
                fingerprint,
                severity: severity(finding.severity),
                location: Location { path: place.file, lines: Lines { begin } },
            })
        })
        .collect();
    pretty(&issues)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}
