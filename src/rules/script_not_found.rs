//! `script-not-found`: `pm2 start` says `Script not found` and starts nothing. lib/Common.js:145 (v7.0.4).

use super::Context;
use crate::checkout::{Checkout, file_name, normalize, parent};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::App;
use crate::modules::entry::Entry;

const RULE: &str = "script-not-found";
/// Folders that builds and deploys fill.
const MADE: [&str; 14] = [
    ".next", ".nuxt", ".output", "build", "built", "bundle", "compiled", "current", "dist", "lib", "node_modules", "out",
    "output", "target",
];
const PROGRAMS: [&str; 8] = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py", ".sh"];

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (Some(Entry::Missing { tried }), Some(script)) = (&app.entry, &app.launch.script) else { return };
    let checkout = context.modules.checkout();
    let is_written = PROGRAMS.iter().any(|ending| script.ends_with(ending)) && !script.starts_with('/');
    let Some(path) = tried.first().filter(|_| is_written && is_here(app)) else { return };
    if tried.iter().any(|path| may_be_made(checkout, path)) || !checkout.is_dir(parent(path)) {
        return;
    }
    let like = nearest(checkout, path);
    let message = format!("`{script}` is not in the checkout: `pm2 start` says `Script not found`, and starts no app of this file");
    let help = match &like {
        Some(like) => format!("write `{like}`, which is there"),
        None => "correct the path, or commit the file; if a build makes it, list its folder in .gitignore".to_owned(),
    };
    findings.push(
        Finding::new(RULE, Severity::Error, message)
            .at(app.app.place_or_entry(app.launch.script_place.as_ref()), "no such file")
            .scope("script")
            .help(help)
            .confidence(if like.is_some() { Confidence::High } else { Confidence::Medium })
            .at_most(app.launch.cwd.confidence())
            .app(app.reference()),
    );
}

/// The app runs in a folder of the checkout, not of some server.
fn is_here(app: &App<'_>) -> bool {
    let cwd = &app.launch.cwd.value;
    !cwd.starts_with(['/', '~']) && !cwd.contains(['$', '\\'])
}

/// By a build, a deploy, or somebody whom git does not know of.
fn may_be_made(checkout: &Checkout, path: &str) -> bool {
    path.split('/').any(|folder| MADE.contains(&folder)) || checkout.is_ignored(path)
}

/// A file beside it with nearly that name.
fn nearest(checkout: &Checkout, path: &str) -> Option<String> {
    let wanted = file_name(path);
    let stem = |name: &str| name.rsplit_once('.').map_or(name.to_owned(), |(stem, _)| stem.to_lowercase());
    let is_like = |name: &String| {
        let distance = strsim::damerau_levenshtein(&stem(name), &stem(wanted));
        let is_program = PROGRAMS.iter().any(|ending| name.ends_with(ending));
        is_program && distance <= 2 && distance * 3 < stem(wanted).len()
    };
    let beside = checkout.list_dir(parent(path)).into_iter().find(is_like)?;
    normalize(parent(path), &beside)
}
