//! JUnit XML: one failed test case a finding, one passed where nothing is found.

use std::fmt::Write as _;

use super::{View, summary};
use crate::finding::Finding;

/// The findings shown.
pub fn render(view: &View) -> String {
    let failures = view.shown().count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("name=\"pm2lint\" tests=\"{}\" failures=\"{failures}\" errors=\"0\"", failures.max(1));
    let _ = writeln!(xml, "<testsuites {counts}>\n  <testsuite {counts}>");
    for finding in view.shown() {
        xml += &case(view, finding);
    }
    if failures == 0 {
        let _ = writeln!(xml, "    <testcase classname=\"pm2lint\" name=\"{}\"/>", escape(&summary::line(view)));
    }
    xml + "  </testsuite>\n</testsuites>\n"
}

fn case(view: &View, finding: &Finding) -> String {
    let address = view.address(finding).unwrap_or_else(|| "-".to_owned());
    format!(
        "    <testcase classname=\"{}\" name=\"{}\">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
        escape(finding.rule),
        escape(&address),
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
