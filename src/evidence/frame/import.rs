//! Modules that an ES module imports and that were not there: the error has no stack of the app, it names the importing file.

use crate::archive::ErrorBlock;
use crate::checkout::{Place, file_name};

use super::super::Join;
use super::lowered;
use super::path::Match;

/// How Node names who wanted the module.
const FROM: &str = " imported from ";

impl Join<'_> {
    /// The `import` that failed. It runs before all else, so nothing in the program can have caught the error.
    pub(in crate::evidence) fn failed_import(&self, error: &ErrorBlock, app: Option<&str>) -> Option<Place> {
        let (what, importer) = error.message.split_once(FROM)?;
        let wanted = what.split('\'').nth(1)?;
        let (Match::Itself(file) | Match::Source(file)) = self.roots(app).find(self.modules, importer.trim())?;
        let module = lowered(self.modules, &file)?;
        let is_it = |specifier: &str| {
            specifier == wanted || (specifier.starts_with('.') && file_name(specifier) == file_name(wanted))
        };
        let import = module.imports.iter().find(|import| is_it(&module[import.specifier]))?;
        Some(Place::new(file, import.span))
    }
}
