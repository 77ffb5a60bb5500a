//! Entries of calls that serve: what opens a port, and what closes it.

use serde::Deserialize;

use super::value::{Condition, List, Place, Text, expanded};
use super::yes;

/// A call that opens a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Package names, without `node:`.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// A failure to listen is given to the callback, and nothing is thrown.
    #[serde(default)]
    pub errors_to_callback: bool,
    /// How long it leaves an idle HTTP connection open by default, in ms.
    pub keep_alive_ms: Option<u32>,
    /// Not known to hold if any of these does.
    #[serde(default)]
    pub keep_alive_unless: List<Condition>,
}

/// A call that closes a server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// Where another limit is given, in ms.
    #[serde(default)]
    pub timeout: List<Place>,
}

/// A call that closes something, and never calls the function that it is given: it gives a promise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deaf {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// Not if any holds.
    #[serde(default)]
    pub unless: List<Condition>,
}

/// A call that is to close something, and fails: there is no such method, or it cannot be called so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WrongClose {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// All must hold.
    #[serde(default)]
    pub only_if: List<Condition>,
    /// How it fails.
    pub fails: Text,
    /// What to close instead, and how.
    pub instead: Text,
}

/// A call that installs handlers of signals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// All must hold for it to handle any.
    #[serde(default)]
    pub only_if: List<Condition>,
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
    /// It closes the server if any holds.
    #[serde(default)]
    pub drains_if: List<Condition>,
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

/// A call that makes a server whose clients must come back to the same worker.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sticky {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
