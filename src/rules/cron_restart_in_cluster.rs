//! A restart by the clock that stops all workers at once.

use crate::ecosystem::Ecosystem;
use crate::finding::{Finding, Severity};
use crate::pm2::Mode;

use super::same_cause::add;

const RULE: &str = "cron-restart-in-cluster";

pub(super) fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        let Some(cron) = launch.cron_restart.as_ref().filter(|cron| !matches!(&*cron.value, "" | "0")) else { continue };
        if launch.mode != Mode::Cluster || launch.workers.are_many() != Some(true) {
            continue;
        }
        let message = format!(
            "`{}` stops and starts {} in the same second: this is a restart, no reload, and nobody listens until they are up again",
            cron.value, launch.workers
        );
        add(
            findings,
            Finding::new(RULE, Severity::Warning, message)
                .at(app.place_or_entry(cron.place.as_ref()), "a restart of all workers")
                .scope(format!("apps.{}.cron_restart", app.name))
                .related(app.option_place("instances").cloned(), launch.workers.to_string())
                .help(format!("let the system's cron run `pm2 reload {}` in its place, which goes worker by worker", app.name))
                .confidence(cron.confidence())
                .app(app.reference_in(launch)),
        );
    }
}
