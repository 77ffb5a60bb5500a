//! The disk as the resolver may see it: the checkout without `node_modules`, and with the files that a build would
//! make of the sources here.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use crate::checkout::Checkout;
use crate::modules::built::BuiltFiles;

/// The files of one checkout.
pub(super) struct Files(Option<(Checkout, Arc<BuiltFiles>)>);

impl Files {
    pub fn new(checkout: &Checkout, built: &Arc<BuiltFiles>) -> Self {
        Self(Some((checkout.clone(), built.clone())))
    }

    /// The relative spelling of `path`, where the resolver may see it.
    fn visible(&self, path: &Path) -> std::io::Result<(&Checkout, &BuiltFiles, String)> {
        let refused = || Error::from(ErrorKind::NotFound);
        let (checkout, built) = self.0.as_ref().ok_or_else(refused)?;
        let below = path.strip_prefix(checkout.root()).map_err(|_| refused())?;
        let is_installed = below.iter().any(|name| name == "node_modules");
        let relative = below.to_str().filter(|_| !is_installed).ok_or_else(refused)?;
        Ok((checkout, built, relative.replace(std::path::MAIN_SEPARATOR, "/")))
    }
}

impl FileSystem for Files {
    /// No files at all.
    fn new() -> Self {
        Self(None)
    }

    /// The resolver reads package.json only; a broken one counts as empty, or nothing below it would resolve.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let (checkout, _, relative) = self.visible(path)?;
        let source = checkout.source(&relative).ok_or(ErrorKind::NotFound)?;
        let text = source.text().trim_start_matches('\u{feff}');
        let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).is_ok();
        Ok(if is_object { text.as_bytes().to_vec() } else { b"{}".to_vec() })
    }

    fn read_to_string(&self, path: &Path) -> std::io::Result<String> {
        self.read(path).and_then(|bytes| String::from_utf8(bytes).map_err(Error::other))
    }

    fn metadata(&self, path: &Path) -> std::io::Result<FileMetadata> {
        let (checkout, built, relative) = self.visible(path)?;
        match checkout.metadata(&relative) {
            Some(metadata) => Ok(FileMetadata::new(metadata.is_file(), metadata.is_dir(), false)),
            None if built.origin(&relative).is_some() => Ok(FileMetadata::new(true, false, false)),
            None if built.origin(&format!("{relative}/index.js")).is_some() => {
                Ok(FileMetadata::new(false, true, false))
            }
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    /// Links are followed unseen: the checkout has refused those that lead out.
    fn symlink_metadata(&self, path: &Path) -> std::io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        Ok(path.to_path_buf())
    }

    fn canonicalize(&self, path: &Path) -> std::io::Result<PathBuf> {
        Ok(path.to_path_buf())
    }
}
