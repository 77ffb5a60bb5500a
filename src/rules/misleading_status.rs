//! `misleading-status`: PM2 writes `waiting restart` whenever an app that has a wait ends, also where it starts nothing again.
//! lib/God.js:493 (v7.0.3), and measured on 4.5 to 7.0.

use super::endless_restart::FASTEST_CRASH;
use super::quantity::duration;
use super::same_cause::add;
use crate::checkout::Place;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::restart::Policy;
use crate::pm2::{Launch, Setting};

/// Looks for waits before a start that never comes.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        // The growing wait replaces the other one.
        let (option, wait) = match launch.exp_backoff.value {
            0 => ("restart_delay", &launch.restart_delay),
            _ => ("exp_backoff_restart_delay", &launch.exp_backoff),
        };
        if let Some(end) = end(launch).filter(|_| wait.value > 0) {
            add(findings, finding(app, launch, option, wait, &end));
        }
    }
}

/// What makes an exit the last one.
struct End {
    /// When that is.
    when: String,
    /// What rules the start out.
    because: String,
    place: Option<Place>,
    confidence: Confidence,
}

fn end(launch: &Launch) -> Option<End> {
    let (codes, limit) = (&launch.stop_exit_codes, &launch.max_restarts);
    if !launch.autorestart.value {
        return Some(End {
            when: "when this app ends".into(),
            because: "`autorestart: false`".into(),
            place: launch.autorestart.place.clone(),
            confidence: launch.autorestart.confidence(),
        });
    }
    if let Some(code) = codes.value.first() {
        return Some(End {
            when: format!("when this app ends with code {code}"),
            because: "`stop_exit_codes`".into(),
            place: codes.place.clone(),
            confidence: codes.confidence(),
        });
    }
    let is_reached = Policy::of(launch).longest_caught().is_some_and(|longest| longest >= FASTEST_CRASH);
    limit.place.clone().filter(|_| is_reached).map(|place| End {
        when: format!("when this app has crashed {} times and PM2 gives it up as `errored`", limit.value),
        because: "`max_restarts`".into(),
        place: Some(place),
        confidence: limit.confidence(),
    })
}

fn finding(app: &App, launch: &Launch, option: &str, wait: &Setting<u64>, end: &End) -> Finding {
    let message = format!(
        "{}, PM2 shows it as `waiting restart` for ever: it waits {} for a start that {} rules out",
        end.when,
        duration(wait.value),
        end.because
    );
    Finding::new("misleading-status", Severity::Info, message)
        .at(app.place_or_entry(wait.place.as_ref()), "waits for nothing")
        .related(end.place.clone(), "nothing starts it again")
        .help(format!("remove `{option}`, and the status is what it is; or let no monitor rely on it"))
        .confidence(wait.confidence().min(end.confidence))
        .scope(option)
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::places;

    #[test]
    fn a_wait_without_a_restart_is_told() {
        assert_eq!(places(check, "autorestart: false, restart_delay: 3000"), ["restart_delay"]);
        assert_eq!(places(check, "stop_exit_codes: [3], restart_delay: 3000"), ["restart_delay"]);
        assert_eq!(places(check, "max_restarts: 3, min_uptime: 5000, restart_delay: 300"), ["restart_delay"]);
        let both = "autorestart: false, restart_delay: 3000, exp_backoff_restart_delay: 100";
        assert_eq!(places(check, both), ["exp_backoff_restart_delay"]);
        assert!(places(check, "max_restarts: 3, restart_delay: 3000").is_empty());
        assert!(places(check, "restart_delay: 3000").is_empty());
        assert!(places(check, "autorestart: false, restart_delay: 0").is_empty());
        assert!(places(check, "autorestart: false, min_uptime: 5000").is_empty());
    }
}
