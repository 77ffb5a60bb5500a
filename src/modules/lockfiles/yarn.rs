//! yarn.lock, of Yarn 1 and of the later ones.

use rustc_hash::FxHashMap;

/// The versions by what is asked for: `express@^4.17.1`, since Yarn 2 `express@npm:^4.17.1`.
pub(super) struct Lock {
    versions: FxHashMap<String, String>,
}

impl Lock {
    /// Both kinds are written by machine, an entry under all that is asked of it, and each line of it has one field:
    ///
    /// ```text
    /// express@^4.16.0, express@^4.17.1:     "express@npm:^4.16.0, express@npm:^4.17.1":
    ///   version "4.17.1"                      version: 4.17.1
    /// ```
    ///
    /// A very long heading begins with `? `, and the colon is on the next line.
    pub fn parse(text: &str) -> Self {
        let mut versions = FxHashMap::default();
        let mut heading = "";
        for line in text.lines() {
            if let Some(version) = line.strip_prefix("  version") {
                let version = version.trim_start_matches(':').trim().trim_matches('"');
                let asked = std::mem::take(&mut heading).split(',').map(|asked| asked.trim().trim_matches('"'));
                versions.extend(asked.map(|asked| (asked.to_owned(), version.to_owned())));
            } else if !line.starts_with([' ', '#', ':']) {
                heading = line.strip_prefix("? ").unwrap_or(line.trim_end_matches(':'));
            }
        }
        Self { versions }
    }

    /// The version of `name` for who asks for `asked`.
    pub fn version(&self, name: &str, asked: &str) -> Option<&str> {
        let spellings = [format!("{name}@{asked}"), format!("{name}@npm:{asked}")];
        spellings.iter().find_map(|asked| self.versions.get(asked)).map(String::as_str)
    }
}
