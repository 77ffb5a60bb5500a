//! What is known of an app that something happened to, besides its logs.

use crate::archive::Process;
use crate::fleet::{Action, App};

/// What is known of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// It has several processes.
    pub is_many: bool,
    /// Its program listens; `None`: the program is not at hand.
    pub serves: Option<bool>,
    /// Its program sends `ready`.
    pub sends_ready: bool,
    /// Something is known of its options.
    pub has_options: bool,
    /// The times that PM2 waits for its `ready` at the most, in ms; empty: it does not wait.
    pub ready_timeouts: Vec<u64>,
}

/// PM2's own `listen_timeout`, in ms. constants.js: `GRACEFUL_LISTEN_TIMEOUT` (v7.0.3)
const DEFAULT_LISTEN_TIMEOUT: u64 = 3000;

impl Known {
    /// From the checkout: the app under each of its environments.
    pub fn of_checkout<'a>(app: impl Iterator<Item = &'a App<'a>>) -> Self {
        let mut known = Self::default();
        for app in app {
            known.is_many |= app.workers.len() > 1;
            known.has_options = true;
            known.serves = Some(known.serves == Some(true) || app.listens().next().is_some());
            known.sends_ready |= app.reached().any(|(_, seen)| seen.action == Action::Ready);
            known.ready_timeouts.extend(app.launch.wait_ready.value.then_some(app.launch.listen_timeout.value));
        }
        known
    }

    /// From the saved list: the app's processes.
    pub fn of_processes<'a>(processes: impl Iterator<Item = &'a Process>) -> Self {
        let mut known = Self::default();
        for (index, process) in processes.enumerate() {
            let option = |key: &str| process.pm2_env.get(key);
            known.has_options = true;
            known.is_many |= index > 0;
            let timeout = option("listen_timeout").and_then(serde_json::Value::as_u64);
            known.ready_timeouts.extend(process.waits_ready().then_some(timeout.unwrap_or(DEFAULT_LISTEN_TIMEOUT)));
        }
        known
    }

    /// Whether PM2 surely does not wait for its `ready`.
    pub fn is_unawaited(&self) -> bool {
        self.has_options && self.ready_timeouts.is_empty()
    }

    /// Whether the time from start to online is one that PM2 waited for `ready`, give or take its whole seconds.
    pub fn is_ready_timeout(&self, gap_ms: u64) -> bool {
        self.ready_timeouts.iter().any(|timeout| gap_ms + 1000 >= *timeout && gap_ms <= timeout * 2 + 2000)
    }
}
