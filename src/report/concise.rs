//! One line a finding: `file:line:column: severity[rule]: message`.

use super::View;
use super::canvas::printable;
use crate::finding::Finding;

/// The lines of all findings shown.
pub fn render(view: &View) -> String {
    view.shown().map(|finding| line(view, finding) + "\n").collect()
}

/// The line of one finding, without its end. Where neither code nor log has a place for it, `-` stands for the file.
pub fn line(view: &View, finding: &Finding) -> String {
    let address = view.address(finding).unwrap_or_else(|| "-".to_owned());
    printable(&format!("{address}: {}[{}]: {}", finding.severity, finding.rule, finding.message))
}
