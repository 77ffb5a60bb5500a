//! How PM2 stops an app: with which signal, and when it loses patience.

use super::Context;
use crate::checkout::Place;
use crate::fleet::{Action, App, Effect, Seen, Signal};
use crate::js::eval::When;
use crate::pm2::Version;

/// When PM2 sends SIGKILL, and what says so.
pub struct KillTimeout {
    /// From the signal to SIGKILL, in ms.
    pub ms: u64,
    /// What sets it; `None`: PM2's default.
    pub place: Option<Place>,
    /// How to name it.
    pub name: &'static str,
}

impl Context<'_> {
    /// The PM2 in production, the newest where it is not known.
    pub fn pm2(&self) -> Version {
        self.production.pm2_version.as_deref().and_then(Version::parse).unwrap_or_default()
    }

    /// The signal that PM2 stops apps with.
    pub fn stop_signal(&self) -> &str {
        self.daemon.kill_signal.as_ref().map_or("SIGINT", |signal| &signal.value)
    }

    /// The app's own `kill_timeout`, else the daemon's, as the checkout or the head of its log tells it. `lib/God/Methods.js:154` (v7.0.3)
    pub fn kill_timeout(&self, app: &App<'_>) -> KillTimeout {
        let own = &app.launch.kill_timeout;
        match &self.daemon.kill_timeout {
            _ if own.is_written() => KillTimeout { ms: own.value, place: own.place.clone(), name: "kill_timeout" },
            Some(set) => KillTimeout { ms: set.value, place: Some(set.place.clone()), name: "PM2_KILL_TIMEOUT" },
            None => KillTimeout {
                ms: self.production.kill_timeout_ms.unwrap_or(own.value),
                place: None,
                name: "kill_timeout, PM2's default",
            },
        }
    }

    /// The handlers of the stop signal.
    pub fn stop_handlers<'a>(&self, app: &'a App<'_>) -> Vec<(&'a Effect, &'a Seen, &'a Signal)> {
        app.signals().filter(|(_, _, signal)| &*signal.name == self.stop_signal()).collect()
    }
}

/// Handlers of PM2's message `shutdown` that do something about it.
pub fn message_handlers<'a>(app: &'a App<'_>) -> impl Iterator<Item = &'a Effect> {
    app.reached().filter_map(|(effect, seen)| match &seen.action {
        Action::Handler { event, is_followed, .. } if &**event == "message" => {
            (!is_followed || app.following(effect).any(|(_, seen)| stops(app, seen))).then_some(effect)
        }
        _ => None,
    })
}

/// Messages of others than PM2 come in like requests.
fn stops(app: &App<'_>, seen: &Seen) -> bool {
    let of_others = |seen: &Seen| seen.when == When::Request;
    matches!(seen.action, Action::Exit | Action::Close(_))
        && !of_others(seen)
        && !app.causes(seen).filter_map(Effect::best).any(of_others)
}

/// The handler's text speaks of an exit that was not followed.
pub fn may_exit(handler: &Effect, context: &Context<'_>) -> bool {
    let source = context.modules.checkout().source(&handler.place.file);
    source.is_some_and(|source| {
        let text = source.slice(handler.place.span);
        ["exit(", ".exit", "process.kill", "abort("].iter().any(|word| text.contains(word))
    })
}
