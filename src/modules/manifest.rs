//! package.json: the nearest one, and the packages of this checkout by name.

use std::sync::{Arc, OnceLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::memo::Memo;
use super::version::is_range;
use super::yaml;
use crate::checkout::{Checkout, ancestors, file_name, normalize, parent};

/// Where a package.json lists other packages.
pub(super) const DEPENDENCY_FIELDS: [&str; 4] =
    ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// Protocols of a dependency that lies on the same disk.
const LOCAL_PROTOCOLS: [&str; 3] = ["file:", "link:", "portal:"];

/// A package.json. Fields of a wrong type count as absent.
pub(super) struct Manifest {
    /// Its directory.
    pub directory: String,
    value: Value,
}

/// What a package.json asks for as a package.
pub(super) struct Requirement<'m> {
    /// The package.json's directory.
    pub directory: &'m str,
    /// The name that it is imported by.
    pub name: &'m str,
    /// A range, a tag or an address.
    pub asked: &'m str,
}

impl Manifest {
    pub fn name(&self) -> Option<&str> {
        self.value.get("name")?.as_str()
    }

    pub fn version(&self) -> Option<&str> {
        self.value.get("version")?.as_str()
    }

    /// Its field, in which settings of a package manager may stand.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }

    /// All that it asks for as package `name`: by that name, then by others (`"express5": "npm:express@^5"`).
    pub fn requirements(&self, name: &str) -> impl Iterator<Item = Requirement<'_>> {
        let own = self.dependencies().find(move |(listed, _)| *listed == name);
        let others = self.dependencies().filter(move |(listed, _)| *listed != name);
        let meant = own.into_iter().chain(others).filter(move |(listed, asked)| package_of(listed, asked) == name);
        meant.map(move |(name, asked)| Requirement { directory: &self.directory, name, asked })
    }

    /// Each dependency's name, with its range or address.
    fn dependencies(&self) -> impl Iterator<Item = (&str, &str)> {
        let lists = DEPENDENCY_FIELDS.iter().filter_map(|field| self.value.get(field)?.as_object());
        lists.flatten().filter_map(|(name, asked)| Some((name.as_str(), asked.as_str()?)))
    }

    /// The range or address of dependency `name`.
    pub fn dependency(&self, name: &str) -> Option<&str> {
        DEPENDENCY_FIELDS.iter().find_map(|field| self.value.get(field)?.get(name)?.as_str())
    }

    /// The directory of dependency `name` where its address is a path of this checkout.
    pub fn local_dependency(&self, name: &str) -> Option<String> {
        let address = self.dependency(name)?;
        let path = LOCAL_PROTOCOLS.iter().find_map(|protocol| address.strip_prefix(protocol))?;
        normalize(&self.directory, path)
    }

    /// The commands under `scripts`, in order.
    pub fn scripts(&self) -> impl Iterator<Item = &str> {
        self.value.get("scripts").and_then(Value::as_object).into_iter().flatten().filter_map(|(_, text)| text.as_str())
    }

    /// The command under `scripts` of that name.
    pub fn script(&self, name: &str) -> Option<&str> {
        self.value.get("scripts")?.get(name)?.as_str()
    }

    /// Prefixes that `module-alias` rewrites, and the paths they stand for.
    pub fn module_aliases(&self) -> impl Iterator<Item = (&str, &str)> {
        let aliases = self.value.get("_moduleAliases").and_then(Value::as_object);
        aliases.into_iter().flatten().filter_map(|(alias, path)| Some((alias.as_str(), path.as_str()?)))
    }

    /// The globs of `workspaces`, in either of its forms.
    fn workspaces(&self) -> impl Iterator<Item = &str> {
        let workspaces = self.value.get("workspaces");
        let globs = workspaces.and_then(|value| value.get("packages").unwrap_or(value).as_array());
        globs.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// The package.json files of a checkout.
pub(super) struct Manifests {
    checkout: Checkout,
    by_directory: Memo<Option<Arc<Manifest>>>,
    packages: OnceLock<FxHashMap<String, Package>>,
}

/// A package of this checkout.
struct Package {
    directory: String,
    /// A workspace of the checkout names it; else it merely lies there (an example, a template).
    is_member: bool,
}

impl Manifests {
    pub fn new(checkout: &Checkout) -> Self {
        Self { checkout: checkout.clone(), by_directory: Memo::default(), packages: OnceLock::new() }
    }

    /// The package.json in `directory`, if it is an object.
    pub fn at(&self, directory: &str) -> Option<Arc<Manifest>> {
        self.by_directory.get(directory, || {
            let source = self.checkout.source(&normalize(directory, "package.json")?)?;
            let value: Value = serde_json::from_str(source.text().trim_start_matches('\u{feff}')).ok()?;
            value.is_object().then(|| Arc::new(Manifest { directory: directory.to_owned(), value }))
        })
    }

    /// The package.json files that govern `path`, the nearest first.
    pub fn governing(&self, path: &str) -> impl Iterator<Item = Arc<Manifest>> {
        ancestors(path).filter_map(|directory| self.at(directory))
    }

    /// The package that `name` means in `from`.
    pub fn package(&self, from: &str, name: &str) -> String {
        let manifest = self.governing(from).find(|manifest| manifest.dependency(name).is_some());
        let asked = manifest.as_ref().and_then(|manifest| manifest.dependency(name));
        asked.map_or(name, |asked| package_of(name, asked)).to_owned()
    }

    /// The directory of package `name`, asked for by `from`, where it is a package of this checkout. A package that
    /// is no workspace gives way to the registry's when a package.json lists the name.
    pub fn local_package(&self, from: &str, name: &str) -> Option<String> {
        if let Some(directory) = self.governing(from).find_map(|manifest| manifest.local_dependency(name)) {
            return Some(directory);
        }
        let package = self.packages().get(name)?;
        let is_listed = || self.governing(from).any(|manifest| manifest.dependency(name).is_some());
        (package.is_member || !is_listed()).then(|| package.directory.clone())
    }

    fn packages(&self) -> &FxHashMap<String, Package> {
        self.packages.get_or_init(|| {
            let workspaces = self.workspaces();
            let files = self.checkout.files().iter().filter(|file| file_name(file) == "package.json");
            let mut directories: Vec<&str> = files.map(|file| parent(file)).collect();
            directories.sort_by_key(|directory| directory.matches('/').count());
            let mut packages = FxHashMap::default();
            for directory in directories {
                self.add_package(&mut packages, directory, &workspaces);
            }
            packages
        })
    }

    /// Of two packages with one name a workspace wins, then the one nearer to the root, then the first.
    fn add_package(&self, packages: &mut FxHashMap<String, Package>, directory: &str, workspaces: &Gitignore) {
        let Some(manifest) = self.at(directory) else { return };
        let Some(name) = manifest.name() else { return };
        let is_member = workspaces.matched(directory, true).is_ignore();
        if packages.get(name).is_none_or(|other| is_member && !other.is_member) {
            packages.insert(name.to_owned(), Package { directory: directory.to_owned(), is_member });
        }
    }

    /// The globs of all workspace declarations in the root; they mean what they would mean in a .gitignore.
    fn workspaces(&self) -> Gitignore {
        let mut builder = GitignoreBuilder::new("");
        let manifest = self.at("");
        let pnpm = self.checkout.source("pnpm-workspace.yaml");
        let pnpm = pnpm.map(|source| yaml::read(source.text())).unwrap_or_default();
        let lerna = self.checkout.source("lerna.json");
        let lerna: Value = lerna.and_then(|source| serde_json::from_str(source.text()).ok()).unwrap_or_default();
        let npm = manifest.iter().flat_map(|manifest| manifest.workspaces());
        for glob in npm.chain(globs(&pnpm)).chain(globs(&lerna)) {
            // What is no glob names no workspace.
            let _ = builder.add_line(None, &anchored(glob));
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}

/// The globs under `packages`.
fn globs(settings: &Value) -> impl Iterator<Item = &str> {
    let packages = settings.get("packages").and_then(Value::as_array);
    packages.into_iter().flatten().filter_map(Value::as_str)
}

/// `glob` from the root, as a line of a .gitignore.
fn anchored(glob: &str) -> String {
    match glob.strip_prefix('!') {
        Some(glob) => format!("!{}", anchored(glob)),
        None => format!("/{}", glob.trim_start_matches("./").trim_matches('/')),
    }
}

/// The package of the dependency that is listed as `name`: an alias's (`npm:express@^5`), unless that stands in for its
/// namesake (`has` as `npm:@nolyfill/has@1`). To Yarn `npm:` may be followed by a range alone.
fn package_of<'m>(name: &'m str, asked: &'m str) -> &'m str {
    let Some(alias) = asked.strip_prefix("npm:").filter(|alias| !is_range(alias)) else { return name };
    let package = match alias.rfind('@') {
        Some(at) if at > 0 => &alias[..at],
        _ => alias,
    };
    if file_name(package) == file_name(name) { name } else { package }
}
