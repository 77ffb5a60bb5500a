//! A handler for the signal that PM2 does not send.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "sigterm-only-handler";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let handles = |name: &str| app.signals().any(|(_, _, signal)| &*signal.name == name);
    let by_message = app.launch.shutdown_with_message.value
        && app
            .reached()
            .any(|(_, seen)| matches!(&seen.action, Action::Handler { event, .. } if &**event == "message"));
    if handles(context.stop_signal()) || by_message || app.script.is_some() {
        return;
    }
    let unreached = app.effects.iter().any(|effect| {
        effect
            .seen
            .iter()
            .flatten()
            .any(|seen| matches!(&seen.action, Action::Signal(signal) if &*signal.name == "SIGINT"))
    });
    for (effect, seen, signal) in app.signals().filter(|(_, _, signal)| &*signal.name == "SIGTERM") {
        let (who, change) = match &signal.library {
            Some(library) => (
                format!("`{library}` handles"),
                format!("tell `{library}` to handle SIGINT too (see its `signals` option)"),
            ),
            None => ("this handles".into(), "register the same function for SIGINT: `process.on('SIGINT', …)`".into()),
        };
        let confidence = if unreached { crate::finding::Confidence::Low } else { seen.confidence() };
        findings.push(
            Finding::new(
                RULE,
                Severity::Error,
                format!("{who} SIGTERM only, and PM2 sends SIGINT: the handler never runs, the process ends at once"),
            )
            .at(effect.place.clone(), "never called by PM2")
            .scope(effect.function.as_deref().unwrap_or_default())
            .related(
                app.app.option_place("name").or(app.app.option_place("script")).cloned(),
                format!("the app `{}`", app.app.name),
            )
            .help(format!("{change}. In Docker too: pm2-runtime gets SIGTERM and sends SIGINT to the apps"))
            .confidence(confidence)
            .app(app.reference()),
        );
    }
}
