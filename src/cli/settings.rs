//! The settings of a run.

use std::path::Path;

use super::Failure;
use crate::settings::{FILE_NAME, Settings};

/// The settings in `named`, else those in the root, else none.
pub(super) fn load(root: &Path, named: Option<&Path>) -> Result<Settings, Failure> {
    let default = root.join(FILE_NAME);
    let (name, file) = match named {
        Some(file) => (file.display().to_string(), file),
        None if default.is_file() => (FILE_NAME.to_owned(), &*default),
        None => return Ok(Settings::default()),
    };
    Settings::parse(&name, &read(file)?).map_err(Failure::usage)
}

/// The text of a file that was named.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())))
}
