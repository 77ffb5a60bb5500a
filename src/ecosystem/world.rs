//! The world of a process file: PM2's command line, run in the folder of the file.

use std::sync::Arc;

use super::data::data;
use crate::checkout::file_name;
use crate::js::eval::{Call, Host, Loaded, Reaction, Variable};
use crate::js::heap::Heap;
use crate::js::value::{Nature, Value};
use crate::modules::{EnvFiles, Modules};

/// The path that stands for the checkout's own.
const ROOT: &str = "/<root>";

/// The world of a process file.
pub(super) struct World<'m> {
    modules: &'m Modules<'m>,
    /// Where PM2 is run: the folder of the process file.
    folder: Arc<str>,
    env_files: EnvFiles<'m>,
    /// The first library that was given the apps.
    wrapper: Option<Arc<str>>,
}

impl<'m> World<'m> {
    /// Nothing has run yet.
    pub fn new(modules: &'m Modules<'m>, folder: &str) -> Self {
        Self { modules, folder: folder.into(), env_files: EnvFiles::new(modules.checkout(), folder), wrapper: None }
    }

    /// The first library's function that was given the apps, and is taken to have handed them back.
    pub fn wrapper(self) -> Option<Arc<str>> {
        self.wrapper
    }

    /// `defineConfig({ apps: [...] })`: what it is given is what the file exports. No library is known that drops apps.
    fn wrap(&mut self, heap: &Heap, call: &Call<'_>) -> Option<Reaction> {
        let [given] = call.arguments else { return None };
        if call.is_of_node() || !is_shaped_so(heap, given) {
            return None;
        }
        self.wrapper.get_or_insert_with(|| call.symbol.into());
        Some(Reaction { result: Some(given.clone()), callbacks: Some(Vec::new()), ..Reaction::default() })
    }
}

impl Host for World<'_> {
    fn load(&mut self, from: &str, specifier: &str) -> Loaded {
        self.modules.load(from, specifier)
    }

    fn variable(&mut self, name: &str) -> Variable {
        self.env_files.filling(name).map_or(Variable::Assumed, Variable::Set)
    }

    fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
        let names = self.env_files.names().into_iter();
        names.filter_map(|name| self.env_files.filling(&name).map(|value| (name, value))).collect()
    }

    fn text(&mut self, file: &str) -> Option<Arc<str>> {
        self.modules.checkout().source(file).map(|source| source.text().clone())
    }

    fn exists(&mut self, file: &str) -> Option<bool> {
        let checkout = self.modules.checkout();
        let is_there = checkout.is_file(file) || checkout.is_dir(file);
        let is_made = file_name(file).starts_with(".env") || checkout.is_ignored(file) || file.contains("node_modules");
        if is_there { Some(true) } else { (!is_made).then_some(false) }
    }

    fn list(&mut self, folder: &str) -> Option<Vec<String>> {
        let checkout = self.modules.checkout();
        checkout.is_dir(folder).then(|| checkout.list_dir(folder))
    }

    fn constant(&mut self, symbol: &str) -> Option<Value> {
        Some(match symbol {
            "process.cwd()" => Value::string(format!("{ROOT}/{}", self.folder).trim_end_matches('/')),
            // PM2 runs on servers.
            "process.platform" => Value::string("linux"),
            "process.execPath" => Value::unknown_of(Nature::String, "where Node lies"),
            _ => return None,
        })
    }

    fn call(&mut self, heap: &Heap, call: &Call<'_>) -> Reaction {
        match call.symbol {
            "process.exit" => Reaction { exits: true, ..Reaction::default() },
            _ => {
                let known = self.env_files.react(heap, call).or_else(|| data(call));
                known.or_else(|| self.wrap(heap, call)).unwrap_or_default()
            }
        }
    }
}

/// Whether a value has the shape of what a process file exports: a list of apps, or an object with one.
fn is_shaped_so(heap: &Heap, value: &Value) -> bool {
    let is_app = |element: &Value| heap.data(element, "script").is_some();
    let are_apps = heap.elements(value).is_some_and(|elements| elements.iter().any(is_app));
    are_apps || heap.data(value, "apps").is_some_and(|apps| heap.elements(apps).is_some())
}
