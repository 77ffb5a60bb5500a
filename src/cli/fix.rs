//! `pm2lint check --fix` and `--diff`: what was mended, on the disk or as a diff.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;
use similar::TextDiff;

use super::Failure;
use super::exit::{print, warn};
use crate::finding::{Finding, Safety};
use crate::mend::{self, Mended};
use crate::request::Request;

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Those that say what was meant.
    Safe,
    /// Those that change what runs, too.
    All,
}

impl Which {
    fn allowed(self) -> Safety {
        match self {
            Self::Safe => Safety::Safe,
            Self::All => Safety::Unsafe,
        }
    }
}

/// Mends on the disk what `is_meant` holds for.
pub(super) fn write(request: &Request, which: Which, is_meant: &dyn Fn(&Finding) -> bool) -> Result<(), Failure> {
    let mended = mended(request, which, is_meant)?;
    for (file, text) in &mended.texts {
        replace(&mended, file, text)?;
    }
    tell(&mended, "fixed");
    Ok(())
}

/// Prints what [`write`] would change. Whether it is anything.
pub(super) fn show(request: &Request, which: Which, is_meant: &dyn Fn(&Finding) -> bool) -> Result<bool, Failure> {
    let mended = mended(request, which, is_meant)?;
    let diffs: String = mended.texts.iter().map(|(file, text)| diff(&mended, file, text)).collect();
    print(&diffs)?;
    tell(&mended, "would fix");
    Ok(!mended.texts.is_empty())
}

/// What only a log proves is not mended: logs do not change with the code.
fn mended(request: &Request, which: Which, is_meant: &dyn Fn(&Finding) -> bool) -> Result<Mended, Failure> {
    let request = Request { logs: Vec::new(), jlist: None, ..request.clone() };
    mend::mend(&request, which.allowed(), is_meant)
        .map_err(|error| Failure::usage(format!("cannot open {}: {error}", request.root.display())))
}

fn diff(mended: &Mended, file: &str, text: &str) -> String {
    let before = mended.before.source(file).map(|source| source.text().clone()).unwrap_or_default();
    let diff = TextDiff::from_lines(&*before, text);
    diff.unified_diff().header(&format!("a/{file}"), &format!("b/{file}")).to_string()
}

/// Puts `text` in the place of the file, whole or not at all, if the file is what was read.
fn replace(mended: &Mended, file: &str, text: &str) -> Result<(), Failure> {
    let path = mended.before.absolute(file).canonicalize().unwrap_or_else(|_| mended.before.absolute(file));
    let failed = |error: std::io::Error| Failure::usage(format!("cannot write {file}: {error}"));
    let read: Option<Arc<str>> = mended.before.source(file).map(|source| source.text().clone());
    if fs::read(&path).map_err(failed)? != read.unwrap_or_default().as_bytes() {
        return Err(Failure::usage(format!(
            "{file} is not what was read (it changed meanwhile, or is no UTF-8): left as it is"
        )));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut written = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    written.write_all(text.as_bytes()).map_err(failed)?;
    fs::set_permissions(written.path(), fs::metadata(&path).map_err(failed)?.permissions()).map_err(failed)?;
    written.persist(&path).map(drop).map_err(|error| failed(error.error))
}

fn tell(mended: &Mended, what: &str) {
    let (fixed, files) = (mended.fixed.len(), mended.texts.len());
    let more = if mended.unasked > 0 { format!("; {} more with --fix=all", mended.unasked) } else { String::new() };
    warn(&format!("{what} {fixed} {} in {files} {}{more}", plural(fixed, "finding"), plural(files, "file")));
    for finding in &mended.held_back {
        let place = finding.location.as_ref().map_or("-", |place| &place.file);
        warn(&format!("{place}: {} is left to you: its fix did not prove itself here", finding.rule));
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
