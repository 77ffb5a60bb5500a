//! Programs that wait to be the main module: under PM2 another file is.

use super::{Action, App, Effect, PassedGuard};
use crate::checkout::Place;
use crate::js::eval::Reach;

/// What the workers of an app would do if PM2 gave Node the script: what its main guard keeps them from.
pub struct Behind<'e> {
    /// The guard.
    pub guard: Place,
    /// The app, its guard passed.
    pub app: App<'e>,
}

impl<'e> App<'e> {
    /// This app, with what its main guard keeps it from as effects that no worker comes to; `main` is the same app as it
    /// would be if Node were given the script.
    pub(super) fn beside(mut self, main: App<'e>) -> (Self, Option<Behind<'e>>) {
        let is_reached = |effect: &Effect| self.reached().any(|(known, _)| known.place == effect.place);
        let lost = main.effects.iter().filter(|effect| effect.is_reached() && !is_reached(effect));
        let lost: Vec<Effect> = lost.filter_map(|effect| ruled_out(effect, self.workers.len())).collect();
        self.effects.extend(lost);
        let guard = self.main_guard().map(|(_, guard)| guard.place.clone());
        (self, guard.map(|guard| Behind { guard, app: main }))
    }
}

/// What workers do behind a main guard, as what none of these `workers` does.
fn ruled_out(effect: &Effect, workers: usize) -> Option<Effect> {
    let mut lost = effect.clone();
    lost.seen.truncate(workers);
    let mut is_guarded = false;
    for seen in lost.seen.iter_mut().flatten() {
        (seen.reach, seen.cause) = (Reach::No, None);
        for guard in seen.guards.iter_mut().filter(|guard| guard.of_launcher && guard.is_passed()) {
            guard.outcome = Some(!guard.holds);
            is_guarded = true;
        }
    }
    is_guarded.then_some(lost)
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
