//! A question whether this file is the main one, under PM2, whose own file is.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, PassedGuard};
use crate::pm2::Mode;

const RULE: &str = "main-guard-never-true";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(app.main_guard().map(|(effect, guard)| finding(app, context, effect, guard)));
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, guard: &PassedGuard) -> Finding {
    let source = context.modules.checkout().source(&guard.place.file);
    let condition = source.as_ref().map_or("this", |source| source.slice(guard.place.span)).to_owned();
    let confidence = effect.best().map_or(Confidence::Low, |seen| seen.confidence_before(|guard| guard.of_launcher));
    let outcome = if guard.holds { "false" } else { "true" };
    let consequence = match app.mode() {
        Mode::Cluster => "the workers stay online and do nothing",
        Mode::Fork => "the process does nothing, and ends or stays as it is",
    };
    Finding::new(
        RULE,
        Severity::Error,
        format!(
            "`{condition}` is always {outcome} under PM2, which gives Node its own file and imports this one: {consequence}"
        ),
    )
    .confidence(confidence)
    .at(guard.place.clone(), format!("always {outcome}"))
    .scope(effect.function.as_deref().unwrap_or_default())
    .related(Some(effect.place.clone()), "never reached")
    .help("put the start into a file of its own and name that in `script`; or also accept `process.env.pm_exec_path === fileURLToPath(import.meta.url)`")
    .app(app.reference())
}
