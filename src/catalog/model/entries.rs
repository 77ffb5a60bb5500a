//! The kinds of entries, and all entries of a file together.

use serde::Deserialize;

use super::*;

/// Other symbols of the same value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// The symbol that the other entries use.
    pub value: Text,
    /// The others.
    #[serde(rename = "as", deserialize_with = "expanded")]
    pub others: List<Text>,
}

/// Calls `$with!` with every kind of entry that is found by symbol.
macro_rules! kinds {
    ($with:ident) => {
        $with! {
            listen: Listen, schedule: Schedule, close: Close, deaf: Deaf, wrong_close: WrongClose, shutdown: Shutdown, ready: Calls,
            lock: Lock, singleton: Singleton, state: State, sticky: Sticky, connection: Connection, consumer: Calls,
            abort: Calls, stand_in: StandIn, sink: Sink, handle: Handle, fetcher: Calls, unique: Calls, setting: Calls,
        }
    };
}
pub(crate) use kinds;

macro_rules! entries {
    ($($name:ident: $entry:ident,)+) => {
        /// Entries of all kinds, as one TOML file has them.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(default, deny_unknown_fields)]
        pub struct Entries {
            $(#[doc = concat!("`[[", stringify!($name), "]]`")] pub $name: Vec<$entry>,)+
            /// `[[script]]`
            pub script: Vec<Script>,
            /// `[[same]]`
            pub same: Vec<Same>,
        }

        impl Entries {
            /// No entries.
            pub const EMPTY: Self = Self { $($name: Vec::new(),)+ script: Vec::new(), same: Vec::new() };

            /// Each entry's kind, and what it is found by.
            pub fn names(&self) -> Vec<(&'static str, &[Text])> {
                let mut names = Vec::new();
                $(names.extend(self.$name.iter().map(|entry| (stringify!($name), entry.calls())));)+
                names.extend(self.script.iter().map(|script| ("script", &*script.globs)));
                names.extend(self.same.iter().map(|same| ("same", &*same.others)));
                names
            }
        }
    };
}
kinds!(entries);

/// An entry that is found by the symbols of its calls.
pub trait Named {
    /// The packages that the symbols begin with.
    fn packages(&self) -> &[Text];
    /// The versions of the package that the entry is about; `None`: any.
    fn versions(&self) -> Option<&str>;
    /// The symbols.
    fn calls(&self) -> &[Text];
}

macro_rules! named {
    ($($entry:ident,)+) => {
        $(impl Named for $entry {
            fn packages(&self) -> &[Text] {
                &self.packages
            }

            fn versions(&self) -> Option<&str> {
                self.versions.as_deref()
            }

            fn calls(&self) -> &[Text] {
                &self.calls
            }
        })+
    };
}
named! {
    Listen, Schedule, Close, Deaf, WrongClose, Shutdown, Lock, Singleton, State, Sticky, Connection, StandIn, Sink, Handle, Calls,
}
