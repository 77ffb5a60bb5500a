//! What an entry of the catalogue says, as it stands in `rules/catalog/*.toml`. `build/catalog.rs` reads entries into
//! these types and prints them as tables; a user's settings are read into the same types.
//!
//! Calls are named by *symbols*: the package, then the steps to the function that is called, `()` for the result of
//! a call or of `new`. `express().listen` is the method of what `express()` returns; `.**` at the end stands for
//! everything reached from there. `{a,b}` stands for both spellings.

mod entries;
#[cfg(test)]
mod schema;
mod serving;
mod sharing;
mod value;

use serde::Deserialize;

pub(crate) use entries::kinds;
pub use entries::{Entries, Named, Same};
pub use serving::{Close, Deaf, Listen, Shutdown, Sticky, WrongClose};
pub use sharing::{Connection, Lock, Loser, Singleton, State, StateKind};
use value::expanded;
pub use value::{Condition, Kind, List, Literal, Place, Role, Test, Text, Which};

/// Calls of which the kind says all: they send PM2 `ready`, take jobs or messages of a queue (`consumer`), end the process by
/// themselves when they fail, so that whoever awaits them need not (`abort`), make what Bun serves where the entry exports it
/// (`fetcher`), or an id that no other process has (`unique`), keep a setting of an application or give it back (`setting`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
}

/// A call that makes a function run again and again, or at a time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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

/// A script of a package or of its build that is run as an app.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The package, or the framework.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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

/// A call that a function of a model does while the program starts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StandIn {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The functions called.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// The model.
    pub model: Text,
    /// Its function: it is given the receiver (of `type()()` what `type()` gave), then the arguments.
    pub function: Text,
}

/// A call that others see: it reaches a database, a mailbox, another host, a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// Package names.
    pub packages: List<Text>,
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
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
    /// The versions of them that it is about, as npm writes ranges. None: any.
    pub versions: Option<Text>,
    /// The values.
    #[serde(deserialize_with = "expanded")]
    pub calls: List<Text>,
    /// What the receiver gets, in a few words.
    pub becomes: Text,
}

fn yes() -> bool {
    true
}
