//! `script-not-found`: `pm2 start` says `Script not found` and starts nothing. lib/Common.js:145 (v7.0.4).

use super::Context;
use crate::checkout::{Checkout, ancestors, below, file_name, normalize, parent};
use crate::commands::Command;
use crate::ecosystem::is_taken;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::App;
use crate::modules::Modules;
use crate::modules::entry::{Entry, entry};

const RULE: &str = "script-not-found";
/// Folders that installers, frameworks and deploys fill.
const MADE: [&str; 5] = [".next", ".nuxt", ".output", "current", "node_modules"];
/// Folders that builds fill.
const BUILT: [&str; 9] = ["build", "built", "bundle", "compiled", "dist", "lib", "out", "output", "target"];
/// Words of a package.json that has something to build with.
const BUILDERS: [&str; 20] = [
    "babel", "build", "bun", "compile", "esbuild", "grunt", "gulp", "make", "ncc", "nest", "next", "nuxt", "parcel", "rollup", "swc",
    "tsc", "tsup", "typescript", "vite", "webpack",
];
const PROGRAMS: [&str; 8] = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py", ".sh"];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let modules = context.modules;
    findings.extend(context.fleet.apps.iter().filter_map(|app| of_app(app, modules)));
    findings.extend(context.commands.iter().filter_map(|command| of_command(command, modules)));
}

fn of_app(app: &App<'_>, modules: &Modules<'_>) -> Option<Finding> {
    let checkout = modules.checkout();
    let (Some(Entry::Missing { tried }), Some(script)) = (&app.entry, &app.launch.script) else { return None };
    let is_written = is_program(script) && !script.starts_with('/');
    let path = tried.first().filter(|_| is_written && is_here(app))?;
    let is_strange = !checkout.is_dir(parent(path)) && !has_folder(path, &BUILT);
    if is_strange || may_be_made(modules, path) || tried.iter().any(|path| is_brought(checkout, path)) {
        return None;
    }
    let like = nearest(checkout, path);
    let message = format!("`{script}` is not in the checkout: `pm2 start` says `Script not found`, and starts no app of this file");
    Some(
        Finding::new(RULE, Severity::Error, message)
            .at(app.app.place_or_entry(app.launch.script_place.as_ref()), "no such file")
            .scope("script")
            .help(help(like.as_deref()))
            .confidence(if like.is_some() { Confidence::High } else { Confidence::Medium })
            .at_most(app.launch.cwd.confidence())
            .app(app.reference()),
    )
}

/// A command of package.json, which runs in that file's folder, may name a file that is not there.
fn of_command(command: &Command, modules: &Modules<'_>) -> Option<Finding> {
    let checkout = modules.checkout();
    let target = command.targets.first().filter(|target| is_plain(target))?;
    let path = normalize(&command.folder, target)?;
    let is_fixed = command.script.is_some() && command.starts() && command.value("--cwd", "").is_none();
    if !is_fixed || !checkout.is_dir(&command.folder) || may_be_made(modules, &path) {
        return None;
    }
    let (is_missing, says) = match is_taken(target) {
        true => (!checkout.is_file(&path), format!("File {target} not found")),
        false => (is_program(target) && is_missing(modules, &command.folder, target), "Script not found".to_owned()),
    };
    let like = nearest(checkout, &path).or_else(|| elsewhere(checkout, &command.folder, &path));
    let message = format!("`{target}` is not in the folder of this package.json: `pm2 {}` says `{says}`, and starts nothing", command.verb);
    is_missing.then(|| {
        Finding::new(RULE, Severity::Error, message)
            .at(command.place_of(target, checkout).unwrap_or_else(|| command.place.clone()), "no such file")
            .scope(format!("pm2 {} {target}", command.verb))
            .help(help(like.as_deref()))
            .confidence(if like.is_some() { Confidence::High } else { Confidence::Medium })
    })
}

fn help(like: Option<&str>) -> String {
    match like {
        Some(like) => format!("write `{like}`, which is there"),
        None => "correct the path, or commit the file; if a build makes it, list its folder in .gitignore".to_owned(),
    }
}

/// A path in the checkout, with nothing in it that a shell fills in.
fn is_plain(target: &str) -> bool {
    !target.starts_with(['/', '~']) && !target.contains(['$', '{', '*', '<', ' ', ':'])
}

fn is_program(path: &str) -> bool {
    PROGRAMS.iter().any(|ending| path.ends_with(ending))
}

fn is_missing(modules: &Modules<'_>, folder: &str, script: &str) -> bool {
    matches!(entry(modules.checkout(), modules.resolver(), folder, folder, script), Entry::Missing { .. })
}

/// The only file of that name below `folder`, as seen from there.
fn elsewhere(checkout: &Checkout, folder: &str, path: &str) -> Option<String> {
    let mut found = checkout.files_below(folder).filter(|file| file_name(file) == file_name(path));
    let only = found.next().filter(|_| found.next().is_none())?;
    below(only, folder).map(str::to_owned)
}

/// The app runs in a folder of the checkout, not of some server.
fn is_here(app: &App<'_>) -> bool {
    let cwd = &app.launch.cwd.value;
    !cwd.starts_with(['/', '~']) && !cwd.contains(['$', '\\'])
}

/// By a build, or else.
fn may_be_made(modules: &Modules<'_>, path: &str) -> bool {
    is_brought(modules.checkout(), path) || (has_folder(path, &BUILT) && may_be_built(modules, path))
}

/// By an installer, a deploy, or somebody whom git does not know of. That git ignores what builds make says nothing of one file.
fn is_brought(checkout: &Checkout, path: &str) -> bool {
    has_folder(path, &MADE) || (!has_folder(path, &BUILT) && checkout.is_ignored(path))
}

fn has_folder(path: &str, names: &[&str]) -> bool {
    path.split('/').any(|folder| names.contains(&folder))
}

/// Whether a package above `path` has something to build it with, other than a compiler that finds no source; where there is no
/// package anything may be.
fn may_be_built(modules: &Modules<'_>, path: &str) -> bool {
    let manifest = |folder: &str| modules.checkout().source(&normalize(folder, "package.json")?);
    let manifests: Vec<_> = ancestors(path).filter_map(manifest).collect();
    let builds = |text: String| BUILDERS.iter().any(|word| text.contains(word));
    let has_builder = manifests.iter().any(|manifest| builds(manifest.text().to_lowercase()));
    manifests.is_empty() || (has_builder && !modules.resolver().is_compiled(path))
}

/// A file beside it with nearly that name.
fn nearest(checkout: &Checkout, path: &str) -> Option<String> {
    let wanted = file_name(path);
    let stem = |name: &str| name.rsplit_once('.').map_or(name.to_owned(), |(stem, _)| stem.to_lowercase());
    let is_like = |name: &String| {
        let distance = strsim::damerau_levenshtein(&stem(name), &stem(wanted));
        is_program(name) && distance <= 2 && distance * 3 < stem(wanted).len()
    };
    let beside = checkout.list_dir(parent(path)).into_iter().find(is_like)?;
    normalize(parent(path), &beside)
}
