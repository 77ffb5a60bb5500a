//! Programs that wait to be the main module: under PM2 another file is.

use super::{Action, App, Effect, PassedGuard};
use crate::checkout::Place;

/// What the workers of an app would do if PM2 gave Node the script: what its main guard keeps them from.
pub struct Behind<'e> {
    /// The guard.
    pub guard: Place,
    /// The app, its guard passed.
    pub app: App<'e>,
}

impl App<'_> {
    /// Work that no worker comes to because none was launched with the script, and the guard before it.
    pub fn main_guard(&self) -> Option<(&Effect, &PassedGuard)> {
        let entry = self.source()?;
        self.effects.iter().filter(|effect| is_work(effect)).find_map(|effect| {
            let guard = closed_by_launcher(effect)?;
            // In another file the answer is no without PM2 too.
            (guard.place.file == *entry || effect.place.file == *entry).then_some((effect, guard))
        })
    }
}

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
