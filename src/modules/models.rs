//! Libraries that are followed like the program itself: a framework that makes the program's classes and calls their
//! methods is a small program of `rules/models/`, run in its place.
//!
//! A model may be for some versions alone: `@adonisjs/core@6` is for those that lie in the range `6`.
//!
//! In a model, its own library's name means the library itself, so that what the model calls there is found in the
//! catalogue; `export * from` it leaves alone what the model does not say.

/// Name and program of each model, in order of name.
static MODELS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// What the names of models' files begin with; no file of a checkout does.
const PREFIX: &str = "<library>/";

/// The name that the model of `library` has among files, if there is a model for versions that `is_meant` says are meant.
///
/// Editors import from a package's build, too: `typedi/dist` is `typedi`.
pub(super) fn file(library: &str, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let library = library.split_once("/dist").map_or(library, |(package, _)| package);
    let start = MODELS.partition_point(|(name, _)| *name < library);
    let names = MODELS[start..].iter().map(|(name, _)| *name).take_while(|name| name.starts_with(library));
    let own = names.filter(|name| split_versions(name).0 == library);
    // The one for any version is the first.
    let fitting = own.filter(|name| split_versions(name).1.is_none_or(&is_meant));
    fitting.last().map(|name| format!("{PREFIX}{name}"))
}

/// The program in `file`, if that is a model's.
pub(super) fn text(file: &str) -> Option<&'static str> {
    let at = MODELS.binary_search_by_key(&file.strip_prefix(PREFIX)?, |(name, _)| name).ok()?;
    MODELS.get(at).map(|(_, text)| *text)
}

/// The library that `file` is the model of.
pub(super) fn library(file: &str) -> Option<&str> {
    file.strip_prefix(PREFIX).map(|name| split_versions(name).0)
}

/// Whether `file` is a model, not a file of the checkout.
pub fn is_model(file: &str) -> bool {
    library(file).is_some()
}

/// `@adonisjs/core` and `6` of `@adonisjs/core@6`.
fn split_versions(name: &str) -> (&str, Option<&str>) {
    match name.rfind('@') {
        Some(at) if at > 0 => (&name[..at], Some(&name[at + 1..])),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::version::is_range;

    #[test]
    fn every_model_is_a_program_and_found_by_its_library() {
        for (name, text) in MODELS {
            let (library, versions) = split_versions(name);
            let file = file(library, |range| Some(range) == versions).unwrap_or_default();
            assert_eq!((super::text(&file), super::library(&file)), (Some(*text), Some(library)));
            assert!(crate::js::lower(&format!("{file}.js"), text).is_ok(), "{name}");
            assert!(versions.is_none_or(is_range), "{name}");
        }
        assert_eq!((file("express", |_| true), super::text("rules/models/@nestjs/core")), (None, None));
    }
}
