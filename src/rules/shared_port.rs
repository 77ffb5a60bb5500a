//! Two apps of one process file that ask for one port.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use super::swallowed_listen_error::fate;
use crate::ecosystem::Ecosystem;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, Fleet, Listen, Seen};
use crate::pm2::{EnvValue, Mode};

const RULE: &str = "shared-port";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for ecosystem in context.ecosystems {
        for env in environments(ecosystem) {
            let apps = started(context.fleet, ecosystem, env.as_ref());
            for (at, second) in apps.iter().enumerate() {
                let earlier = apps.get(..at).unwrap_or_default();
                findings.extend(
                    earlier
                        .iter()
                        .filter(|first| first.launch.name != second.launch.name)
                        .flat_map(|first| compare(first, second)),
                );
            }
        }
    }
}

/// What `--env` may be: nothing, or one of the blocks.
fn environments(ecosystem: &Ecosystem) -> BTreeSet<Option<Arc<str>>> {
    ecosystem.apps.iter().flat_map(|app| &app.launches).map(|launch| launch.env_name.clone()).collect()
}

/// The apps as one command with `--env` starts them: those without such a block as they are.
fn started<'f, 'e>(fleet: &'f Fleet<'e>, ecosystem: &Ecosystem, env: Option<&Arc<str>>) -> Vec<&'f App<'e>> {
    let of_file = |app: &&App<'_>| app.app.config == ecosystem.file;
    let with = |index: usize, env: Option<&Arc<str>>| {
        fleet.apps.iter().filter(of_file).find(|app| app.app.index == index && app.launch.env_name.as_ref() == env)
    };
    ecosystem.apps.iter().filter_map(|app| with(app.index, env).or_else(|| with(app.index, None))).collect()
}

fn compare(first: &App<'_>, second: &App<'_>) -> Vec<Finding> {
    let clashes = second.listens().filter_map(|(effect, seen, listen)| {
        let other = first.listens().find(|(_, _, other)| listen.collides_with(other))?;
        let (one, two) = ((first, other), (second, (effect, seen, listen)));
        Some(finding(one, two, &refused(one, two)))
    });
    clashes.collect()
}

type Opened<'a> = (&'a Effect, &'a Seen, &'a Listen);

/// What becomes of the one that comes too late, whichever it is.
fn refused((first, one): (&App<'_>, Opened<'_>), (second, two): (&App<'_>, Opened<'_>)) -> String {
    let (ours, theirs) = (fate(second, two.2), fate(first, one.2));
    let then = if ours == theirs { format!(" and {ours}") } else { String::new() };
    format!("whoever starts first has it, the other fails with EADDRINUSE{then}")
}

fn finding(
    (first, one): (&App<'_>, Opened<'_>),
    (second, two): (&App<'_>, Opened<'_>),
    refused: &str,
) -> Finding {
    let (ours, theirs, port) = (&second.launch.name, &first.launch.name, &two.2.port);
    let consequence = match (first.mode(), second.mode()) {
        (Mode::Cluster, Mode::Cluster) if one.2.shares && two.2.shares => {
            "PM2's daemon shares it between all its cluster apps: no error, and each request goes to the one or the other"
        }
        _ => refused,
    };
    Finding::new(RULE, Severity::Error, format!("`{ours}` opens {port}, and so does `{theirs}`: {consequence}"))
        .at(two.0.place.clone(), format!("{port} in `{ours}`"))
        .scope(format!("{theirs} {ours}"))
        .related(Some(one.0.place.clone()), format!("{port} in `{theirs}`"))
        .related(
            second.launch.variable("PORT").and_then(|variable| variable.place.clone()),
            format!("PORT of `{ours}`"),
        )
        .related(
            first.launch.variable("PORT").and_then(|variable| variable.place.clone()),
            format!("PORT of `{theirs}`"),
        )
        .help("give each app a port of its own in its `env`")
        .confidence(certainty(first, one.1).min(certainty(second, two.1)).min(togetherness(first, second)))
        .app(first.reference())
        .app(second.reference())
}

/// A port that hangs on variables nobody sets is an assumption, the more where another environment may set them.
fn certainty(app: &App<'_>, seen: &Seen) -> Confidence {
    let assumed = match seen.assumed.is_empty() {
        true => Confidence::High,
        false if app.app.launches.len() > 1 => Confidence::Low,
        false => Confidence::Medium,
    };
    seen.confidence().min(assumed)
}

/// An app for development and one for production are alternatives, as a rule.
fn togetherness(first: &App<'_>, second: &App<'_>) -> Confidence {
    if is_for_developers(first) == is_for_developers(second) { Confidence::High } else { Confidence::Low }
}

fn is_for_developers(app: &App<'_>) -> bool {
    let value = app.launch.variable("NODE_ENV").map(|variable| &variable.value);
    matches!(value, Some(EnvValue::Known(value)) if value.starts_with("dev"))
}
