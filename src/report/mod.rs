//! What a run found, in the forms that people and machines read: one file a format.

mod canvas;
mod concise;
pub mod config;
pub mod fleet;
mod github;
mod gitlab;
mod graphical;
mod html;
mod json;
mod junit;
pub mod logs;
mod sarif;
pub mod settings;
mod snippet;
pub mod summary;

use clap::ValueEnum;

use crate::checkout::{Place, Position, Span};
use crate::finding::{Confidence, Evidence, Finding, Severity};
use crate::outcome::Report;

pub use canvas::Canvas;
pub use html::incidents as incident_page;
pub use sarif::failure as sarif_of_failure;

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: the code, the log line, what to do.
    Graphical,
    /// For editors and grep: one line a finding.
    Concise,
    /// Everything, versioned.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// JUnit XML, one test case a finding.
    Junit,
    /// One page with everything, for a browser.
    Html,
}

impl Format {
    /// The whole output. The same for the same report, whatever the machine.
    pub fn render(self, view: &View, canvas: &Canvas) -> String {
        match self {
            Format::Graphical => graphical::render(view, canvas),
            Format::Concise => concise::render(view),
            Format::Json => json::render(view),
            Format::Sarif => sarif::render(view),
            Format::Github => github::render(view),
            Format::Gitlab => gitlab::render(view),
            Format::Junit => junit::render(view),
            Format::Html => html::render(view),
        }
    }
}

/// A report and how much of it is to be seen.
pub struct View<'a> {
    /// What was found.
    pub report: &'a Report,
    /// The archives as the user named them, by [`Evidence::archive`].
    pub archives: &'a [String],
    /// People see findings from here on.
    pub min_severity: Severity,
    /// People see findings from here on.
    pub min_confidence: Confidence,
    /// Entries of the baseline that no finding answers to any more.
    pub stale: usize,
}

impl View<'_> {
    /// What people see: not waived, and at or above both thresholds.
    pub fn shown(&self) -> impl Iterator<Item = &Finding> {
        self.report.findings.iter().filter(|finding| self.shows(finding))
    }

    /// Whether people see `finding`.
    fn shows(&self, finding: &Finding) -> bool {
        finding.waived.is_none() && finding.severity >= self.min_severity && finding.confidence >= self.min_confidence
    }

    /// First position of `place` and the one past its end; `None` where its file cannot be read.
    fn positions(&self, place: &Place) -> Option<(Position, Position)> {
        let source = self.report.checkout.source(&place.file)?;
        Some((source.position(place.span.start), source.position(place.span.end)))
    }

    /// Where `finding` is shown in forms that want a place in the checkout: its own, else the process file of the first
    /// app that it concerns.
    fn anchor(&self, finding: &Finding) -> Option<Place> {
        let process_file = || finding.apps.first().map(|app| Place::new(app.config.clone(), Span::default()));
        finding.location.clone().or_else(process_file)
    }

    /// What `finding` says where nothing is drawn: what is wrong, what to do, and what the logs say.
    fn told(&self, finding: &Finding) -> Vec<String> {
        let logs = finding.evidence.iter().filter(|evidence| evidence.count > 0).map(|evidence| {
            let line = evidence.line.map_or(String::new(), |line| format!(":{line}"));
            let times = if evidence.count == 1 { "once".to_owned() } else { format!("{} times", evidence.count) };
            format!("{}{line}, {times}: {}", self.evidence_file(evidence), evidence.excerpt)
        });
        let parts = [finding.message.clone(), finding.help.clone()].into_iter().chain(logs);
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// Where to look for `evidence`, as the user would open it: `prod/.pm2/logs/api-error.log`.
    fn evidence_file(&self, evidence: &Evidence) -> String {
        evidence_file(self.archives, evidence)
    }

    /// One line's address for `finding`: `file:line:column` in the checkout, else the first log line that says so.
    fn address(&self, finding: &Finding) -> Option<String> {
        if let Some(place) = &finding.location {
            return Some(match self.positions(place) {
                Some((start, _)) => format!("{}:{}:{}", place.file, start.line, start.column),
                None => place.file.to_string(),
            });
        }
        let evidence = finding.evidence.first()?;
        let file = self.evidence_file(evidence);
        Some(evidence.line.map_or(file.clone(), |line| format!("{file}:{line}")))
    }
}

fn evidence_file(archives: &[String], evidence: &Evidence) -> String {
    log_file(archives, evidence.archive, &evidence.file)
}

/// The address of a `file` of the archive with the number `archive`.
fn log_file(archives: &[String], archive: usize, file: &str) -> String {
    match archives.get(archive) {
        Some(archive) if archive.ends_with(file) => archive.clone(),
        Some(archive) => format!("{}/{file}", archive.trim_end_matches('/')),
        None => file.to_owned(),
    }
}

#[cfg(test)]
mod tests;
