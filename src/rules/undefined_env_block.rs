//! `--env` with a name that no app of the process file knows.

use std::collections::BTreeSet;

use super::Context;
use crate::ecosystem::Ecosystem;
use crate::finding::{Finding, Severity};

const RULE: &str = "undefined-env-block";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for command in context.commands {
        let Some(env) = command.value("--env", "").filter(|env| is_name(env)) else { continue };
        let Some(ecosystem) = command.process_file(context.ecosystems).filter(|file| is_known(file)) else { continue };
        let defined: BTreeSet<&str> = ecosystem.launches().filter_map(|(_, launch)| launch.env_name.as_deref()).collect();
        if ecosystem.apps.is_empty() || defined.contains(&**env) {
            continue;
        }
        let message = format!(
            "no app of `{}` has an `env_{env}`: PM2 says so in a warning and starts them with the base `env`",
            ecosystem.file
        );
        let blocks: Vec<String> = defined.iter().map(|name| format!("`env_{name}`")).collect();
        let help = match blocks.is_empty() {
            true => format!("add an `env_{env}` to the apps, or drop `--env {env}`"),
            false => format!("add an `env_{env}`, or name one that is there: {}", blocks.join(", ")),
        };
        let finding = Finding::new(RULE, Severity::Warning, message)
            .at(command.place.clone(), "selects nothing")
            .scope(format!("pm2 {} --env {env}", command.verb))
            .help(help);
        findings.push(ecosystem.apps.iter().fold(finding, |finding, app| finding.app(app.reference())));
    }
}

/// A name as it stands, nothing that a shell or CI fills in.
fn is_name(env: &str) -> bool {
    !env.is_empty() && env.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// Whether every option of every app is known.
fn is_known(ecosystem: &Ecosystem) -> bool {
    ecosystem.root.open.is_none() && ecosystem.apps.iter().all(|app| app.options.open.is_none())
}
