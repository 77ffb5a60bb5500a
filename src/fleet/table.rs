//! From the runs of workers to the table of workers and effects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::effect::{Action, Doubt, Effect, Failure, PassedGuard, Seen};
use super::host::Sighting;
use super::schedule::Switch;
use crate::checkout::Place;
use crate::js::eval::attempt::{AttemptId, Attempts};
use crate::js::eval::{DoubtId, GuardId, Interpreter, Reach, Waits};
use crate::js::value::{Origin, Taint};
use crate::modules::models::is_model;

/// What one run of a program came to.
#[derive(Default)]
pub(super) struct Run {
    entries: Vec<RunEffect>,
    files: Vec<Arc<str>>,
    entered: Vec<(Option<usize>, Place)>,
    /// Libraries and modules of Node that it loads.
    pub libraries: BTreeSet<Arc<str>>,
    /// Conditions on what the worker is, and what each came out as.
    worker_guards: BTreeMap<Place, Option<bool>>,
    /// Conditions on what tells a process from all others.
    elections: BTreeSet<Place>,
    /// The script asks whether it is the main module.
    pub asks_for_main: bool,
    is_complete: bool,
}

struct RunEffect {
    place: Place,
    function: Option<Arc<str>>,
    seen: Seen,
}

impl Run {
    /// Whether the program forks workers of its own.
    pub fn forks(&self) -> bool {
        self.entries.iter().any(|entry| entry.seen.action == Action::Fork && entry.seen.reach > Reach::No)
    }
}

/// What is needed of a run to tell places, conditions and assumptions.
pub(super) struct Context {
    files: Vec<Arc<str>>,
    guards: Vec<(Option<GuardId>, PassedGuard)>,
    doubts: Vec<crate::js::eval::Doubt>,
    assumptions: Vec<Arc<str>>,
    attempts: Attempts,
    waits: Waits,
    is_complete: bool,
}

impl Context {
    pub fn of(run: &Interpreter<'_>) -> Self {
        let guard = |guard: &crate::js::eval::Guard| {
            (guard.parent, passed(run.place(guard.place), guard.holds, guard.outcome, guard.taint))
        };
        Self {
            files: run.modules().map(|(file, _)| file.clone()).collect(),
            guards: run.guards().iter().map(guard).collect(),
            doubts: run.doubts().to_vec(),
            assumptions: run.assumptions().to_vec(),
            attempts: run.attempts().clone(),
            waits: run.waits().clone(),
            is_complete: !run.is_spent(),
        }
    }

    /// The modules, by number.
    pub fn files(&self) -> &[Arc<str>] {
        &self.files
    }

    fn place(&self, origin: Origin) -> Place {
        let file = self.files.get(origin.module.0 as usize).cloned().unwrap_or_else(|| "".into());
        Place::new(file, origin.span)
    }

    /// A switch as a condition on the way.
    fn switched(&self, switch: &Switch) -> PassedGuard {
        passed(self.place(switch.place), switch.on, switch.value.truthy(), switch.value.taint)
    }

    fn switched_perhaps(&self, switch: Option<&Switch>) -> Option<Doubt> {
        let switch = switch?;
        Some(Doubt { place: self.place(switch.place), why: switch.value.why()?.clone() })
    }

    fn doubt(&self, id: Option<DoubtId>) -> Option<Doubt> {
        let doubt = self.doubts.get(id?.0 as usize)?;
        Some(Doubt { place: self.place(doubt.place), why: doubt.why.clone() })
    }

    fn failure(&self, attempt: Option<AttemptId>, order: u32) -> Option<Failure> {
        let failure = self.attempts.failure_before(attempt, order)?;
        Some(Failure {
            risk: self.place(failure.risk.place),
            call: failure.call.map(|call| self.place(call)),
            is_swallowed: failure.is_swallowed,
        })
    }

    fn passed(&self, last: Option<GuardId>) -> Vec<PassedGuard> {
        let chain = std::iter::successors(last, |id| self.guards.get(id.0 as usize)?.0);
        chain.take(MAX_GUARDS).filter_map(|id| Some(self.guards.get(id.0 as usize)?.1.clone())).collect()
    }

    /// A condition that came out differently from one time to the next is undecided.
    fn worker_guards(&self) -> BTreeMap<Place, Option<bool>> {
        let mut guards = BTreeMap::new();
        for (_, guard) in self.guards.iter().filter(|(_, guard)| guard.of_worker()) {
            let known = guards.entry(guard.place.clone()).or_insert(guard.outcome);
            *known = known.filter(|_| *known == guard.outcome);
        }
        guards
    }

    fn elections(&self) -> BTreeSet<Place> {
        let guards = self.guards.iter().map(|(_, guard)| guard);
        guards.filter(|guard| guard.of_process && guard.outcome.is_none()).map(|guard| guard.place.clone()).collect()
    }

    fn asks_for_main(&self) -> bool {
        let script = self.files.first();
        self.guards.iter().any(|(_, guard)| guard.of_launcher && Some(&guard.place.file) == script)
    }

    fn assumed(&self, taint: Taint) -> Vec<Arc<str>> {
        taint.assumptions().filter_map(|index| self.assumptions.get(index).cloned()).collect()
    }
}

fn passed(place: Place, holds: bool, outcome: Option<bool>, taint: Taint) -> PassedGuard {
    PassedGuard {
        place,
        holds,
        outcome,
        of_instance: taint.of_instance(),
        of_pm_id: taint.of_pm_id(),
        of_role: taint.of_role(),
        of_channel: taint.of_channel(),
        of_launcher: taint.of_launcher(),
        of_process: taint.of_process(),
        is_assumed: taint.is_assumed(),
    }
}

/// Conditions remembered for one effect.
const MAX_GUARDS: usize = 32;

/// The run that made `sightings`.
pub(super) fn run(context: Context, sightings: Vec<Sighting>, entered: &BTreeSet<(Option<u32>, Origin)>) -> Run {
    let entered =
        entered.iter().map(|(cause, function)| (cause.map(|cause| cause as usize), context.place(*function))).collect();
    let entries = sightings
        .into_iter()
        .map(|sighting| {
            let switch = sighting.switch.as_ref();
            RunEffect {
                place: context.place(sighting.site),
                function: sighting.function,
                seen: Seen {
                    action: sighting.action,
                    object: sighting.object.map(|origin| context.place(origin)),
                    callback: sighting.callback.map(|origin| context.place(origin)),
                    also: sighting.also.iter().map(|origin| context.place(*origin)).collect(),
                    reach: sighting.path.reach,
                    when: sighting.path.when,
                    cause: sighting.path.cause.map(|cause| cause as usize),
                    doubt: context.switched_perhaps(switch).or_else(|| context.doubt(sighting.path.doubt)),
                    guards: switch
                        .map(|switch| context.switched(switch))
                        .into_iter()
                        .chain(context.passed(sighting.path.guard))
                        .collect(),
                    assumed: context.assumed(sighting.path.taint.with(sighting.taint)),
                    order: sighting.order,
                    awaited: sighting.awaited,
                    waits: context.waits.count(sighting.waited),
                    waited_for: context.waits.calls(sighting.waited).map(|call| Some(context.place(call?))).collect(),
                    failure: context.failure(sighting.path.attempt, sighting.order),
                },
            }
        })
        .collect();
    let (worker_guards, elections) = (context.worker_guards(), context.elections());
    let asks_for_main = context.asks_for_main();
    let files = context.files.into_iter().filter(|file| !is_model(file)).collect();
    Run {
        entries,
        files,
        entered,
        libraries: BTreeSet::new(),
        worker_guards,
        elections,
        asks_for_main,
        is_complete: context.is_complete,
    }
}

/// The table of an app.
pub(super) struct Table {
    pub effects: Vec<Effect>,
    pub files: Vec<Arc<str>>,
    pub entered: BTreeSet<(Option<usize>, Place)>,
    pub worker_guards: BTreeMap<Place, Vec<Option<bool>>>,
    pub elections: BTreeSet<Place>,
    pub is_complete: bool,
}

/// What tells effects apart: place, kind, and in whose callback it is.
type Key = (Place, &'static str, Option<Arc<str>>, Option<usize>);

/// Joins the runs of an app's workers.
pub(super) fn build(runs: &[Arc<Run>]) -> Table {
    let mut effects: Vec<Effect> = Vec::new();
    let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
    let mut entered = BTreeSet::new();
    for (worker, run) in runs.iter().enumerate() {
        let mut numbers: Vec<usize> = Vec::with_capacity(run.entries.len());
        for entry in &run.entries {
            let cause = entry.seen.cause.and_then(|cause| numbers.get(cause).copied());
            let key = (entry.place.clone(), entry.seen.action.kind(), name_of(&entry.seen.action), cause);
            let number = *by_key.entry(key).or_insert_with(|| {
                effects.push(Effect {
                    place: entry.place.clone(),
                    function: entry.function.clone(),
                    seen: vec![None; runs.len()],
                });
                effects.len() - 1
            });
            numbers.push(number);
            let seen = Seen { cause, ..entry.seen.clone() };
            if let Some(slot) = effects.get_mut(number).and_then(|effect| effect.seen.get_mut(worker)) {
                *slot = Some(surer(slot.take(), seen));
            }
        }
        entered.extend(
            run.entered
                .iter()
                .map(|(cause, function)| (cause.and_then(|cause| numbers.get(cause).copied()), function.clone())),
        );
    }
    let mut files: Vec<Arc<str>> = Vec::new();
    for file in runs.iter().flat_map(|run| &run.files) {
        if !files.contains(file) {
            files.push(file.clone());
        }
    }
    let mut worker_guards: BTreeMap<Place, Vec<Option<bool>>> = BTreeMap::new();
    for (guard, outcome) in runs.iter().flat_map(|run| &run.worker_guards) {
        worker_guards.entry(guard.clone()).or_default().push(*outcome);
    }
    let elections = runs.iter().flat_map(|run| run.elections.iter().cloned()).collect();
    Table { effects, files, entered, worker_guards, elections, is_complete: runs.iter().all(|run| run.is_complete) }
}

/// The signal or event, where one place handles several.
fn name_of(action: &Action) -> Option<Arc<str>> {
    match action {
        Action::Signal(signal) => Some(signal.name.clone()),
        Action::Handler { event, .. } => Some(event.clone()),
        _ => None,
    }
}

fn surer(known: Option<Seen>, new: Seen) -> Seen {
    match known {
        Some(known) if known.reach >= new.reach => known,
        _ => new,
    }
}
