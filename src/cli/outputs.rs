//! Where the report goes: one format to stdout, others to files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
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
        self.write_text(&self.format.render(view, &Canvas::PLAIN))
    }

    /// Writes what stands for the report.
    pub fn write_text(&self, text: &str) -> Result<(), Failure> {
        write(&self.file, text)
    }

    /// Whether a SARIF log is wanted.
    pub fn is_sarif(&self) -> bool {
        self.format == Format::Sarif
    }
}

/// Writes `text` to a file that the user named, as [`write_all`] does.
pub fn write(file: &Path, text: &str) -> Result<(), Failure> {
    write_all(file, |out| out.write_all(text.as_bytes()))
}

/// Has `content` written to a file that the user named: whole, or not at all. What is no regular file, as `/dev/stderr` or a
/// pipe, is written to as it is.
pub fn write_all(file: &Path, content: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> Result<(), Failure> {
    let content = |file: &File| {
        let mut out = BufWriter::new(file);
        content(&mut out).and_then(|()| out.flush())
    };
    let is_special = file.metadata().is_ok_and(|metadata| !metadata.is_file());
    let written = if is_special {
        File::options().write(true).open(file).and_then(|special| content(&special))
    } else {
        replace(file, content)
    };
    written.map_err(|error| Failure::usage(format!("cannot write {}: {error}", file.display())))
}

/// Writes a temporary file beside `file` and renames it. A link stays one: what it leads to is replaced.
fn replace(file: &Path, content: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let permissions = target.metadata().ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(std::fs::Permissions::readonly) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".pm2lint-");
    // As for any new file: the umask decides.
    #[cfg(unix)]
    temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // The error's kind alone: its text names the temporary file, which the user never heard of.
    let temporary = temporary.tempfile_in(folder).map_err(|error| error.kind())?;
    content(temporary.as_file())?;
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions)?;
    }
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
