//! Built files and the sources they come from: `dist/server.js` is `src/server.ts`.
//!
//! A checkout seldom holds what a build makes, and where it does, people fix and read the source. So a built file
//! that is missing stands for its source; one that exists gives way to its source where a configuration says that it
//! is built from there, or its text shows that a compiler wrote it.

mod bundle;
mod conventions;

use std::sync::Arc;

use serde_json::Value;

use super::manifest::Manifests;
use super::memo::Memo;
use super::tsconfig::{Tsconfig, Tsconfigs};
use crate::checkout::{Checkout, ancestors, below, file_name, normalize, parent, split_extension};

/// Where a built file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The source, relative to the checkout; it exists.
    pub source: String,
    /// What says so, in a few words.
    pub how: &'static str,
    /// A configuration says so; else it is a convention.
    pub is_declared: bool,
}

impl Origin {
    fn declared(source: String, how: &'static str) -> Self {
        Self { source, how, is_declared: true }
    }

    fn conventional(source: String, how: &'static str) -> Self {
        Self { source, how, is_declared: false }
    }
}

/// Finds the sources of built files.
pub(super) struct BuiltFiles {
    checkout: Checkout,
    manifests: Arc<Manifests>,
    tsconfigs: Arc<Tsconfigs>,
    origins: Memo<Option<Origin>>,
}

/// Traces that compilers and bundlers leave in their output.
const COMPILER_TRACES: [&str; 8] = [
    "//# sourceMappingURL=",
    "Object.defineProperty(exports, \"__esModule\"",
    "__webpack_require__",
    "__importDefault(",
    "_interop_require",
    "_interopRequire",
    "__toCommonJS(",
    "__toESM(",
];

impl BuiltFiles {
    pub fn new(checkout: &Checkout, manifests: &Arc<Manifests>, tsconfigs: &Arc<Tsconfigs>) -> Self {
        Self {
            checkout: checkout.clone(),
            manifests: manifests.clone(),
            tsconfigs: tsconfigs.clone(),
            origins: Memo::default(),
        }
    }

    /// The source of `built`, whether `built` exists or not.
    pub fn origin(&self, built: &str) -> Option<Origin> {
        let is_module = matches!(split_extension(built).1, "js" | "mjs" | "cjs" | "json");
        is_module.then(|| self.origins.get(built, || self.find(built))).flatten()
    }

    /// The source to read in place of the existing file `built`.
    pub fn preferred_source(&self, built: &str) -> Option<Origin> {
        self.origin(built).filter(|origin| origin.is_declared || self.is_compiler_output(built))
    }

    /// The likely source of an entry that has none by [`Self::origin`]: the main module of its package.
    pub fn guess(&self, built: &str) -> Option<Origin> {
        let configured = self.configs(built).map(|(config, _)| config.directory.clone());
        let mut packages = configured.chain(conventions::packages(built));
        let main = packages.find_map(|package| {
            let mut modules = conventions::main_modules(&package, built);
            modules.find_map(|module| self.existing(&module, built))
        });
        let source = main.or_else(|| self.shipped(built))?;
        Some(Origin::conventional(source, "the package's main module"))
    }

    /// Whether what lies where `built` does is compiled file by file: it has a source of its own, or nothing makes it.
    pub fn is_compiled(&self, built: &str) -> bool {
        let is_output = self.configs(built).next().is_some();
        let mut manifests = self.manifests.governing(built);
        is_output && manifests.next().is_some_and(|manifest| bundle::only_compiles(manifest.scripts()))
    }

    fn find(&self, built: &str) -> Option<Origin> {
        self.beside(built)
            .or_else(|| self.by_source_map(built))
            .or_else(|| self.by_tsconfig(built))
            .or_else(|| self.by_nest(built))
            .or_else(|| self.by_compiler(built))
            .or_else(|| self.by_convention(built))
            .or_else(|| self.by_bundler(built))
    }

    /// A bundle that is shipped to where its package lies: `main.js` of `src/main.ts`.
    fn shipped(&self, built: &str) -> Option<String> {
        let source = format!("{}/src/{}", parent(built), file_name(built));
        self.existing(&normalize("", &source)?, built).filter(|source| is_typescript(source))
    }

    /// TypeScript compiled in place.
    fn beside(&self, built: &str) -> Option<Origin> {
        let source = self.existing(built, built).filter(|source| is_typescript(source))?;
        Some(Origin::conventional(source, "the TypeScript beside it"))
    }

    /// The one source that the map of an existing file names.
    fn by_source_map(&self, built: &str) -> Option<Origin> {
        let file = self.checkout.source(built)?;
        let (_, name) = file.text().rsplit_once("//# sourceMappingURL=")?;
        let map = normalize(parent(built), name.trim())?;
        let content: Value = serde_json::from_str(self.checkout.source(&map)?.text()).ok()?;
        let [Value::String(only)] = content["sources"].as_array()?.as_slice() else { return None };
        let root = content["sourceRoot"].as_str().filter(|root| !root.is_empty()).unwrap_or(".");
        let source = normalize(parent(&map), &format!("{root}/{only}"))?;
        let is_there = source != built && self.checkout.is_file(&source);
        is_there.then(|| Origin::declared(source, "its source map"))
    }

    fn by_tsconfig(&self, built: &str) -> Option<Origin> {
        let sources = self.configs(built).find_map(|(config, rest)| {
            let mut roots = source_roots(&config);
            roots.find_map(|root| self.existing(&normalize(&root, &rest)?, built))
        });
        Some(Origin::declared(sources?, "outDir and rootDir of tsconfig"))
    }

    /// The configurations that compile into a folder above `built`, each with the path below that folder.
    fn configs(&self, built: &str) -> impl Iterator<Item = (Arc<Tsconfig>, String)> {
        self.tsconfigs.governing(built).filter_map(|config| {
            let rest = below(built, config.out_dir.as_deref()?)?.to_owned();
            Some((config, rest))
        })
    }

    /// A Nest monorepo: `dist/apps/api/main.js` is `apps/api/src/main.ts`.
    fn by_nest(&self, built: &str) -> Option<Origin> {
        let source = ancestors(built).find_map(|directory| {
            let file = self.checkout.source(&normalize(directory, "nest-cli.json")?)?;
            let nest: Value = serde_json::from_str(file.text()).ok()?;
            let projects = nest["projects"].as_object().into_iter().flatten();
            let mut candidates = projects.filter_map(|(_, project)| nest_source(directory, project, built));
            candidates.find_map(|candidate| self.existing(&candidate, built))
        });
        Some(Origin::declared(source?, "sourceRoot of nest-cli.json"))
    }

    /// The same path under the folder that a compiler's command names.
    fn by_compiler(&self, built: &str) -> Option<Origin> {
        let source = self.manifests.governing(built).find_map(|manifest| {
            let mut candidates = manifest
                .scripts()
                .filter_map(|script| bundle::source_of_compiler(&self.checkout, &manifest.directory, script, built));
            candidates.find_map(|candidate| self.existing(&candidate, built))
        });
        Some(Origin::declared(source?, "the command that compiles it"))
    }

    /// The entry of a bundler's command, or of its configuration file.
    fn by_bundler(&self, built: &str) -> Option<Origin> {
        let mut manifests = self.manifests.governing(built);
        let source = manifests.find_map(|manifest| {
            let commands = manifest
                .scripts()
                .find_map(|script| bundle::entry_of_command(&self.checkout, &manifest.directory, script, built));
            commands.or_else(|| bundle::entry_of_configuration(&self.checkout, &manifest.directory, built))
        });
        Some(Origin::declared(source?, "the entry of its bundle"))
    }

    fn by_convention(&self, built: &str) -> Option<Origin> {
        let source = conventions::candidates(built).find_map(|candidate| self.existing(&candidate, built))?;
        Some(Origin::conventional(source, "the same path under the sources"))
    }

    /// The file that compiles to `candidate`: the same path with a source's extension; never `built` itself.
    fn existing(&self, candidate: &str, built: &str) -> Option<String> {
        let (stem, extension) = split_extension(candidate);
        let spellings = source_extensions(extension).iter().map(|extension| format!("{stem}.{extension}"));
        spellings.filter(|source| source != built).find(|source| self.checkout.is_file(source))
    }

    fn is_compiler_output(&self, file: &str) -> bool {
        let Some(source) = self.checkout.source(file) else { return false };
        COMPILER_TRACES.iter().any(|trace| source.text().contains(trace))
    }
}

fn is_typescript(file: &str) -> bool {
    matches!(split_extension(file).1, "ts" | "tsx" | "mts" | "cts")
}

/// What a file with this extension is compiled from, the likeliest first.
fn source_extensions(built: &str) -> &'static [&'static str] {
    match built {
        "js" => &["ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "jsx"],
        "mjs" => &["mts", "ts", "tsx", "mjs", "js"],
        "cjs" => &["cts", "ts", "tsx", "cjs", "js"],
        "json" => &["json"],
        _ => &[],
    }
}

/// Where the sources of `config` may start. Without `rootDir` tsc takes the folder that all its inputs share, which
/// may lie above the configuration.
fn source_roots(config: &Tsconfig) -> impl Iterator<Item = String> {
    let declared = config.root_dir.iter().chain(&config.include).cloned();
    let conventional = [format!("{}/src", config.directory), config.directory.clone()];
    let above: Vec<String> = ancestors(&config.directory).map(str::to_owned).collect();
    declared.chain(conventional).chain(above)
}

/// The source of `built` if it belongs to this project of a nest-cli.json in `directory`.
fn nest_source(directory: &str, project: &Value, built: &str) -> Option<String> {
    let output = normalize(directory, &format!("dist/{}", project["root"].as_str()?))?;
    let rest = below(built, &output)?;
    let rest = rest.strip_prefix("src/").unwrap_or(rest);
    normalize(directory, &format!("{}/{rest}", project["sourceRoot"].as_str()?))
}

#[cfg(test)]
mod tests;
