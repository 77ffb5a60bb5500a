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
}

impl<'m> World<'m> {
    /// Nothing has run yet.
    pub fn new(modules: &'m Modules<'m>, folder: &str) -> Self {
        Self { modules, folder: folder.into(), env_files: EnvFiles::new(modules.checkout(), folder) }
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
            _ => self.env_files.react(heap, call).or_else(|| data(call)).unwrap_or_default(),
        }
    }
}
