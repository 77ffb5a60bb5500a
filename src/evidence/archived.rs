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
        let is_carried = timeline.incidents.iter().any(|incident| carries(incident, error));
        error.uncaught.is_some() || error.rejections > 0 || is_carried
    };
    timeline.errors.iter().filter(move |error| !is_told(error))
}

/// What the logs have of the error that `incident` carries.
pub fn logged<'t>(timeline: &'t Timeline, incident: &Incident) -> Option<&'t LoggedError> {
    timeline.errors.iter().find(|error| carries(incident, error))
}

fn carries(incident: &Incident, error: &LoggedError) -> bool {
    incident.app == error.app && error_of(incident) == Some(&*error.error)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::archive::{ErrorBlock, Exception, IncidentKind, Process, Proof, ReadyTimeout};

    fn incident(kind: IncidentKind) -> Incident {
        Incident {
            kind,
            app: Some("api".into()),
            workers: Vec::new(),
            count: 1,
            first: None,
            last: None,
            evidence: Vec::new(),
        }
    }

    fn error(message: &str) -> Arc<ErrorBlock> {
        Arc::new(ErrorBlock { class: "Error".into(), message: message.into(), ..ErrorBlock::default() })
    }

    fn logged(message: &str) -> LoggedError {
        let error = error(message);
        LoggedError {
            app: Some("api".into()),
            workers: Vec::new(),
            error,
            count: 1,
            rejections: 0,
            uncaught: None,
            first: None,
            last: None,
            evidence: Vec::new(),
            earliest: Vec::new(),
            latest: Vec::new(),
        }
    }

    fn process(pm2_env: serde_json::Value) -> Process {
        Process {
            name: "api".into(),
            pm_id: Some(0),
            status: None,
            restart_time: 0,
            unstable_restarts: 0,
            pm2_env: Arc::new(pm2_env),
            file: "jlist.json".into(),
            archive: 1,
        }
    }

    #[test]
    fn errors_that_an_incident_carries_are_not_told_again() {
        let (silent, stopped) = Default::default();
        let exception = Exception { error: error("known"), proof: Proof::Printed, silent, stopped };
        let timeline = Timeline {
            incidents: vec![incident(IncidentKind::UncaughtException(exception))],
            errors: vec![logged("known"), logged("unknown")],
            ..Timeline::default()
        };
        let messages: Vec<&str> = unproven(&timeline).map(|logged| &*logged.error.message).collect();
        assert_eq!(messages, ["unknown"]);
        assert_eq!(accounts(&timeline).len(), 1);
    }

    #[test]
    fn a_slow_start_is_an_incident_where_the_saved_list_says_that_pm2_waited_so_long() {
        let slow = IncidentKind::ReadyTimeout(ReadyTimeout { gap_ms: 3000, shortest_ms: 3000, reloads: 0 });
        let told = |pm2_env| {
            let (incidents, processes) = (vec![incident(slow.clone())], vec![process(pm2_env)]);
            accounts(&Timeline { incidents, processes, ..Timeline::default() }).len()
        };
        assert_eq!(told(serde_json::json!({ "wait_ready": true })), 1);
        assert_eq!(told(serde_json::json!({ "wait_ready": true, "listen_timeout": 20_000 })), 0);
        assert_eq!(told(serde_json::json!({ "listen_timeout": 3000 })), 0);
    }
}
