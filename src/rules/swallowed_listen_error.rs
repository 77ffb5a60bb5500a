//! A failure to listen that nobody hears of.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Listen, Seen};

const RULE: &str = "swallowed-listen-error";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen, listen) in app.listens() {
        if let Some(library) = hands_over_errors(context, effect, listen).filter(|_| listen.ignores_outcome) {
            findings.push(in_callback(app, effect, seen, library));
        }
    }
    for (effect, seen) in app.reached().filter(|(_, seen)| seen.action == Action::LoggedError) {
        findings.push(in_handler(app, effect, seen));
    }
}

/// What becomes of a process whose port is taken.
pub(super) fn fate(app: &App<'_>, context: &Context<'_>, effect: &Effect, listen: &Listen) -> &'static str {
    let is_logged = || app.reached().any(|(_, seen)| seen.action == Action::LoggedError);
    let is_ignored = || listen.ignores_outcome && hands_over_errors(context, effect, listen).is_some();
    match is_logged() || is_ignored() {
        true => "serves nobody, for the error is swallowed",
        false => "is restarted until PM2 gives up",
    }
}

/// The library, where the version that the checkout asks for calls back with the failure.
fn hands_over_errors<'l>(context: &Context<'_>, effect: &Effect, listen: &'l Listen) -> Option<&'l str> {
    let requirement = context.modules.resolver().requirement(&effect.place.file, &listen.library)?;
    (major(&requirement)? >= u32::from(listen.errors_to_callback?)).then_some(&*listen.library)
}

/// The major version of a simple range: `^5.1.0`, `~5.1`, `5.x`, `v5`. What spans several, or names none, gives none.
fn major(range: &str) -> Option<u32> {
    let version = range.trim().trim_start_matches(['^', '~', '=', 'v']);
    let is_one = !version.contains(' ') && !version.contains('|');
    version.split('.').next().filter(|_| is_one)?.parse().ok()
}

fn in_callback(app: &App<'_>, effect: &Effect, seen: &Seen, library: &str) -> Finding {
    let reports = app.following(effect).any(|(_, seen)| seen.action == Action::Ready);
    let ready = if reports { ", reports `ready`" } else { "" };
    Finding::new(
        RULE,
        Severity::Warning,
        format!(
            "this version of {library} calls the callback with the error when the port cannot be opened, and nothing is thrown: \
             the callback takes no argument, so the worker goes on as if it listened{ready} and stays online, deaf"
        ),
    )
    .at(effect.place.clone(), "its callback ignores the error")
    .scope(effect.function.as_deref().unwrap_or_default())
    .help("take the error and end the process: `(error) => { if (error) throw error; … }`")
    .confidence(seen.confidence())
    .app(app.reference())
}

fn in_handler(app: &App<'_>, effect: &Effect, seen: &Seen) -> Finding {
    Finding::new(
        RULE,
        Severity::Warning,
        "this handler of the server's errors logs them and nothing else: when the port cannot be opened (EADDRINUSE), the worker \
         stays online and deaf, and PM2 sees no reason to restart it",
    )
    .at(effect.place.clone(), "logs, and the worker stays online")
    .scope(effect.function.as_deref().unwrap_or_default())
    .help("end the process when it cannot listen: `server.on('error', (error) => { console.error(error); process.exit(1); })`")
    .confidence(seen.confidence().max(Confidence::Medium))
    .app(app.reference())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_major_version_where_it_means_one() {
        let majors =
            ["^5.1.0", "5", "~5.0", "5.x", "v5.0.0", "=5.0.0", ">=4", "4 || 5", "latest", "file:../express"].map(major);
        assert_eq!(majors, [Some(5), Some(5), Some(5), Some(5), Some(5), Some(5), None, None, None, None]);
    }
}
