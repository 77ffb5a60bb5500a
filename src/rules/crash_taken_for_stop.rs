//! `crash-taken-for-stop`: in cluster mode an uncaught exception reaches PM2 as exit code 0, because the worker disconnects first
//! (measured, PM2 4 to 7). With 0 among `stop_exit_codes` the first crash is the last.

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::pm2::{Launch, Mode};

/// Looks for clusters with 0 among the codes.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if launch.mode == Mode::Cluster && launch.autorestart.value && launch.stop_exit_codes.value.contains(&0) {
            add(findings, finding(app, launch));
        }
    }
}

fn finding(app: &App, launch: &Launch) -> Finding {
    let message = "in cluster mode an uncaught exception reaches PM2 as exit code 0: with 0 among `stop_exit_codes` a crashed worker counts as \
                   finished and is not started again";
    Finding::new("crash-taken-for-stop", Severity::Error, message)
        .at(app.place_or_entry(launch.stop_exit_codes.place.as_ref()), "crashes end with this code too")
        .related(app.option_place("exec_mode").or(app.option_place("instances")).cloned(), "this makes it a cluster")
        .help("end a finished worker with a code of its own, `process.exit(3)`, and list that one; or write `exec_mode: 'fork'`")
        .confidence(launch.stop_exit_codes.confidence())
        .scope("stop_exit_codes")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn zero_is_told_in_a_cluster_alone() {
        assert_eq!(
            findings(check, "apps: [{ script: a.js, instances: 2, stop_exit_codes: [0, 3] }]")[0].0,
            "stop_exit_codes"
        );
        assert_eq!(findings(check, "apps: [{ script: a.js, instances: 2, stop_exit_codes: [0] }]").len(), 1);
        assert!(findings(check, "apps: [{ script: a.js, stop_exit_codes: [0] }]").is_empty());
        assert!(findings(check, "apps: [{ script: a.js, instances: 2, stop_exit_codes: [3] }]").is_empty());
    }
}
