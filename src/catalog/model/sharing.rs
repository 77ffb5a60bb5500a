//! Entries of calls that share something among processes, or fail to.

use serde::Deserialize;

use super::value::{Condition, List, Place, Text, expanded};

/// A call that takes a lock which other processes see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// If any holds, and none of `only_if`, the call asks for a lock in a manner that these versions do not heed.
    #[serde(default)]
    pub in_vain_if: List<Condition>,
    /// Why they do not, and what they heed.
    pub in_vain: Option<Text>,
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
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// It keeps nothing until what the call gives is given to another call, or is called.
    #[serde(default)]
    pub idle: bool,
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

/// A call that opens connections which keep a process alive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Calls that close them.
    #[serde(deserialize_with = "expanded")]
    pub close: List<Text>,
    /// It is closed when the call that closes it has returned.
    #[serde(default)]
    pub closes_at_once: bool,
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
