//! What Node would get from a process file written in JavaScript, TypeScript or PM2's JSON.

use std::sync::Arc;

use super::discover::{self, candidates, discover, discover_in};
use super::world::World;
use super::{App, Ecosystem, Problem, ProcessFile, Sources, load, problem};
use crate::checkout::{Place, file_name, parent};
use crate::js::eval::{Interpreter, Interruption, Limits};
use crate::js::ir::Module;
use crate::js::{Entry, Node, NodeKind, SyntaxError, lower_json, with_large_stack};
use crate::modules::Modules;
use crate::pm2::plan::Setup;
use crate::pm2::{Version, resolve};

/// The process files of a checkout: those of the folders that are `named`, else all that are found, and the files that are
/// `named`; with their apps as PM2 `version` on `node` takes them.
pub fn read(modules: &Modules<'_>, named: &[Arc<str>], version: Version, node: Option<&Arc<str>>) -> Vec<Ecosystem> {
    let checkout = modules.checkout();
    let text_of = |file: &str| checkout.source(file).map(|source| source.text().clone());
    let folders: Vec<&str> = named.iter().map(|path| &**path).filter(|path| checkout.is_dir(path)).collect();
    let mut files = discover_in(&folders, checkout, text_of);
    if files.is_empty() {
        files = discover(candidates(checkout), text_of);
    }
    let is_known = |file: &Arc<str>, files: &[ProcessFile]| files.iter().any(|known| known.path == *file);
    for file in named.iter().filter_map(|path| discover::named(path, text_of)) {
        if !is_known(&file.path, &files) {
            files.push(file);
        }
    }
    let sources = FromModules { modules };
    let loaded = files.iter().filter_map(|file| load(file, &sources, version));
    loaded.map(|ecosystem| Ecosystem { node: node.cloned(), ..ecosystem }).collect()
}

/// What is known of production.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The PM2 that reads the files.
    pub version: Version,
    /// The Node that the daemon runs on, where an archive tells.
    pub node: Option<Arc<str>>,
}

/// The app that a command in `file` starts, with `entry` for its options; `folder` is where the command is run.
pub fn of_command(
    file: &Arc<str>,
    index: usize,
    entry: Node,
    folder: &str,
    facts: &Facts,
    modules: &Modules<'_>,
) -> Option<Ecosystem> {
    let options = resolve::effective(&entry, facts.version);
    options.get("script")?;
    let setup = Setup { config: &format!("{folder}/command"), version: facts.version };
    let app = super::load::app(file, index, &entry, options, setup, &FromModules { modules });
    Some(Ecosystem {
        file: file.clone(),
        version: facts.version,
        node: facts.node.clone(),
        root: entry,
        apps: vec![app],
        problems: Vec::new(),
        is_command: true,
    })
}

/// An app with further options, in place of those of the same names.
pub fn extended(app: &App, further: Vec<Entry>, facts: &Facts, modules: &Modules<'_>) -> App {
    let mut entries = app.node.entries().to_vec();
    entries.retain(|own| !further.iter().any(|entry| entry.key == own.key));
    entries.extend(further);
    let entry = Node { kind: NodeKind::Object(entries), ..app.node.clone() };
    let options = resolve::effective(&entry, facts.version);
    let setup = Setup { config: &app.config, version: facts.version };
    super::load::app(&app.config, app.index, &entry, options, setup, &FromModules { modules })
}

/// Process files as the checkout has them.
struct FromModules<'m> {
    modules: &'m Modules<'m>,
}

impl Sources for FromModules<'_> {
    fn text(&self, file: &str) -> Option<Arc<str>> {
        self.modules.checkout().source(file).map(|source| source.text().clone())
    }

    fn evaluate(&self, file: &str) -> Result<Node, Problem> {
        evaluate(self.modules, &file.into())
    }

    fn is_es_module(&self, file: &Arc<str>) -> bool {
        self.modules.lowered(file).is_some_and(|ir| ir.is_ok_and(|ir| ir.is_esm))
    }
}

/// What a process file exports: [`evaluate`], or PM2's reading of YAML.
///
/// # Errors
/// It does not parse, or throws.
pub fn root(modules: &Modules<'_>, file: &Arc<str>) -> Result<Node, Problem> {
    super::load::root(file, &FromModules { modules })
}

/// Evaluates `file`; its value is what `require` of it gives, all variables of the environment taken as unset but those
/// that a committed `.env` sets.
///
/// # Errors
/// It does not parse, or throws.
pub fn evaluate(modules: &Modules<'_>, file: &Arc<str>) -> Result<Node, Problem> {
    let ir = lowered(modules, file)
        .map_err(|error| problem::broken_script(Place::new(file.clone(), error.span), &error.message))?;
    let mut world = World::new(modules, parent(file));
    let exported = with_large_stack(|| {
        let mut run = Interpreter::new(&mut world, Limits::PROCESS_FILE);
        let module = if is_json(file) { run.run_json(file, ir) } else { run.run(file, ir) };
        run.exported(module)
    });
    match exported {
        Ok(mut node) => {
            if let Some(wrapper) = world.wrapper() {
                open_apps(&mut node, &format!("`{wrapper}` was given them, and may have added some").into());
            }
            Ok(node)
        }
        Err(Interruption::Throws(error, place)) => Err(problem::throwing(place, &error)),
        Err(Interruption::Exits) => Ok(Node::new(NodeKind::Unknown("it ends PM2's own process".into()))),
        Err(Interruption::Spent) => Ok(Node::new(NodeKind::Unknown("it takes too long to follow".into()))),
    }
}

/// There may be more than the known apps in what a process file exports.
fn open_apps(exported: &mut Node, why: &Arc<str>) {
    match &mut exported.kind {
        NodeKind::Array(_) => exported.open = Some(why.clone()),
        NodeKind::Object(entries) => {
            let lists = entries.iter_mut().filter(|entry| matches!(&*entry.key, "default" | "apps" | "pm2"));
            lists.for_each(|entry| open_apps(&mut entry.value, why));
        }
        _ => {}
    }
}

/// PM2 looks for `.json` anywhere in the name, and evaluates it as JavaScript in parentheses. lib/Common.js:275 (v7.0.4).
fn is_json(file: &str) -> bool {
    file_name(file).contains(".json")
}

fn lowered(modules: &Modules<'_>, file: &Arc<str>) -> Result<Arc<Module>, SyntaxError> {
    let unreadable = || SyntaxError { span: Default::default(), message: "the file cannot be read".into() };
    if is_json(file) {
        let source = modules.checkout().source(file).ok_or_else(unreadable)?;
        return lower_json(source.text()).map(Arc::new);
    }
    modules.lowered(file).unwrap_or_else(|| Err(unreadable()))
}
