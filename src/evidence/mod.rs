//! Joins findings with what an archive tells: a finding and an incident that speak of the same app, place or cause become one;
//! an incident that no finding explains is reported on its own; a finding that the logs contradict loses confidence.

mod account;
pub mod archived;
mod cause;
mod explain;
mod incident;
mod known;
mod place;
pub mod probes;
mod seen;

use std::collections::BTreeSet;

use crate::archive::{Incident, Timeline};
use crate::checkout::Checkout;
use crate::finding::{Evidence, Finding};
use crate::fleet::{App, Fleet};

pub use account::Account;
use cause::is_effect_of;
pub use cause::{Cause, causes, innermost_frame};
pub use known::Known;
use probes::Probes;

/// What is needed to join.
pub struct Join<'a> {
    /// The files, for the places that stacks name.
    pub checkout: &'a Checkout,
    /// The apps.
    pub fleet: &'a Fleet<'a>,
    /// What the archive tells.
    pub timeline: &'a Timeline,
    /// The texts that were searched.
    pub probes: &'a Probes,
    /// Whether findings of a rule are confirmed by incidents of another: `(rule, incident)`.
    pub confirms: fn(&str, &str) -> bool,
    /// The id under which an incident may be reported on its own.
    pub reported_as: fn(&str) -> Option<&'static str>,
}

impl Join<'_> {
    /// The findings with their evidence, and those incidents that none explains.
    pub fn apply(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            self.attach_sightings(finding);
        }
        let (explained, open): (Vec<&Incident>, Vec<&Incident>) =
            self.timeline.incidents.iter().partition(|incident| self.explain(incident, &mut findings));
        let is_told = |incident: &&Incident| explained.iter().any(|cause| is_effect_of(incident, cause));
        let unexplained: Vec<&Incident> = open.into_iter().filter(|incident| !is_told(incident)).collect();
        findings.extend(self.report(&unexplained));
        findings.iter_mut().for_each(|finding| tidy(&mut finding.evidence));
        findings
    }

    /// The app of the checkout that an incident happened to.
    fn app(&self, incident: &Incident) -> Option<&App<'_>> {
        let name = incident.app.as_ref()?;
        self.fleet.apps.iter().find(|app| app.launch.name == *name)
    }
}

/// Each line once, in the order of its worth.
fn tidy(evidence: &mut Vec<Evidence>) {
    let mut seen = BTreeSet::new();
    evidence.retain(|line| seen.insert((line.archive, line.file.clone(), line.line, line.kind)));
}

/// Whether a finding concerns the app called `name`.
fn concerns(finding: &Finding, name: &str) -> bool {
    finding.apps.iter().any(|app| &*app.name == name)
}
