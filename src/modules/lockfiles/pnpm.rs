//! pnpm-lock.yaml, versions 5, 6 and 9.

use serde_json::Value;

use crate::modules::manifest::DEPENDENCY_FIELDS;
use crate::modules::yaml;

/// What the packages of the workspace were given.
pub(super) struct Lock(Value);

impl Lock {
    /// What was installed comes after that, and is by far the most: it is not read. Since pnpm 11 a document may come before, about
    /// what pnpm itself needs (<https://pnpm.io/lockfile>).
    pub fn parse(text: &str) -> Self {
        let project = text.rsplit("\n---").next().unwrap_or_default();
        Self(yaml::read_until(project, "packages"))
    }

    /// The version of `name` that the package of the workspace in `directory` gets.
    pub fn version(&self, directory: &str, name: &str) -> Option<&str> {
        let importer = match (self.0.get("importers"), directory) {
            (Some(importers), "") => importers.get(".")?,
            (Some(importers), _) => importers.get(directory)?,
            (None, "") => &self.0,
            (None, _) => return None,
        };
        let given = DEPENDENCY_FIELDS.iter().find_map(|field| importer.get(field)?.get(name))?;
        version(given.get("version").unwrap_or(given).as_str()?)
    }
}

/// `5.1.0` of `5.1.0(supports-color@8.1.1)`, in version 5 `5.1.0_supports-color@8.1.1`; under an alias of
/// `express@5.1.0`, `/express@5.1.0` and `/express/5.1.0`.
fn version(given: &str) -> Option<&str> {
    let without_peers = given.split(['(', '_']).next().filter(|address| !address.contains(':'))?;
    without_peers.rsplit(['/', '@']).next()
}
