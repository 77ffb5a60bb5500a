//! An image without `ps`, which PM2 asks for the children of an app.

use super::Context;
use crate::commands::dockerfile::{Dockerfile, Instruction, is_dockerfile};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App};
use crate::pm2::Mode;

const RULE: &str = "missing-ps";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let checkout = context.modules.checkout();
    for file in checkout.files().iter().filter(|file| is_dockerfile(file)) {
        let Some(source) = checkout.source(file).filter(|source| names_pm2(source.text())) else { continue };
        let dockerfile = Dockerfile::parse(&source);
        let Some((image, from)) = dockerfile.base().filter(|(image, _)| lacks_ps(image)) else { continue };
        if dockerfile.instructions.iter().any(installs_ps) {
            continue;
        }
        let apps = context.fleet.apps.iter().filter(|app| app.launch.treekill.value);
        let harmed: Vec<(&App<'_>, Harm)> = apps.filter_map(|app| Some((app, harm(app)?))).collect();
        findings.extend(finding(image, from, &harmed));
    }
}

/// PM2's programs, and not another one whose name begins like theirs.
fn names_pm2(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c: char| !is_part(c)).any(|word| word == "pm2")
}

/// Debian's slim images, its plain one and distroless ones have no procps; Alpine's BusyBox has a `ps`.
fn lacks_ps(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or(image);
    let is_node = name.rsplit('/').next().is_some_and(|name| name.starts_with("node:"));
    name.contains("distroless") || name.starts_with("debian:") || (is_node && name.contains("slim"))
}

fn installs_ps(instruction: &Instruction) -> bool {
    ["procps", "busybox", "/bin/ps"].iter().any(|word| instruction.arguments.contains(word))
}

/// What happens for want of `ps`, the worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    /// PM2 7 starts an app in fork mode twice on a reload.
    StartedTwice,
    /// The children of the app live on after it.
    Orphans,
}

fn harm(app: &App<'_>) -> Option<Harm> {
    let has_children = app.reached().any(|(_, seen)| matches!(seen.action, Action::Child(_) | Action::Fork));
    match app.launch.mode {
        _ if has_children || app.launch.command_line.is_some() => Some(Harm::Orphans),
        Mode::Fork => Some(Harm::StartedTwice),
        Mode::Cluster => None,
    }
}

fn finding(image: &str, from: &Instruction, harmed: &[(&App<'_>, Harm)]) -> Option<Finding> {
    let worst = harmed.iter().map(|(_, harm)| *harm).max()?;
    let (what, confidence) = match worst {
        Harm::Orphans => ("the children of an app are not stopped with it, and keep their ports", Confidence::High),
        Harm::StartedTwice => ("PM2 7 starts an app in fork mode twice when it is reloaded", Confidence::Medium),
    };
    let message = format!("`{image}` has no `ps`, by which PM2 finds the processes of an app: {what}");
    let finding = Finding::new(RULE, Severity::Warning, message)
        .at(from.place.clone(), "no `ps` in this image")
        .scope(format!("FROM {image}"))
        .help("install it: `RUN apt-get update && apt-get install -y --no-install-recommends procps && rm -rf /var/lib/apt/lists/*`")
        .confidence(confidence);
    let concerned = harmed.iter().filter(|(_, harm)| *harm == worst);
    Some(concerned.fold(finding, |finding, (app, _)| finding.app(app.reference())))
}
