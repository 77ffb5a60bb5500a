//! `shutdown_with_message` and what the app listens to.

use super::Context;
use super::stop::message_handlers;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect};
use crate::pm2::Mode;

const RULE: &str = "shutdown-message-mismatch";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let setting = &app.launch.shutdown_with_message;
    if app.source().is_none() || setting.doubt.is_some() {
        return;
    }
    let handler = message_handlers(app).next();
    let handles_signal = handles(app, &[context.stop_signal()]);
    let finding = match (setting.value, handler) {
        (true, None) => Some(unheard(app)),
        (true, Some(handler)) if app.mode() == Mode::Cluster && !handles_signal => {
            Some(reload(app, context, handler))
        }
        (false, Some(handler)) if is_only_way(app, context) => Some(unsent(app, context, handler)),
        _ => None,
    };
    findings.extend(finding);
}

/// The app stops by the message, which nobody sends, and by no signal.
pub(super) fn is_only_way(app: &App<'_>, context: &Context<'_>) -> bool {
    !app.launch.shutdown_with_message.value
        && app.launch.shutdown_with_message.doubt.is_none()
        && !handles(app, &[context.stop_signal(), "SIGTERM"])
        && message_handlers(app).next().is_some()
}

fn handles(app: &App<'_>, signals: &[&str]) -> bool {
    app.signals().any(|(_, _, signal)| signals.contains(&&*signal.name))
}

fn unheard(app: &App<'_>) -> Finding {
    let setting = &app.launch.shutdown_with_message;
    let mut finding = Finding::new(
        RULE,
        Severity::Error,
        "PM2 stops this app with the message 'shutdown' and no signal, and nothing in the app answers it: every stop and restart waits \
         for kill_timeout and ends with SIGKILL",
    )
    .scope(format!("apps.{}.shutdown_with_message", app.app.name))
    .help("handle it: `process.on('message', (message) => { if (message === 'shutdown') … })`; or remove `shutdown_with_message`")
    .confidence(if app.is_complete { Confidence::High } else { Confidence::Low })
    .app(app.reference());
    if let Some(place) = setting.place.clone() {
        finding = finding.at(place, "stops with a message");
    }
    for (effect, seen) in app.reached() {
        if matches!(&seen.action, Action::Handler { event, .. } if &**event == "message") {
            finding = finding.related(Some(effect.place.clone()), "does nothing for the bare string 'shutdown'");
        }
    }
    finding
}

fn reload(app: &App<'_>, context: &Context<'_>, handler: &Effect) -> Finding {
    let signal = context.stop_signal();
    let message = format!(
        "stop and restart send the message 'shutdown', but `pm2 reload` of a cluster app sends {signal}, which nothing handles: \
         every reload drops the requests in flight"
    );
    Finding::new(RULE, Severity::Error, message)
        .at(handler.place.clone(), "not called by a reload")
        .scope(handler.function.as_deref().unwrap_or_default())
        .related(app.launch.shutdown_with_message.place.clone(), "heeded by stop and restart only")
        .help(format!("register the same shutdown for {signal} too"))
        .confidence(if app.is_complete { Confidence::High } else { Confidence::Low })
        .app(app.reference())
}

fn unsent(app: &App<'_>, context: &Context<'_>, handler: &Effect) -> Finding {
    let signal = context.stop_signal();
    let message = format!(
        "this shutdown waits for the message 'shutdown', which PM2 sends only with `shutdown_with_message`: the app is stopped with \
         {signal} and ends at once"
    );
    Finding::new(RULE, Severity::Error, message)
        .at(handler.place.clone(), "never called by PM2")
        .scope(handler.function.as_deref().unwrap_or_default())
        .related(
            app.app.option_place("name").or(app.app.option_place("script")).cloned(),
            format!("the app `{}`", app.app.name),
        )
        .help(format!("register the same shutdown for {signal}"))
        .confidence(handler.best().map_or(Confidence::Low, crate::fleet::Seen::confidence))
        .app(app.reference())
}
