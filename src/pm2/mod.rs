//! What PM2 does, as data and pure functions: its options, what it makes of an app's entry in a process file,
//! what it would run for it, and when it gives a crashing app up.

pub mod cron;
pub mod environment;
mod interpreter;
pub mod launch;
pub mod options;
pub mod plan;
pub mod resolve;
pub mod restart;
mod validate;
mod words;

pub use environment::{EnvValue, Lookup, Variable};
pub use launch::{Doubt, Interpreter, Launch, Mode, Runtime, Setting, Workers};
pub use resolve::{Effective, Options, Remark};

/// The versions of PM2 that were read and measured.
pub const KNOWN_VERSIONS: &str = "4.5 to 7.0";
/// The versions of Node under which they were.
pub const KNOWN_NODE_VERSIONS: &str = "18 to 24";

/// A major version of PM2; where its behaviour differs the newest is assumed unless production says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the versions")]
pub enum Version {
    V4,
    V5,
    V6,
    #[default]
    V7,
}

impl Version {
    /// Its number.
    pub fn major(self) -> u8 {
        match self {
            Self::V4 => 4,
            Self::V5 => 5,
            Self::V6 => 6,
            Self::V7 => 7,
        }
    }

    /// The version that a text like `7.0.4` names; versions before 4 count as 4, and future ones as the newest.
    pub fn parse(text: &str) -> Option<Self> {
        let major: u32 = text.trim().trim_start_matches('v').split('.').next()?.parse().ok()?;
        Some(match major {
            0..=4 => Self::V4,
            5 => Self::V5,
            6 => Self::V6,
            _ => Self::V7,
        })
    }
}
