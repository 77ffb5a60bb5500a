//! Whether PM2 will give up an app that keeps ending, from the lives and the pauses that were measured.

use serde::Serialize;
use serde_json::Value;

use super::Process;
use crate::pm2::restart::{Policy, Waits};

/// What PM2's log rounds off, in milliseconds.
const ROUNDING_MS: u64 = 1000;

/// How a crash loop ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outlook {
    /// PM2 gave it up: `errored`.
    GivenUp,
    /// Never: the pauses before the starts use up the time in which PM2 counts (`min_uptime * max_restarts`).
    PausesTooLong,
    /// Never: a life is longer than PM2 counts as unstable, or than leaves time for `max_restarts` of them.
    LivesTooLong,
    /// The log does not tell.
    Open,
}

/// What was measured of a loop, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(in crate::archive) struct Measured {
    /// Ends in a row that nobody asked for.
    pub exits: u64,
    /// The shortest life.
    pub life_ms: Option<u64>,
    /// The shortest pause before a start.
    pub pause_ms: Option<u64>,
}

impl Measured {
    /// How a loop that goes on will end under `policy`.
    pub fn outlook(&self, policy: &Policy) -> Outlook {
        let surely = |measured: Option<u64>| measured.unwrap_or(0).saturating_sub(ROUNDING_MS);
        let waits = Waits::Constant(surely(self.pause_ms));
        let limit = Policy { waits, ..*policy }.longest_caught();
        match limit {
            None => Outlook::PausesTooLong,
            Some(limit) if surely(self.life_ms) >= limit => Outlook::LivesTooLong,
            Some(_) if self.exits <= policy.max_restarts => Outlook::Open,
            // More ends than `max_restarts`, and no end of it: they were not counted, for one of the two reasons.
            Some(_) if self.pause_ms > self.life_ms => Outlook::PausesTooLong,
            Some(_) => Outlook::LivesTooLong,
        }
    }
}

/// How PM2 restarts the process; what its list does not tell is PM2's default.
pub(in crate::archive) fn policy(process: Option<&Process>) -> Policy {
    let option = |key: &str, default: u64| {
        process.and_then(|process| process.pm2_env.get(key)).and_then(Value::as_u64).unwrap_or(default)
    };
    let (min_uptime, max_restarts) = (option("min_uptime", 1000), option("max_restarts", 16));
    Policy { min_uptime, max_restarts, waits: Waits::Constant(option("restart_delay", 0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_tells_whether_pm2_gives_up() {
        for (exits, life_ms, pause_ms, outlook) in [
            (5, Some(0), Some(0), Outlook::Open),
            (14, Some(0), Some(3000), Outlook::PausesTooLong),
            (5, Some(4000), Some(0), Outlook::LivesTooLong),
            (5, Some(1000), Some(0), Outlook::Open),
            (83, Some(0), Some(0), Outlook::LivesTooLong),
            (40, Some(0), Some(1000), Outlook::PausesTooLong),
            (4, None, None, Outlook::Open),
        ] {
            let measured = Measured { exits, life_ms, pause_ms };
            assert_eq!(measured.outlook(&policy(None)), outlook, "{measured:?}");
        }
    }
}
