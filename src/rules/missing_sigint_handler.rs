//! A server that PM2 stops without warning.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App};
use crate::pm2::Mode;

const RULE: &str = "missing-sigint-handler";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some((listen, seen, _)) = app.listens().find(|(_, _, listen)| !listen.udp) else { return };
    if app.script.is_some() || handles_stop(app) {
        return;
    }
    let single = app.launch.mode == Mode::Fork && app.workers.len() == 1;
    let severity = if single { Severity::Info } else { Severity::Warning };
    let message = "PM2 stops a worker with SIGINT, at every reload, restart and stop; nothing handles it, so the process ends at \
                   once and the requests it is serving are dropped";
    findings.push(
        Finding::new(RULE, severity, message)
            .at(listen.place.clone(), "serves requests that nobody lets finish")
            .scope(listen.function.as_deref().unwrap_or_default())
            .related(app.app.option_place("name").or(app.app.option_place("script")).cloned(), format!("the app `{}`", app.app.name))
            .help(format!(
                "handle it: `process.on('SIGINT', () => server.close(() => process.exit(0)))`, done within kill_timeout ({} ms)",
                app.launch.kill_timeout.value
            ))
            .confidence(confidence(app, context).min(seen.confidence()))
            .app(app.reference()),
    );
}

/// Some handler of SIGINT or SIGTERM (the latter alone is another rule's), or of the message that PM2 may send instead.
fn handles_stop(app: &App<'_>) -> bool {
    let by_message = app.launch.shutdown_with_message.value;
    app.reached().any(|(_, seen)| match &seen.action {
        Action::Signal(signal) => matches!(&*signal.name, "SIGINT" | "SIGTERM"),
        Action::Handler { event } => by_message && &**event == "message",
        _ => false,
    })
}

fn confidence(app: &App<'_>, context: &Context<'_>) -> Confidence {
    let unreached = app.effects.iter().any(|effect| {
        effect.seen.iter().flatten().any(|seen| matches!(&seen.action, Action::Signal(signal) if &*signal.name == "SIGINT"))
    });
    let speaks_of_it = || {
        app.files.iter().filter_map(|file| context.modules.checkout().source(file)).any(|source| {
            let text = source.text();
            text.contains("SIGINT") || text.contains("enableShutdownHooks")
        })
    };
    match () {
        () if !app.is_complete || unreached || speaks_of_it() => Confidence::Low,
        () => Confidence::High,
    }
}
