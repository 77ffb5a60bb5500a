//! tsconfig.json and its likes: what is compiled to where, and which names stand for which paths.
//!
//! Read leniently: a base from a package that is not in this checkout (`@tsconfig/node22`) counts as empty, because a
//! checkout without `node_modules` is the usual case.

use std::sync::Arc;

use serde_json::Value;

use super::manifest::Manifests;
use super::memo::Memo;
use crate::checkout::{Checkout, ancestors, normalize, parent};

/// How many files one configuration may be made of; `extends` can lead in a circle.
const MAX_FILES: usize = 32;

/// One configuration with its bases applied. Paths are relative to the checkout.
#[derive(Clone, Debug, Default)]
pub(super) struct Tsconfig {
    /// Its directory.
    pub directory: String,
    /// `outDir`
    pub out_dir: Option<String>,
    /// `rootDir`
    pub root_dir: Option<String>,
    /// The directories that `include` starts with.
    pub include: Vec<String>,
    /// `baseUrl`
    pub base_url: Option<String>,
    /// `paths`: pattern and what it stands for, in order.
    pub paths: Vec<(String, Vec<String>)>,
    /// The files of `references`.
    references: Vec<String>,
}

impl Tsconfig {
    /// The paths that `specifier` may stand for, the likeliest first: the exact or longest pattern's, then `baseUrl`.
    pub fn candidates(&self, specifier: &str) -> Vec<String> {
        let matched = |pattern: &str| {
            let Some((prefix, suffix)) = pattern.split_once('*') else {
                return (pattern == specifier).then_some((usize::MAX, ""));
            };
            let middle = specifier.strip_prefix(prefix)?.strip_suffix(suffix)?;
            Some((prefix.len(), middle))
        };
        let best = self.paths.iter().filter_map(|(pattern, targets)| Some((matched(pattern)?, targets)));
        let best = best.max_by_key(|((length, _), _)| *length);
        let targets = best.iter().flat_map(|((_, middle), targets)| targets.iter().map(|t| t.replacen('*', middle, 1)));
        targets.chain(self.base_url.iter().filter_map(|base| normalize(base, specifier))).collect()
    }
}

/// The configurations of a checkout.
pub(super) struct Tsconfigs {
    checkout: Checkout,
    manifests: Arc<Manifests>,
    by_directory: Memo<Arc<[Arc<Tsconfig>]>>,
}

impl Tsconfigs {
    pub fn new(checkout: &Checkout, manifests: &Arc<Manifests>) -> Self {
        Self { checkout: checkout.clone(), manifests: manifests.clone(), by_directory: Memo::default() }
    }

    /// All configurations that may govern `path`, nearest directory first.
    pub fn governing(&self, path: &str) -> impl Iterator<Item = Arc<Tsconfig>> {
        ancestors(path).flat_map(|directory| self.at(directory).to_vec())
    }

    /// The configurations in `directory`: the one for builds first, then tsconfig.json with those that it refers to.
    fn at(&self, directory: &str) -> Arc<[Arc<Tsconfig>]> {
        self.by_directory.get(directory, || {
            let mut names = self.checkout.list_dir(directory);
            names.retain(|name| is_configuration(name));
            names.sort_by_key(|name| precedence(name));
            names
                .iter()
                .filter_map(|name| normalize(directory, name))
                .flat_map(|file| self.with_references(&file))
                .map(Arc::new)
                .collect()
        })
    }

    fn with_references(&self, file: &str) -> Vec<Tsconfig> {
        let Some(config) = self.load(file) else { return Vec::new() };
        let referenced: Vec<_> = config.references.iter().filter_map(|file| self.load(file)).collect();
        std::iter::once(config).chain(referenced).collect()
    }

    fn load(&self, file: &str) -> Option<Tsconfig> {
        let mut files_left = MAX_FILES;
        self.merged(file, &mut files_left)
    }

    /// The configuration in `file` over its bases.
    fn merged(&self, file: &str, files_left: &mut usize) -> Option<Tsconfig> {
        *files_left = files_left.checked_sub(1)?;
        let value = parse(self.checkout.source(file)?.text())?;
        let directory = parent(file);
        let bases = one_or_many(&value["extends"]).filter_map(|base| self.base_file(directory, base));
        let mut config = bases.filter_map(|base| self.merged(&base, files_left)).fold(Tsconfig::default(), over);
        config.directory = directory.to_owned();
        config.references = self.references(directory, &value);
        Some(over(config, own_settings(directory, &value)))
    }

    /// The file that `extends: base` means in `directory`, if it is of this checkout.
    fn base_file(&self, directory: &str, base: &str) -> Option<String> {
        let path = if base.starts_with('.') {
            normalize(directory, base)?
        } else {
            let (package, subpath) = super::resolve::split_package(base);
            normalize(&self.manifests.local_package(&format!("{directory}/tsconfig.json"), package)?, subpath)?
        };
        let spellings = [path.clone(), format!("{path}.json"), format!("{path}/tsconfig.json")];
        spellings.into_iter().find(|path| self.checkout.is_file(path))
    }

    fn references(&self, directory: &str, value: &Value) -> Vec<String> {
        let references = value["references"].as_array().into_iter().flatten();
        let paths = references.filter_map(|reference| normalize(directory, reference["path"].as_str()?));
        let files = paths.map(|path| if self.checkout.is_dir(&path) { format!("{path}/tsconfig.json") } else { path });
        files.collect()
    }
}

/// What `value` itself says, without its bases.
fn own_settings(directory: &str, value: &Value) -> Tsconfig {
    let options = &value["compilerOptions"];
    let path = |value: &Value| normalize(directory, value.as_str()?.trim_start_matches("${configDir}/"));
    let base_url = path(&options["baseUrl"]);
    let targets_from = base_url.as_deref().unwrap_or(directory);
    let paths = options["paths"].as_object().into_iter().flatten().map(|(pattern, targets)| {
        let targets =
            targets.as_array().into_iter().flatten().filter_map(|target| normalize(targets_from, target.as_str()?));
        (pattern.clone(), targets.collect())
    });
    let include = value["include"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Tsconfig {
        out_dir: path(&options["outDir"]),
        root_dir: path(&options["rootDir"]),
        include: include.filter_map(|glob| normalize(directory, fixed_part(glob))).collect(),
        paths: paths.collect(),
        base_url,
        ..Tsconfig::default()
    }
}

/// `base` where `own` says nothing.
fn over(base: Tsconfig, own: Tsconfig) -> Tsconfig {
    Tsconfig {
        out_dir: own.out_dir.or(base.out_dir),
        root_dir: own.root_dir.or(base.root_dir),
        include: if own.include.is_empty() { base.include } else { own.include },
        base_url: own.base_url.or(base.base_url),
        paths: if own.paths.is_empty() { base.paths } else { own.paths },
        ..base
    }
}

/// The directory that a glob starts with: `src` of `src/**/*.ts`.
fn fixed_part(glob: &str) -> &str {
    match glob.find(['*', '?']) {
        Some(wild) => parent(&glob[..wild]),
        None if glob.ends_with(".ts") => parent(glob),
        None => glob,
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &str> {
    let many = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    many.iter().filter_map(Value::as_str)
}

/// JSON with comments and trailing commas; `None` where it is no object.
fn parse(text: &str) -> Option<Value> {
    let mut text = text.trim_start_matches('\u{feff}').to_owned();
    json_strip_comments::strip(&mut text).ok()?;
    serde_json::from_str(&text).ok().filter(Value::is_object)
}

fn is_configuration(name: &str) -> bool {
    (name.starts_with("tsconfig") || name == "jsconfig.json") && name.ends_with(".json")
}

/// `tsconfig.build.json` tells best what is built to where; tests and bases come last.
fn precedence(name: &str) -> u8 {
    match name {
        "tsconfig.build.json" => 0,
        "tsconfig.json" => 1,
        "jsconfig.json" => 3,
        _ if ["spec", "test", "eslint", "base"].iter().any(|word| name.contains(word)) => 4,
        _ => 2,
    }
}
