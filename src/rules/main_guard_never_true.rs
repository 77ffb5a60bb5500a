//! A question whether this file is the main one, under PM2, whose own file is.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::{Action, App, Effect, PassedGuard};
use crate::pm2::Mode;

const RULE: &str = "main-guard-never-true";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(entry) = app.source() else { return };
    let lost = app.effects.iter().filter(|effect| is_work(effect)).find_map(|effect| {
        let guard = closed_by_launcher(effect)?;
        // In another file the answer is no without PM2 too.
        (guard.place.file == *entry || effect.place.file == *entry).then_some((effect, guard))
    });
    findings.extend(lost.map(|(effect, guard)| finding(app, context, effect, guard)));
}

/// What no worker comes to, because none of them was launched with this file.
fn closed_by_launcher(effect: &Effect) -> Option<&PassedGuard> {
    let closed = |guard: &&PassedGuard| guard.of_launcher && !guard.is_passed() && !guard.is_assumed;
    let is_lost = !effect.is_reached() && effect.seen.iter().all(Option::is_some);
    effect.seen.iter().flatten().find_map(|seen| seen.guards.iter().rfind(closed)).filter(|_| is_lost)
}

/// More than a way out of the program.
fn is_work(effect: &Effect) -> bool {
    let ends = |action: &Action| {
        matches!(action, Action::Exit | Action::Failure | Action::Throw | Action::MayThrow(_) | Action::Close(_))
    };
    effect.seen.iter().flatten().any(|seen| !ends(&seen.action))
}

fn finding(app: &App<'_>, context: &Context<'_>, effect: &Effect, guard: &PassedGuard) -> Finding {
    let source = context.modules.checkout().source(&guard.place.file);
    let condition = source.as_ref().map_or("this", |source| source.slice(guard.place.span)).to_owned();
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
    .at(guard.place.clone(), format!("always {outcome}"))
    .scope(effect.function.as_deref().unwrap_or_default())
    .related(Some(effect.place.clone()), "never reached")
    .help("put the start into a file of its own and name that in `script`; or also accept `process.env.pm_exec_path === fileURLToPath(import.meta.url)`")
    .app(app.reference())
}
