//! A script that does its work and ends, and is started again for that.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::{Reach, When};

const RULE: &str = "one-shot-restarted";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let launch = app.launch;
    if !launch.autorestart.value || launch.stop_exit_codes.value.contains(&0) || serves(app) {
        return;
    }
    let fails =
        |place: &Place| app.reached().any(|(effect, seen)| seen.action == Action::Failure && effect.place == *place);
    let exit = app.reached().find(|(effect, seen)| is_end(seen) && !fails(&effect.place));
    findings.extend(exit.map(|(effect, seen)| finding(app, effect, seen)));
}

/// The program ends here in every life, once its work is done.
fn is_end(seen: &Seen) -> bool {
    let is_assumed = seen.guards.iter().any(|guard| guard.is_assumed);
    seen.action == Action::Exit && seen.reach == Reach::Yes && seen.when == When::Load && !is_assumed
}

fn serves(app: &App<'_>) -> bool {
    let lives_on = |action: &Action| match action {
        Action::Listen(_) | Action::Ready => true,
        Action::Schedule(job) => !job.once,
        _ => false,
    };
    app.reached().any(|(_, seen)| lives_on(&seen.action))
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let place = app.app.option_place("script").or(app.app.place()).cloned();
    let cron = app.launch.cron_restart.as_ref();
    let help = match cron {
        Some(_) => "set `autorestart: false`: `cron_restart` starts it again at its times all the same",
        None => {
            "set `autorestart: false` (or `stop_exit_codes: [0]`), with `cron_restart` if it is to run at times; or run it in the deploy instead"
        }
    };
    let finding = Finding::new(
        RULE,
        Severity::Error,
        "the script ends by itself when its work is done, and PM2 starts it again at once: it runs in a loop",
    );
    let located = match place {
        Some(place) => finding.at(place, "restarted whenever it ends").related(Some(effect.place.clone()), "ends here"),
        None => finding.at(effect.place.clone(), "ends here"),
    };
    located
        .scope("script")
        .related(
            cron.and_then(|cron| cron.place.clone()),
            "starts it at these times, and does not keep it from being restarted",
        )
        .help(help)
        .confidence(seen.confidence().min(if app.is_complete { Confidence::High } else { Confidence::Medium }))
        .app(app.reference())
}
