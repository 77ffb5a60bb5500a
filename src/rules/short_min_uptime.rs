//! `short-min-uptime`: a crash that comes later than `min_uptime` after the launch is no unstable exit, so PM2 never gives the
//! app up. lib/God.js:470 (v7.0.3).

use super::Context;
use super::quantity::duration;
use crate::archive::{Incident, IncidentKind};
use crate::finding::{Finding, Severity};
use crate::fleet::App;

const RULE: &str = "short-min-uptime";
/// Node alone takes about so long from launch to exit, in ms, and start-up counts as uptime.
const FASTEST_CRASH: u64 = 500;

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let launch = app.launch;
    if !launch.autorestart.value {
        return;
    }
    let min_uptime = launch.min_uptime.value;
    let written = launch.min_uptime.place.as_ref().filter(|_| min_uptime < FASTEST_CRASH);
    let measured = context.timeline.incidents.iter().find_map(|incident| outlived(app, incident, min_uptime));
    let (message, enough) = match (measured, written) {
        (Some((shortest, count)), _) => (
            format!(
                "the app crashed {count} times after lives of {} and more, and an exit counts as unstable only below min_uptime, {}: PM2 \
                 restarts it for ever",
                duration(shortest),
                duration(min_uptime)
            ),
            shortest * 2,
        ),
        (None, Some(_)) => (
            format!(
                "`min_uptime: {min_uptime}` is less than Node takes to start and fail: no crash is ever unstable to PM2, which restarts \
                 the app for ever"
            ),
            10_000,
        ),
        (None, None) => return,
    };
    findings.push(
        Finding::new(RULE, Severity::Warning, message)
            .at(app.app.place_or_entry(launch.min_uptime.place.as_ref()), "a crash comes later than this")
            .scope("min_uptime")
            .help(format!("write `min_uptime: {}`: more than the app needs to fail", enough.max(1000)))
            .confidence(launch.min_uptime.confidence())
            .app(app.reference()),
    );
}

/// The shortest of the lives of a loop that PM2 did not end, in ms, and how many there were.
fn outlived(app: &App<'_>, incident: &Incident, min_uptime: u64) -> Option<(u64, u64)> {
    let IncidentKind::CrashLoop(crash) = &incident.kind else { return None };
    let (shortest, _) = crash.lifetime_ms.filter(|(shortest, _)| *shortest >= min_uptime.max(1000))?;
    let is_meant = incident.app.as_deref() == Some(&*app.launch.name) && crash.errored.is_empty();
    (is_meant && incident.count > app.launch.max_restarts.value).then_some((shortest, incident.count))
}
