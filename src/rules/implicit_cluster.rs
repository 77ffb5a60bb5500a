//! Cluster mode that nobody asked for, for a script that is no server.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Seen};
use crate::pm2::Mode;

const RULE: &str = "implicit-cluster";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_written = app.app.option_place("exec_mode").is_some();
    let Some(instances) = app.app.option_place("instances") else { return };
    if app.mode() != Mode::Cluster || is_written || !app.is_complete || app.script.is_some() || listens(app) {
        return;
    }
    findings.push(
        Finding::new(
            RULE,
            Severity::Info,
            "`instances` without `exec_mode` means cluster mode, even for 1, and this script opens no port: in cluster mode it \
             never ends by itself, and `interpreter` is not used",
        )
        .at(instances.clone(), "cluster mode because of this")
        .scope("instances")
        .related(app.app.option_place("script").cloned(), "no server")
        .help("write `exec_mode: 'fork'`; or leave `instances` out where one process is meant")
        .confidence(Confidence::Medium)
        .app(app.reference()),
    );
}

/// Also where no worker comes to it: then the app is meant to be a server.
fn listens(app: &App<'_>) -> bool {
    let is_listen = |seen: &Seen| matches!(seen.action, Action::Listen(_));
    app.effects.iter().any(|effect| effect.seen.iter().flatten().any(is_listen))
}
