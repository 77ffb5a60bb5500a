//! `endless-restart`: the waits between two starts outlast the time in which PM2 counts unstable exits, so that an app that
//! crashes at every start is restarted for ever in place of ending as `errored`.

use super::quantity::duration;
use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::restart::Policy;
use crate::pm2::{Launch, Setting};

/// No app under PM2 crashes faster than this, from launch to exit, in ms: Node has to start and the script to load.
pub(super) const FASTEST_CRASH: u64 = 500;

/// Looks at the restart options of every launch that has a wait.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if let Some(finding) = finding(app, launch) {
            add(findings, finding);
        }
    }
}

fn finding(app: &App, launch: &Launch) -> Option<Finding> {
    let policy = Policy::of(launch);
    let longest = policy.longest_caught();
    if !launch.autorestart.value || longest.is_some_and(|longest| longest >= FASTEST_CRASH) {
        return None;
    }
    let (option, wait) = wait(launch)?;
    let outcome = match longest {
        None => "so this app never ends as `errored`, however fast it crashes, and PM2 restarts it for ever".to_owned(),
        Some(longest) => format!(
            "so only crashes within {} of the launch are counted, and PM2 restarts slower ones for ever",
            duration(longest)
        ),
    };
    let message = format!(
        "PM2 gives an app up after {} unstable exits, but counts them for {} only (min_uptime {} x max_restarts {}); the waits between the starts \
         take {}, {outcome}",
        policy.max_restarts,
        duration(policy.window()),
        duration(policy.min_uptime),
        policy.max_restarts,
        duration(policy.waiting()),
    );
    let confidence =
        [wait.confidence(), launch.min_uptime.confidence(), launch.max_restarts.confidence(), exactness(longest)];
    Some(
        Finding::new("endless-restart", Severity::Warning, message)
            .at(app.place_or_entry(wait.place.as_ref()), "these waits outlast the counting")
            .related(launch.max_restarts.place.clone(), "this limit is never reached")
            .related(launch.min_uptime.place.clone(), "this is what an exit must stay below to count")
            .help(format!("write `min_uptime: {}`, or shorten `{option}`", enough(&policy)))
            .confidence(confidence.into_iter().min().unwrap_or(Confidence::High))
            .scope(option)
            .app(app.reference_in(launch)),
    )
}

/// The option that makes the waits.
fn wait(launch: &Launch) -> Option<(&'static str, &Setting<u64>)> {
    let options = [("exp_backoff_restart_delay", &launch.exp_backoff), ("restart_delay", &launch.restart_delay)];
    options.into_iter().find(|(_, wait)| wait.value > 0)
}

/// Waits that leave nothing are proven; those that leave little rest on how long a crash takes.
fn exactness(longest: Option<u64>) -> Confidence {
    longest.map_or(Confidence::High, |_| Confidence::Medium)
}

/// The shortest `min_uptime`, in whole seconds, that still catches crashes within five seconds.
fn enough(policy: &Policy) -> u64 {
    const CRASH: u64 = 5000;
    let each = policy.waiting() / policy.max_restarts.max(1) + CRASH;
    (each / 1000 + 1).saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::of_app;

    #[test]
    fn waits_longer_than_the_window_are_told_with_the_numbers() {
        let found = of_app(check, "restart_delay: 3000, max_restarts: 10");
        assert_eq!(found[0].0, "restart_delay");
        assert!(found[0].1.contains(
            "counts them for 10 s only (min_uptime 1 s x max_restarts 10); the waits between the starts take 27 s"
        ));
        assert!(found[0].1.contains("never ends as `errored`"));
    }

    #[test]
    fn waits_that_leave_almost_nothing_count_too() {
        assert!(of_app(check, "exp_backoff_restart_delay: 100, max_restarts: 10")[0].1.contains("within 253 ms"));
    }

    #[test]
    fn windows_with_room_or_no_restarts_are_fine() {
        assert!(of_app(check, "max_restarts: 50, min_uptime: 10s, env: { max_restarts: 2 }").is_empty());
        assert!(of_app(check, "restart_delay: 200, min_uptime: 10000, max_restarts: 10").is_empty());
        assert!(of_app(check, "restart_delay: 9000, autorestart: false").is_empty());
        assert!(of_app(check, "max_restarts: 1, restart_delay: 9000").is_empty());
        assert!(of_app(check, "kill_timeout: 5000").is_empty());
    }
}
