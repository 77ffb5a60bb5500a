//! What to type now, on the host, when it happens again or still goes on.

use crate::archive::{CrashLoop, Exception, Incident, IncidentKind, Outlook, PortInUse};
use crate::evidence::Cause;

/// The commands that show more of `cause`, or end it for now.
pub fn of(cause: &Cause<'_>) -> Vec<String> {
    let Some(name) = cause.incident.app.as_deref() else { return Vec::new() };
    let app = quoted(name);
    let endings = cause.effects.iter().filter_map(|effect| match &effect.kind {
        IncidentKind::CrashLoop(crash) => Some(ending(crash, &app)),
        _ => None,
    });
    showing(cause.incident, &app).into_iter().chain(endings).collect()
}

/// What ends a loop, or takes up an app that was given up.
fn ending(crash: &CrashLoop, app: &str) -> String {
    match crash.outlook {
        Outlook::GivenUp if crash.revived.is_some() => "pm2 list (whether it runs still)".to_owned(),
        Outlook::GivenUp => format!("pm2 reset {app} && pm2 restart {app} (once it is mended)"),
        _ => format!("pm2 stop {app} (ends the loop)"),
    }
}

fn showing(incident: &Incident, app: &str) -> Vec<String> {
    let worker = incident.workers.first().map_or(app.to_owned(), u32::to_string);
    let describe = || format!("pm2 describe {worker}");
    let errors = || format!("pm2 logs {app} --err --lines 100 --nostream");
    match &incident.kind {
        IncidentKind::CrashLoop(crash) if crash.clean => vec![ending(crash, app)],
        IncidentKind::CrashLoop(crash @ CrashLoop { error: None, signal: Some(signal), .. }) => {
            vec![killer(signal).map_or_else(describe, str::to_owned), ending(crash, app)]
        }
        IncidentKind::CrashLoop(crash) if crash.error.is_none() => {
            vec![format!("pm2 env {worker} (the variables that it gets)"), ending(crash, app)]
        }
        IncidentKind::CrashLoop(crash) => vec![errors(), ending(crash, app)],
        IncidentKind::UncaughtException(Exception { stopped, .. }) if !stopped.is_empty() => {
            vec![errors(), format!("pm2 restart {app} (once it is mended)")]
        }
        IncidentKind::UncaughtException(_) | IncidentKind::ModuleNotFound(_) => vec![errors(), describe()],
        IncidentKind::PortInUse(PortInUse { port: Some(port), .. }) => {
            vec![format!("ss -ltnp 'sport = :{port}'"), "pm2 list".to_owned()]
        }
        IncidentKind::PortInUse(_) => vec!["ss -lxp".to_owned(), "pm2 list".to_owned()],
        IncidentKind::UnhandledRejection(_) => {
            vec!["ss -ltnp (is its port open?)".to_owned(), format!("pm2 restart {app}")]
        }
        IncidentKind::ForcedKill { .. } | IncidentKind::ReadyTimeout(_) | IncidentKind::WatchLoop { .. } => {
            vec![describe()]
        }
        IncidentKind::MemoryRestartLoop { .. } | IncidentKind::OutOfMemory => vec!["pm2 monit".to_owned(), describe()],
        IncidentKind::DroppedByReload(_) => Vec::new(),
        IncidentKind::DuplicateJob(_) => vec![format!("pm2 scale {app} 1 (until one worker alone does it)")],
        IncidentKind::UnevenLoad(_) => vec!["ss -tnp state established".to_owned()],
    }
}

/// What shows who sent a signal that PM2 did not send.
fn killer(signal: &str) -> Option<&'static str> {
    match signal {
        "SIGKILL" => Some("dmesg -T | grep -i 'killed process'"),
        "SIGABRT" | "SIGSEGV" | "SIGBUS" | "SIGILL" | "SIGFPE" | "SIGTRAP" => Some("coredumpctl list"),
        _ => None,
    }
}

/// `name` as a shell takes it for one word.
pub fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+');
    match !name.is_empty() && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_word() {
        for (name, word) in
            [("api", "api"), ("my app", "'my app'"), ("it's", r"'it'\''s'"), ("", "''"), ("$(x)", "'$(x)'")]
        {
            assert_eq!(quoted(name), word);
        }
    }
}
