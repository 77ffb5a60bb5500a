//! Incidents that no finding explains, as findings of their own.

use std::sync::Arc;

use crate::archive::{CrashLoop, ErrorBlock, Exception, Incident, IncidentKind, ListenCall, PortInUse};
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Finding, Severity};
use crate::fleet::{Action, App, Port};

use super::Join;
use super::explain::{error_of, is_port_conflict};

impl Join<'_> {
    /// One finding for each cause: a crash loop and the exception that makes it are one.
    pub(super) fn report(&self, incidents: &[&Incident]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for incident in incidents.iter().filter(|incident| self.is_own_cause(incident, incidents)) {
            let Some(mut finding) = self.finding(incident) else { continue };
            for other in incidents.iter().filter(|other| self.is_effect_of(other, incident)) {
                finding.evidence.extend(other.evidence.iter().cloned());
                if let IncidentKind::CrashLoop(crash) = &other.kind {
                    finding.message = format!("{}; {}", finding.message, outcome(crash));
                }
            }
            findings.push(finding);
        }
        findings
    }

    fn is_own_cause(&self, incident: &Incident, all: &[&Incident]) -> bool {
        !all.iter().any(|cause| !std::ptr::eq(*cause, incident) && self.is_effect_of(incident, cause))
    }

    /// Whether `effect` is what `cause` looks like from elsewhere.
    fn is_effect_of(&self, effect: &Incident, cause: &Incident) -> bool {
        if std::ptr::eq(effect, cause) || effect.app != cause.app {
            return false;
        }
        let same_error = || error_of(effect).is_some() && error_of(effect) == error_of(cause);
        match (&effect.kind, &cause.kind) {
            (IncidentKind::CrashLoop(_), IncidentKind::PortInUse(_) | IncidentKind::ModuleNotFound(_)) => {
                same_error() || error_of(effect).is_none_or(is_port_conflict)
            }
            (IncidentKind::CrashLoop(_), IncidentKind::UncaughtException(_) | IncidentKind::UnhandledRejection(_)) => {
                same_error()
            }
            (IncidentKind::CrashLoop(_), IncidentKind::OutOfMemory) => true,
            (
                IncidentKind::UncaughtException(error) | IncidentKind::UnhandledRejection(error),
                IncidentKind::PortInUse(_),
            ) => is_port_conflict(&error.error),
            (
                IncidentKind::UncaughtException(_) | IncidentKind::UnhandledRejection(_),
                IncidentKind::ModuleNotFound(_),
            ) => same_error(),
            _ => false,
        }
    }

    fn finding(&self, incident: &Incident) -> Option<Finding> {
        let rule = (self.reported_as)(incident.kind.rule())?;
        let app = self.app(incident);
        let name = incident.app.as_deref().unwrap_or("an app");
        let (severity, message, help) = match &incident.kind {
            IncidentKind::CrashLoop(crash) => (Severity::Error, crash_loop(name, crash, incident), crash_help(crash)),
            IncidentKind::PortInUse(port) => (Severity::Error, port_in_use(name, port, incident), port_help(port, app)),
            IncidentKind::UncaughtException(Exception { error, .. }) => (
                Severity::Error,
                format!("`{}` ended an instance of `{name}` {}", head(error), times(incident)),
                "mend what throws here; a handler of uncaughtException that lives on would only hide it".to_owned(),
            ),
            IncidentKind::UnhandledRejection(Exception { error, .. }) => (
                Severity::Error,
                format!(
                    "a promise of `{name}` was rejected {} with `{}` and nothing handled it: PM2 prints it and the process lives on, whatever was left undone",
                    times(incident),
                    head(error)
                ),
                "handle the rejection; at start-up end the process: `main().catch((error) => { console.error(error); process.exit(1); })`".to_owned(),
            ),
            IncidentKind::ForcedKill { timeout_ms } => (
                Severity::Error,
                format!(
                    "PM2 killed `{name}` with SIGKILL {}: it was still alive {} after it was told to stop",
                    times(incident),
                    timeout_ms.map_or("kill_timeout".to_owned(), |timeout| format!("{timeout} ms (kill_timeout)"))
                ),
                "end the process in the handler of SIGINT when its work is done, and give it the time with `kill_timeout`".to_owned(),
            ),
            IncidentKind::ReadyTimeout(timeout) => {
                if !self.is_listen_timeout(name, timeout.gap_ms) || (timeout.reloads == incident.count && sends_ready(app)) {
                    return None;
                }
                (
                    Severity::Warning,
                    format!("`{name}` took {} ms to come online {}: PM2 waited for `ready` until listen_timeout", timeout.gap_ms, times(incident)),
                    "send `ready` as soon as the server listens, or raise `listen_timeout` above the time that it needs to start".to_owned(),
                )
            }
            IncidentKind::MemoryRestartLoop { limit, highest } => (
                Severity::Error,
                format!(
                    "PM2 restarted `{name}` {} because it had more than max_memory_restart: {} MiB of {} MiB at the most",
                    times(incident),
                    highest >> 20,
                    limit >> 20
                ),
                "find what grows (a heap snapshot under load); raise `max_memory_restart` only if the app needs that much when healthy".to_owned(),
            ),
            IncidentKind::OutOfMemory => (
                Severity::Error,
                format!("V8 ran out of heap and aborted `{name}` {}", times(incident)),
                "find what grows; if the app needs more when healthy, raise `--max-old-space-size` in `node_args`, and set `max_memory_restart` below it".to_owned(),
            ),
            IncidentKind::ModuleNotFound(missing) => (
                Severity::Error,
                format!("`{name}` could not load `{}` ({}) {}", missing.module, missing.code, times(incident)),
                "install or build it before the start, or correct the path".to_owned(),
            ),
            IncidentKind::DroppedByReload => (
                Severity::Warning,
                format!("a reload of `{name}` stopped the old process before the new one was there {}", times(incident)),
                "use `exec_mode: 'cluster'`, where a reload starts the new worker first".to_owned(),
            ),
        };
        Some(self.finish(Finding::new(rule, severity, message).help(help), incident, app, name))
    }

    fn finish(&self, finding: Finding, incident: &Incident, app: Option<&App<'_>>, name: &str) -> Finding {
        let code = error_of(incident).and_then(|error| self.frame_place(error, incident));
        let place = code.or_else(|| app.and_then(|app| place_of(app, incident)));
        let mut finding = match place {
            Some(place) => finding.at(place, label(incident)),
            None => finding,
        };
        finding = match app {
            Some(app) => finding.app(app.app.reference()),
            None => finding.app(AppRef { name: name.into(), config: Arc::from(""), envs: Vec::new() }),
        };
        finding.evidence = incident.evidence.clone();
        finding.scope(format!("{name}: {}", incident.kind.rule())).confidence(Confidence::High)
    }
}

/// An app whose starts are quick and that is slow in reloads alone is reloaded in a way that misses its `ready`.
fn sends_ready(app: Option<&App<'_>>) -> bool {
    app.is_some_and(|app| app.reached().any(|(_, seen)| seen.action == Action::Ready))
}

/// The place that is concerned, where no stack tells.
fn place_of(app: &App<'_>, incident: &Incident) -> Option<Place> {
    let option = |key: &str| app.app.option_place(key).cloned();
    let listen = || {
        let IncidentKind::PortInUse(PortInUse { port: Some(port), .. }) = &incident.kind else { return None };
        app.listens()
            .find(|(_, _, listen)| listen.port == Port::Number(*port))
            .map(|(effect, _, _)| effect.place.clone())
    };
    let own = match &incident.kind {
        IncidentKind::PortInUse(_) => listen(),
        IncidentKind::ForcedKill { .. } => option("kill_timeout"),
        IncidentKind::ReadyTimeout(_) => option("wait_ready"),
        IncidentKind::MemoryRestartLoop { .. } => option("max_memory_restart"),
        _ => None,
    };
    own.or_else(|| option("script")).or_else(|| app.app.place().cloned())
}

fn label(incident: &Incident) -> &'static str {
    match &incident.kind {
        IncidentKind::UncaughtException(_) => "thrown here",
        IncidentKind::UnhandledRejection(_) => "rejected here",
        IncidentKind::PortInUse(_) => "the port was taken",
        IncidentKind::CrashLoop(CrashLoop { error: Some(_), .. }) => "ended by an error here",
        _ => "this app",
    }
}

fn head(error: &ErrorBlock) -> String {
    format!("{}: {}", error.class, error.message)
}

/// `14 times between 2026-03-02T02:00:11 and 2026-03-02T02:14:00`
fn times(incident: &Incident) -> String {
    let count = match incident.count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    match (incident.first, incident.last) {
        (Some(first), Some(last)) if first != last => format!("{count} between {first} and {last}"),
        (Some(first), _) => format!("{count} at {first}"),
        _ => count,
    }
}

fn ends(crash: &CrashLoop, incident: &Incident) -> String {
    format!("it ended by itself {}; {}", times(incident), outcome(crash))
}

fn outcome(crash: &CrashLoop) -> &'static str {
    match crash.errored.len() {
        0 => "PM2 started it again each time",
        _ => "PM2 started it again until it gave up (errored)",
    }
}

fn crash_loop(name: &str, crash: &CrashLoop, incident: &Incident) -> String {
    let cause = match &crash.error {
        Some(error) => format!(": `{}`", head(error)),
        None if crash.mode == Some(crate::archive::Mode::Cluster) => {
            ". No error was logged: in cluster mode what is thrown while the program loads leaves no trace".to_owned()
        }
        None => String::new(),
    };
    let life = crash.lifetime_ms.map_or(String::new(), |(shortest, longest)| match shortest == longest {
        true => format!(", each time after about {shortest} ms"),
        false => format!(", after {shortest} to {longest} ms"),
    });
    format!("`{name}`: {}{life}{cause}", ends(crash, incident))
}

fn crash_help(crash: &CrashLoop) -> String {
    match crash.error {
        Some(_) => "mend the error; PM2 gives a crashing app up only where it dies faster than `min_uptime`".to_owned(),
        None => "start the script with plain `node` and the same environment to see the error".to_owned(),
    }
}

fn port_in_use(name: &str, port: &PortInUse, incident: &Incident) -> String {
    let address = match (&port.address, port.port) {
        (Some(address), Some(port)) => format!("{address}:{port}"),
        (None, Some(port)) => format!("port {port}"),
        (Some(path), None) => path.to_string(),
        (None, None) => "its port".to_owned(),
    };
    let who = match port.call {
        ListenCall::Listen => "the process asked for it itself, so another process on the host has it",
        ListenCall::Bind => {
            "a cluster worker asked for it, so something outside this PM2 has it, or the same worker twice"
        }
    };
    format!("`{name}` could not open {address} (EADDRINUSE) {}: {who}", times(incident))
}

fn port_help(port: &PortInUse, app: Option<&App<'_>>) -> String {
    let number = port.port.map_or("PORT".to_owned(), |port| port.to_string());
    let other = app.map_or("", |app| if app.workers.len() > 1 { " or another instance of the app" } else { "" });
    format!(
        "see who holds it: `ss -ltnp 'sport = :{number}'` (an old process, another app{other}); then stop that, or give one of them another port"
    )
}
