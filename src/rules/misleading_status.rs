//! `misleading-status`: PM2 writes `waiting restart` whenever an app that has a wait ends, also where it starts nothing again.
//! lib/God.js:493 (v7.0.3), and measured on 4.5 to 7.0.

use super::quantity::duration;
use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::pm2::{Launch, Setting};

/// Looks for waits before a start that never comes.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| !launch.autorestart.value) {
        let waits = [("restart_delay", &launch.restart_delay), ("exp_backoff_restart_delay", &launch.exp_backoff)];
        for (option, wait) in waits.into_iter().filter(|(_, wait)| wait.value > 0) {
            add(findings, finding(app, launch, option, wait));
        }
    }
}

fn finding(app: &App, launch: &Launch, option: &str, wait: &Setting<u64>) -> Finding {
    let message = format!(
        "when this app ends, PM2 shows it as `waiting restart` for ever: it waits {} for a start that `autorestart: false` rules out",
        duration(wait.value)
    );
    Finding::new("misleading-status", Severity::Info, message)
        .at(app.place_or_entry(wait.place.as_ref()), "waits for nothing")
        .related(launch.autorestart.place.clone(), "nothing starts it again")
        .help(format!("remove `{option}`: the status is then `stopped`"))
        .confidence(wait.confidence().min(launch.autorestart.confidence()))
        .scope(option)
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn a_wait_without_a_restart_is_told() {
        let places = |options: &str| {
            let found = findings(check, format!("apps: [{{ script: a.js, {options} }}]").leak());
            found.into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        };
        assert_eq!(places("autorestart: false, restart_delay: 3000"), ["restart_delay"]);
        assert!(places("restart_delay: 3000").is_empty());
        assert!(places("autorestart: false, restart_delay: 0").is_empty());
        assert!(places("autorestart: false, min_uptime: 5000").is_empty());
    }
}
