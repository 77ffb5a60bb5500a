//! A port that the workers of a cluster are told not to share.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, Listen, Port, Seen};
use crate::pm2::Mode;

const RULE: &str = "exclusive-listen";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.mode() != Mode::Cluster {
        return;
    }
    for (effect, seen, listen) in app.listens() {
        if effect.worker_count() >= 2 && is_exclusive(listen) {
            findings.push(finding(app, effect, seen, listen));
        }
    }
}

/// The call says so, of a library that would share; the port is one for all.
fn is_exclusive(listen: &Listen) -> bool {
    listen.is_exclusive
        && !listen.reuses_port
        && !listen.port_per_worker
        && (listen.port.is_fixed() || matches!(listen.port, Port::Unknown(_)))
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, listen: &Listen) -> Finding {
    let (port, workers) = (&listen.port, &app.launch.workers);
    let is_sure = listen.port.is_fixed() && seen.assumed.is_empty();
    Finding::new(
        RULE,
        Severity::Error,
        format!(
            "`exclusive: true` keeps the workers from sharing {port}: of {workers} one gets it, the others fail with \
             EADDRINUSE and are restarted until PM2 gives up"
        ),
    )
    .at(effect.place.clone(), "every worker binds for itself")
    .scope(effect.function.as_deref().unwrap_or_default())
    .related(app.app.option_place("instances").cloned(), format!("{workers}"))
    .help("remove `exclusive: true`; or give each worker its own port: `port + Number(process.env.NODE_APP_INSTANCE ?? 0)`")
    .confidence(seen.confidence().min(if is_sure { Confidence::High } else { Confidence::Medium }))
    .app(app.reference())
}
