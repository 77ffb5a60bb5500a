//! Jobs: calls and decorators that register one, and what starts a job that is registered only.

use super::arguments::Arguments;
use super::classify::{Planned, Planning, runs};
use super::effect::{Action, Schedule};
use super::host::{Paused, WorkerHost};
use crate::catalog::{self, Condition, Literal, Test};
use crate::js::eval::{Call, Reach, When, Writes};
use crate::js::value::{Origin, Taint, Value};

/// An option that switches an effect on or off: `@Cron(when, { disabled: !isLeader })`. What it is decides like a condition on the way.
#[derive(Clone, Debug)]
pub(super) struct Switch {
    /// Its value.
    pub value: Value,
    /// Where it comes from.
    pub place: Origin,
    /// What it is where the effect is on.
    pub on: bool,
}

impl Switch {
    /// Whether the effect is on.
    pub fn reach(&self) -> Reach {
        match self.value.truthy() {
            Some(value) if value == self.on => Reach::Yes,
            Some(_) => Reach::No,
            None => Reach::Maybe,
        }
    }
}

/// A decorator that schedules, applied to a method: what its own call gave is called with class, name and descriptor.
pub(super) fn decorated(arguments: &Arguments<'_>) -> Option<Planned> {
    let (call, host, heap) = (arguments.call, arguments.host, arguments.heap);
    let symbol = call.symbol.strip_suffix("()")?;
    let entry = arguments.libraries().schedule(symbol).filter(|entry| entry.decorator)?;
    let given = host.made(call.receiver).map_or(&[][..], |made| &made.with);
    let decorator = Call { symbol, arguments: given, ..call.clone() };
    let job = arguments.at(2).and_then(|descriptor| heap.data(descriptor, "value")).cloned();
    Some(schedule(&Arguments { heap, call: &decorator, host }, entry, job))
}

/// What the call of `entry` registers; `job` is the function that runs.
pub(super) fn schedule(arguments: &Arguments<'_>, entry: &catalog::Schedule, job: Option<Value>) -> Planned {
    let when =
        entry.when.iter().find_map(|place| arguments.value(place).filter(|value| !arguments.heap.is_function(value)));
    let switch = switch(arguments, entry);
    let is_on = switch.as_ref().map_or_else(|| !is_paused(arguments, entry), |switch| switch.reach() > Reach::No);
    let action = Action::Schedule(Schedule {
        call: arguments.call.symbol.into(),
        when: when.as_ref().and_then(|when| arguments.text(when)),
        coordinated: entry.coordinated || arguments.any(&entry.coordinated_if),
        timer: entry.timer,
        once: entry.once,
        paused: !is_on,
    });
    let writes = if entry.once { Writes::Stand } else { Writes::Possible };
    let at_most = switch.as_ref().map_or(Reach::Yes, Switch::reach);
    let run = job.map(|job| match entry.timer {
        true => Planning { arguments: Vec::new(), ..runs(job, When::Timer, writes) },
        false => Planning { at_most, ..runs(job, When::Timer, writes) },
    });
    let started_by = (!is_on).then(|| entry.started_by.clone());
    let planned = Planned::of(action).running(run);
    Planned { started_by, switch, ..planned }
}

fn is_paused(arguments: &Arguments<'_>, entry: &catalog::Schedule) -> bool {
    entry.paused
        || arguments.any(&entry.paused_if)
        || (!entry.paused_unless.is_empty() && !arguments.any(&entry.paused_unless))
}

/// The option whose value is computed, and decides whether the job starts by itself.
fn switch(arguments: &Arguments<'_>, entry: &catalog::Schedule) -> Option<Switch> {
    let off = entry.paused_if.iter().map(|condition| (condition, false));
    let on = entry.paused_unless.iter().map(|condition| (condition, true));
    off.chain(on).find_map(|(Condition { place, test }, starts)| {
        let Test::Equals(Literal::Bool(wanted)) = test else { return None };
        let value = arguments.value(place).filter(|value| value.is_unknown() || value.taint != Taint::NONE)?;
        let place = value.origin.unwrap_or(arguments.call.site);
        Some(Switch { value, place, on: *wanted == starts })
    })
}

/// `job.start()` of a job that was registered without being started: how it comes there, it comes to the job.
pub(super) fn start_paused(host: &mut WorkerHost<'_>, call: &Call<'_>) {
    let Some(origin) = call.receiver.origin else { return };
    let starts = |job: &&Paused| job.made == origin && job.started_by.iter().any(|starter| **starter == *call.symbol);
    let Some(job) = host.paused.iter().find(starts) else { return };
    let Some(sighting) = host.sightings.get_mut(job.sighting) else { return };
    if let Action::Schedule(schedule) = &mut sighting.action
        && (schedule.paused || sighting.path.reach < call.path.reach)
    {
        schedule.paused = call.path.reach == Reach::No;
        sighting.path = call.path;
        sighting.switch = None;
    }
}
