//! `overridden-restart-delay`: `exp_backoff_restart_delay` takes the place of `restart_delay`. lib/God.js:512 (v7.0.4).

use super::quantity::duration;
use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Change, Finding, Severity};
use crate::pm2::Launch;

/// Looks for launches with both.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if launch.restart_delay.value > 0 && launch.exp_backoff.value > 0 && launch.autorestart.value {
            add(findings, finding(app, launch));
        }
    }
}

fn finding(app: &App, launch: &Launch) -> Finding {
    let (delay, backoff) = (&launch.restart_delay, &launch.exp_backoff);
    let message = format!(
        "`restart_delay` has no effect: `exp_backoff_restart_delay` replaces it, and PM2 waits {} before the first restart and half as long \
         again before each further one, up to 15 s",
        duration(backoff.value)
    );
    Finding::new("overridden-restart-delay", Severity::Warning, message)
        .at(app.place_or_entry(delay.place.as_ref()), format!("these {} are never waited", duration(delay.value)))
        .related(backoff.place.clone(), "this one is in force")
        .help("remove `restart_delay`: nothing changes; or remove `exp_backoff_restart_delay` for a constant wait")
        .safe_fix(app.option_place("restart_delay").map(|key| Change::Remove { key: key.clone() }))
        .confidence(delay.confidence().min(backoff.confidence()))
        .scope("restart_delay")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn two_waits_are_one_too_many() {
        let found = findings(check, "apps: [{ script: a.js, restart_delay: 3000, exp_backoff_restart_delay: 100 }]");
        assert_eq!(found[0].0, "restart_delay");
        assert!(findings(check, "apps: [{ script: a.js, restart_delay: 3000 }]").is_empty());
        assert!(
            findings(check, "apps: [{ script: a.js, restart_delay: 0, exp_backoff_restart_delay: 100 }]").is_empty()
        );
    }
}
