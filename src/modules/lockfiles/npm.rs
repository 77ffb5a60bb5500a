//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::checkout::{folders, normalize};

/// A lockfile of npm.
#[derive(Deserialize)]
pub(super) struct Lock {
    /// By path; the packages of the workspace are among them. Versions 2 and 3.
    #[serde(default)]
    packages: FxHashMap<String, Package>,
    /// By name. Versions 1 and 2.
    #[serde(default)]
    dependencies: FxHashMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    /// None for a link into the workspace.
    version: Option<String>,
}

impl Lock {
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The version of `name` that Node finds from `directory`, a package of the workspace.
    pub fn version(&self, directory: &str, name: &str) -> Option<&str> {
        let installed = match self.packages.is_empty() {
            true => self.dependencies.get(name).filter(|_| directory.is_empty()),
            false => {
                self.packages.get(directory)?;
                let mut places =
                    folders(directory).filter_map(|folder| normalize(folder, &format!("node_modules/{name}")));
                places.find_map(|place| self.packages.get(&place))
            }
        };
        installed?.version.as_deref()
    }
}
