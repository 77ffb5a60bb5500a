//! Catalogues of a workspace: the ranges of those of its packages that ask for `catalog:` or `catalog:name`.

use std::sync::Arc;

use serde_json::Value;

use super::manifest::{Manifests, Requirement};
use super::memo::Memo;
use super::yaml;
use crate::checkout::{Checkout, folders, normalize};

/// The settings of pnpm (9.5) and of Yarn (4.10) that may hold catalogues. Bun's (1.2.14) are in the package.json.
const FILES: [&str; 2] = ["pnpm-workspace.yaml", ".yarnrc.yml"];

/// The catalogues of a checkout.
pub(super) struct Catalogs {
    checkout: Checkout,
    manifests: Arc<Manifests>,
    by_directory: Memo<Arc<[Value]>>,
}

impl Catalogs {
    /// None read yet.
    pub fn new(checkout: &Checkout, manifests: &Arc<Manifests>) -> Self {
        Self { checkout: checkout.clone(), manifests: manifests.clone(), by_directory: Memo::default() }
    }

    /// The range that `catalog` of the nearest workspace has for `wanted`; `""` is the default catalogue.
    pub fn range(&self, wanted: &Requirement<'_>, catalog: &str) -> Option<String> {
        let in_folder = |folder| {
            self.at(folder).iter().find_map(|settings| listed(settings, catalog, wanted.name).map(str::to_owned))
        };
        folders(wanted.directory).find_map(in_folder)
    }

    fn at(&self, directory: &str) -> Arc<[Value]> {
        self.by_directory.get(directory, || {
            let files = FILES.iter().filter_map(|name| self.checkout.source(&normalize(directory, name)?));
            let files = files.map(|source| yaml::read(source.text()));
            let manifest = self.manifests.at(directory).and_then(|manifest| manifest.field("workspaces").cloned());
            files.chain(manifest).collect()
        })
    }
}

fn listed<'s>(settings: &'s Value, catalog: &str, name: &str) -> Option<&'s str> {
    let named = |catalog: &str| settings.get("catalogs")?.get(catalog)?.get(name)?.as_str();
    match catalog {
        "" | "default" => {
            settings.get("catalog").and_then(|ranges| ranges.get(name)?.as_str()).or_else(|| named("default"))
        }
        _ => named(catalog),
    }
}
