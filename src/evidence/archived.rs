//! What an archive alone tells: its incidents in words, and the errors that are none for want of proof.

use crate::archive::{Incident, LoggedError, Timeline};

use super::account::Account;
use super::cause::{Cause, causes, error_of};
use super::known::Known;

/// The causes of everything that went wrong, each with its account, in the order of the timeline.
pub fn accounts(timeline: &Timeline) -> Vec<(Cause<'_>, Account)> {
    let incidents: Vec<&Incident> = timeline.incidents.iter().collect();
    let told = causes(&incidents).into_iter().filter_map(|cause| {
        let processes = timeline.processes.iter().filter(|process| Some(&process.name) == cause.incident.app.as_ref());
        let account = Account::of(&cause, &Known::of_processes(processes))?;
        Some((cause, account))
    });
    told.collect()
}

/// Errors that nothing shows to have ended a process, or to have been handled: one that an app caught and logged looks as an
/// unhandled rejection does in fork mode.
pub fn unproven(timeline: &Timeline) -> impl Iterator<Item = &LoggedError> {
    let is_told = |error: &&LoggedError| {
        let carries = |incident: &Incident| incident.app == error.app && error_of(incident) == Some(&*error.error);
        error.uncaught.is_some() || error.rejections > 0 || timeline.incidents.iter().any(carries)
    };
    timeline.errors.iter().filter(move |error| !is_told(error))
}
