//! A handler of SIGINT after which the process lives on.

use super::{Context, closing};
use super::stop::may_exit;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect};
use crate::js::eval::When;
use crate::pm2::Mode;

const RULE: &str = "shutdown-never-exits";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let handlers = context.stop_handlers(app);
    let ends = |effect: &Effect| app.following(effect).any(|(_, seen)| seen.action == Action::Exit);
    let Some((effect, seen, signal)) = handlers.first() else { return };
    if handlers.iter().any(|(effect, _, signal)| signal.exits || !signal.is_followed || ends(effect)) {
        return;
    }
    if ends_by_itself(app, context, effect) || (signal.leaves_word && ends_elsewhere(app)) {
        return;
    }
    let unheard = app.following(effect).find(|(_, seen)| matches!(&seen.action, Action::Close(close) if close.is_deaf));
    let confidence = match app.is_complete && (unheard.is_some() || !may_exit(effect, context)) {
        true => seen.confidence(),
        false => Confidence::Low,
    };
    let kill_timeout = context.kill_timeout(app).ms;
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
        .related(unheard.map(|(close, _)| close.place.clone()), "gives a promise, and never calls the function that it is given")
        .related(app.app.option_place("kill_timeout").cloned(), "the time until SIGKILL")
        .help(match unheard {
            Some(_) => "wait for the promise, then exit: `await` the call, without a function, and call `process.exit(0)` after it".to_owned(),
            None => format!("call `process.exit(0)` when everything is closed: {}", closing::statements(app, context)),
        })
        .confidence(confidence)
        .app(app.reference()),
    );
}

/// How long PM2's metrics keep a forked process alive that has nothing left to do (measured on PM2 5 and 7).
const LAST_TICK_MS: u64 = 3_200;

/// A forked process ends when nothing is left to do, and may have the time for that: no server stays open, no job goes on.
fn ends_by_itself(app: &App<'_>, context: &Context<'_>, handler: &Effect) -> bool {
    let closes = app.following(handler).any(|(_, seen)| matches!(&seen.action, Action::Close(close) if close.is_server));
    let repeats = app.schedules().any(|(_, _, job)| !job.once && !job.paused);
    app.launch.mode == Mode::Fork
        && context.kill_timeout(app).ms > LAST_TICK_MS
        && !repeats
        && (closes || app.listens().next().is_none())
}

/// The program ends somewhere outside the handlers of signals: what waits for word from one may come there.
fn ends_elsewhere(app: &App<'_>) -> bool {
    app.effects.iter().flat_map(|effect| effect.seen.iter().flatten()).any(|seen| {
        seen.action == Action::Exit && seen.when != When::Signal
    })
}
