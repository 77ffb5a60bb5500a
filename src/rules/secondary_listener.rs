//! A port for metrics that all workers share.

use super::Context;
use crate::catalog::StateKind;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Listen, Seen};
use crate::pm2::Mode;

const RULE: &str = "secondary-listener";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(metrics) = app.reached().find(|(_, seen)| keeps_metrics(seen)).map(|(effect, _)| effect) else { return };
    if app.mode() != Mode::Cluster {
        return;
    }
    let shared: Vec<_> = app.listens().filter(|(effect, _, listen)| is_shared(effect, listen)).collect();
    let beside = shared.iter().find(|(effect, ..)| effect.place.file == metrics.place.file).or(shared.last());
    let main = beside.and_then(|(_, _, own)| shared.iter().find(|(_, _, other)| other.port != own.port));
    if let (Some((effect, seen, listen)), Some((main, ..))) = (beside, main) {
        findings.push(finding(app, effect, seen, listen, main, metrics));
    }
}

fn keeps_metrics(seen: &Seen) -> bool {
    matches!(&seen.action, Action::State(state) if state.kind == StateKind::Metrics)
}

fn is_shared(effect: &Effect, listen: &Listen) -> bool {
    effect.worker_count() >= 2 && listen.shares && listen.port.is_fixed() && !listen.port_per_worker && !listen.udp
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, listen: &Listen, main: &Effect, metrics: &Effect) -> Finding {
    let (port, workers) = (&listen.port, &app.launch.workers);
    Finding::new(
        RULE,
        Severity::Warning,
        format!("{workers} share {port} beside the app's own, and each counts for itself: a scrape reaches one of them at random, so counters jump up and down"),
    )
    .at(effect.place.clone(), "whichever worker answers")
    .scope(effect.function.as_deref().unwrap_or_default())
    .related(Some(metrics.place.clone()), "counted in each worker")
    .related(Some(main.place.clone()), "the app's own port")
    .related(app.app.option_place("instances").cloned(), format!("{workers}"))
    .help("give each worker a port of its own, `port + Number(process.env.NODE_APP_INSTANCE ?? 0)`, and scrape them all; or sum them up over PM2's message bus")
    .confidence(seen.confidence().min(Confidence::Medium))
    .app(app.reference())
}
