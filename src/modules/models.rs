//! Libraries that are followed like the program itself: a framework that makes the program's classes and calls their
//! methods is a small program of `rules/models/`, run in its place.
//!
//! In a model, its own library's name means the library itself, so that what the model calls there is found in the
//! catalogue; `export * from` it leaves alone what the model does not say.

/// Name and program of each model, in order of name.
static MODELS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// What the names of models' files begin with; no file of a checkout does.
const PREFIX: &str = "<library>/";

/// The name that the model of `library` has among files, if there is a model.
///
/// Editors import from a package's build, too: `typedi/dist` is `typedi`.
pub(super) fn file(library: &str) -> Option<String> {
    let library = library.split_once("/dist").map_or(library, |(package, _)| package);
    MODELS.binary_search_by_key(&library, |(name, _)| name).is_ok().then(|| format!("{PREFIX}{library}"))
}

/// The program in `file`, if that is a model's.
pub(super) fn text(file: &str) -> Option<&'static str> {
    let at = MODELS.binary_search_by_key(&library(file)?, |(name, _)| name).ok()?;
    MODELS.get(at).map(|(_, text)| *text)
}

/// The library that `file` is the model of.
pub(super) fn library(file: &str) -> Option<&str> {
    file.strip_prefix(PREFIX)
}

/// Whether `file` is a model, not a file of the checkout.
pub fn is_model(file: &str) -> bool {
    library(file).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_a_program_and_found_by_its_library() {
        for (library, text) in MODELS {
            let file = file(library).unwrap_or_default();
            assert_eq!(super::text(&file), Some(*text));
            assert!(crate::js::lower(&format!("{file}.js"), text).is_ok(), "{library}");
        }
        assert_eq!((file("express"), super::text("rules/models/@nestjs/core")), (None, None));
    }
}
