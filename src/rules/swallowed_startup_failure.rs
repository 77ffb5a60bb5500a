//! A start that can fail and leave the process online.

use super::Context;
use super::stop::may_exit;
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Failure, Seen};
use crate::js::eval::When;
use crate::pm2::Mode;

const RULE: &str = "swallowed-startup-failure";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(deaf_handlers(app, "uncaughtException").map(|(effect, seen)| uncaught(app, context, effect, seen)));
    let lost = app.reached().filter_map(|(effect, seen)| Some((effect, seen, lost_by(app, effect, seen)?)));
    if let Some((effect, seen, failure)) = lost.max_by_key(|(_, seen, _)| rank(&seen.action)).filter(|_| !serves(app)) {
        let finding = unnoticed(app, effect, seen, failure);
        let is_told = findings.iter().any(|told| told.rule == RULE && told.location == finding.location);
        findings.extend((!is_told).then_some(finding));
    }
}

/// What an app is there for: a server more than a job.
fn rank(action: &Action) -> u8 {
    u8::from(matches!(action, Action::Listen(_)))
}

/// Whether a server of the app opens its port whatever fails.
fn serves(app: &App<'_>) -> bool {
    app.listens().any(|(effect, seen, _)| seen.when == When::Load && lost_by(app, effect, seen).is_none())
}

/// The failure that keeps the app from its work without ending it.
fn lost_by<'a>(app: &App<'_>, effect: &Effect, seen: &'a Seen) -> Option<&'a Failure> {
    let failure = seen.failure.as_ref().filter(|_| is_work(seen))?;
    let dies = !failure.is_swallowed && (!pm2_swallows(app) || handler_ends(app));
    let is_real = failure.risk != effect.place || fails_itself(app, seen);
    (is_real && !dies).then_some(failure)
}

/// What the app does once it has started; a bare timer may serve anything.
fn is_work(seen: &Seen) -> bool {
    let is_work = match &seen.action {
        Action::Listen(_) | Action::Consume => true,
        Action::Schedule(job) => !job.timer,
        _ => false,
    };
    is_work && seen.when == When::Load
}

/// Whether the process lives on after a failure that was handled. A forked one ends when nothing is left to do, and PM2
/// starts it again.
fn stays_up(app: &App<'_>, failure: &Failure) -> bool {
    let goes_on = |seen: &Seen| matches!(seen.action, Action::Listen(_) | Action::Schedule(_) | Action::Consume);
    app.mode() == Mode::Cluster
        || !failure.is_swallowed
        || app.reached().any(|(_, seen)| seen.failure.is_none() && goes_on(seen))
}

/// Listening fails with its promise. A forked process without anything else to do ends then.
fn fails_itself(app: &App<'_>, seen: &Seen) -> bool {
    app.mode() == Mode::Cluster && matches!(&seen.action, Action::Listen(listen) if listen.is_promised)
}

/// PM2 listens for unhandled rejections and only logs them. `lib/ProcessContainer.js:276` (v7.0.3)
fn pm2_swallows(app: &App<'_>) -> bool {
    app.mode() == Mode::Cluster || (app.launch.pmx.value && app.launched.is_none())
}

/// The app's own handler of unhandled rejections ends the process, or is not known.
fn handler_ends(app: &App<'_>) -> bool {
    handlers(app, "unhandledRejection").any(|(effect, _)| !is_deaf(app, effect))
}

fn handlers<'a>(app: &'a App<'_>, name: &'static str) -> impl Iterator<Item = (&'a Effect, &'a Seen)> {
    app.reached().filter(move |(_, seen)| matches!(&seen.action, Action::Handler { event, .. } if &**event == name))
}

/// Handlers after which the process lives on.
fn deaf_handlers<'a>(app: &'a App<'_>, name: &'static str) -> impl Iterator<Item = (&'a Effect, &'a Seen)> {
    handlers(app, name).filter(|(effect, _)| is_deaf(app, effect))
}

fn is_deaf(app: &App<'_>, handler: &Effect) -> bool {
    let is_followed =
        handler.best().is_some_and(|seen| matches!(seen.action, Action::Handler { is_followed: true, .. }));
    let ends = |seen: &Seen| matches!(seen.action, Action::Exit | Action::Throw | Action::Close(_));
    is_followed && !app.following(handler).any(|(_, seen)| ends(seen))
}

fn uncaught(app: &App<'_>, context: &Context<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let message = "this handler lets the process live on after any error, and PM2 leaves it to the app once it has one: an app that \
                   fails to start, or to listen, stays online and deaf";
    Finding::new(RULE, Severity::Error, message)
        .at(effect.place.clone(), "no path from here to `process.exit`")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(
            app.app.option_place("name").or(app.app.option_place("script")).cloned(),
            format!("the app `{}`", app.app.name),
        )
        .help("log the error and call `process.exit(1)`: PM2 starts the app again")
        .confidence(if may_exit(effect, context) { Confidence::Low } else { seen.confidence() })
        .app(app.reference())
}

fn unnoticed(app: &App<'_>, effect: &Effect, seen: &Seen, failure: &Failure) -> Finding {
    let own = deaf_handlers(app, "unhandledRejection").next().filter(|_| !failure.is_swallowed);
    let message = match (failure.is_swallowed, own) {
        (true, _) => {
            "when this fails a handler logs it and nothing else: the app never comes to serve, and PM2 shows it as online"
        }
        (false, Some(_)) => {
            "this handler lets the process live on: when the start fails the app never comes to serve, and PM2 shows it as online"
        }
        (false, None) => {
            "when this fails nobody is told: PM2 keeps processes alive after an unhandled rejection, so the app never comes to serve and \
             is shown as online, with no restart"
        }
    };
    let call = failure.call.clone().unwrap_or_else(|| failure.risk.clone());
    let place = own.map_or(&call, |(handler, _)| &handler.place);
    let is_else = |other: &Place| (other != place).then(|| other.clone());
    Finding::new(RULE, Severity::Error, message)
        .at(place.clone(), "a failure ends here, the process does not")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(is_else(&call), "the start, which fails as a whole")
        .related(is_else(&failure.risk), "this may fail")
        .related(is_else(&effect.place), "and then this is never reached")
        .help(match failure.is_swallowed || own.is_some() {
            true => "end the process where the failure is handled, so that PM2 starts it again: `process.exit(1)` after it is logged",
            false => "end the process so that PM2 starts it again: `main().catch((error) => { console.error(error); process.exit(1); })`",
        })
        .confidence(confidence(effect, seen, failure))
        .at_most(if stays_up(app, failure) { Confidence::High } else { Confidence::Low })
        .app(app.reference())
}

/// Where nothing but listening itself can fail it seldom does.
fn confidence(effect: &Effect, seen: &Seen, failure: &Failure) -> Confidence {
    let most = if failure.risk == effect.place { Confidence::Low } else { Confidence::High };
    seen.confidence().min(most)
}
