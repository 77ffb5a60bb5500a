//! A handler of SIGINT after which the process lives on.

use super::Context;
use super::stop::may_exit;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect};

const RULE: &str = "shutdown-never-exits";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let handlers = context.stop_handlers(app);
    let ends = |effect: &Effect| app.following(effect).any(|(_, seen)| seen.action == Action::Exit);
    let Some((effect, seen, _)) = handlers.first() else { return };
    if handlers.iter().any(|(effect, _, signal)| signal.exits || !signal.is_followed || ends(effect)) {
        return;
    }
    let kill_timeout = context.kill_timeout(app).ms;
    let confidence = match app.is_complete && !may_exit(effect, context) {
        true => seen.confidence(),
        false => Confidence::Low,
    };
    findings.push(
        Finding::new(
            RULE,
            Severity::Error,
            format!(
                "this handler of SIGINT never ends the process, which PM2's channel keeps alive: it is killed with SIGKILL \
                 {kill_timeout} ms (kill_timeout) after every stop, restart and reload"
            ),
        )
        .at(effect.place.clone(), "no path from here to `process.exit`")
        .scope(effect.function.as_deref().unwrap_or_default())
        .related(app.app.option_place("kill_timeout").cloned(), "the time until SIGKILL")
        .help("call `process.exit(0)` when everything is closed: `server.close(() => process.exit(0))`")
        .confidence(confidence)
        .app(app.reference()),
    );
}
