//! The modules of a checkout, each lowered once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::models;
use super::resolve::{Resolution, Resolver};
use crate::checkout::{Checkout, folders, normalize, parent};
use crate::js::eval::Loaded;
use crate::js::ir::Module;
use crate::js::{SyntaxError, lower, lower_json};

type Lowered = Result<Arc<Module>, SyntaxError>;

/// A file's module, once somebody has asked for it.
type Slot = Arc<OnceLock<Option<Lowered>>>;

/// The modules of a checkout, each lowered once, by whoever asks first.
pub struct Modules<'c> {
    checkout: &'c Checkout,
    resolver: &'c Resolver,
    lowered: Mutex<BTreeMap<Arc<str>, Slot>>,
}

impl<'c> Modules<'c> {
    /// None lowered yet.
    pub fn new(checkout: &'c Checkout, resolver: &'c Resolver) -> Self {
        Self { checkout, resolver, lowered: Mutex::default() }
    }

    /// The checkout.
    pub fn checkout(&self) -> &'c Checkout {
        self.checkout
    }

    /// The resolver.
    pub fn resolver(&self) -> &'c Resolver {
        self.resolver
    }

    /// A file of the checkout, lowered; `None` where it cannot be read.
    pub fn lowered(&self, file: &Arc<str>) -> Option<Lowered> {
        let cell = {
            let mut known = self.lowered.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(file.clone()).or_default().clone()
        };
        cell.get_or_init(|| Some(self.lower(file)?.map(Arc::new))).clone()
    }

    fn lower(&self, file: &str) -> Option<Result<Module, SyntaxError>> {
        if let Some(text) = models::text(file) {
            return Some(lower(&format!("{file}.js"), text));
        }
        let source = self.checkout.source(file)?;
        Some(match file {
            _ if file.ends_with(".json") => lower_json(source.text()),
            // Types alone: nothing of it runs.
            _ if is_declaration(file) => lower(file, ""),
            _ => lower(file, source.text()),
        })
    }

    /// What `specifier` gives in file `from`.
    pub fn load(&self, from: &str, specifier: &str) -> Loaded {
        if models::is_model(from) {
            return self.library(from, specifier.into());
        }
        match self.resolver.resolve(from, specifier) {
            Resolution::File(file) => match self.lowered(&file) {
                Some(Ok(ir)) => Loaded::Module { file, ir },
                Some(Err(error)) => Loaded::Opaque(format!("`{file}` does not parse: {}", error.message).into()),
                None => Loaded::Opaque(format!("`{file}` cannot be read").into()),
            },
            Resolution::Json(file) => match self.lowered(&file) {
                Some(Ok(ir)) => Loaded::Json { file, ir },
                _ => Loaded::Opaque(format!("`{file}` is no JSON").into()),
            },
            Resolution::Asset(file) => Loaded::Opaque(format!("`{file}` is no program").into()),
            Resolution::Builtin(name) => Loaded::Library(name),
            Resolution::Package { name, subpath } if subpath.is_empty() => self.library(from, name),
            Resolution::Package { name, subpath } => self.library(from, format!("{name}/{subpath}").into()),
            Resolution::Missing if self.is_in_submodule(from, specifier) => {
                Loaded::Opaque(format!("`{specifier}` lies in a submodule that is not checked out").into())
            }
            Resolution::Missing => Loaded::Missing,
        }
    }

    /// Whether a path leads into an empty folder, which git knows only as the place of a submodule.
    fn is_in_submodule(&self, from: &str, specifier: &str) -> bool {
        let path = normalize(parent(from), specifier).unwrap_or_default();
        let mut folders = folders(&path).filter(|folder| self.checkout.is_dir(folder));
        folders.next().is_some_and(|folder| self.checkout.list_dir(folder).is_empty())
    }

    /// A library that is not in the checkout: its model, where there is one and it is not itself that asks.
    fn library(&self, from: &str, name: Arc<str>) -> Loaded {
        let is_itself = models::library(from) == Some(&*name);
        let is_meant = |versions: &str| self.resolver.requires(from, &name, versions) == Some(true);
        let model = (!is_itself).then(|| models::file(&name, is_meant)).flatten().map(Arc::from);
        match model.map(|file: Arc<str>| (self.lowered(&file), file)) {
            Some((Some(Ok(ir)), file)) => Loaded::Model { file, ir },
            _ => Loaded::Library(name),
        }
    }

    /// Every file that did not parse so far, in order of name.
    pub fn syntax_errors(&self) -> Vec<(Arc<str>, SyntaxError)> {
        let known = self.lowered.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .filter_map(|(file, cell)| match cell.get() {
                Some(Some(Err(error))) => Some((file.clone(), error.clone())),
                _ => None,
            })
            .collect()
    }
}

fn is_declaration(file: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| file.ends_with(ending))
}
