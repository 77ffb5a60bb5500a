//! SARIF 2.1.0: one run, every rule, waived findings as suppressions, paths relative to the checkout.

use serde_json::{Value, json};

use super::View;
use super::json::pretty;
use crate::checkout::Place;
use crate::finding::{Finding, Severity};
use crate::fingerprint::fingerprints;
use crate::rules::pages::{PAGES, Page};

/// The findings shown, and the waived ones as suppressed. Places in archives lie outside the checkout, so what the
/// logs say is part of the message.
pub fn render(view: &View) -> String {
    let findings = &view.report.findings;
    let results: Vec<Value> = findings
        .iter()
        .zip(fingerprints(findings, &view.report.checkout))
        .filter(|(finding, _)| view.shows(finding) || finding.waived.is_some())
        .map(|(finding, fingerprint)| result(view, finding, &fingerprint))
        .collect();
    let run = json!({
        "tool": { "driver": {
            "name": "pm2lint",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": PAGES.iter().map(rule).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": true }],
        "results": results,
    });
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }))
}

fn rule(page: &Page) -> Value {
    json!({
        "id": page.id,
        "shortDescription": { "text": page.summary },
        "help": { "text": page.text, "markdown": page.text },
        "defaultConfiguration": { "level": level(page.severity) },
        "properties": { "tags": [page.category] },
    })
}

fn result(view: &View, finding: &Finding, fingerprint: &str) -> Value {
    let related: Vec<Value> =
        finding.related.iter().map(|related| location(view, &related.place, Some(&related.message))).collect();
    let suppressions: Vec<Value> =
        finding.waived.iter().map(|waiver| json!({ "kind": "external", "justification": waiver.reason })).collect();
    json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(view, finding) },
        "locations": finding.location.iter().map(|place| location(view, place, None)).collect::<Vec<_>>(),
        "relatedLocations": related,
        "partialFingerprints": { "pm2lint/v1": fingerprint },
        "suppressions": suppressions,
        "properties": { "confidence": finding.confidence, "apps": finding.apps, "evidence": finding.evidence },
    })
}

fn message(view: &View, finding: &Finding) -> String {
    let logs = finding.evidence.iter().filter(|evidence| evidence.count > 0).map(|evidence| {
        let line = evidence.line.map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line}, {} times: {}", view.evidence_file(evidence), evidence.count, evidence.excerpt)
    });
    let parts = [finding.message.clone(), finding.help.clone()].into_iter().chain(logs);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Code scanning wants a region: where the file cannot be read, its first line.
fn location(view: &View, place: &Place, message: Option<&str>) -> Value {
    let region = match view.positions(place) {
        Some((start, end)) => json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        }),
        None => json!({ "startLine": 1 }),
    };
    let physical = json!({ "artifactLocation": { "uri": uri(&place.file) }, "region": region });
    match message {
        Some(message) => json!({ "physicalLocation": physical, "message": { "text": message } }),
        None => json!({ "physicalLocation": physical }),
    }
}

/// A relative path as a URI reference: everything but unreserved characters and `/` escaped.
fn uri(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(escape).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
