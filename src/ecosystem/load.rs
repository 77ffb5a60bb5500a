//! From a process file to its apps, and to what keeps PM2 from getting them.

use std::sync::Arc;

use super::discover::{Found, TELLING, is_taken};
use super::{App, Ecosystem, Problem, ProcessFile, problem, yaml};
use crate::checkout::{Place, Span};
use crate::js::{Node, NodeKind};
use crate::pm2::plan::{self, Setup};
use crate::pm2::{Options, Version, resolve};

/// What loading needs to know of the checkout.
pub trait Sources {
    /// The text of a file; `None` where there is none, or it is no text.
    fn text(&self, file: &str) -> Option<Arc<str>>;

    /// What a JavaScript, TypeScript or JSON file exports: `module.exports`, or the namespace object of an ES module.
    /// PM2 evaluates JSON as JavaScript: comments are legal there. lib/Common.js:275 (v7.0.4).
    fn evaluate(&self, file: &str) -> Result<Node, Problem>;

    /// Whether a program is an ES module by its syntax.
    fn is_es_module(&self, file: &Arc<str>) -> bool;
}

/// Reads a process file. `None`: it only looked like one. Apps that PM2 does not get because of the file's name or module kind are there
/// as they were meant, so that their other faults are told too.
pub fn load(file: &ProcessFile, sources: &dyn Sources, version: Version) -> Option<Ecosystem> {
    let is_sure = matches!(file.found, Found::Named | Found::ByName);
    let mut problems: Vec<Problem> = problem::mixed_modules(&file.path, sources).into_iter().collect();
    let is_mixed = !problems.is_empty();
    let root = match root(&file.path, sources) {
        Ok(root) => root,
        Err(_) if is_mixed => Node::new(NodeKind::Undefined),
        Err(problem) => {
            problems.push(problem);
            Node::new(NodeKind::Undefined)
        }
    };
    let meant = meant(&root, version);
    let holds_apps = holds_apps(meant, version) && (file.found != Found::ByContent || is_of_pm2(meant));
    let is_process_file = holds_apps || (is_sure && is_taken(&file.path));
    if !is_process_file {
        return None;
    }
    if !is_taken(&file.path) && holds_apps {
        problems.push(problem::misnamed(&file.path));
    } else if holds_apps && !std::ptr::eq(meant, &root) {
        problems.push(problem::default_export(&file.path, &root));
    }
    let mut apps = Vec::new();
    if holds_apps || problems.is_empty() {
        apps = Loading { sources, version, problems: &mut problems }.apps(file, meant);
    }
    Some(Ecosystem { file: file.path.clone(), version, node: None, root, apps, problems, is_command: false })
}

/// What a process file exports.
pub(super) fn root(file: &Arc<str>, sources: &dyn Sources) -> Result<Node, Problem> {
    if !is_yaml(file) {
        return sources.evaluate(file);
    }
    let text = sources.text(file).unwrap_or_default();
    yaml::parse(file, &text).map_err(|error| problem::broken_yaml(file, &error))
}

/// PM2 looks for `.json` first, anywhere in the name.
fn is_yaml(file: &str) -> bool {
    let base = file.rsplit('/').next().unwrap_or(file);
    !base.contains(".json") && (base.contains(".yml") || base.contains(".yaml"))
}

/// What was meant to hold the apps: the default export of an ES module, where only that holds some. PM2 does not look there.
fn meant(root: &Node, version: Version) -> &Node {
    let default = root.get("default").filter(|default| !holds_apps(root, version) && holds_apps(default, version));
    default.unwrap_or(root)
}

/// Whether this is what a process file exports: apps with a script, and nothing less.
fn holds_apps(root: &Node, version: Version) -> bool {
    let entries = entries(root);
    !entries.is_empty() && entries.iter().all(|entry| resolve::effective(entry, version).get("script").is_some())
}

/// Whether it has what no other tool's file has: `apps`, or an option of PM2 alone. `exec` and `script` are words of many.
fn is_of_pm2(root: &Node) -> bool {
    let is_told = |app: &&Node| app.entries().iter().any(|entry| TELLING.contains(&&*entry.key));
    root.get("apps").is_some() || entries(root).iter().any(is_told)
}

impl Ecosystem {
    /// Where the file may have apps that are not known, and why they are not.
    pub fn unknown_apps(&self) -> Vec<(Place, Arc<str>)> {
        let list = list(meant(&self.root, self.version));
        let doubted = std::iter::once(list).chain(list.elements()).filter_map(|node| Some((node, why_unknown(node)?)));
        let place = |node: &Node| node.origin.clone().unwrap_or_else(|| Place::new(self.file.clone(), Span::default()));
        doubted.map(|(node, why)| (place(node), why.clone())).collect()
    }
}

/// Why a part of a list of apps, or the list itself, may hold what is not known.
fn why_unknown(node: &Node) -> Option<&Arc<str>> {
    match &node.kind {
        NodeKind::Unknown(why) => Some(why),
        NodeKind::Object(_) if node.get("script").is_some() => None,
        _ => node.open.as_ref(),
    }
}

/// `cfg.apps`, else `cfg.pm2`, else `cfg`. lib/API.js:947 (v7.0.3).
fn list(root: &Node) -> &Node {
    let list = |key: &&str| root.get(key).filter(|apps| apps.truthy() != Some(false));
    ["apps", "pm2"].iter().find_map(list).unwrap_or(root)
}

/// The apps of the list; anything but an array counts as one app.
fn entries(root: &Node) -> Vec<&Node> {
    let apps = list(root);
    match &apps.kind {
        NodeKind::Array(elements) => elements.iter().collect(),
        NodeKind::Unknown(_) => Vec::new(),
        _ => vec![apps],
    }
}

struct Loading<'a> {
    sources: &'a dyn Sources,
    version: Version,
    problems: &'a mut Vec<Problem>,
}

impl Loading<'_> {
    fn apps(mut self, file: &ProcessFile, root: &Node) -> Vec<App> {
        let is_app_itself = root.get("apps").or_else(|| root.get("pm2")).is_none();
        let serves_otherwise = root.get("deploy").or_else(|| root.get("static")).is_some();
        let is_open = root.open.is_some() && root.elements().is_empty();
        if is_app_itself && (serves_otherwise || is_open) && root.get("script").is_none() {
            return Vec::new();
        }
        let entries = entries(root).into_iter().enumerate();
        entries.filter_map(|(index, entry)| self.app(&file.path, index, entry, root)).collect()
    }

    fn app(&mut self, file: &Arc<str>, index: usize, entry: &Node, root: &Node) -> Option<App> {
        if entry.is_unknown() {
            return None;
        }
        let options = resolve::effective(entry, self.version);
        let refuses_script = options.remarks.iter().any(|remark| matches!(remark, resolve::Remark::Invalid { .. }));
        if options.get("script").is_none() && options.open.is_none() && !refuses_script {
            self.problems.push(problem::without_script(file, entry, root));
            return None;
        }
        let setup = Setup { config: file, version: self.version };
        Some(app(file, index, entry, options, setup, self.sources))
    }
}

/// The app of an entry, under every environment.
pub(super) fn app(
    file: &Arc<str>,
    index: usize,
    entry: &Node,
    options: Options,
    setup: Setup<'_>,
    sources: &dyn Sources,
) -> App {
    let base = plan::launch(&options, None, setup);
    let environments = options.environments.iter().map(|(name, _)| plan::launch(&options, Some(name), setup));
    let shebang = base.script_path().and_then(|script| shebang(&script, sources));
    let launches = std::iter::once(base).chain(environments).collect();
    App { name: plan::name(&options), config: file.clone(), index, node: entry.clone(), shebang, options, launches }
}

fn shebang(script: &str, sources: &dyn Sources) -> Option<Arc<str>> {
    let text = sources.text(script)?;
    text.lines().next().filter(|line| line.starts_with("#!")).map(Into::into)
}

#[cfg(test)]
mod tests;
