//! Which file, package or builtin a specifier means.

mod files;

use std::path::Path;
use std::sync::Arc;

use oxc_resolver::{ResolveError, ResolveOptions, ResolverGeneric};

use self::files::Files;
use super::built::{BuiltFiles, Origin};
use super::manifest::Manifests;
use super::memo::Memo;
use super::tsconfig::Tsconfigs;
use super::versions::Versions;
use crate::checkout::{Checkout, normalize, parent, split_extension};

/// What a specifier means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A module of this checkout, as source: a built file that comes from a source here stands for that source.
    File(Arc<str>),
    /// A JSON file of this checkout.
    Json(Arc<str>),
    /// Another file of this checkout (`.node`, `.css`, `.graphql` ...); there is no program in it to follow.
    Asset(Arc<str>),
    /// One of Node's own modules, without `node:`.
    Builtin(Arc<str>),
    /// A package that is not of this checkout, installed or not: `node_modules` is never entered.
    Package {
        /// `express`, `@nestjs/core`, whatever name it is listed by; for an address such as `bun:test` the whole.
        name: Arc<str>,
        /// `plugin/utc` of `dayjs/plugin/utc`; empty for the package itself.
        subpath: Arc<str>,
    },
    /// Nothing.
    Missing,
}

/// Resolves specifiers as Node and TypeScript do: extensions, folders, `exports`, `imports`, `paths` of tsconfig,
/// workspaces. Of TypeScript and JavaScript by the same name the importer's own language wins.
pub struct Resolver {
    checkout: Checkout,
    manifests: Arc<Manifests>,
    tsconfigs: Arc<Tsconfigs>,
    built: Arc<BuiltFiles>,
    versions: Versions,
    from_typescript: ResolverGeneric<Files>,
    from_javascript: ResolverGeneric<Files>,
    /// By importer and specifier.
    resolved: Memo<Resolution>,
}

const TYPESCRIPT: [&str; 4] = ["ts", "tsx", "mts", "cts"];
const JAVASCRIPT: [&str; 4] = ["js", "cjs", "mjs", "jsx"];

/// Extensions that a specifier without one may stand for.
const TYPESCRIPT_FIRST: [&str; 11] =
    [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", ".node", ".d.ts"];
const JAVASCRIPT_FIRST: [&str; 10] = [".js", ".json", ".node", ".cjs", ".mjs", ".jsx", ".ts", ".tsx", ".mts", ".cts"];

impl Resolver {
    /// A resolver for `checkout`; nothing is read yet.
    pub fn new(checkout: &Checkout) -> Self {
        let manifests = Arc::new(Manifests::new(checkout));
        let tsconfigs = Arc::new(Tsconfigs::new(checkout, &manifests));
        let built = Arc::new(BuiltFiles::new(checkout, &manifests, &tsconfigs));
        let files = Files::new(checkout, &built);
        let from_typescript =
            ResolverGeneric::new_with_file_system(files, options(&TYPESCRIPT_FIRST, &TYPESCRIPT, &JAVASCRIPT));
        let from_javascript = from_typescript.clone_with_options(options(&JAVASCRIPT_FIRST, &JAVASCRIPT, &TYPESCRIPT));
        let versions = Versions::new(checkout, &manifests);
        let resolved = Memo::default();
        Self {
            checkout: checkout.clone(),
            manifests,
            tsconfigs,
            built,
            versions,
            from_typescript,
            from_javascript,
            resolved,
        }
    }

    /// What `specifier` means in file `from`. Worked out once: every worker of every app asks for what it loads.
    pub fn resolve(&self, from: &str, specifier: &str) -> Resolution {
        self.resolved.get(&format!("{from}\n{specifier}"), || self.find(from, specifier))
    }

    fn find(&self, from: &str, specifier: &str) -> Resolution {
        match self.ask(from, parent(from), specifier) {
            Ok(file) => self.classify(&file),
            Err(ResolveError::Builtin { resolved, .. }) => {
                Resolution::Builtin(resolved.trim_start_matches("node:").into())
            }
            Err(_) => match installed(specifier) {
                Some(package) => self.resolve_bare(from, package),
                None if specifier.starts_with(['.', '/']) || specifier.starts_with("file:") => Resolution::Missing,
                None => self.resolve_bare(from, specifier),
            },
        }
    }

    /// Whether a package.json that governs file `from` lists package `name`.
    pub fn lists(&self, from: &str, name: &str) -> bool {
        self.manifests.governing(from).any(|manifest| manifest.requirements(name).next().is_some())
    }

    /// Whether all versions of package `name` that file `from` may mean lie in `range`, or all outside: by its package.json, and
    /// where that allows both by the lockfile. `None`: it is open.
    pub fn requires(&self, from: &str, name: &str, range: &str) -> Option<bool> {
        self.versions.lie_in(from, name, range)
    }

    /// The package.json script `name` that a package manager runs in `directory`: the package's folder, and the command.
    pub fn package_script(&self, directory: &str, name: &str) -> Option<(String, String)> {
        let inside = normalize(directory, "package.json")?;
        let manifest = self.manifests.governing(&inside).next()?;
        Some((manifest.directory.clone(), manifest.script(name)?.to_owned()))
    }

    /// The folder of the package of this checkout that `named` means in `directory`: by its name or its path.
    pub fn package(&self, directory: &str, named: &str) -> Option<String> {
        let inside = normalize(directory, "package.json")?;
        let by_path = normalize(directory, named).filter(|path| self.manifests.at(path).is_some());
        self.manifests.local_package(&inside, named).or(by_path)
    }

    /// The file that Node would load for `path`, a file or folder of the checkout; a build may have yet to make it.
    pub(super) fn require(&self, path: &str) -> Option<String> {
        self.locate("entry.js", "", &format!("./{path}")).ok()
    }

    /// The source to read in place of `file`, which may exist or not.
    pub(super) fn origin(&self, file: &str) -> Option<Origin> {
        if self.checkout.is_file(file) { self.built.preferred_source(file) } else { self.built.origin(file) }
    }

    /// The source that the built file `file` comes from, whether the checkout holds `file` or not.
    pub fn source_of(&self, file: &str) -> Option<String> {
        self.origin(file).map(|origin| origin.source)
    }

    /// Whether `built` has a source of its own, or nothing makes it: a compiler alone writes the folder that it would lie in.
    pub fn is_compiled(&self, built: &str) -> bool {
        self.built.is_compiled(built)
    }

    /// The likely source of a built entry that has none by [`Self::origin`].
    pub(super) fn guess(&self, built: &str) -> Option<Origin> {
        self.built.guess(built)
    }

    /// A name: of `paths` or an alias, of a package of this checkout, or of a package elsewhere.
    fn resolve_bare(&self, from: &str, specifier: &str) -> Resolution {
        let local = self.aliased(from, specifier).or_else(|| self.local_package(from, specifier));
        if let Some(file) = local {
            return self.classify(&file);
        }
        let (name, subpath) = split_package(specifier);
        match is_package_name(name) {
            true => Resolution::Package { name: self.manifests.package(from, name).into(), subpath: subpath.into() },
            false => Resolution::Missing,
        }
    }

    fn aliased(&self, from: &str, specifier: &str) -> Option<String> {
        let mapped = self.tsconfigs.governing(from).flat_map(|config| config.candidates(specifier));
        let mut mapped = mapped.chain(self.module_aliases(from, specifier)).chain(self.customary(from, specifier));
        mapped.find_map(|path| self.ask(from, "", &format!("./{path}")).ok())
    }

    /// `_moduleAliases` of package.json.
    fn module_aliases(&self, from: &str, specifier: &str) -> Vec<String> {
        let aliased = self.manifests.governing(from).filter_map(|manifest| {
            let (rest, path) =
                manifest.module_aliases().find_map(|(alias, path)| Some((specifier.strip_prefix(alias)?, path)))?;
            let is_whole = rest.is_empty() || rest.starts_with('/');
            normalize(&manifest.directory, &format!("{path}{rest}")).filter(|_| is_whole)
        });
        aliased.collect()
    }

    /// `@/x` and `~/x`, which bundlers are told to take for the sources of the package.
    fn customary(&self, from: &str, specifier: &str) -> Vec<String> {
        let Some(path) = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/")) else {
            return Vec::new();
        };
        let package = self.manifests.governing(from).next();
        let directory = package.as_ref().map_or("", |manifest| &manifest.directory);
        ["src", "."].iter().filter_map(|folder| normalize(directory, &format!("{folder}/{path}"))).collect()
    }

    /// A package of this checkout: by its `exports`, its main module, or its folder of sources.
    fn local_package(&self, from: &str, specifier: &str) -> Option<String> {
        let (name, subpath) = split_package(specifier);
        let directory = self.manifests.local_package(from, name)?;
        let spellings = [specifier.to_owned(), format!("./{subpath}"), format!("./src/{subpath}")];
        spellings.iter().find_map(|spelling| self.ask(from, &directory, spelling).ok())
    }

    /// The source that `specifier` means in `directory`, to an importer with the extension of `from`.
    fn ask(&self, from: &str, directory: &str, specifier: &str) -> Result<String, ResolveError> {
        let file = self.locate(from, directory, specifier)?;
        Ok(self.origin(&file).map_or(file, |origin| origin.source))
    }

    fn locate(&self, from: &str, directory: &str, specifier: &str) -> Result<String, ResolveError> {
        let is_typescript = TYPESCRIPT.contains(&split_extension(from).1);
        let resolver = if is_typescript { &self.from_typescript } else { &self.from_javascript };
        let found = resolver.resolve(self.checkout.absolute(directory), specifier)?;
        self.spelling(found.path()).ok_or_else(|| ResolveError::NotFound(specifier.to_owned()))
    }

    fn spelling(&self, path: &Path) -> Option<String> {
        Some(path.strip_prefix(self.checkout.root()).ok()?.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    fn classify(&self, file: &str) -> Resolution {
        let Some(file) = self.checkout.relative(&self.checkout.absolute(file)) else { return Resolution::Missing };
        match split_extension(&file).1 {
            "json" => Resolution::Json(file),
            "" => Resolution::File(file),
            extension if TYPESCRIPT.contains(&extension) || JAVASCRIPT.contains(&extension) => Resolution::File(file),
            _ => Resolution::Asset(file),
        }
    }
}

/// Options for an importer whose extensions are `own`.
fn options(extensions: &[&str], own: &[&str], other: &[&str]) -> ResolveOptions {
    let alias = |extension: &str, twins: &[&str]| {
        let ordered = own.iter().chain(other).filter(|twin| twins.contains(twin));
        (format!(".{extension}"), ordered.map(|twin| format!(".{twin}")).collect())
    };
    ResolveOptions {
        builtin_modules: true,
        condition_names: ["node", "import", "require"].map(str::to_owned).to_vec(),
        extension_alias: vec![
            alias("js", &["js", "jsx", "ts", "tsx"]),
            alias("mjs", &["mjs", "mts"]),
            alias("cjs", &["cjs", "cts"]),
            alias("jsx", &["jsx", "tsx"]),
        ],
        extensions: extensions.iter().map(|extension| (*extension).to_owned()).collect(),
        main_fields: ["main", "module", "source"].map(str::to_owned).to_vec(),
        node_path: false,
        symlinks: false,
        ..ResolveOptions::default()
    }
}

/// Package name and subpath: `@nestjs/core/router` is `("@nestjs/core", "router")`.
pub(super) fn split_package(specifier: &str) -> (&str, &str) {
    if specifier.contains(':') {
        return (specifier, "");
    }
    let scope = if specifier.starts_with('@') { specifier.find('/').map_or(0, |slash| slash + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(slash) => (&specifier[..scope + slash], &specifier[scope + slash + 1..]),
        None => (specifier, ""),
    }
}

/// The package in a path that enters `node_modules` itself: `moment` of `../node_modules/moment`.
fn installed(specifier: &str) -> Option<&str> {
    specifier.rsplit_once("node_modules/").map(|(_, package)| package)
}

/// Whether npm would take `name`; `@/models` and `~` are aliases that nobody defined.
fn is_package_name(name: &str) -> bool {
    let is_part =
        |part: &str| part.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '-' | '_'));
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_part(scope) && is_part(name)),
        None => is_part(name),
    }
}

#[cfg(test)]
mod tests;
