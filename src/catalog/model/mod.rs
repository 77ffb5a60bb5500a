//! What an entry of the catalogue says, as it stands in `rules/catalog/*.toml`. `build/catalog.rs` reads entries into
//! these types and prints them as tables; a user's settings are read into the same types.
//!
//! Calls are named by *symbols*: the package, then the steps to the function that is called, `()` for the result of
//! a call or of `new`. `express().listen` is the method of what `express()` returns; `.**` at the end stands for
//! everything reached from there. `{a,b}` stands for both spellings.

mod entries;
#[cfg(test)]
mod schema;
mod value;

use serde::Deserialize;

pub(crate) use entries::kinds;
pub use entries::{Entries, Named, Same};
use value::expanded;
pub use value::{Condition, Kind, List, Literal, Place, Role, Test, Text, Which};

/// A call that opens a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Package names, without `node:`.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Where the port is, the first that is given. A string that is no number is a Unix path.
    #[serde(default)]
    pub port: List<Place>,
    /// The port if none of these is given.
    pub default_port: Option<u16>,
    /// Where the address is.
    #[serde(default)]
    pub host: List<Place>,
    /// Where `exclusive` or its like is: when true, workers do not share the port.
    #[serde(default)]
    pub exclusive: List<Place>,
    /// All must hold for the call to listen.
    #[serde(default)]
    pub only_if: List<Condition>,
    /// It does not listen if any of these holds.
    #[serde(default)]
    pub unless: List<Condition>,
    /// The last function argument is called when it listens.
    #[serde(default)]
    pub callback: bool,
    /// The result can be awaited until it listens.
    #[serde(default)]
    pub promise: bool,
    /// Workers of a cluster share the port through the primary, which learns of it (`listening`).
    #[serde(default = "yes")]
    pub shares: bool,
    /// It asks the kernel to share the port among processes (`SO_REUSEPORT`).
    #[serde(default)]
    pub reuses_port: bool,
    /// One that holds makes it so.
    #[serde(default)]
    pub reuses_port_if: List<Condition>,
    /// A datagram port: no conflict with a TCP port of the same number.
    #[serde(default)]
    pub udp: bool,
    /// The major version from which a failure to listen is given to the callback.
    pub errors_to_callback: Option<u8>,
    /// How long it leaves an idle HTTP connection open by default, in ms.
    pub keep_alive_ms: Option<u32>,
    /// Not known to hold if any of these does.
    #[serde(default)]
    pub keep_alive_unless: List<Condition>,
}

/// A call that makes a function run again and again, or at a time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called; with `decorator` the decorators.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Where the function is that runs, the first that is a function. None: not to be seen at the call.
    #[serde(default)]
    pub job: List<Place>,
    /// Where the cron expression, period or time is, the first that is given and no function.
    #[serde(default)]
    pub when: List<Place>,
    /// All must hold for the call to schedule.
    #[serde(default)]
    pub only_if: List<Condition>,
    /// The decorated method is the job.
    #[serde(default)]
    pub decorator: bool,
    /// Registered but never running until one of `started_by` is called, whatever the arguments.
    #[serde(default)]
    pub paused: bool,
    /// The same, if any holds.
    #[serde(default)]
    pub paused_if: List<Condition>,
    /// The same, if some are listed and none holds.
    #[serde(default)]
    pub paused_unless: List<Condition>,
    /// Calls that start a paused job.
    #[serde(default, deserialize_with = "expanded")]
    pub started_by: List<Text>,
    /// Runs once over all workers: the library locks or keeps jobs in a store.
    #[serde(default)]
    pub coordinated: bool,
    /// The same, if any holds.
    #[serde(default)]
    pub coordinated_if: List<Condition>,
    /// Runs once, not again and again.
    #[serde(default)]
    pub once: bool,
    /// A bare timer: often no job at all, so it matters only when the function reaches a [`Sink`].
    #[serde(default)]
    pub timer: bool,
}

/// A call that closes a server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// The last function argument is called when it is closed.
    #[serde(default)]
    pub callback: bool,
    /// The result can be awaited until it is closed.
    #[serde(default)]
    pub promise: bool,
    /// Drops what is in flight.
    #[serde(default)]
    pub force: bool,
    /// How long it waits at most, in ms.
    pub timeout_ms: Option<u32>,
}

/// A method that does not exist, mistaken for one that closes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WrongClose {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// What to close instead.
    pub instead: Text,
}

/// A call that installs handlers of signals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called, or the decorators.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Not called but registered: `app.register(plugin, options)`, whose arguments are counted.
    #[serde(default)]
    pub plugin: bool,
    /// The signals handled unless an option says otherwise.
    #[serde(default)]
    pub signals: List<Text>,
    /// Where other signals are given: one, an array, or a text with spaces.
    #[serde(default)]
    pub signals_from: List<Place>,
    /// Those are handled beside `signals`, not instead.
    #[serde(default)]
    pub adds_signals: bool,
    /// No handler at all if any holds.
    #[serde(default)]
    pub unless: List<Condition>,
    /// The process ends when the handlers are done.
    #[serde(default)]
    pub exits: bool,
    /// It does not end if any holds.
    #[serde(default)]
    pub stays_if: List<Condition>,
    /// Where the functions are that run before the end.
    #[serde(default)]
    pub handlers: List<Place>,
    /// It closes the server by itself.
    #[serde(default)]
    pub drains: bool,
    /// The process ends at once; a promise of a handler is not waited for.
    #[serde(default)]
    pub immediate: bool,
    /// PM2's message `shutdown` is handled as a signal.
    #[serde(default)]
    pub message: bool,
    /// When it gives up waiting, in ms.
    pub timeout_ms: Option<u32>,
    /// Where another limit is given, in ms.
    #[serde(default)]
    pub timeout: List<Place>,
}

/// A script of a package or of its build that is run as an app.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The package, or the framework.
    pub packages: List<Text>,
    /// Globs of the script: `**` stands for any folders.
    #[serde(deserialize_with = "expanded")]
    pub globs: List<Text>,
    /// Its path is like those of others: it is the package's where the package.json lists one of them.
    #[serde(default)]
    pub if_listed: bool,
    /// It serves HTTP.
    #[serde(default = "yes")]
    pub listens: bool,
    /// Where the port is.
    #[serde(default)]
    pub port: List<Place>,
    /// The port if none is given.
    pub default_port: Option<u16>,
    /// The signals it handles, and ends.
    #[serde(default)]
    pub signals: List<Text>,
    /// It sends `ready`.
    #[serde(default)]
    pub ready: bool,
    /// It forks workers, or a server process, by itself.
    #[serde(default)]
    pub forks: bool,
    /// When it gives up waiting for requests, in ms.
    pub timeout_ms: Option<u32>,
}

/// A call that sends PM2 `ready`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// A call that takes a lock which other processes see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called, or the decorators.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Any must hold for it to be a lock; none listed: always.
    #[serde(default)]
    pub only_if: List<Condition>,
    /// How the loser learns.
    pub loser: Loser,
    /// If any holds, the result is what no other process is given, and need not be tested.
    #[serde(default)]
    pub hands_out_if: List<Condition>,
    /// Seen by the processes of the same host only.
    #[serde(default)]
    pub same_host: bool,
}

/// What happens to a process that does not get the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Loser {
    /// The call throws or rejects.
    Throws,
    /// The result is falsy, or not the one that means success: it must be tested.
    Told,
    /// The function given is not run.
    Skips,
    /// It waits its turn and does the work as well: no guard.
    Waits,
}

/// A call that makes something of which one process alone may exist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Singleton {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// What it is, in a few words.
    pub what: Text,
    /// Any number may exist, but each runs its handler: that matters only when the handler reaches a [`Sink`].
    #[serde(default)]
    pub handler: bool,
    /// It is work that is done once at each start, and collides with the same work of another process.
    #[serde(default)]
    pub work: bool,
    /// Any must hold; none listed: always.
    #[serde(default)]
    pub only_if: List<Condition>,
    /// Not if any holds.
    #[serde(default)]
    pub unless: List<Condition>,
}

/// A call that keeps state in the memory of one process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Not called but registered: `app.register(plugin, options)`, whose arguments are counted.
    #[serde(default)]
    pub plugin: bool,
    /// What for.
    pub kind: StateKind,
    /// Where a shared store is given. None: it cannot be shared.
    #[serde(default)]
    pub store: List<Place>,
    /// Values of `store` that are local all the same.
    #[serde(default, deserialize_with = "expanded")]
    pub local_stores: List<Text>,
    /// What to give it, or to use instead, for all workers to share it.
    pub shared: Option<Text>,
}

/// What state is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StateKind {
    /// Sessions.
    Session,
    /// Counters of requests.
    RateLimit,
    /// A cache.
    Cache,
    /// Events and messages between requests.
    Messages,
    /// Counters for monitoring.
    Metrics,
}

/// A call that makes a server whose clients must come back to the same worker.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sticky {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Not if any holds.
    #[serde(default)]
    pub unless: List<Condition>,
    /// Where an adapter is given that carries messages between workers.
    #[serde(default)]
    pub adapter: List<Place>,
    /// Calls that give one.
    #[serde(default, deserialize_with = "expanded")]
    pub adapter_calls: List<Text>,
    /// Calls that make workers sticky.
    #[serde(default, deserialize_with = "expanded")]
    pub sticky_calls: List<Text>,
}

/// A call that opens connections which keep a process alive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Calls that close them.
    #[serde(deserialize_with = "expanded")]
    pub close: List<Text>,
    /// It is opened by the first query: the call gives no promise and does not fail.
    #[serde(default)]
    pub lazy: bool,
    /// Where the size of the pool is given.
    #[serde(default)]
    pub pool: List<Place>,
    /// The size if none is given; `None`: no pool.
    pub default_pool: Option<u16>,
    /// Connections that a server of the kind takes by default (`max_connections`); `None`: no limit to speak of.
    pub server_limit: Option<u16>,
}

/// A call that begins to take jobs or messages of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// A call that ends the process by itself when it fails: whoever awaits it need not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Abort {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// What makes an object with a method `fetch`, which Bun serves where its entry exports it by default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fetcher {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// A call that makes what no other process has: a random id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unique {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// A call that a function of a model does while the program starts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StandIn {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// The model.
    pub model: Text,
    /// Its function: it is given the receiver, then the arguments.
    pub function: Text,
}

/// A call that others see: it reaches a database, a mailbox, another host, a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// Package names.
    pub packages: List<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// What is reached.
    pub kind: SinkKind,
}

/// What a [`Sink`] reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SinkKind {
    /// A database or cache.
    Database,
    /// Mail, chat, SMS, push.
    Mail,
    /// Another host.
    Http,
    /// A file.
    File,
    /// A queue or broker.
    Queue,
    /// Another program.
    Process,
}

impl SinkKind {
    /// What is reached, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Database => "a database",
            Self::Mail => "mail or chat",
            Self::Http => "another host",
            Self::File => "a file",
            Self::Queue => "a queue",
            Self::Process => "another program",
        }
    }
}

/// A value that does not survive `process.send`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Handle {
    /// Package names; a global's own name.
    pub packages: List<Text>,
    /// The values.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// What the receiver gets, in a few words.
    pub becomes: Text,
}

fn yes() -> bool {
    true
}
