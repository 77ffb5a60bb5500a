//! A script that does its work and ends, and is started again for that.

use super::Context;
use crate::checkout::Place;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::{Reach, When};
use crate::pm2::Mode;

const RULE: &str = "one-shot-restarted";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let launch = app.launch;
    if serves(app) {
        return;
    }
    let is_restarted = launch.autorestart.value && !launch.stop_exit_codes.value.contains(&0);
    if launch.mode == Mode::Cluster && launch.cron_restart.is_none() && runs_out(app, context) {
        findings.push(never_ends(app));
    }
    if !is_restarted {
        return;
    }
    if launch.mode == Mode::Fork && runs_out(app, context) {
        findings.push(runs_again(app));
        return;
    }
    let fails =
        |place: &Place| app.reached().any(|(effect, seen)| seen.action == Action::Failure && effect.place == *place);
    let exit = app.reached().find(|(effect, seen)| is_end(seen) && !fails(&effect.place));
    findings.extend(exit.map(|(effect, seen)| finding(app, effect, seen)));
}

/// The program ends here in every life, once its work is done.
fn is_end(seen: &Seen) -> bool {
    let is_assumed = seen.guards.iter().any(|guard| guard.is_assumed);
    seen.action == Action::Exit && seen.reach == Reach::Yes && seen.when == When::Load && !is_assumed
}

fn serves(app: &App<'_>) -> bool {
    let lives_on = |action: &Action| match action {
        Action::Listen(_) | Action::Ready => true,
        Action::Schedule(job) => !job.once,
        _ => false,
    };
    app.reached().any(|(_, seen)| lives_on(&seen.action))
}

/// Modules that keep no process alive once their work is done, unless they serve.
const IDLE: [&str; 33] = [
    "assert", "axios", "buffer", "chalk", "child_process", "crypto", "csv-parse", "csv-parse/sync", "date-fns", "dayjs",
    "dns", "dotenv", "dotenv/config", "events", "fs", "fs/promises", "glob", "http", "https", "lodash", "moment",
    "node-fetch", "os", "path", "perf_hooks", "process", "stream", "stream/promises", "timers/promises", "url", "util",
    "uuid", "zlib",
];

/// Words of code that may go on for ever, or wait for somebody.
const LASTING: [&str; 6] = ["while", "for (;;", "for await", "stdin", "setInterval", "http2"];

/// Words of code that prints: a forked process that never wrote anything stays online when it has ended its work
/// (measured on PM2 5 and 7).
const PRINTING: [&str; 3] = ["console.", "stdout", "stderr"];

/// The program does its work and then has nothing left to do; nothing in it says that it goes on.
fn runs_out(app: &App<'_>, context: &Context<'_>) -> bool {
    let ends = |action: &Action| {
        matches!(action, Action::Sink(_) | Action::Sleep(_) | Action::Timer(_) | Action::Failure | Action::Throw | Action::MayThrow(_))
    };
    let is_short = |seen: &Seen| match seen.action {
        Action::Exit => seen.reach == Reach::Maybe,
        _ => ends(&seen.action) && seen.when == When::Load,
    };
    let says = |words: &[&str]| {
        let sources = app.files.iter().filter_map(|file| context.modules.checkout().source(file));
        sources.into_iter().any(|source| words.iter().any(|word| source.text().contains(word)))
    };
    app.is_complete
        && app.libraries.iter().all(|library| IDLE.contains(&&**library))
        && app.effects.iter().all(|effect| effect.best().is_some_and(|seen| effect.is_reached() && is_short(seen)))
        && says(&PRINTING)
        && !says(&LASTING)
}

fn runs_again(app: &App<'_>) -> Finding {
    let finding = Finding::new(
        RULE,
        Severity::Error,
        "when the script's work is done nothing keeps it alive: it ends, about 3 s later, and PM2 starts it again: it runs in a loop",
    );
    of_script(app, finding).help(help(app)).confidence(Confidence::Medium).app(app.reference())
}

fn never_ends(app: &App<'_>) -> Finding {
    let finding = Finding::new(
        RULE,
        Severity::Error,
        "when the script's work is done nothing ends it: in cluster mode PM2's channel keeps the process alive, so it stays online and \
         does nothing",
    );
    let cluster = app.app.option_place("exec_mode").or(app.app.option_place("instances")).cloned();
    of_script(app, finding)
        .related(cluster, "this makes it a cluster worker")
        .help("set `exec_mode: 'fork'` and `autorestart: false`, with `cron_restart` if it is to run at times; or run it in the deploy instead")
        .confidence(Confidence::Medium)
        .app(app.reference())
}

fn of_script(app: &App<'_>, finding: Finding) -> Finding {
    let place = app.app.option_place("script").or(app.app.place()).cloned();
    match place {
        Some(place) => finding.at(place, "it does its work and ends").scope("script"),
        None => finding,
    }
}

fn help(app: &App<'_>) -> &'static str {
    match app.launch.cron_restart {
        Some(_) => "set `autorestart: false`: `cron_restart` starts it again at its times all the same",
        None => {
            "set `autorestart: false` (or `stop_exit_codes: [0]`), with `cron_restart` if it is to run at times; or run it in the deploy instead"
        }
    }
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    let place = app.app.option_place("script").or(app.app.place()).cloned();
    let cron = app.launch.cron_restart.as_ref();
    let finding = Finding::new(
        RULE,
        Severity::Error,
        "the script ends by itself when its work is done, and PM2 starts it again at once: it runs in a loop",
    );
    let located = match place {
        Some(place) => finding.at(place, "restarted whenever it ends").related(Some(effect.place.clone()), "ends here"),
        None => finding.at(effect.place.clone(), "ends here"),
    };
    located
        .scope("script")
        .related(
            cron.and_then(|cron| cron.place.clone()),
            "starts it at these times, and does not keep it from being restarted",
        )
        .help(help(app))
        .confidence(seen.confidence().min(if app.is_complete { Confidence::High } else { Confidence::Medium }))
        .app(app.reference())
}
