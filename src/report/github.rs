//! Workflow commands of GitHub Actions: `::error file=...::message`, one line a finding.

use super::View;
use crate::checkout::{Place, Position};
use crate::finding::{Finding, Severity};

/// One command a finding shown.
pub fn render(view: &View) -> String {
    view.shown().map(|finding| command(view, finding)).collect()
}

fn command(view: &View, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let title = format!("title={}", property(&format!("pm2lint {}", finding.rule)));
    let place = view.anchor(finding).map(|place| place_properties(&place, view.positions(&place)));
    let properties: Vec<String> = place.into_iter().chain([title]).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&view.told(finding).join("\n")))
}

/// Columns are given only for places within one line: GitHub drops annotations that have them for more.
fn place_properties(place: &Place, positions: Option<(Position, Position)>) -> String {
    let file = format!("file={}", property(&place.file));
    match positions {
        None => file,
        Some((start, end)) if start.line == end.line => {
            let line = start.line;
            format!("{file},line={line},endLine={line},col={},endColumn={}", start.column, end.column)
        }
        Some((start, end)) => format!("{file},line={},endLine={}", start.line, end.line),
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
