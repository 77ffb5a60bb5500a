//! The world of a process file: PM2's command line, run in the folder of the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checkout::{dotenv, file_name};
use crate::js::eval::{Call, Host, Loaded, Reaction, Variable};
use crate::js::heap::Heap;
use crate::js::value::{Nature, Value};
use crate::modules::Modules;

/// The path that stands for the checkout's own.
const ROOT: &str = "/<root>";

/// The world of a process file.
pub(super) struct World<'m> {
    modules: &'m Modules<'m>,
    /// Where PM2 is run: the folder of the process file.
    folder: Arc<str>,
    /// The `.env` files that were loaded, those first that win.
    loaded: Vec<DotEnv>,
}

/// A file of environment variables.
enum DotEnv {
    Committed(BTreeMap<Arc<str>, Arc<str>>),
    /// It is there in production only, or which file it is is not known.
    Elsewhere(Arc<str>),
}

impl<'m> World<'m> {
    /// No `.env` loaded yet.
    pub fn new(modules: &'m Modules<'m>, folder: &str) -> Self {
        Self { modules, folder: folder.into(), loaded: Vec::new() }
    }

    /// `dotenv.config(options)`: of files and of variables that are set before, the first wins, unless it overrides.
    fn configure(&mut self, heap: &Heap, options: Option<&Value>) {
        let option = |name| options.and_then(|options| heap.data(options, name)).cloned();
        let overrides = option("override").is_some_and(|value| value.truthy() != Some(false));
        let paths = match option("path") {
            Some(paths) => heap.elements(&paths).map_or_else(|| vec![paths.clone()], <[Value]>::to_vec),
            None if options.is_some_and(Value::is_unknown) => vec![Value::unknown("a path that is not known")],
            None => vec![Value::string(".env")],
        };
        for path in paths {
            let file = self.dot_env(&path);
            let at = if overrides { 0 } else { self.loaded.len() };
            self.loaded.insert(at, file);
        }
    }

    fn dot_env(&self, path: &Value) -> DotEnv {
        let shown = path.as_str().filter(|_| !path.taint.is_assumed());
        let relative = shown.and_then(|path| match path.strip_prefix(ROOT) {
            Some(inside) => crate::checkout::normalize("", inside.trim_start_matches('/')),
            None => crate::checkout::normalize(&self.folder, path),
        });
        match relative.as_deref().and_then(|file| self.modules.checkout().source(file)) {
            Some(source) => DotEnv::Committed(dotenv::parse(source.text())),
            None => {
                DotEnv::Elsewhere(format!("`{}`, which is not committed", relative.as_deref().unwrap_or(".env")).into())
            }
        }
    }
}

impl Host for World<'_> {
    fn load(&mut self, from: &str, specifier: &str) -> Loaded {
        let loaded = self.modules.load(from, specifier);
        if matches!(&loaded, Loaded::Library(name) if &**name == "dotenv/config") {
            let file = self.dot_env(&Value::string(".env"));
            self.loaded.push(file);
        }
        loaded
    }

    fn variable(&mut self, name: &str) -> Variable {
        for file in &self.loaded {
            match file {
                DotEnv::Committed(variables) => {
                    if let Some(text) = variables.get(name) {
                        return Variable::Set(Value::string(text.clone()));
                    }
                }
                DotEnv::Elsewhere(what) => {
                    return Variable::Set(Value::unknown(format!("`{name}` may be set by {what}")));
                }
            }
        }
        Variable::Assumed
    }

    fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
        let mut names: Vec<Arc<str>> = Vec::new();
        for file in &self.loaded {
            if let DotEnv::Committed(variables) = file {
                names.extend(variables.keys().cloned());
            }
        }
        names.sort();
        names.dedup();
        let known = names.into_iter().map(|name| match self.variable(&name) {
            Variable::Set(value) => (name, value),
            Variable::Unset | Variable::Assumed => (name, Value::undefined()),
        });
        known.collect()
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
            "dotenv.config" | "dotenv-flow.config" => self.configure(heap, call.arguments.first()),
            "process.exit" => return Reaction { exits: true, ..Reaction::default() },
            _ => {}
        }
        Reaction::default()
    }
}
