//! What each worker makes for itself and the others do not share: state in memory, pools of connections, things of which
//! one process alone may have one.

use std::sync::Arc;

use super::arguments::Arguments;
use super::effect::Action;
use super::host::WorkerHost;
use crate::catalog::{self, Catalog, List, Place, StateKind, Text};
use crate::js::eval::{Call, When};
use crate::js::heap::{Class, Heap, Slot};
use crate::js::value::{Kind, Origin, Taint, Value};

/// State in the memory of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The package that keeps it.
    pub library: Arc<str>,
    /// What for.
    pub kind: StateKind,
    /// Why it is not certain that the store is local.
    pub doubt: Option<Arc<str>>,
    /// What to give it, or to use instead, for all workers to share it.
    pub shared: Option<Arc<str>>,
    /// Nothing was seen to use it, and it keeps nothing until something does.
    pub is_idle: bool,
}

/// A server whose clients must come back to the same worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticky {
    /// What the catalogue says of it.
    pub entry: catalog::Sticky,
    /// Its clients keep to one connection, and so to one worker.
    pub by_one_connection: bool,
    /// The workers are made sticky.
    pub is_sticky: bool,
    /// Messages are carried between workers.
    pub has_adapter: bool,
}

/// A pool of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The package that opens it.
    pub library: Arc<str>,
    /// Connections at most.
    pub size: u32,
    /// The program says so; else it is the library's default.
    pub is_given: bool,
    /// Connections that the server takes by default.
    pub server_limit: u32,
}

/// Something of which one process alone may have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Singleton {
    /// What it is, in a few words.
    pub what: Arc<str>,
    /// Any number may exist, but each runs its handler.
    pub by_handler: bool,
    /// It is work that is done at each start.
    pub is_work: bool,
}

/// A process that this one starts and does not wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// A handler of a signal ends it.
    pub is_ended: bool,
}

/// Objects within objects that hold a limiter.
const MAX_HELD: usize = 2;
/// So many of each are looked at.
const MAX_LOOKED_AT: usize = 64;

/// Calls that start one; what `exec` starts ends by itself as a rule.
const STARTING: [&str; 5] = ["child_process.spawn", "child_process.fork", "execa", "execa.execa", "execa.execaNode"];

/// What the call makes for this worker alone.
pub(super) fn made(arguments: &Arguments<'_>) -> Vec<(Action, Taint)> {
    let symbol = arguments.call.symbol;
    let catalog = arguments.libraries();
    let mut made = Vec::new();
    let called = catalog.state(symbol).filter(|entry| !entry.plugin);
    if let Some(entry) = called.or_else(|| plugin(arguments)) {
        made.extend(state(arguments, entry).map(|(state, taint)| (Action::State(state), taint)));
    }
    let none = Taint::NONE;
    made.extend(catalog.sticky(symbol).map(|entry| (Action::Sticky(sticky(arguments, entry)), none)));
    made.extend(
        catalog.connection(symbol).and_then(|entry| pool(arguments, entry)).map(|pool| (Action::Pool(pool), none)),
    );
    made.extend(catalog.singleton(symbol).and_then(|entry| singleton(arguments, entry)));
    if STARTING.contains(&symbol) && !arguments.call.awaited {
        made.push((Action::Child(Child { is_ended: false }), none));
    }
    made
}

/// What one process alone may have, and what the conditions for that depend on.
fn singleton(arguments: &Arguments<'_>, entry: &catalog::Singleton) -> Option<(Action, Taint)> {
    let because = match entry.only_if.is_empty() {
        true => Taint::NONE,
        false => arguments.because(&entry.only_if)?,
    };
    let what = (&*entry.what).into();
    let singleton = Singleton { what, by_handler: entry.handler, is_work: entry.work };
    (!arguments.any(&entry.unless)).then_some((Action::Singleton(singleton), because))
}

/// The plugin that `app.register(plugin, options)` registers.
fn plugin<'a>(arguments: &Arguments<'a>) -> Option<&'a catalog::State> {
    arguments.libraries().state(arguments.registered()?).filter(|entry| entry.plugin)
}

/// Where state lies.
enum Store {
    Local,
    Shared,
    Unknown(Arc<str>),
}

fn state(arguments: &Arguments<'_>, entry: &catalog::State) -> Option<(State, Taint)> {
    let mut taint = Taint::NONE;
    let mut doubt = None;
    for place in entry.store.iter() {
        let Some(value) = given(arguments, place) else { continue };
        taint = taint.with(value.taint);
        match store(arguments, &value, &entry.local_stores) {
            Store::Shared => return None,
            Store::Unknown(why) => doubt = Some(why),
            Store::Local => {}
        }
    }
    let symbol = if entry.plugin { arguments.registered() } else { None }.unwrap_or(arguments.call.symbol);
    let library = catalog::package(entry, symbol).into();
    let shared = entry.shared.as_ref().map(|shared| Arc::from(&**shared));
    Some((State { library, kind: entry.kind, doubt, shared, is_idle: entry.idle }, taint))
}

/// The value at `place`, or what it is looked up in where that is not known.
fn given(arguments: &Arguments<'_>, place: &Place) -> Option<Value> {
    let Place::Argument { argument, option: Some(_) } = place else { return arguments.value(place) };
    let options = arguments.value(&Place::Argument { argument: *argument, option: None })?;
    if options.is_unknown() { Some(options) } else { arguments.value(place) }
}

fn store(arguments: &Arguments<'_>, value: &Value, local: &List<Text>) -> Store {
    match &value.kind {
        Kind::Undefined | Kind::Null | Kind::Bool(false) => Store::Local,
        Kind::Object(id) => match &arguments.heap.object(*id).class {
            Class::Map(_) if local.iter().any(|name| **name == *"Map()") => Store::Local,
            Class::Derived(inner) => store(arguments, inner, local),
            _ => Store::Shared,
        },
        Kind::Unknown(unknown) => match &unknown.symbol {
            Some(symbol) if local.iter().any(|name| **name == **symbol) => Store::Local,
            // What a library made; what the program put on a library's object is not known.
            Some(symbol) if symbol.ends_with("()") => Store::Shared,
            _ => Store::Unknown(unknown.why.clone()),
        },
        _ => Store::Shared,
    }
}

fn sticky(arguments: &Arguments<'_>, entry: &catalog::Sticky) -> Sticky {
    Sticky {
        entry: entry.clone(),
        by_one_connection: arguments.any(&entry.unless),
        is_sticky: false,
        has_adapter: arguments.first(&entry.adapter).is_some(),
    }
}

/// Notes of what is known already what this call does to it: a server gets an adapter or sticky workers, a child ends, a
/// limiter is used.
pub(super) fn complete(host: &mut WorkerHost<'_>, heap: &Heap, call: &Call<'_>) {
    let ends = call.path.when == When::Signal && call.symbol.ends_with(".kill");
    for number in &host.completable {
        let Some(sighting) = host.sightings.get_mut(*number) else { continue };
        match &mut sighting.action {
            Action::Sticky(server) => server.complete(host.catalog, call.symbol),
            Action::Child(child) => child.is_ended |= ends && call.receiver.origin == Some(sighting.site),
            Action::State(state) => state.is_idle &= !uses(heap, call, &state.library, sighting.site),
            _ => {}
        }
    }
}

/// Whether the call is of what `library` made at `made`, or is given it.
fn uses(heap: &Heap, call: &Call<'_>, library: &str, made: Origin) -> bool {
    let is_called = call.symbol.ends_with("()") && call.symbol.starts_with(library);
    let mut values = call.arguments.iter().chain([call.receiver]).cloned();
    is_called || values.any(|value| holds(heap, &value, made, MAX_HELD))
}

/// Whether `value` was made at `made`, or is a list or object that holds what was.
fn holds(heap: &Heap, value: &Value, made: Origin, depth: usize) -> bool {
    let is_there = |value: &Value| holds(heap, value, made, depth - 1);
    let within = || {
        let object = heap.object(value.as_object().filter(|_| depth > 0)?);
        let elements = heap.elements(value).unwrap_or_default();
        let held = object.properties.iter().filter_map(|(_, property)| match &property.slot {
            Slot::Value(value) => Some(value),
            Slot::Accessor { .. } => None,
        });
        Some(elements.iter().chain(held).take(MAX_LOOKED_AT).any(is_there))
    };
    value.origin == Some(made) || within().unwrap_or(false)
}

impl Sticky {
    fn complete(&mut self, catalog: &Catalog, symbol: &str) {
        let canonical = catalog.canonical(symbol);
        let is_called = |calls: &List<Text>| calls.iter().any(|name| **name == *canonical);
        self.has_adapter |= is_called(&self.entry.adapter_calls);
        self.is_sticky |= is_called(&self.entry.sticky_calls);
    }
}

fn pool(arguments: &Arguments<'_>, entry: &catalog::Connection) -> Option<Pool> {
    let server_limit = u32::from(entry.server_limit?);
    let given = arguments.first(&entry.pool);
    let size = match &given {
        Some(size) => size.as_number().filter(|size| *size > 0.0)? as u32,
        None => u32::from(entry.default_pool?),
    };
    let library = entry.packages.first().map_or("a library", |name| &**name).into();
    Some(Pool { library, size, is_given: given.is_some(), server_limit })
}
