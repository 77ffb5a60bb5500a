//! `cwd-relative-script`: PM2 takes a relative `script` from the directory in which it is called, not from the process file's.
//! lib/Common.js:299 (v7.0.3).

use super::Context;
use super::same_cause::add;
use crate::checkout::{normalize, parent};
use crate::commands::Command;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};

const RULE: &str = "cwd-relative-script";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for command in context.commands.iter().filter(|command| starts(command)) {
        let Some(ecosystem) = elsewhere(command, context.ecosystems) else { continue };
        for app in &ecosystem.apps {
            if let Some(finding) = finding(context, command, app) {
                add(findings, finding);
            }
        }
    }
}

fn starts(command: &Command) -> bool {
    command.verb.starts_with("start")
}

/// The process file that the command names by its exact path, where it lies in another folder than the command is run in.
fn elsewhere<'e>(command: &Command, ecosystems: &'e [Ecosystem]) -> Option<&'e Ecosystem> {
    let path = normalize(&command.folder, command.targets.first()?)?;
    let ecosystem = ecosystems.iter().find(|ecosystem| *ecosystem.file == *path)?;
    (parent(&ecosystem.file) != &*command.folder && command.value("--cwd", "").is_none()).then_some(ecosystem)
}

/// The script is there seen from the process file, and not seen from where the command runs.
fn finding(context: &Context<'_>, command: &Command, app: &App) -> Option<Finding> {
    let script = app.options.value("script")?.as_str().filter(|script| !script.starts_with('/') && !script.contains(' '))?;
    let checkout = context.modules.checkout();
    let from = |folder: &str| normalize(folder, script).filter(|path| checkout.is_file(path));
    let meant = from(parent(&app.config))?;
    if app.options.get("cwd").is_some() || from(&command.folder).is_some() {
        return None;
    }
    let folder = if command.folder.is_empty() { "the root of the checkout" } else { &command.folder };
    let message = format!(
        "`{script}` is taken from the directory in which PM2 is called, here {folder}, and not from that of the process file: `Script not found`"
    );
    Some(
        Finding::new(RULE, Severity::Warning, message)
            .at(app.place_or_entry(app.option_place("script")), format!("means `{meant}`"))
            .scope("script")
            .related(Some(command.place.clone()), "called here")
            .help("write `cwd: __dirname` in the app (in JSON and YAML the absolute path), or call PM2 in the folder of the process file")
            .confidence(Confidence::High)
            .app(app.reference()),
    )
}
