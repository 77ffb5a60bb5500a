//! bun.lock.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value;

/// A lockfile of Bun, in its form as text.
#[derive(Deserialize)]
pub(super) struct Lock {
    /// The packages of the workspace by their folders.
    workspaces: FxHashMap<String, Workspace>,
    /// `"express": ["express@5.1.0", …]`; what one package alone got is under its name: `"api/express"`.
    packages: FxHashMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
struct Workspace {
    #[serde(default)]
    name: String,
}

impl Lock {
    /// It is JSON, but for commas at ends.
    pub fn parse(text: &str) -> Option<Self> {
        let mut text = text.to_owned();
        json_strip_comments::strip(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The version of `name` that the package of the workspace in `directory` gets.
    pub fn version(&self, directory: &str, name: &str) -> Option<&str> {
        let own = format!("{}/{name}", self.workspaces.get(directory)?.name);
        let package = self.packages.get(&own).or_else(|| self.packages.get(name))?;
        package.first()?.as_str()?.rsplit_once('@').map(|(_, version)| version)
    }
}
