//! `unselected-env-block`: variables for an environment that no command selects. lib/Common.js:599 (v7.0.3).

use super::Context;
use crate::commands::Command;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::Action;
use crate::js::Entry;
use crate::js::eval::When;
use crate::pm2::Launch;

const RULE: &str = "unselected-env-block";
/// Blocks that are selected by hand, on a developer's machine.
const BY_HAND: [&str; 6] = ["dev", "development", "local", "test", "testing", "debug"];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for ecosystem in context.ecosystems {
        let starts: Vec<&Command> =
            context.commands.iter().filter(|command| starts(command, ecosystem, context)).collect();
        let Some(first) = starts.first().filter(|_| starts.iter().all(|command| selects_nothing(command))) else {
            continue;
        };
        for app in &ecosystem.apps {
            let blocks = app.options.environments.iter().filter(|(name, _)| !BY_HAND.contains(&&**name));
            findings.extend(blocks.filter_map(|(name, block)| finding(context, app, name, block, first)));
        }
    }
}

fn starts(command: &Command, ecosystem: &Ecosystem, context: &Context<'_>) -> bool {
    command.starts() && command.process_file(context.ecosystems).is_some_and(|file| file.file == ecosystem.file)
}

/// Nothing of the command can be an `--env`, not what a shell fills in either.
fn selects_nothing(command: &Command) -> bool {
    command.value("--env", "").is_none() && !command.targets.iter().any(|target| target.contains(['$', '{']))
}

fn finding(context: &Context<'_>, app: &App, name: &str, block: &Entry, start: &Command) -> Option<Finding> {
    let variables: Vec<&str> = block.value.entries().iter().map(|entry| &*entry.key).collect();
    let base = app.launches.first()?;
    let missed = needed(context, app, base, &variables);
    let severity = if missed.is_some() { Severity::Warning } else { Severity::Info };
    let consequence = match &missed {
        Some(variable) => format!("without `{variable}` the app does not start"),
        None => "its variables are set nowhere".to_owned(),
    };
    Some(
        Finding::new(RULE, severity, format!("no command of the checkout selects `env_{name}`: {consequence}"))
            .at(block.key_origin.clone()?, "never selected here")
            .scope(format!("env_{name}"))
            .related(Some(start.place.clone()), "starts the apps with the base `env`")
            .help(format!("add `--env {name}` here and to every reload, or move the variables into `env`"))
            .confidence(Confidence::Medium)
            .app(app.reference()),
    )
}

/// A variable of the block without which the base launch ends, or has no port. `NODE_ENV` changes much and proves nothing.
fn needed(context: &Context<'_>, app: &App, base: &Launch, variables: &[&str]) -> Option<String> {
    let is_base = |other: &&crate::fleet::App<'_>| std::ptr::eq(other.launch, base) && other.app.index == app.index;
    let simulated = context.fleet.apps.iter().find(is_base)?;
    let ends = simulated.reached().filter(|(_, seen)| {
        seen.when == When::Load && matches!(seen.action, Action::Throw | Action::Exit)
    });
    let mut assumed = ends.flat_map(|(_, seen)| &seen.assumed);
    assumed.find(|name| &***name != "NODE_ENV" && variables.contains(&&***name)).map(ToString::to_string)
}
