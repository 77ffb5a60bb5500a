//! Children of an app that live on when PM2 stops it.

use super::Context;
use crate::checkout::{Place, file_name};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Seen};
use crate::js::eval::When;

const RULE: &str = "orphaned-children";

/// Scripts that run another program.
const PACKAGE_MANAGERS: [&str; 4] = ["npm", "yarn", "pnpm", "npx"];

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let setting = &app.launch.treekill;
    let Some(place) = setting.place.clone().filter(|_| !setting.value) else { return };
    let Some(child) = child(app) else { return };
    let message = format!(
        "with `treekill: false` PM2 signals this process alone: {} lives on after a stop or restart, with the port and the memory it has",
        child.what
    );
    findings.push(
        Finding::new(RULE, Severity::Warning, message)
            .at(place, "children are not signalled")
            .scope(format!("apps.{}.treekill", app.app.name))
            .related(child.place, "started here")
            .help("remove `treekill: false`, or end the child in a handler of SIGINT: `process.on('SIGINT', () => child.kill('SIGINT'))`")
            .confidence(child.confidence.min(setting.confidence()))
            .app(app.reference()),
    );
}

struct Child {
    what: &'static str,
    place: Option<Place>,
    confidence: Confidence,
}

/// What the app starts that may outlive it: short commands end by themselves.
fn child(app: &App<'_>) -> Option<Child> {
    if app.launch.command_line.is_some() {
        let place = app.launch.script_place.clone();
        return Some(Child { what: "what the shell runs", place, confidence: Confidence::High });
    }
    if app.launch.script.as_deref().is_some_and(|script| PACKAGE_MANAGERS.contains(&file_name(script))) {
        let place = app.launch.script_place.clone();
        return Some(Child { what: "the program that it runs", place, confidence: Confidence::High });
    }
    let lives_on = |seen: &Seen| match &seen.action {
        Action::Child(child) => !child.is_ended && matches!(seen.when, When::Load | When::Listening),
        _ => false,
    };
    let (effect, seen) = app.reached().find(|(_, seen)| lives_on(seen))?;
    Some(Child { what: "the child", place: Some(effect.place.clone()), confidence: seen.confidence() })
}
