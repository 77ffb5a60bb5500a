//! `wait_ready` without `process.send('ready')`.

use super::Context;
use crate::finding::{Change, Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect};
use crate::js::eval::Reach;
use crate::pm2::Mode;

const RULE: &str = "missing-ready-signal";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let setting = &app.launch.wait_ready;
    let Some(place) = setting.place.clone().filter(|_| setting.value) else { return };
    if app.reached().any(|(_, seen)| seen.action == Action::Ready) {
        return;
    }
    let Some(confidence) = confidence(app, context) else { return };
    let timeout = app.launch.listen_timeout.value;
    let reload = if app.mode() == Mode::Cluster { ", and each reload waits as long before it stops the old one" } else { "" };
    let listen = app.listens().next().map(|(effect, _, _)| effect.place.clone());
    let listens = listen.is_some();
    let mut finding = Finding::new(
        RULE,
        Severity::Error,
        format!(
            "`wait_ready` is on and the app never sends `ready`: every start waits {timeout} ms (listen_timeout) and is then \
             taken for online whatever its state{reload}"
        ),
    )
    .at(place, "waits for `process.send('ready')`")
    .scope(format!("apps.{}.wait_ready", app.app.name))
    .related(listen.clone(), "when this listens, the app is ready")
    .unsafe_fix(listen.map(|listen| Change::WhenListening { listen, statement: "if (process.send) process.send('ready');" }))
    .help(match app.source() {
        Some(_) if listens => "send it in the callback of `listen`: `if (process.send) process.send('ready')`; or remove `wait_ready`",
        Some(_) => "send it when the start is done: `if (process.send) process.send('ready')`; or remove `wait_ready`",
        None => "remove `wait_ready`: this script does not send `ready`",
    })
    .confidence(confidence)
    .app(app.reference());
    for effect in unreached(app) {
        finding = finding.related(Some(effect.place.clone()), "sent here, where no worker comes");
    }
    for (effect, seen) in app.reached() {
        if let Action::Send(message) = &seen.action {
            finding = finding.related(
                Some(effect.place.clone()),
                format!("`{}` is not what PM2 waits for: it compares with the string 'ready'", message.text),
            );
        }
    }
    findings.push(finding);
}

fn unreached<'a>(app: &'a App<'_>) -> impl Iterator<Item = &'a Effect> {
    app.effects.iter().filter(|effect| {
        !effect.is_reached() && effect.seen.iter().flatten().any(|seen| seen.action == Action::Ready)
    })
}

/// How sure it is that nothing sends it; `None`: nothing can be said.
fn confidence(app: &App<'_>, context: &Context<'_>) -> Option<Confidence> {
    if let Some(script) = app.script {
        return (!script.ready).then_some(Confidence::High);
    }
    app.source()?;
    let assumed = unreached(app).flat_map(|effect| effect.seen.iter().flatten()).any(|seen| !seen.assumed.is_empty());
    if !app.is_complete || assumed || is_started_by_library(app) || (unreached(app).next().is_none() && may_send(app, context)) {
        return Some(Confidence::Low);
    }
    Some(Confidence::High)
}

/// A library that is not known calls what listens: it may tell PM2, too.
fn is_started_by_library(app: &App<'_>) -> bool {
    let mut listens = app.listens().peekable();
    listens.peek().is_some() && listens.all(|(effect, ..)| effect.reach() == Reach::Maybe)
}

/// A reached file speaks of it in a way that was not followed: of the word, and of the process that sends.
fn may_send(app: &App<'_>, context: &Context<'_>) -> bool {
    app.files.iter().filter_map(|file| context.modules.checkout().source(file)).any(|source| {
        let text = source.text();
        let sends = || text.lines().any(|line| line.contains("process") && line.contains("send"));
        (text.contains("'ready'") || text.contains("\"ready\"")) && sends()
    })
}
