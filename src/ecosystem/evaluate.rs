//! What Node would get from a process file written in JavaScript, TypeScript or PM2's JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::discover::{candidates, discover_in, is_taken};
use super::problem;
use super::{Ecosystem, Problem, ProcessFile, Sources, discover, load};
use crate::checkout::{Place, Span, dotenv, parent};
use crate::js::eval::{Call, Host, Interpreter, Limits, Loaded, Reaction, Variable};
use crate::js::heap::Heap;
use crate::js::value::Value;
use crate::js::{Node, SyntaxError, with_large_stack};
use crate::modules::Modules;
use crate::pm2::Version;

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
    for file in named.iter().filter(|file| is_taken(file) && checkout.is_file(file)) {
        if !is_known(file, &files) {
            files.push(ProcessFile::named(file.clone()));
        }
    }
    let sources = FromModules { modules };
    let loaded = files.iter().filter_map(|file| load(file, &sources, version));
    loaded.map(|ecosystem| Ecosystem { node: node.cloned(), ..ecosystem }).collect()
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
        let file: Arc<str> = file.into();
        evaluate(self.modules, &file)
            .map_err(|error| problem::broken_script(Place::new(file, error.span), &error.message))
    }
}

/// Evaluates `file`, which must parse and throw nothing; its value is what `require` of it gives, all variables of the environment taken as unset but those that
/// a committed `.env` sets.
pub fn evaluate(modules: &Modules<'_>, file: &Arc<str>) -> Result<Node, SyntaxError> {
    match modules.lowered(file) {
        Some(Ok(ir)) => with_large_stack(|| {
            let mut host = ProcessFileHost { modules, cwd: parent(file).into(), dotenv: None };
            let mut run = Interpreter::new(&mut host, Limits::PROCESS_FILE);
            let module = if file.ends_with(".json") { run.run_json(file, ir) } else { run.run(file, ir) };
            match run.uncaught() {
                Some(error) => Err(SyntaxError { span: Span::default(), message: error.to_owned() }),
                None => Ok(run.exported(module)),
            }
        }),
        Some(Err(error)) => Err(error),
        None => Err(SyntaxError { span: Default::default(), message: "the file cannot be read".into() }),
    }
}

/// The world of a process file: PM2's command line, run in the folder of the file.
struct ProcessFileHost<'m> {
    modules: &'m Modules<'m>,
    cwd: Arc<str>,
    /// What `dotenv` loaded: the variables of a committed `.env`, or nothing known.
    dotenv: Option<Dotenv>,
}

enum Dotenv {
    Known(BTreeMap<Arc<str>, Arc<str>>),
    NotCommitted,
}

impl ProcessFileHost<'_> {
    fn load_dotenv(&mut self, path: &str) {
        let file = crate::checkout::normalize(&self.cwd, path);
        let source = file.and_then(|file| self.modules.checkout().source(&file));
        self.dotenv = Some(match source {
            Some(source) => Dotenv::Known(dotenv::parse(source.text())),
            None => Dotenv::NotCommitted,
        });
    }
}

impl Host for ProcessFileHost<'_> {
    fn load(&mut self, from: &str, specifier: &str) -> Loaded {
        let loaded = self.modules.load(from, specifier);
        if matches!(&loaded, Loaded::Library(name) if &**name == "dotenv/config") {
            self.load_dotenv(".env");
        }
        loaded
    }

    fn variable(&mut self, name: &str) -> Variable {
        match &self.dotenv {
            Some(Dotenv::Known(variables)) => {
                variables.get(name).map_or(Variable::Assumed, |text| Variable::Set(Value::string(text.clone())))
            }
            Some(Dotenv::NotCommitted) => {
                Variable::Set(Value::unknown(format!("`{name}` may be set by `.env`, which is not committed")))
            }
            None => Variable::Assumed,
        }
    }

    fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
        match &self.dotenv {
            Some(Dotenv::Known(variables)) => {
                variables.iter().map(|(name, text)| (name.clone(), Value::string(text.clone()))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn text(&mut self, file: &str) -> Option<Arc<str>> {
        self.modules.checkout().source(file).map(|source| source.text().clone())
    }

    fn exists(&mut self, file: &str) -> Option<bool> {
        let checkout = self.modules.checkout();
        (checkout.is_file(file) || checkout.is_dir(file)).then_some(true).or(Some(false))
    }

    fn constant(&mut self, symbol: &str) -> Option<Value> {
        match symbol {
            "process.cwd()" => Some(Value::string(format!("/<root>/{}", self.cwd).trim_end_matches('/'))),
            "process.argv" | "process.execPath" => None,
            _ => None,
        }
    }

    fn call(&mut self, heap: &Heap, call: &Call<'_>) -> Reaction {
        if matches!(call.symbol, "dotenv.config" | "dotenv-flow.config" | "dotenv-expand.expand") {
            let path = call.arguments.first().and_then(|options| heap.data(options, "path")).and_then(Value::as_str);
            let path = path.map(|path| path.trim_start_matches("/<root>/").to_owned());
            self.load_dotenv(path.as_deref().unwrap_or(".env"));
        }
        Reaction::default()
    }
}
