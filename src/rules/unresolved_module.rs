//! A module that is asked for and is not in the checkout.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::When;

const RULE: &str = "unresolved-module";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached() {
        let Action::Missing(specifier) = &seen.action else { continue };
        if seen.when == When::Load && !may_be_made(context, &effect.place.file, specifier) {
            findings.push(finding(app, effect, seen, specifier));
        }
    }
}

/// What git leaves out is made, or put there, before the program runs.
fn may_be_made(context: &Context<'_>, from: &str, specifier: &str) -> bool {
    let folder = crate::checkout::parent(from);
    let names = ["", ".js", ".ts", ".json", ".node", "/index.js"];
    let path = crate::checkout::normalize(folder, specifier);
    path.is_none_or(|path| names.iter().any(|ending| context.modules.checkout().is_ignored(&format!("{path}{ending}"))))
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
