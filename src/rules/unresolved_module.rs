//! A module that is asked for and is not in the checkout.

use super::Context;
use crate::checkout::{Checkout, below};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::When;

const RULE: &str = "unresolved-module";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let missing: Vec<_> = app
        .reached()
        .filter_map(|(effect, seen)| match &seen.action {
            Action::Missing(specifier) if seen.when == When::Load => Some((effect, seen, specifier)),
            _ => None,
        })
        .filter(|(effect, _, specifier)| !may_be_made(context, &effect.place.file, specifier))
        .collect();
    let limit = if missing.len() > 1 { Confidence::Low } else { Confidence::High };
    for (effect, seen, specifier) in missing {
        findings.push(finding(app, effect, seen, specifier).at_most(limit));
    }
}

/// What git leaves out, or keeps in a submodule, is made or put there before the program runs. So are several missing
/// modules, whose makers are not known: a program that ever ran has all of them.
fn may_be_made(context: &Context<'_>, from: &str, specifier: &str) -> bool {
    let folder = crate::checkout::parent(from);
    let names = ["", ".js", ".ts", ".json", ".node", "/index.js"];
    let path = crate::checkout::normalize(folder, specifier);
    let checkout = context.modules.checkout();
    path.is_none_or(|path| {
        is_in_submodule(checkout, &path)
            || names.iter().any(|ending| checkout.is_ignored(&format!("{path}{ending}")))
    })
}

fn is_in_submodule(checkout: &Checkout, path: &str) -> bool {
    let Some(list) = checkout.source(".gitmodules") else { return false };
    let folders = list.text().lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
    folders.map(str::trim).any(|folder| below(path, folder).is_some())
}

fn finding(app: &App<'_>, effect: &Effect, seen: &Seen, specifier: &str) -> Finding {
    Finding::new(
        RULE,
        Severity::Error,
        format!("`{specifier}` is not there: the worker ends with `Cannot find module` as it starts, again and again"),
    )
    .at(effect.place.clone(), "no such file")
    .scope(specifier)
    .help("correct the path (on Linux upper and lower case count), or commit the file; if a build makes it, list it in .gitignore")
    .confidence(seen.confidence().min(if seen.assumed.is_empty() { Confidence::High } else { Confidence::Medium }))
    .app(app.reference())
}
