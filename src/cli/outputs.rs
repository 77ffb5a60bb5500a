//! Where the report goes: one format to stdout, others to files.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::Failure;
use crate::report::{Canvas, Format, View};

/// `--output FORMAT=FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    format: Format,
    file: PathBuf,
}

/// Reads `FORMAT=FILE`.
pub fn parse(text: &str) -> Result<Output, String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE, for example sarif=pm2lint.sarif")?;
    if file.is_empty() {
        return Err("the file's name is missing after `=`".into());
    }
    let format = Format::from_str(format, false).map_err(|_| {
        let known = Format::value_variants().iter().filter_map(Format::to_possible_value);
        let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
        format!("there is no format `{format}`; there are {}", known.join(", "))
    })?;
    Ok(Output { format, file: file.into() })
}

impl Output {
    /// Writes the report.
    pub fn write(&self, view: &View) -> Result<(), Failure> {
        write(&self.file, &self.format.render(view, &Canvas::PLAIN))
    }
}

/// Writes `text` to a file that the user named.
pub fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| Failure::usage(format!("cannot write {}: {error}", file.display())))
}
