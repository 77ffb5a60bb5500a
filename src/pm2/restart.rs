//! When PM2 gives a crashing app up, how long it waits between two starts, and who wins when an app and PM2 both mean to end it.
//!
//! An exit counts as unstable while the app is younger than `min_uptime * max_restarts` and its last run was shorter than
//! `min_uptime`; `max_restarts` unstable exits make it `errored`. lib/God.js:462 (v7.0.4). Waits between the starts use that window
//! up, so that long waits make `max_restarts` ineffective.

use super::{Launch, Version};

/// The longest wait that grows. lib/God.js:522 (v7.0.4).
const LONGEST_WAIT: u64 = 15_000;

/// How PM2 restarts an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Uptime below which an exit is unstable, in ms.
    pub min_uptime: u64,
    /// How many unstable exits make the app `errored`.
    pub max_restarts: u64,
    /// The waits between the starts.
    pub waits: Waits,
}

/// The waits between an exit and the next start, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// `restart_delay`, or 0.
    Constant(u64),
    /// `exp_backoff_restart_delay`: that long at first, then half as long again each time, up to 15 s. It replaces `restart_delay`.
    Growing(u64),
}

impl Waits {
    /// The waits, first to last. Endless.
    pub fn series(self) -> impl Iterator<Item = u64> {
        let (first, grows) = match self {
            Self::Constant(wait) => (wait, false),
            Self::Growing(first) => (first, true),
        };
        std::iter::successors(Some(first), move |wait| Some(if grows { next_wait(*wait) } else { *wait }))
    }

    /// The first `count` waits together.
    pub fn total(self, count: u64) -> u64 {
        let mut total = 0_u64;
        let mut left = count;
        for (wait, next) in self.series().zip(self.series().skip(1)) {
            if left == 0 || wait == next {
                return total.saturating_add(wait.saturating_mul(left));
            }
            total = total.saturating_add(wait);
            left -= 1;
        }
        total
    }
}

fn next_wait(wait: u64) -> u64 {
    wait.saturating_add(wait / 2).min(LONGEST_WAIT)
}

impl Policy {
    /// The policy of a launch.
    pub fn of(launch: &Launch) -> Self {
        let waits = match launch.exp_backoff.value {
            0 => Waits::Constant(launch.restart_delay.value),
            first => Waits::Growing(first),
        };
        Self { min_uptime: launch.min_uptime.value, max_restarts: launch.max_restarts.value, waits }
    }

    /// How long after its first start, or a manual restart, an app's exits can count, in ms.
    pub fn window(&self) -> u64 {
        self.min_uptime.saturating_mul(self.max_restarts)
    }

    /// The waits before the exit that would make the app `errored`, together, in ms.
    pub fn waiting(&self) -> u64 {
        self.waits.total(self.max_restarts.saturating_sub(1))
    }

    /// The longest run, from launch to crash, after which a steadily crashing app still ends as `errored`, in ms;
    /// `None`: it never does, however fast it crashes.
    pub fn longest_caught(&self) -> Option<u64> {
        let left = self.window().checked_sub(self.waiting()).filter(|left| *left > 0)?;
        Some(self.min_uptime.min(left / self.max_restarts.max(1)))
    }
}

/// Whether `pm2-runtime` ends the container while its only app waits for the next start: it does after four checks, 2 s apart,
/// that see no app online. lib/binaries/Runtime4Docker.js:122 (v7.0.3). `None`: by chance.
pub fn ends_container(wait: u64) -> Option<bool> {
    match wait {
        0..=6000 => Some(false),
        6001..8000 => None,
        _ => Some(true),
    }
}

/// What ends an app that means to end itself after `own` ms, when PM2 kills after `kill_timeout` ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its own timer.
    Own,
    /// SIGKILL.
    Killed,
    /// Its own timer in most cases.
    MostlyOwn,
}

/// Who ends the app. PM2's timer starts before the signal arrives, so that equal times are lost to PM2 7; PM2 4 to 6 mostly lose them
/// (measured).
pub fn end(own: u64, kill_timeout: u64, version: Version) -> End {
    match own.cmp(&kill_timeout) {
        std::cmp::Ordering::Less => End::Own,
        std::cmp::Ordering::Greater => End::Killed,
        std::cmp::Ordering::Equal if version == Version::V7 => End::Killed,
        std::cmp::Ordering::Equal => End::MostlyOwn,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy(min_uptime: u64, max_restarts: u64, waits: Waits) -> Policy {
        Policy { min_uptime, max_restarts, waits }
    }

    /// God.js:462 step by step: whether an app that crashes after every `life` ms ends as `errored`.
    fn simulate(policy: Policy, life: u64) -> bool {
        let (mut now, mut unstable) = (0, 0);
        for wait in policy.waits.series().take(200) {
            now += life;
            if now < policy.window() && life < policy.min_uptime {
                unstable += 1;
            }
            if unstable >= policy.max_restarts {
                return true;
            }
            now += wait;
        }
        false
    }

    #[test]
    fn waits_grow_by_half_up_to_fifteen_seconds() {
        let measured = [100, 150, 225, 337, 505, 757, 1135, 1702, 2553, 3829, 5743, 8614, 12921, 15000, 15000];
        assert_eq!(Waits::Growing(100).series().take(15).collect::<Vec<_>>(), measured);
        assert_eq!(Waits::Growing(100).total(15), 68_571);
        assert_eq!(Waits::Growing(100).total(9), 7_464);
        assert_eq!(Waits::Growing(1).total(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_delay_of_the_window_makes_max_restarts_ineffective() {
        assert_eq!(policy(1000, 16, Waits::Constant(1067)).longest_caught(), None);
        assert!(policy(1000, 16, Waits::Constant(1066)).longest_caught().is_some());
        assert_eq!(policy(10_000, 10, Waits::Constant(11_112)).longest_caught(), None);
        assert!(policy(1000, 16, Waits::Growing(18)).longest_caught().is_some());
        assert_eq!(policy(1000, 16, Waits::Growing(19)).longest_caught(), None);
    }

    #[test]
    fn only_faster_crashes_are_caught() {
        assert_eq!(policy(1000, 10, Waits::Growing(100)).longest_caught(), Some(253));
        assert_eq!(policy(1000, 16, Waits::Constant(0)).longest_caught(), Some(1000));
        assert_eq!(policy(10_000, 10, Waits::Constant(200)).longest_caught(), Some(9820));
    }

    #[test]
    fn equal_timers_depend_on_the_version() {
        assert_eq!(end(2000, 2000, Version::V7), End::Killed);
        assert_eq!(end(2000, 2000, Version::V5), End::MostlyOwn);
        assert_eq!(end(1999, 2000, Version::V7), End::Own);
        assert_eq!(end(2001, 2000, Version::V4), End::Killed);
    }

    #[test]
    fn long_waits_end_a_container() {
        assert_eq!(ends_container(8614), Some(true));
        assert_eq!(ends_container(7000), None);
        assert_eq!(ends_container(5743), Some(false));
    }

    fn waits() -> impl Strategy<Value = Waits> {
        prop_oneof![(0..20_000_u64).prop_map(Waits::Constant), (1..20_000_u64).prop_map(Waits::Growing)]
    }

    proptest! {
        #[test]
        fn the_closed_form_agrees_with_the_daemon(min_uptime in 100..20_000_u64, max_restarts in 1..40_u64, waits in waits(), life in 1..20_000_u64) {
            let policy = policy(min_uptime, max_restarts, waits);
            // At exactly the longest run rounding decides.
            let caught = policy.longest_caught().filter(|longest| life.abs_diff(*longest) > 1).map(|longest| life < longest);
            if let Some(caught) = caught {
                prop_assert_eq!(simulate(policy, life), caught);
            } else if policy.longest_caught().is_none() {
                prop_assert!(!simulate(policy, life));
            }
        }

        #[test]
        fn totals_are_sums(waits in waits(), count in 0..100_u64) {
            prop_assert_eq!(waits.total(count), waits.series().take(count as usize).sum::<u64>());
        }
    }
}
