//! `[[waive]]`: findings that are accepted, for a reason, perhaps for a time.

use jiff::civil::Date;

use super::{Names, Paths};
use crate::checkout::Span;
use crate::finding::Finding;

/// One entry.
#[derive(Clone, Debug)]
pub struct Waive {
    /// The rules.
    pub rules: Vec<&'static str>,
    /// The apps; none are named: every app.
    pub apps: Names,
    /// The files; `None`: every file.
    pub paths: Option<Paths>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands in the settings file.
    pub span: Span,
}

/// How far an entry reaches a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It speaks of something else.
    No,
    /// It speaks of some of the apps that the finding concerns: the finding stays for the others.
    Partly,
    /// It covers the finding.
    Wholly,
}

impl Waive {
    /// Whether its time is over on the day `today`.
    pub fn has_ended(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// How far it reaches `finding`.
    pub fn reach(&self, finding: &Finding) -> Reach {
        if !self.rules.contains(&finding.rule) || !self.is_about_place(finding) {
            return Reach::No;
        }
        if self.apps.0.is_empty() {
            return Reach::Wholly;
        }
        let covered = finding.apps.iter().filter(|app| self.apps.cover(&app.name)).count();
        match covered {
            0 => Reach::No,
            count if count == finding.apps.len() => Reach::Wholly,
            _ => Reach::Partly,
        }
    }

    fn is_about_place(&self, finding: &Finding) -> bool {
        let Some(paths) = &self.paths else { return true };
        finding.location.as_ref().is_some_and(|place| paths.cover(&place.file))
    }
}
