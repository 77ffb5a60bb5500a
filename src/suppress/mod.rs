//! Waivers: `// pm2lint-ignore rule, rule -- reason` in the code, with `#` in YAML, shell scripts and Dockerfiles, and
//! `[[waive]]` in the settings.
//!
//! A waiver names its rules and its reason. One that covers nothing is itself a finding, so that waivers do not outlive
//! what they were written for.

mod comment;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;

use crate::checkout::{Place, Source, Span};
use crate::finding::{Finding, Severity, Waiver};
use crate::js::with_large_stack;
use crate::modules::Modules;
use crate::settings::Waive;
use crate::settings::{Settings, SettingsFile, known_rule};
use comment::{Comment, MARKER, comments, is_script};

const UNUSED: &str = "unused-waiver";
/// Rules whose finding in a file means that other rules could not look at it.
const UNREAD: [&str; 2] = ["syntax-error", "unreadable-config"];

/// What of a run decides which waivers count, and which of them are needed.
pub struct Waivers<'a> {
    /// The files that were looked at.
    pub files: &'a [Arc<str>],
    /// The programs in them.
    pub modules: &'a Modules<'a>,
    /// Waivers of the settings.
    pub settings: &'a Settings,
    /// The day on which it is asked whether a waiver still holds.
    pub today: Date,
    /// Whether the run would have found a fault of this rule.
    pub looks_for: &'a dyn Fn(&str) -> bool,
    /// The whole checkout was looked at.
    pub is_whole: bool,
}

impl Waivers<'_> {
    /// Marks those of `findings` that are waived, and adds findings about the waivers themselves.
    pub fn apply(&self, findings: &mut Vec<Finding>) {
        for source in self.files.iter().filter_map(|file| self.modules.checkout().source(file)) {
            for comment in comments(&source) {
                let problems = self.heed(&comment, findings, &source);
                findings.extend(problems);
            }
        }
        findings.iter_mut().filter(|finding| finding.waived.is_none()).for_each(|finding| {
            finding.waived = self.settled(finding);
        });
        if let Some(file) = &self.settings.file {
            let entries = self.settings.waive.iter();
            let problems: Vec<Finding> = entries.filter_map(|entry| self.complaint(entry, findings, file)).collect();
            findings.extend(problems);
        }
    }

    /// Waives what a comment covers; says what is wrong with the comment.
    fn heed(&self, comment: &Comment<'_>, findings: &mut [Finding], source: &Source) -> Vec<Finding> {
        if comment.rules.is_empty() {
            return vec![problem(comment, source, "this waiver names no rule".into())];
        }
        if comment.reason.is_empty() {
            return vec![problem(comment, source, "this waiver gives no reason, so it waives nothing".into())];
        }
        let is_unread = findings.iter().any(|finding| UNREAD.contains(&finding.rule) && is_in(finding, source));
        let mut problems = Vec::new();
        for id in &comment.rules {
            match known_rule(id) {
                Err(unknown) => problems.push(problem(comment, source, unknown)),
                Ok(rule) if self.waive(comment, findings, source, rule) || is_unread || !(self.looks_for)(rule) => {}
                Ok(rule) => {
                    problems.push(problem(comment, source, format!("this waives nothing: no `{rule}` is found here")))
                }
            }
        }
        problems
    }

    /// Whether there was something to waive.
    fn waive(&self, comment: &Comment<'_>, findings: &mut [Finding], source: &Source, rule: &str) -> bool {
        let mut is_used = false;
        let of_rule = findings.iter_mut().filter(|finding| finding.rule == rule && is_in(finding, source));
        for finding in of_rule.filter(|finding| self.stands_in(comment.line, finding, source)) {
            finding.waived = Some(Waiver::by_comment(comment.reason));
            is_used = true;
        }
        is_used
    }

    /// Whether the place of `finding` is on `line`, or the statement that holds it begins there.
    fn stands_in(&self, line: u32, finding: &Finding, source: &Source) -> bool {
        let Some(place) = &finding.location else { return false };
        let line_of = |at| source.position(at).line;
        (line_of(place.span.start)..=line_of(place.span.end)).contains(&line)
            || self.statement(place).is_some_and(|statement| line_of(statement.start) == line)
    }

    /// The smallest statement that holds `place`, where that is in a program.
    fn statement(&self, place: &Place) -> Option<Span> {
        if !is_script(&place.file) {
            return None;
        }
        let module = with_large_stack(|| self.modules.lowered(&place.file))?.ok()?;
        let around = module.stmt_spans.iter().filter(|span| span.contains(place.span));
        around.min_by_key(|span| span.end - span.start)
    }

    /// The waiver that the entries of the settings give `finding`: together they cover each app that it concerns.
    fn settled(&self, finding: &Finding) -> Option<Waiver> {
        let entries = self.settings.waive.iter();
        let entries: Vec<&Waive> =
            entries.filter(|entry| !entry.has_ended(self.today) && entry.speaks_of(finding)).collect();
        let is_covered = |app: &str| entries.iter().any(|entry| entry.covers(app));
        if entries.is_empty() || !finding.apps.iter().all(|app| is_covered(&app.name)) {
            return None;
        }
        let mut reasons: Vec<&str> = entries.iter().map(|entry| &*entry.reason).collect();
        reasons.dedup();
        Some(Waiver::by_settings(reasons.join("; ")))
    }

    /// What is wrong with an entry of the settings.
    fn complaint(&self, entry: &Waive, findings: &[Finding], file: &SettingsFile) -> Option<Finding> {
        let has_ended = entry.has_ended(self.today);
        let spoken_of = |rule: &str| findings.iter().any(|finding| finding.rule == rule && entry.speaks_of(finding));
        let mut idle = entry.rules.clone();
        idle.retain(|rule| !spoken_of(rule));
        idle.retain(|rule| (self.looks_for)(rule));
        let message = match entry.until.filter(|_| has_ended) {
            Some(day) if idle.len() == entry.rules.len() => {
                format!("this waiver ended on {day}, and nothing is left that it would waive")
            }
            Some(day) => format!("this waiver ended on {day}: what it waived is reported again"),
            None if idle.is_empty() || !self.is_whole => return None,
            None => format!("this waives nothing: no `{}` is found that it speaks of", idle.join("`, no `")),
        };
        Some(entry_problem(entry, file, message))
    }
}

fn is_in(finding: &Finding, source: &Source) -> bool {
    finding.location.as_ref().is_some_and(|place| place.file == *source.path())
}

fn problem(comment: &Comment<'_>, source: &Source, message: String) -> Finding {
    Finding::new(UNUSED, Severity::Warning, message)
        .at(Place::new(source.path().clone(), comment.span), "this waiver")
        .scope(comment.rules.join(","))
        .help(format!("write `{MARKER} <rule> -- <why>` at the end of the line or above it, or remove the comment"))
}

fn entry_problem(entry: &Waive, file: &SettingsFile, message: String) -> Finding {
    let help = "remove the entry, or correct its `rules`, `apps`, `paths` or `until`";
    let scope = entry.rules.join(",");
    if file.is_inside {
        let place = Place::new(file.source.path().clone(), entry.span);
        return Finding::new(UNUSED, Severity::Warning, message).at(place, "this entry").scope(scope).help(help);
    }
    let line = file.source.position(entry.span.start).line;
    Finding::new(UNUSED, Severity::Warning, format!("{}:{line}: {message}", file.name)).scope(scope).help(help)
}
