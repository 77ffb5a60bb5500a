//! Several forked processes that open one port.

use super::Context;
use super::swallowed_listen_error::fate;
use crate::finding::{Confidence, Finding, Literal, Severity};
use crate::fleet::{App, Effect, Listen, Port, Role, Seen};
use crate::pm2::Mode;

const RULE: &str = "fork-port-conflict";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    if app.launch.mode != Mode::Fork || app.workers.iter().any(|worker| worker.role != Role::Fork) {
        return;
    }
    for (effect, seen, listen) in app.listens() {
        if effect.worker_count() >= 2 && is_one_port(effect, listen) {
            findings.push(finding(app, effect, seen, listen));
        }
    }
}

/// The same port in every process, and none that the system shares out.
pub(super) fn is_one_port(effect: &Effect, listen: &Listen) -> bool {
    let same = |seen: &Seen| matches!(&seen.action, crate::fleet::Action::Listen(other) if other.port == listen.port);
    !listen.port_per_worker
        && !matches!(listen.port, Port::Any | Port::Undefined | Port::NotANumber)
        && !listen.reuses_port
        && effect.seen.iter().flatten().all(same)
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, listen: &Listen) -> Finding {
    let workers = &app.launch.workers;
    let port = &listen.port;
    let message = format!(
        "{workers} in fork mode open {port}: one gets it, each other one fails with EADDRINUSE and {}",
        fate(app, listen)
    );
    let not_known = matches!(port, Port::Unknown(_));
    let confidence = match seen.assumed.is_empty() && !not_known {
        true => seen.confidence(),
        false => seen.confidence().min(Confidence::Medium),
    };
    Finding::new(RULE, Severity::Error, message)
        .at(effect.place.clone(), format!("{port} in every process"))
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("instances").cloned(), format!("{workers}"))
        .related(app.app.option_place("exec_mode").cloned(), "fork: nothing shares the port")
        .help(
            "set `exec_mode: 'cluster'`, where PM2 shares the port; or give each process its own with `increment_var: 'PORT'`",
        )
        .unsafe_fix(app.app.set("exec_mode", Literal::String("cluster".into())))
        .confidence(confidence)
        .app(app.reference())
}
