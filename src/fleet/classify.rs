//! What a call that leaves the program does: by the catalogue for libraries, by name for Node's own `process`, `cluster` and timers.

use std::sync::Arc;

use super::arguments::{Arguments, port_of};
use super::by_name::by_name;
use super::closing;
use super::effect::{Action, Delay, Listen, Signal};
use super::host::{Paused, WorkerHost, callback, path_of};
use super::message::{self, Message};
use super::per_worker;
use super::schedule::{self, Switch};
use super::sink;
use super::written::leaves_word;
use crate::catalog::{self, Condition, List, Literal, Place, Test, Text};
use crate::js::eval::{Call, Callback, Reach, Reaction, When, Writes};
use crate::js::heap::Heap;
use crate::js::value::{Taint, Value};

/// Records what the call does and says what follows from it.
pub(super) fn classify(host: &mut WorkerHost<'_>, heap: &Heap, call: &Call<'_>) -> Reaction {
    schedule::start_paused(host, call);
    per_worker::complete(host, heap, call);
    let arguments = Arguments { heap, call, host };
    if let Some(reaction) = node(&arguments) {
        return finish(host, call, reaction);
    }
    let catalog = arguments.libraries();
    let planned = if let Some(job) = schedule::decorated(&arguments) {
        job
    } else if let Some(entry) = catalog.listen(call.symbol).filter(|entry| opens_port(&arguments, entry)) {
        listen(&arguments, entry)
            .with(shutdown_by(&arguments).map(|entry| shutdown(&arguments, entry)))
            .with(catalog.ready(call.symbol).map(|_| Planned::of(Action::Ready)))
    } else if let Some(entry) =
        catalog.schedule(call.symbol).filter(|entry| !entry.decorator && arguments.all(&entry.only_if))
    {
        let job = entry.job.iter().find_map(|place| arguments.function(place));
        let job = job.or_else(|| arguments.last_function()).or_else(|| arguments.held_function());
        schedule::schedule(&arguments, entry, job)
    } else if let Some(entry) = shutdown_by(&arguments) {
        shutdown(&arguments, entry)
    } else if let Some(entry) = catalog.close(call.symbol) {
        closing::close(&arguments, entry)
    } else if catalog.deaf(call.symbol).is_some_and(|entry| closing::is_unheard(&arguments, entry)) {
        closing::close_unheard(&arguments)
    } else if let Some(entry) = catalog.wrong_close(call.symbol).filter(|entry| arguments.all(&entry.only_if)) {
        closing::wrong_close(entry)
    } else if catalog.ready(call.symbol).is_some() {
        Planned::of(Action::Ready)
    } else if let Some(entry) = catalog.lock(call.symbol).filter(|entry| is_guard(&arguments, entry)) {
        lock(&arguments, entry)
    } else if catalog.unique(call.symbol).is_some() {
        Planned { tells: Taint::PROCESS, ..by_name(&arguments) }
    } else if let Some(sink) = catalog.sink(call.symbol).filter(|sink| sink::is_seen_by_others(&arguments, sink)) {
        Planned::of(Action::Sink(sink.kind)).with(lock_in_vain(&arguments))
    } else if catalog.consumer(call.symbol).is_some() {
        Planned::of(Action::Consume)
    } else {
        by_name(&arguments)
    };
    let planned = planned.making(&arguments);
    finish(host, call, planned)
}

fn opens_port(arguments: &Arguments<'_>, entry: &catalog::Listen) -> bool {
    arguments.all(&entry.only_if) && !arguments.any(&entry.unless)
}

/// What is to be recorded for a call, and what will run because of it.
#[derive(Default)]
pub(super) struct Planned {
    pub actions: Vec<(Action, Taint)>,
    /// `None`: every function among the arguments may run.
    pub callbacks: Option<Vec<Planning>>,
    pub exits: bool,
    /// The first action waits for one of these calls.
    pub started_by: Option<List<Text>>,
    /// The option on which the first action hangs.
    pub switch: Option<Switch>,
    /// What the result depends on.
    pub tells: Taint,
}

/// A callback of the first action.
pub(super) struct Planning {
    pub function: Value,
    pub arguments: Vec<Value>,
    pub when: When,
    pub at_most: Reach,
    pub writes: Writes,
}

impl Planned {
    pub fn of(action: Action) -> Self {
        Self { actions: vec![(action, Taint::NONE)], ..Self::default() }
    }

    /// With what the call makes for this worker alone, whose handlers are among the arguments.
    fn making(mut self, arguments: &Arguments<'_>) -> Self {
        let made = per_worker::made(arguments);
        let functions = arguments.functions();
        if !made.is_empty() && !functions.is_empty() && self.callbacks.is_none() {
            let handlers = functions.into_iter().map(|function| runs(function, When::Request, Writes::Possible));
            self = self.running(handlers.map(|handler| Planning { at_most: Reach::Maybe, ..handler }));
        }
        self.actions.extend(made);
        self
    }

    /// With what else the same call does.
    fn with(mut self, other: Option<Self>) -> Self {
        self.actions.extend(other.into_iter().flat_map(|other| other.actions));
        self
    }

    /// The first argument of all callbacks is given, an error too.
    pub fn given(mut self, why: &str) -> Self {
        for callback in self.callbacks.iter_mut().flatten() {
            callback.arguments.insert(0, Value::unknown(why));
        }
        self
    }

    pub fn running(mut self, callbacks: impl IntoIterator<Item = Planning>) -> Self {
        self.callbacks.get_or_insert_default().extend(callbacks);
        self
    }
}

pub(super) fn runs(function: Value, when: When, writes: Writes) -> Planning {
    let arguments = vec![Value::further("what a library gives its callback is not known")];
    Planning { function, arguments, when, at_most: Reach::Yes, writes }
}

/// A task of a timer, which is given the arguments of the call from `first` on.
fn runs_task(arguments: &Arguments<'_>, when: When, first: usize) -> Option<Planning> {
    let given = arguments.call.arguments.get(first..).unwrap_or_default().to_vec();
    Some(Planning { arguments: given, ..runs(arguments.at(0)?.clone(), when, Writes::Stand) })
}

fn finish(host: &mut WorkerHost<'_>, call: &Call<'_>, planned: Planned) -> Reaction {
    let mut cause = None;
    for (action, taint) in planned.actions {
        let number = host.record(call, action, taint);
        cause.get_or_insert(number);
    }
    if let Some(sighting) = cause.and_then(|number| host.sightings.get_mut(number as usize)) {
        let is_off = planned.started_by.is_some();
        let switched = planned.switch.as_ref().map_or(Reach::Yes, Switch::reach);
        sighting.path.reach = sighting.path.reach.min(if is_off { Reach::No } else { switched });
        sighting.switch = planned.switch;
    }
    if let (Some(started_by), Some(number)) = (planned.started_by, cause) {
        host.paused.push(Paused { made: call.site, started_by, sighting: number as usize });
    }
    let handler = planned.callbacks.as_ref().and_then(|callbacks| callbacks.first()?.function.origin);
    if let Some(sighting) = cause.and_then(|number| host.sightings.get_mut(number as usize)) {
        sighting.callback = handler;
    }
    let cause = cause.or_else(|| maker(host, call));
    let callbacks = planned.callbacks.map(|callbacks| {
        let path = |one: &Planning| path_of(call, one.when, cause, one.at_most);
        callbacks
            .into_iter()
            .map(|one| Callback { arguments: one.arguments.clone(), ..callback(&one.function, path(&one), one.writes) })
            .collect()
    });
    Reaction { callbacks, exits: planned.exits, taint: planned.tells, ..Reaction::default() }
}

/// The effect that made, or listens by, what the method is called on: a handler of its events belongs to it.
fn maker(host: &WorkerHost<'_>, call: &Call<'_>) -> Option<u32> {
    host.makers.get(&call.receiver.origin?).copied()
}

fn listen(arguments: &Arguments<'_>, entry: &catalog::Listen) -> Planned {
    let (port, taint) = port_of(arguments, entry);
    let is_exclusive = entry.shares && arguments.first(&entry.exclusive).and_then(|value| value.truthy()) == Some(true);
    let function = arguments.last_function();
    let action = Action::Listen(Listen {
        library: entry.packages.first().map_or("a library", |name| &**name).into(),
        call: arguments.call.symbol.into(),
        port,
        port_per_worker: taint.of_instance(),
        host: arguments.first(&entry.host).and_then(|host| host.as_str().map(Arc::from)),
        shares: entry.shares && !is_exclusive,
        is_exclusive,
        reuses_port: entry.reuses_port || arguments.any(&entry.reuses_port_if),
        has_callback: entry.callback && function.is_some(),
        is_promised: entry.promise,
        ignores_outcome: entry.callback && function.as_ref().is_some_and(|function| takes_nothing(arguments, function)),
        errors_to_callback: entry.errors_to_callback,
        closing: closing::way(arguments),
        udp: entry.udp,
        keep_alive_ms: entry.keep_alive_ms.filter(|_| !arguments.any(&entry.keep_alive_unless)),
    });
    let callbacks = function.map(|function| runs(function, When::Listening, Writes::Stand));
    Planned { actions: vec![(action, taint)], ..Planned::default() }.running(callbacks)
}

fn takes_nothing(arguments: &Arguments<'_>, function: &Value) -> bool {
    let code = arguments.call.code.function(arguments.heap, function);
    code.is_some_and(|(_, function)| function.params.is_empty() && function.rest.is_none())
}

/// What handles signals because of the call: what is called, or the plugin that it registers.
fn shutdown_by<'a>(arguments: &Arguments<'a>) -> Option<&'a catalog::Shutdown> {
    let catalog = arguments.libraries();
    let called = catalog.shutdown(arguments.call.symbol).filter(|entry| !entry.plugin);
    let registered = || catalog.shutdown(arguments.registered()?).filter(|entry| entry.plugin);
    called.or_else(registered).filter(|entry| arguments.all(&entry.only_if) && !arguments.any(&entry.unless))
}

fn shutdown(arguments: &Arguments<'_>, entry: &catalog::Shutdown) -> Planned {
    let given: Vec<Arc<str>> = entry.signals_from.iter().flat_map(|place| arguments.words(place)).collect();
    let own = entry.signals.iter().map(|signal| Arc::from(&**signal));
    let names: Vec<Arc<str>> = if given.is_empty() {
        own.collect()
    } else if entry.adds_signals {
        own.chain(given).collect()
    } else {
        given
    };
    let exits = entry.exits && !arguments.any(&entry.stays_if);
    let drains = entry.drains || arguments.any(&entry.drains_if);
    let leaves_server = exits && !drains && entry.handlers.is_empty();
    let timeout_ms = arguments.limit(&entry.timeout, entry.timeout_ms);
    let library: Arc<str> = catalog::package(entry, arguments.call.symbol).into();
    let switched_off_by = entry.unless.iter().find_map(option_of);
    let signal = |name: Arc<str>| {
        (
            Action::Signal(Signal {
                name,
                library: Some(library.clone()),
                is_followed: false,
                leaves_word: false,
                exits,
                leaves_server,
                switched_off_by: switched_off_by.clone(),
                is_immediate: entry.immediate,
                timeout_ms,
            }),
            Taint::NONE,
        )
    };
    let mut actions: Vec<_> = names.into_iter().map(signal).collect();
    if entry.message {
        let message = Action::Handler { event: "message".into(), is_followed: false, is_async: false };
        actions.push((message, Taint::NONE));
    }
    let handlers: Vec<Value> = entry.handlers.iter().filter_map(|place| arguments.function(place)).collect();
    if let Some(handler) = handlers.first().filter(|_| entry.immediate) {
        actions.push((handled(arguments, "exit".into(), handler), Taint::NONE));
    }
    let handlers = handlers.into_iter();
    let callbacks: Vec<Planning> = handlers.map(|handler| runs(handler, When::Signal, Writes::Private)).collect();
    Planned { actions, ..Planned::default() }.running(callbacks)
}

/// `stopOnTerminationSignals: false`, where a condition asks for that.
fn option_of(condition: &Condition) -> Option<Arc<str>> {
    match (&condition.place, &condition.test) {
        (Place::Argument { option: Some(name), .. }, Test::Equals(Literal::Bool(value))) => {
            Some(format!("{}: {value}", &**name).into())
        }
        _ => None,
    }
}

/// A handler of an event of the process.
fn handled(arguments: &Arguments<'_>, event: Arc<str>, handler: &Value) -> Action {
    let code = arguments.call.code.function(arguments.heap, handler);
    let is_async = code.is_some_and(|(_, function)| function.is_async);
    Action::Handler { event, is_followed: arguments.heap.is_function(handler), is_async }
}

/// An assertion that does not hold ends the process.
fn assert(arguments: &Arguments<'_>) -> Planned {
    let Some(failed) = arguments.at(0).filter(|value| value.truthy() == Some(false)) else { return Planned::default() };
    Planned { actions: vec![(Action::Throw, failed.taint)], ..Planned::default() }
}

/// `setTimeout(task, delay)`
fn timeout(arguments: &Arguments<'_>) -> Planned {
    let delay = arguments.at(1).and_then(delay);
    let action = match arguments.at(0).is_some_and(|task| arguments.heap.is_settler(task)) {
        true => Action::Sleep(delay.filter(|delay| !delay.is_default).map(|delay| delay.ms)),
        false => Action::Timer(delay),
    };
    Planned::of(action).running(runs_task(arguments, When::Timer, 2))
}

/// `1000`, or what is written for where no variable says it: `process.env.TIMEOUT || 1000`.
fn delay(value: &Value) -> Option<Delay> {
    let is_default = value.is_unknown();
    let mut written = value.clone().into_choices().into_iter().filter_map(|choice| choice.as_number());
    let ms = written.next().filter(|_| written.next().is_none())?;
    Some(Delay { ms: ms.max(0.0) as u64, is_default })
}

/// Whether a lock keeps the other workers out.
fn is_guard(arguments: &Arguments<'_>, lock: &catalog::Lock) -> bool {
    lock.loser != catalog::Loser::Waits && (lock.only_if.is_empty() || arguments.any(&lock.only_if))
}

/// A call that looks like a lock.
fn lock_in_vain(arguments: &Arguments<'_>) -> Option<Planned> {
    let entry = arguments.libraries().lock(arguments.call.symbol)?;
    let why = entry.in_vain.as_ref().filter(|_| arguments.any(&entry.in_vain_if))?;
    Some(Planned::of(Action::LockInVain((**why).into())))
}

/// The answer of a lock that only answers tells the process from all others; whoever does not ask is not stopped.
fn lock(arguments: &Arguments<'_>, entry: &catalog::Lock) -> Planned {
    let answers = entry.loser == catalog::Loser::Told && !arguments.any(&entry.hands_out_if);
    let (action, told) = if answers { (None, Taint::PROCESS) } else { (Some(Action::Lock), Taint::NONE) };
    let bodies = arguments.functions().into_iter().map(|function| {
        let body = runs(function, arguments.call.path.when, Writes::Possible);
        Planning { arguments: body.arguments.into_iter().map(|given| given.tainted(told)).collect(), ..body }
    });
    let actions = action.into_iter().map(|action| (action, Taint::NONE)).collect();
    Planned { actions, tells: told, ..Planned::default() }.running(bodies.collect::<Vec<_>>())
}

/// `process`, `cluster` and timers.
fn node(arguments: &Arguments<'_>) -> Option<Planned> {
    let call = arguments.call;
    // A call that registers a handler gives the process: `process.on(...).on(...)`.
    let symbol = match call.symbol.starts_with("process.") {
        true => arguments.host.catalog.canonical(call.symbol),
        false => call.symbol.into(),
    };
    Some(match &*symbol {
        "process.on" | "process.once" | "process.addListener" | "process.prependListener" => on_process(arguments),
        "process.exit" | "process.abort" | "process.reallyExit" => exit(arguments),
        "process.kill" => kill(arguments),
        "process.send" => send(arguments),
        "cluster.fork" => Planned::of(Action::Fork),
        "assert" | "assert.ok" | "assert.strict" | "assert.strict.ok" => assert(arguments),
        "setTimeout" | "timers.setTimeout" => timeout(arguments),
        "timers/promises.setTimeout" | "timers.promises.setTimeout" => {
            let delay = arguments.at(0).and_then(Value::as_number).map(|delay| delay.max(0.0) as u64);
            Planned::of(Action::Sleep(delay))
        }
        "setImmediate" | "process.nextTick" | "timers.setImmediate" => {
            Planned::default().running(runs_task(arguments, call.path.when, 1))
        }
        _ => return None,
    })
}

fn exit(arguments: &Arguments<'_>) -> Planned {
    let is_failure = arguments.at(0).and_then(Value::as_number).is_some_and(|code| code != 0.0);
    let failure = is_failure.then_some((Action::Failure, Taint::NONE));
    let actions = std::iter::once((Action::Exit, Taint::NONE)).chain(failure).collect();
    Planned { actions, exits: true, ..Planned::default() }.running([])
}

fn on_process(arguments: &Arguments<'_>) -> Planned {
    let Some(event) = arguments.at(0).and_then(|event| arguments.text(event)) else { return Planned::default() };
    let handler = arguments.at(1).cloned();
    if event.starts_with("SIG") {
        let is_followed = handler.as_ref().is_some_and(|handler| arguments.heap.is_function(handler));
        let signal = Signal {
            name: event.clone(),
            library: None,
            is_followed,
            leaves_word: handler.as_ref().is_some_and(|handler| leaves_word(arguments, handler)),
            exits: false,
            leaves_server: false,
            switched_off_by: None,
            is_immediate: false,
            timeout_ms: None,
        };
        let run = handler.map(|handler| Planning {
            arguments: vec![Value::string(event)],
            ..runs(handler, When::Signal, Writes::Private)
        });
        return Planned::of(Action::Signal(signal)).running(run);
    }
    let mut runs_by = Vec::new();
    if let Some(handler) = &handler {
        let (when, given) = match &*event {
            "message" => (When::Message, Value::string("shutdown")),
            _ => (When::Signal, Value::unknown("an event of the process")),
        };
        runs_by.push(Planning { arguments: vec![given], ..runs(handler.clone(), when, Writes::Private) });
        if &*event == "message" {
            runs_by.push(Planning { at_most: Reach::Maybe, ..runs(handler.clone(), When::Request, Writes::Private) });
        }
    }
    let handler = handler.unwrap_or_else(Value::undefined);
    Planned::of(handled(arguments, event, &handler)).running(runs_by)
}

/// `process.kill(process.pid, signal)` ends the process, if no handler of it is left; `kill(pid, 0)` only asks.
fn kill(arguments: &Arguments<'_>) -> Planned {
    let is_own = arguments.at(0).and_then(Value::why).is_some_and(|why| &**why == "the process id");
    let asks = arguments.at(1).and_then(Value::as_number) == Some(0.0);
    if is_own && !asks { Planned::of(Action::Exit) } else { Planned::default() }
}

fn send(arguments: &Arguments<'_>) -> Planned {
    let Some(payload) = arguments.at(0) else { return Planned::default() };
    let action = match payload.as_str() {
        Some("ready") => Action::Ready,
        _ => Action::Send(Message {
            text: arguments.describe(payload),
            flaw: message::flaw(arguments.heap, arguments.libraries(), payload),
        }),
    };
    Planned { actions: vec![(action, payload.taint)], ..Planned::default() }
        .running(arguments.last_function().map(|function| runs(function, arguments.call.path.when, Writes::Stand)))
}
