//! Limits of requests that each worker counts for itself.

use super::Context;
use crate::catalog::StateKind;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "in-memory-rate-limit";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    if !app.shares_requests() {
        return;
    }
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::State(state) = &seen.action else { continue };
        if state.kind != StateKind::RateLimit {
            continue;
        }
        let confidence = match state.doubt.is_some() || state.is_idle || !seen.assumed.is_empty() {
            true => Confidence::Low,
            false => seen.confidence(),
        };
        let processes = app.processes();
        let library = &state.library;
        let shared = state.shared.as_deref().unwrap_or("a store that they all reach");
        let message = format!(
            "`{library}` counts requests in the memory of one worker, and {processes} take them in turn: the limit that holds is as \
             many times the one that is set"
        );
        findings.push(
            Finding::new(RULE, Severity::Warning, message)
                .at(effect.place.clone(), "each worker counts for itself")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), processes)
                .help(format!("let all workers count together, with {shared}; or limit in the proxy before PM2"))
                .confidence(confidence)
                .app(app.reference()),
        );
    }
}
