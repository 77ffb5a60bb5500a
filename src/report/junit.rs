//! JUnit XML: a finding is a failed test case, a waived one a skipped case; one passed case where nothing is found.

use std::fmt::Write as _;

use super::{View, summary};
use crate::finding::{Finding, Waiver};

/// The findings shown, and what is waived.
pub fn render(view: &View) -> String {
    let failures = view.shown().count();
    let waived: Vec<(&Finding, &Waiver)> =
        view.report.findings.iter().filter_map(|finding| Some((finding, finding.waived.as_ref()?))).collect();
    let tests = (failures + waived.len()).max(1);
    let counts = format!("name=\"pm2lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites {counts}>\n  <testsuite {counts} skipped=\"{}\">", waived.len());
    for finding in view.shown() {
        xml += &case(view, finding, &failure(view, finding));
    }
    for (finding, waiver) in &waived {
        xml += &case(view, finding, &format!("<skipped message=\"{}\"/>", escape(&waiver.reason)));
    }
    if failures + waived.len() == 0 {
        let _ = writeln!(xml, "    <testcase classname=\"pm2lint\" name=\"{}\"/>", escape(&summary::line(view)));
    }
    xml + "  </testsuite>\n</testsuites>\n"
}

fn case(view: &View, finding: &Finding, outcome: &str) -> String {
    let address = view.address(finding).unwrap_or_else(|| "-".to_owned());
    format!(
        "    <testcase classname=\"{}\" name=\"{}\">\n      {outcome}\n    </testcase>\n",
        escape(finding.rule),
        escape(&address),
    )
}

fn failure(view: &View, finding: &Finding) -> String {
    format!(
        "<failure type=\"{}\" message=\"{}\">{}</failure>",
        finding.severity,
        escape(&finding.message),
        escape(&view.told(finding)[1..].join("\n")),
    )
}

/// XML has no way to write most control characters: they become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped += "&#10;",
            '\t' => escaped.push(c),
            _ if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}
