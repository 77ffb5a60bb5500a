//! Which finding explains which incident.

use crate::archive::{ErrorBlock, Incident, IncidentKind};
use crate::finding::{Confidence, Finding};

use super::Join;
use super::cause::{error_of, is_port_conflict};
use super::known::Known;
use super::observe::places;

impl Join<'_> {
    /// Gives the incident's evidence to every finding that it confirms; whether one of them explains it.
    pub(super) fn explain(&self, incident: &Incident, findings: &mut [Finding]) -> bool {
        let mut is_explained = false;
        for finding in findings.iter_mut().filter(|finding| self.is_confirmed(finding, incident)) {
            finding.evidence.extend(incident.evidence.iter().cloned());
            finding.confidence = finding.confidence.max(Confidence::Medium);
            is_explained |= self.is_cause(finding, incident);
        }
        is_explained
    }

    fn is_confirmed(&self, finding: &Finding, incident: &Incident) -> bool {
        let Some(app) = incident.app.as_deref().filter(|app| self.concerns(finding, app)) else { return false };
        let confirms = |kind: &str| (self.confirms)(finding.rule, kind);
        match &incident.kind {
            IncidentKind::ReadyTimeout(timeout) => {
                confirms(incident.kind.rule()) && self.known(app).is_ready_timeout(timeout.gap_ms)
            }
            _ if error_of(incident).is_some_and(is_port_conflict) => {
                confirms("port-in-use") || confirms(incident.kind.rule())
            }
            _ => confirms(incident.kind.rule()),
        }
    }

    /// An error of the program itself has another cause than a finding elsewhere, which only makes it worse.
    fn is_cause(&self, finding: &Finding, incident: &Incident) -> bool {
        match error_of(incident) {
            Some(error) if !is_port_conflict(error) => {
                self.frame_place(error, incident.app.as_deref()).is_none() || self.is_at(finding, error, incident)
            }
            _ => true,
        }
    }

    /// What the checkout tells of the app called `name`.
    pub(super) fn known(&self, name: &str) -> Known {
        Known::of_checkout(self.fleet.apps.iter().filter(|app| self.identity.is(name, &app.app.name)))
    }

    fn is_at(&self, finding: &Finding, error: &ErrorBlock, incident: &Incident) -> bool {
        let Some(found) = self.frame_place(error, incident.app.as_deref()) else { return false };
        places(finding).any(|place| self.is_near(place, &found.place))
    }
}
