//! The JSON contract, version 1. The types here are frozen: they are the format, and change with its version only.

use serde::{Serialize, Serializer};

use super::View;
use super::summary::Summary;
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Evidence, Finding, Severity, Waiver};
use crate::fingerprint::fingerprints;
use crate::fleet::Undecided;
use crate::outcome::{AppSummary, Instances};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    apps: Vec<App<'a>>,
    findings: Vec<FindingEntry<'a>>,
    undecided: Vec<UndecidedEntry<'a>>,
    summary: Summary,
}

/// What made the document.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This pm2lint.
    pub const THIS: Self = Self { name: "pm2lint", version: env!("CARGO_PKG_VERSION") };
}

#[derive(Serialize)]
struct App<'a> {
    name: &'a str,
    config: &'a str,
    env: Option<&'a str>,
    mode: &'a str,
    #[serde(serialize_with = "instances")]
    instances: &'a Instances,
    script: Option<&'a str>,
    entry: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    severity: Severity,
    confidence: Confidence,
    apps: &'a [AppRef],
    message: &'a str,
    help: &'a str,
    location: Location<'a>,
    related: Vec<RelatedEntry<'a>>,
    evidence: &'a [Evidence],
    fingerprint: String,
    waived: Option<&'a Waiver>,
}

#[derive(Default, Serialize)]
struct Location<'a> {
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
}

#[derive(Serialize)]
struct UndecidedEntry<'a> {
    file: &'a str,
    line: Option<u32>,
    what: &'a str,
    why: &'a str,
    rules: &'a [&'static str],
}

/// The whole document.
pub fn render(view: &View) -> String {
    let report = view.report;
    let names = fingerprints(&report.findings, &report.checkout);
    let document = Document {
        version: 1,
        tool: Tool::THIS,
        apps: report.apps.iter().map(app).collect(),
        findings: report.findings.iter().zip(names).map(|(finding, name)| entry(view, finding, name)).collect(),
        undecided: report.undecided.iter().map(|undecided| undecided_entry(view, undecided)).collect(),
        summary: Summary::of(view),
    };
    pretty(&document)
}

/// `document` over several lines, with a line end: for every format that is JSON.
pub fn pretty(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

fn app(app: &AppSummary) -> App<'_> {
    App {
        name: &app.name,
        config: &app.config,
        env: app.env.as_deref(),
        mode: app.mode,
        instances: &app.instances,
        script: app.script.as_deref(),
        entry: app.entry.as_deref(),
    }
}

fn entry<'a>(view: &View, finding: &'a Finding, fingerprint: String) -> FindingEntry<'a> {
    FindingEntry {
        rule: finding.rule,
        severity: finding.severity,
        confidence: finding.confidence,
        apps: &finding.apps,
        message: &finding.message,
        help: &finding.help,
        location: finding.location.as_ref().map(|place| location(view, place)).unwrap_or_default(),
        related: finding.related.iter().map(|related| related_entry(view, &related.place, &related.message)).collect(),
        evidence: &finding.evidence,
        fingerprint,
        waived: finding.waived.as_ref(),
    }
}

fn location<'a>(view: &View, place: &'a Place) -> Location<'a> {
    let (start, end) = view.positions(place).unzip();
    Location {
        file: Some(&place.file),
        line: start.map(|start| start.line),
        column: start.map(|start| start.column),
        end_line: end.map(|end| end.line),
        end_column: end.map(|end| end.column),
    }
}

fn related_entry<'a>(view: &View, place: &'a Place, message: &'a str) -> RelatedEntry<'a> {
    let start = view.positions(place).map(|(start, _)| start);
    RelatedEntry { file: &place.file, line: start.map(|at| at.line), column: start.map(|at| at.column), message }
}

fn undecided_entry<'a>(view: &View, undecided: &'a Undecided) -> UndecidedEntry<'a> {
    UndecidedEntry {
        file: &undecided.place.file,
        line: view.positions(&undecided.place).map(|(start, _)| start.line),
        what: &undecided.what,
        why: &undecided.why,
        rules: &undecided.rules,
    }
}

fn instances<S: Serializer>(instances: &Instances, serializer: S) -> Result<S::Ok, S::Error> {
    match instances {
        Instances::Count(count) => serializer.serialize_u32(*count),
        Instances::Max => serializer.serialize_str("max"),
        Instances::Unknown(why) => {
            [("$unknown", why)].into_iter().collect::<std::collections::BTreeMap<_, _>>().serialize(serializer)
        }
    }
}
