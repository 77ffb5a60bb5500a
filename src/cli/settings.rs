//! The settings of a run.

use std::path::{Path, PathBuf};

use super::Failure;
use super::root::Target;
use crate::checkout::{Source, folders, parent};
use crate::settings::{FILE_NAME, Settings};

/// The settings in `named`, else in the nearest `pm2lint.toml` from what `target` names up to its root, else none.
pub(super) fn load(target: &Target, named: Option<&Path>) -> Result<Settings, Failure> {
    let Some(file) = named.map(Path::to_owned).or_else(|| nearest(target)) else { return Ok(Settings::default()) };
    let text = read(&file)?;
    let real = file.canonicalize().unwrap_or_default();
    let inside = real.strip_prefix(&target.root).ok().map(|path| path.to_string_lossy().replace('\\', "/"));
    if named.is_none() && inside.is_none() {
        let what = format!("{} leads out of the checkout; if it is meant, name it with --config", file.display());
        return Err(Failure::usage(what));
    }
    let name = match (named, &inside) {
        (None, Some(inside)) => inside.clone(),
        _ => file.display().to_string(),
    };
    let source = Source::new(inside.clone().unwrap_or_else(|| name.clone()), text);
    Settings::parse(&name, source, inside.is_some()).map_err(Failure::usage)
}

/// The first `pm2lint.toml` in the folder that all named paths share, in the folder above it, and so on.
fn nearest(target: &Target) -> Option<PathBuf> {
    let shared = shared_folder(target);
    folders(&shared).map(|folder| target.root.join(folder).join(FILE_NAME)).find(|file| file.is_file())
}

/// Relative to the root.
fn shared_folder(target: &Target) -> String {
    let mut folders = target.paths.iter().map(|path| match target.root.join(&**path).is_dir() {
        true => path,
        false => parent(path),
    });
    let first = folders.next().unwrap_or_default();
    folders.fold(first.to_owned(), |shared, folder| {
        let same = shared.split('/').zip(folder.split('/')).take_while(|(a, b)| a == b);
        same.map(|(name, _)| name).collect::<Vec<_>>().join("/")
    })
}

/// The text of a file that was named.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())))
}
