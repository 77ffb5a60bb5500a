//! SARIF 2.1.0: one run, the rules that were looked for, waived findings as suppressions, paths relative to the checkout.

use serde_json::{Value, json};

use super::View;
use super::json::pretty;
use crate::checkout::Place;
use crate::finding::{Finding, Severity, Waiver, WaiverSource};
use crate::fingerprint::fingerprints;
use crate::fleet::Undecided;
use crate::rules::pages::{PAGES, Page};

/// What relative paths are relative to: the name that code scanning and editors know.
const ROOT: &str = "%SRCROOT%";

/// The findings shown, and the waived ones as suppressed. Places in archives lie outside the checkout, so what the
/// logs say is part of the message.
pub fn render(view: &View) -> String {
    let findings = &view.report.findings;
    let rules = rules(view);
    let results: Vec<Value> = findings
        .iter()
        .zip(fingerprints(findings, &view.report.checkout))
        .filter(|(finding, _)| view.shows(finding) || finding.waived.is_some())
        .filter_map(|(finding, fingerprint)| result(view, finding, &fingerprint, &rules))
        .collect();
    pretty(&log(&rules, &results, &notifications(view), true))
}

/// The log of a run that ended before its result, for those who wait for one.
pub fn failure(message: &str) -> String {
    pretty(&log(&[], &[], &[notification("error", message)], false))
}

fn log(rules: &[&Page], results: &[Value], notifications: &[Value], is_successful: bool) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pm2lint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|page| rule(page)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The root of the checkout." } } },
            "invocations": [{
                "executionSuccessful": is_successful,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    })
}

/// The rules that were looked for: a consumer can tell what is clean from what was not asked.
fn rules(view: &View) -> Vec<&'static Page> {
    let report = view.report;
    let is_found = |page: &Page| report.findings.iter().any(|finding| finding.rule == page.id);
    PAGES.iter().filter(|page| report.rules.contains(&page.id) || is_found(page)).collect()
}

fn rule(page: &Page) -> Value {
    let text = page.markdown();
    json!({
        "id": page.id,
        "shortDescription": { "text": page.summary },
        "fullDescription": { "text": page.section("What it says") },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level(page.severity) },
        "properties": { "tags": ["pm2", page.category], "problem.severity": problem_severity(page.severity) },
    })
}

/// `None`: no file of the checkout says it; it is told in a notification. Code scanning refuses a log that has one
/// result without a place.
fn result(view: &View, finding: &Finding, fingerprint: &str, rules: &[&Page]) -> Option<Value> {
    let place = view.anchor(finding)?;
    let related = finding.related.iter().zip(1..);
    let related: Vec<Value> =
        related.map(|(related, id)| related_location(view, &related.place, &related.message, id)).collect();
    Some(json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.binary_search_by_key(&finding.rule, |page| page.id).unwrap_or_default(),
        "level": level(finding.severity),
        "message": { "text": message(view, finding) },
        "locations": [location(view, &place)],
        "relatedLocations": related,
        "partialFingerprints": { "pm2lint/v1": fingerprint },
        "suppressions": finding.waived.iter().map(suppression).collect::<Vec<_>>(),
        "properties": { "confidence": finding.confidence, "apps": finding.apps, "evidence": finding.evidence },
    }))
}

fn suppression(waiver: &Waiver) -> Value {
    let kind = match waiver.source {
        WaiverSource::Comment => "inSource",
        WaiverSource::Settings | WaiverSource::Baseline => "external",
    };
    json!({ "kind": kind, "status": "accepted", "justification": waiver.reason })
}

/// What is told everywhere, and links to the related places: code scanning shows those only that the message names.
fn message(view: &View, finding: &Finding) -> String {
    let links = finding.related.iter().zip(1..).map(|(related, id)| format!("[{}]({id})", link_text(&related.message)));
    let links = links.collect::<Vec<_>>().join(", ");
    let see = if links.is_empty() { String::new() } else { format!("See {links}") };
    let parts = view.told(finding).into_iter().chain([see]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Brackets and backslashes as a link's text has them (SARIF 2.1.0, 3.11.6).
fn link_text(text: &str) -> String {
    let text = if text.is_empty() { "this" } else { text };
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn location(view: &View, place: &Place) -> Value {
    json!({ "physicalLocation": physical(view, place) })
}

fn related_location(view: &View, place: &Place, message: &str, id: u32) -> Value {
    json!({ "id": id, "physicalLocation": physical(view, place), "message": { "text": message } })
}

/// Code scanning wants a region: where the file cannot be read, its first line.
fn physical(view: &View, place: &Place) -> Value {
    let region = match view.positions(place) {
        Some((start, end)) => json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        }),
        None => json!({ "startLine": 1 }),
    };
    json!({ "artifactLocation": { "uri": uri(&place.file), "uriBaseId": ROOT }, "region": region })
}

/// What is no result: files that could not be read, what no file of the checkout says, what could not be decided.
fn notifications(view: &View) -> Vec<Value> {
    let report = view.report;
    let unread = report.timeline.problems.iter();
    let unread =
        unread.map(|problem| notification("warning", &format!("{} {}", problem.file.display(), problem.message)));
    let placeless = view.shown().filter(|finding| view.anchor(finding).is_none());
    let placeless = placeless.map(|finding| {
        let text = format!("{}: {}", finding.rule, view.told(finding).join("\n"));
        notification(level(finding.severity), &text)
    });
    let undecided = report.undecided.iter().map(|undecided| undecided_notification(view, undecided));
    unread.chain(placeless).chain(undecided).collect()
}

fn notification(level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": text } })
}

fn undecided_notification(view: &View, undecided: &Undecided) -> Value {
    json!({
        "level": "note",
        "message": { "text": format!("not decided: {}, because {}", undecided.what, undecided.why) },
        "locations": [location(view, &undecided.place)],
        "properties": { "rules": undecided.rules },
    })
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

/// The words of GitHub's code scanning.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}
