//! Which files, and which apps, an entry of the settings means.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::checkout::below;

/// Patterns of paths as in `.gitignore`, from the folder of the settings file.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// As written.
    pub written: Vec<String>,
    folder: String,
    matcher: Option<Gitignore>,
}

impl Paths {
    /// No patterns, from `folder` of the checkout.
    pub(super) fn from_folder(folder: &str) -> PathsBuilder {
        PathsBuilder {
            paths: Paths { folder: folder.to_owned(), ..Paths::default() },
            builder: GitignoreBuilder::new(""),
        }
    }

    /// Whether one of them covers `file`, relative to the checkout, or a folder that it is in.
    pub fn cover(&self, file: &str) -> bool {
        let Some(matcher) = &self.matcher else { return false };
        let below = below(file, &self.folder);
        below.is_some_and(|file| matcher.matched_path_or_any_parents(Path::new(file), false).is_ignore())
    }
}

/// [`Paths`] in the making.
pub(super) struct PathsBuilder {
    paths: Paths,
    builder: GitignoreBuilder,
}

impl PathsBuilder {
    /// Takes a pattern; what is wrong with it, if it is none.
    pub fn add(&mut self, pattern: String) -> Result<(), String> {
        let added = self.builder.add_line(None, &pattern);
        added.map_err(|error| error.to_string())?;
        self.paths.written.push(pattern);
        Ok(())
    }

    pub fn build(mut self) -> Result<Paths, String> {
        self.paths.matcher = Some(self.builder.build().map_err(|error| error.to_string())?);
        Ok(self.paths)
    }
}

/// Names of apps, where `*` stands for any part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    /// Whether one of them is `name`.
    pub fn cover(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| matches(pattern, name))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| matches(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_a_name_stands_for_any_part() {
        let names = Names(vec!["legacy-*".into(), "api".into(), "*-é*".into()]);
        assert!(["legacy-", "legacy-mail", "api", "x-é", "x-éy"].iter().all(|name| names.cover(name)));
        assert!(!["legacy", "apis", "Api", "x-e"].iter().any(|name| names.cover(name)));
    }

    #[test]
    fn patterns_are_taken_from_the_folder_of_the_settings() {
        let mut paths = Paths::from_folder("services");
        paths.add("legacy/".into()).unwrap();
        paths.add("*.gen.js".into()).unwrap();
        let paths = paths.build().unwrap();
        assert!(paths.cover("services/legacy/a.js"));
        assert!(paths.cover("services/api/b.gen.js"));
        assert!(!paths.cover("legacy/a.js"));
        assert!(!paths.cover("services/api/b.js"));
        assert!(!Paths::default().cover("a.js"));
    }
}
