//! Joins findings with what an archive tells: a finding and an incident that speak of the same app, place or cause become one;
//! an incident that no finding explains is reported on its own; a finding that the logs contradict loses confidence.

mod account;
pub mod archived;
mod cause;
mod contradict;
mod daemon;
mod dropped;
mod explain;
mod frame;
mod identity;
mod incident;
mod known;
mod observe;
mod own_logs;
pub mod probes;
mod speaker;
mod strangers;
mod texts;
mod words;

use std::collections::BTreeSet;

use crate::archive::{Incident, Timeline};
use crate::finding::{Evidence, Finding};
use crate::fleet::{App, Fleet};
use crate::modules::Modules;

pub use account::Account;
use cause::is_effect_of;
pub use cause::{Cause, causes, innermost_frame};
use frame::Maps;
use identity::Identity;
pub use known::Known;
pub use own_logs::{log_formats, own_logs};
use probes::Probes;

/// Findings and an archive, to be joined.
pub struct Join<'a> {
    /// The files, for the places that stacks name.
    modules: &'a Modules<'a>,
    maps: Maps,
    fleet: &'a Fleet<'a>,
    timeline: &'a Timeline,
    /// The texts that were searched.
    probes: &'a Probes,
    identity: Identity,
    pages: Pages,
}

/// What the rules' pages say of archives.
#[derive(Clone, Copy)]
pub struct Pages {
    /// Whether findings of a rule are confirmed by incidents or observations of another name: `(rule, name)`.
    pub confirms: fn(&str, &str) -> bool,
    /// Whether findings of a rule make incidents of another name worse, and never cause them: `(rule, name)`.
    pub worsens: fn(&str, &str) -> bool,
    /// Whether an observation speaks against findings of a rule: `(rule, name)`.
    pub contradicts: fn(&str, &str) -> bool,
    /// The id under which an incident may be reported on its own.
    pub reported_as: fn(&str) -> Option<&'static str>,
}

impl<'a> Join<'a> {
    /// What `timeline` tells of `fleet`, whose texts were searched as `probes`.
    pub fn new(
        modules: &'a Modules<'a>,
        fleet: &'a Fleet<'a>,
        timeline: &'a Timeline,
        probes: &'a Probes,
        pages: Pages,
    ) -> Self {
        let identity = Identity::of(fleet, timeline);
        Self { modules, maps: Maps::default(), fleet, timeline, probes, identity, pages }
    }

    /// The findings with their evidence, and those incidents that none explains.
    pub fn apply(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            self.observe(finding);
            self.contradict(finding);
        }
        let dropped = self.dropped_rejections();
        let (mut explained, mut open, mut explanations) = (Vec::new(), Vec::new(), Vec::new());
        let all: Vec<&Incident> = self.timeline.incidents.iter().chain(&dropped).collect();
        let is_effect = |incident: &&&Incident| all.iter().any(|cause| is_effect_of(incident, cause));
        let (effects, first): (Vec<&Incident>, Vec<&Incident>) = all.iter().partition(is_effect);
        for incident in first.into_iter().chain(effects) {
            match self.explain(incident, &mut findings) {
                Some(explanation) if explanation.is_explained => {
                    explained.push(incident);
                    explanations.push(explanation);
                }
                explanation => open.push((incident, explanation)),
            }
        }
        explanations.iter().for_each(|explanation| explanation.refer(&mut findings));
        open.retain(|(incident, _)| !explained.iter().any(|cause| is_effect_of(incident, cause)));
        let unexplained: Vec<&Incident> = open.iter().map(|(incident, _)| *incident).collect();
        for cause in causes(&unexplained) {
            let Some(mut finding) = self.finding(&cause) else { continue };
            let of_cause =
                open.iter().filter(|(incident, _)| cause.incidents().any(|own| std::ptr::eq(own, *incident)));
            for explanation in of_cause.filter_map(|(_, explanation)| explanation.as_ref()) {
                finding = explanation.relate(finding, &mut findings);
            }
            findings.push(finding);
        }
        findings.iter_mut().for_each(|finding| tidy(&mut finding.evidence));
        findings
    }

    /// The app of the checkout that the archive calls `name`.
    fn app(&self, name: &str) -> Option<&App<'_>> {
        self.fleet.apps.iter().find(|app| self.identity.is(name, &app.app.name))
    }

    /// Whether a finding concerns the app that the archive calls `name`.
    fn concerns(&self, finding: &Finding, name: &str) -> bool {
        finding.apps.iter().any(|app| self.identity.is(name, &app.name))
    }
}

/// Each line once, in the order of its worth.
fn tidy(evidence: &mut Vec<Evidence>) {
    let mut seen = BTreeSet::new();
    evidence.retain(|line| seen.insert((line.archive, line.file.clone(), line.line, line.kind)));
}
