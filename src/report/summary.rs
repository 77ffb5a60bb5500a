//! The last line: what was found, what was hidden, and how much was looked at.

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::View;
use crate::finding::{Safety, Severity};

/// How many app names the line spells out.
const NAMED_APPS: usize = 5;

/// Findings by what became of them: `error`, `warning` and `info` are not waived, `hidden` are those among them that
/// people are not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    error: usize,
    warning: usize,
    info: usize,
    waived: usize,
    hidden: usize,
    files: usize,
}

impl Summary {
    /// Counts what is in `view`.
    pub fn of(view: &View) -> Summary {
        let mut summary = Summary { files: view.report.files, ..Summary::default() };
        for finding in &view.report.findings {
            let count = match (&finding.waived, finding.severity) {
                (Some(_), _) => &mut summary.waived,
                (None, Severity::Error) => &mut summary.error,
                (None, Severity::Warning) => &mut summary.warning,
                (None, Severity::Info) => &mut summary.info,
            };
            *count += 1;
            summary.hidden += usize::from(finding.waived.is_none() && !view.shows(finding));
        }
        summary
    }
}

/// One line for people, without its end.
pub fn line(view: &View) -> String {
    let files = counted(view.report.files, "file");
    let rest = unseen(view);
    let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
    match (found(view), apps(view)) {
        (None, None) => format!("no app found, {files} read{rest}"),
        (None, Some(apps)) => format!("nothing found in {apps}, {files} read{rest}"),
        (Some(found), None) => format!("{found}, {files} read{rest}"),
        (Some(found), Some(apps)) => format!("{found} in {apps}, {files} read{rest}"),
    }
}

fn found(view: &View) -> Option<String> {
    let shown = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")]
        .into_iter()
        .map(|(severity, name)| (view.shown().filter(|finding| finding.severity == severity).count(), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect::<Vec<_>>();
    if shown.is_empty() { None } else { Some(shown.join(", ")) }
}

fn apps(view: &View) -> Option<String> {
    let mut seen = FxHashSet::default();
    let names: Vec<&str> =
        view.report.apps.iter().filter(|app| seen.insert((&app.config, &app.name))).map(|app| &*app.name).collect();
    let mut spelt = names.iter().take(NAMED_APPS).copied().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED_APPS {
        spelt += ", ...";
    }
    if names.is_empty() { None } else { Some(format!("{} ({spelt})", counted(names.len(), "app"))) }
}

/// What the findings shown do not tell.
fn unseen(view: &View) -> Vec<String> {
    let summary = Summary::of(view);
    let undecided = view.report.undecided.len();
    let fixes = view.shown().filter_map(|finding| finding.fix.as_ref());
    let (safe, all): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.safety == Safety::Safe);
    let fixable = if safe.is_empty() { " fixable" } else { "" };
    [
        (safe.len(), format!("{} fixable with --fix", safe.len())),
        (all.len(), format!("{}{fixable} with --fix=all", all.len())),
        (summary.hidden, format!("{} hidden by --min-severity or --min-confidence", summary.hidden)),
        (summary.waived, format!("{} waived", summary.waived)),
        (view.report.skipped, format!("{} skipped by the settings", counted(view.report.skipped, "app"))),
        (undecided, format!("{undecided} undecided, listed by --format json")),
        (view.stale, format!("{} no longer found", counted(view.stale, "baseline entry"))),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, text)| text)
    .collect()
}

/// `1 file`, `2 files`, `3 entries`
pub(super) fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}
