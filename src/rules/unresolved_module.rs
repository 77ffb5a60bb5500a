//! A module that is asked for and is not in the checkout.

use super::Context;
use crate::checkout::{Checkout, file_name, normalize, parent};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Effect, Seen};
use crate::js::eval::When;

const RULE: &str = "unresolved-module";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let checkout = context.modules.checkout();
    let missing: Vec<_> = app.reached().filter_map(|(effect, seen)| Missing::new(effect, seen, checkout)).collect();
    // The process ends at the first one.
    findings.extend(missing.first().map(|first| {
        let others = missing.iter().filter(|other| other.path != first.path).count();
        finding(app, first, others, checkout)
    }));
}

/// A file that is asked for as the program starts, and that nothing but the checkout would bring.
struct Missing<'a> {
    effect: &'a Effect,
    seen: &'a Seen,
    specifier: &'a str,
    path: String,
}

impl<'a> Missing<'a> {
    fn new(effect: &'a Effect, seen: &'a Seen, checkout: &Checkout) -> Option<Self> {
        let Action::Missing(specifier) = &seen.action else { return None };
        let path = specifier.starts_with('.').then(|| normalize(parent(&effect.place.file), specifier))??;
        let is_missed = seen.when == When::Load && !may_be_made(checkout, &path) && !is_of_submodule(checkout, &path);
        is_missed.then_some(Self { effect, seen, specifier, path })
    }
}

/// What git leaves out is made, or put there, before the program runs.
fn may_be_made(checkout: &Checkout, path: &str) -> bool {
    let endings = ["", ".js", ".ts", ".json", ".node", "/index.js"];
    endings.iter().any(|ending| checkout.is_ignored(&format!("{path}{ending}")))
}

/// What another repository holds, whether that is checked out or not.
fn is_of_submodule(checkout: &Checkout, path: &str) -> bool {
    let Some(source) = checkout.source(".gitmodules") else { return false };
    let mut folders =
        source.text().lines().filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
    folders.any(|folder| crate::checkout::below(path, folder.trim()).is_some())
}

/// Words in the name of a file that is copied and filled in where the app runs: `config.example.js` of `config.js`.
const SAMPLE: [&str; 4] = ["dist", "example", "sample", "template"];

fn has_sample(checkout: &Checkout, path: &str) -> bool {
    let wanted = words(file_name(path));
    checkout.list_dir(parent(path)).iter().any(|name| {
        let (sample, own): (Vec<&str>, Vec<&str>) = words(name).into_iter().partition(|word| SAMPLE.contains(word));
        !sample.is_empty() && !own.is_empty() && own.iter().all(|word| wanted.contains(word))
    })
}

/// The words of a file's name, without what tells the language.
fn words(name: &str) -> Vec<&str> {
    let words = name.split(['.', '-', '_']);
    words.filter(|word| !["", "js", "cjs", "mjs", "ts", "cts", "mts", "json"].contains(word)).collect()
}

fn finding(app: &App<'_>, first: &Missing<'_>, others: usize, checkout: &Checkout) -> Finding {
    let Missing { effect, seen, specifier, path } = first;
    let more = if others == 0 { "" } else { ", nor are others" };
    // A program that ever ran has all its modules: where several are missing, or a whole folder, something brings them.
    let limit = match others {
        _ if has_sample(checkout, path) => Confidence::Low,
        0 if checkout.is_dir(parent(path)) => Confidence::High,
        0 => Confidence::Medium,
        _ => Confidence::Low,
    };
    Finding::new(
        RULE,
        Severity::Error,
        format!("`{specifier}` is not there{more}: the worker ends with `Cannot find module` as it starts, again and again"),
    )
    .at(effect.place.clone(), "no such file")
    .scope(*specifier)
    .help("correct the path (on Linux upper and lower case count), or commit the file; if a build makes it, list it in .gitignore")
    .confidence(seen.confidence())
    .at_most(limit)
    .app(app.reference())
}
