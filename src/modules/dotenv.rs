//! The `.env` files that a program loads while it runs, with `dotenv` or with Node's own `process.loadEnvFile`.
//!
//! Other libraries of the kind are models that call `dotenv` (`rules/models`).

use std::sync::Arc;

use crate::checkout::dotenv::{self, Variables};
use crate::checkout::{Checkout, normalize};
use crate::js::eval::{Call, Reaction};
use crate::js::heap::Heap;
use crate::js::value::{Taint, Value};
use crate::js::{Entry, Node, NodeKind};

/// The path that stands for the checkout's own.
const ROOT: &str = "/<root>";

/// What a program has loaded so far.
pub struct EnvFiles<'c> {
    checkout: &'c Checkout,
    /// Where the program runs.
    folder: Arc<str>,
    /// Those first that win.
    files: Vec<EnvFile>,
}

struct EnvFile {
    content: Content,
    /// What its path depends on.
    taint: Taint,
    /// It wins over variables that are set already.
    overrides: bool,
}

enum Content {
    Committed(Variables),
    /// It is there in production only, or which file it is is not known.
    Elsewhere(Arc<str>),
}

impl<'c> EnvFiles<'c> {
    /// Nothing loaded yet by a program that runs in `folder`.
    pub fn new(checkout: &'c Checkout, folder: impl Into<Arc<str>>) -> Self {
        Self { checkout, folder: folder.into(), files: Vec::new() }
    }

    /// What Node's own `options` load for a program that runs in `folder`: `--env-file=.env`, or `-r dotenv/config`, which
    /// reads `config`.
    pub fn preloaded(checkout: &'c Checkout, folder: impl Into<Arc<str>>, options: &[Arc<str>], config: &str) -> Self {
        let mut all = Self::new(checkout, folder);
        for (index, word) in options.iter().enumerate() {
            let next = || options.get(index + 1).map(|word| &**word);
            let (flag, given) =
                word.split_once('=').map_or_else(|| (&**word, next()), |(flag, given)| (flag, Some(given)));
            let path = match (flag, given) {
                ("--env-file" | "--env-file-if-exists", Some(path)) => path,
                ("-r" | "--require" | "--import", Some("dotenv/config")) => config,
                _ => continue,
            };
            all.files.push(all.file(&Value::string(path), false));
        }
        all
    }

    /// What `call` gives, if it is one that reads a `.env` file or text.
    pub fn react(&mut self, heap: &Heap, call: &Call<'_>) -> Option<Reaction> {
        let first = call.arguments.first();
        match call.symbol {
            "dotenv.config" | "dotenv.configDotenv" => Some(self.configure(heap, first)),
            "dotenv.parse" | "util.parseEnv" => {
                first.and_then(Value::as_str).map(|text| Reaction::giving(object(&dotenv::parse(text))))
            }
            "process.loadEnvFile" => {
                self.files.push(self.file(first.unwrap_or(&Value::string(".env")), false));
                Some(Reaction::giving(Node::new(NodeKind::Undefined)))
            }
            _ => None,
        }
    }

    /// The variable as a file sets it that overrides what was set before.
    pub fn overriding(&self, name: &str) -> Option<Value> {
        find(self.files.iter().filter(|file| file.overrides), name)
    }

    /// The variable as a file sets it, where nothing else did before.
    pub fn filling(&self, name: &str) -> Option<Value> {
        find(&self.files, name)
    }

    /// The names of all variables that are known to be set, in order.
    pub fn names(&self) -> Vec<Arc<str>> {
        let known = self.files.iter().filter_map(|file| match &file.content {
            Content::Committed(variables) => Some(variables.iter().map(|(name, _)| name.clone())),
            Content::Elsewhere(_) => None,
        });
        let mut names: Vec<Arc<str>> = known.flatten().collect();
        names.sort();
        names.dedup();
        names
    }

    /// `dotenv.config(options)`: of files and of variables that are set before, the first wins, unless it overrides.
    fn configure(&mut self, heap: &Heap, options: Option<&Value>) -> Reaction {
        let option = |name| options.and_then(|options| heap.data(options, name)).cloned();
        let overrides = option("override").is_some_and(|value| value.truthy() != Some(false));
        let paths = match option("path").filter(|path| !path.is_undefined()) {
            Some(paths) => heap.elements(&paths).map_or_else(|| vec![paths.clone()], <[Value]>::to_vec),
            None if options.is_some_and(Value::is_unknown) => vec![Value::unknown("a path that is not known")],
            None => vec![Value::string(".env")],
        };
        let files: Vec<EnvFile> = paths.iter().map(|path| self.file(path, overrides)).collect();
        let parsed = parsed(&files);
        for file in files {
            let at = if overrides { 0 } else { self.files.len() };
            self.files.insert(at, file);
        }
        let parsed = parsed
            .map_or_else(|| Node::new(NodeKind::Unknown("a `.env` file is not committed".into())), |all| object(&all));
        let parsed = Entry { key: "parsed".into(), key_origin: None, value: parsed };
        Reaction::giving(Node::new(NodeKind::Object(vec![parsed])))
    }

    fn file(&self, path: &Value, overrides: bool) -> EnvFile {
        EnvFile { content: self.content(path), taint: path.taint, overrides }
    }

    fn content(&self, path: &Value) -> Content {
        let relative = path.as_str().and_then(|path| match path.trim_start_matches("file://").strip_prefix(ROOT) {
            Some(inside) => normalize("", inside.trim_start_matches('/')),
            None => normalize(&self.folder, path),
        });
        match relative.as_deref().and_then(|file| self.checkout.source(file)) {
            Some(source) => Content::Committed(dotenv::parse(source.text())),
            None => {
                let shown = relative.as_deref().unwrap_or(".env");
                Content::Elsewhere(format!("`{shown}`, which is not committed").into())
            }
        }
    }
}

fn find<'a>(files: impl IntoIterator<Item = &'a EnvFile>, name: &str) -> Option<Value> {
    files.into_iter().find_map(|file| match &file.content {
        Content::Committed(variables) => {
            dotenv::get(variables, name).map(|text| Value::string(text.clone()).tainted(file.taint))
        }
        Content::Elsewhere(what) => Some(Value::unknown(format!("`{name}` may be set by {what}"))),
    })
}

/// All variables of the files; `None` where one is not committed.
fn parsed(files: &[EnvFile]) -> Option<Variables> {
    let mut all = Variables::new();
    for file in files {
        let Content::Committed(variables) = &file.content else { return None };
        for (name, text) in variables {
            if file.overrides || dotenv::get(&all, name).is_none() {
                dotenv::set(&mut all, name, text.clone());
            }
        }
    }
    Some(all)
}

fn object(variables: &Variables) -> Node {
    let entry = |(name, text): &(Arc<str>, Arc<str>)| Entry {
        key: name.clone(),
        key_origin: None,
        value: Node::new(NodeKind::String(text.clone())),
    };
    Node::new(NodeKind::Object(variables.iter().map(entry).collect()))
}
