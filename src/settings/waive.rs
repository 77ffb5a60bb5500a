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

impl Waive {
    /// Whether its time is over on the day `today`.
    pub fn has_ended(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it speaks of `finding`, at least for one of the apps that the finding concerns.
    pub fn speaks_of(&self, finding: &Finding) -> bool {
        let is_about_apps = self.apps.0.is_empty() || finding.apps.iter().any(|app| self.covers(&app.name));
        self.rules.contains(&finding.rule) && is_about_apps && self.is_about_place(finding)
    }

    /// Whether it holds for the app of this name.
    pub fn covers(&self, app: &str) -> bool {
        self.apps.0.is_empty() || self.apps.cover(app)
    }

    fn is_about_place(&self, finding: &Finding) -> bool {
        let Some(paths) = &self.paths else { return true };
        finding.location.as_ref().is_some_and(|place| paths.cover(&place.file))
    }
}
