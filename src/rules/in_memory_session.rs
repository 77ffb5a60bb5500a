//! Sessions that each worker keeps for itself.

use super::Context;
use crate::catalog::StateKind;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App};

const RULE: &str = "in-memory-session";

/// Stores that workers share: where one is imported, it may be chosen in a way that was not followed.
const SHARED_STORES: [&str; 7] = [
    "connect-redis",
    "connect-mongo",
    "connect-pg-simple",
    "connect-session-sequelize",
    "connect-session-knex",
    "express-mysql-session",
    "connect-memcached",
];

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !app.shares_requests() {
        return;
    }
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::State(state) = &seen.action else { continue };
        if state.kind != StateKind::Session {
            continue;
        }
        let confidence = match &state.doubt {
            Some(_) => Confidence::Low,
            None if !seen.assumed.is_empty() || app.imports(context.modules, &SHARED_STORES) => Confidence::Low,
            None => seen.confidence(),
        };
        let processes = app.processes();
        let library = &state.library;
        let shared = state.shared.as_deref().unwrap_or("a store that they all reach");
        let message = format!(
            "`{library}` keeps sessions in the memory of one worker, and {processes} take requests in turn: a user who logs in at one \
             is logged out at the others"
        );
        findings.push(
            Finding::new(RULE, Severity::Error, message)
                .at(effect.place.clone(), "no store that the workers share")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), processes)
                .help(format!("keep them where all workers look, with {shared}; or in a signed cookie"))
                .confidence(confidence)
                .app(app.reference()),
        );
    }
}
