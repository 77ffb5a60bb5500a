//! The files of the checkout: containment in the root, ignore rules, text with a line index.

pub mod dotenv;
mod glob;
mod path;
mod source;
mod span;
mod walk;

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

pub use glob::Glob;
pub use path::{ancestors, below, file_name, folders, normalize, parent, split_extension};
pub use source::{Position, Source};
pub use span::{Place, Span};

/// Larger files are no hand-written source: they are left alone.
const MAX_SOURCE_BYTES: u64 = 32 << 20;

/// A file's cell is filled by the first who asks; the others wait for that file alone.
type SourceCell = Arc<OnceLock<Option<Arc<Source>>>>;

/// Real paths by relative spelling; `None` where there is no such directory in the root.
type Directories = FxHashMap<String, Option<Arc<Path>>>;

/// A checkout. Files are named by their path relative to its root, with `/` (`src/server.js`); the root itself is `""`.
///
/// Nothing outside the root is ever read: `..` and symbolic links that lead out are refused.
/// Clones are cheap and share what was read.
#[derive(Clone)]
pub struct Checkout {
    root: Arc<Path>,
    listing: Arc<OnceLock<walk::Listing>>,
    sources: Arc<Mutex<FxHashMap<String, SourceCell>>>,
    directories: Arc<Mutex<Directories>>,
    files_read: Arc<AtomicUsize>,
}

impl Checkout {
    /// Opens the checkout at `root`, which must be a directory. Nothing is walked or read yet.
    ///
    /// # Errors
    /// `root` does not exist, is not readable or is no directory.
    pub fn open(root: &Path) -> std::io::Result<Checkout> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(std::io::ErrorKind::NotADirectory.into());
        }
        Ok(Checkout {
            root: root.into(),
            listing: Arc::default(),
            sources: Arc::default(),
            directories: Arc::default(),
            files_read: Arc::default(),
        })
    }

    /// The same checkout with other texts for some of its files, as if they were on the disk. Nothing else read is shared.
    pub fn with_texts<'t>(&self, texts: impl IntoIterator<Item = (&'t Arc<str>, &'t Arc<str>)>) -> Checkout {
        let cell = |(path, text): (&Arc<str>, &Arc<str>)| {
            let source = Arc::new(Source::new(path.clone(), text.clone()));
            (path.to_string(), Arc::new(OnceLock::from(Some(source))))
        };
        let sources = texts.into_iter().map(cell).collect();
        Checkout { sources: Arc::new(Mutex::new(sources)), files_read: Arc::default(), ..self.clone() }
    }

    /// The root, absolute and free of symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Every file in byte order of its relative path, without `.git`, `node_modules` and what `.gitignore` and
    /// `.ignore` leave out. Walked once, when first asked; no file is read but the ignore files.
    pub fn files(&self) -> &[Arc<str>] {
        &self.listing().files
    }

    /// The files below `folder`, as paths from there in byte order.
    pub fn files_below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = self.files();
        let first = files.partition_point(|file| **file < *start);
        files[first..].iter().map_while(move |file| file.strip_prefix(&*start))
    }

    /// Files that `.gitignore` or `.ignore` leave out by themselves, not with their folder, in the same order. What is
    /// not committed may run all the same.
    pub fn ignored_files(&self) -> &[Arc<str>] {
        &self.listing().ignored
    }

    fn listing(&self) -> &walk::Listing {
        self.listing.get_or_init(|| walk::files(self))
    }

    /// Whether `.gitignore` and `.ignore` leave `relative` out, which may not exist.
    pub fn is_ignored(&self, relative: &str) -> bool {
        walk::is_ignored(self, relative)
    }

    /// The text of `relative`, ignored files included; `None` where there is no such file in the root, or it is over
    /// 32 MB. Bytes that are not UTF-8 become U+FFFD, as they do in Node. Read once.
    pub fn source(&self, relative: &str) -> Option<Arc<Source>> {
        let relative = normalize("", relative)?;
        self.source_cell(&relative).get_or_init(|| self.read(&relative)).clone()
    }

    /// Whether `relative` is a file in the root.
    pub fn is_file(&self, relative: &str) -> bool {
        self.metadata(relative).is_some_and(|metadata| metadata.is_file())
    }

    /// Whether `relative` is a directory in the root, or the root itself.
    pub fn is_dir(&self, relative: &str) -> bool {
        self.metadata(relative).is_some_and(|metadata| metadata.is_dir())
    }

    /// What the disk says of `relative`, links followed; `None` where it is missing or leads out of the root.
    pub(crate) fn metadata(&self, relative: &str) -> Option<Metadata> {
        self.find(relative).map(|(_, metadata)| metadata)
    }

    /// The names in directory `relative`, sorted, ignored ones included; empty where there is no such directory.
    pub fn list_dir(&self, relative: &str) -> Vec<String> {
        let entries = self.find(relative).and_then(|(path, _)| path.read_dir().ok());
        let mut names: Vec<String> =
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    /// The relative spelling of `path`, which may not exist; `None` where it lies outside the root.
    /// A relative `path` is taken from the working directory of this process.
    pub fn relative(&self, path: &Path) -> Option<Arc<str>> {
        let absolute = path.canonicalize().or_else(|_| std::path::absolute(path)).ok()?;
        let below = absolute.strip_prefix(&self.root).ok()?;
        let names: Option<Vec<&str>> = below.iter().map(|name| name.to_str()).collect();
        normalize("", &names?.join("/")).map(Arc::from)
    }

    /// The absolute spelling of `relative`, whether it exists or not.
    pub fn absolute(&self, relative: &str) -> PathBuf {
        if relative.is_empty() { self.root.to_path_buf() } else { self.root.join(relative) }
    }

    /// How many files were read so far.
    pub fn files_read(&self) -> usize {
        self.files_read.load(Ordering::Relaxed)
    }

    /// The real path of `relative` and what is there, if it exists and lies in the root.
    fn find(&self, relative: &str) -> Option<(PathBuf, Metadata)> {
        let relative = normalize("", relative)?;
        if relative.is_empty() {
            return Some((self.root.to_path_buf(), self.root.metadata().ok()?));
        }
        let path = self.real_directory(parent(&relative))?.join(file_name(&relative));
        let metadata = path.symlink_metadata().ok()?;
        if !metadata.is_symlink() {
            return Some((path, metadata));
        }
        let target = self.contain(&path)?;
        let metadata = target.metadata().ok()?;
        Some((target, metadata))
    }

    /// The real path of a directory. Asked once: a resolver looks for a dozen names in each.
    fn real_directory(&self, relative: &str) -> Option<Arc<Path>> {
        let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = directories.get(relative) {
            return known.clone();
        }
        let real = self.contain(&self.absolute(relative)).filter(|real| real.is_dir()).map(Arc::from);
        directories.insert(relative.to_owned(), real.clone());
        real
    }

    /// `path` without symbolic links, if it exists and lies in the root.
    fn contain(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok().filter(|real| real.starts_with(&*self.root))
    }

    fn source_cell(&self, relative: &str) -> SourceCell {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = sources.get(relative) {
            return cell.clone();
        }
        sources.entry(relative.to_owned()).or_default().clone()
    }

    fn read(&self, relative: &str) -> Option<Arc<Source>> {
        let (path, metadata) = self.find(relative)?;
        let bytes = read_file(&path, &metadata)?;
        let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into());
        self.files_read.fetch_add(1, Ordering::Relaxed);
        Some(Arc::new(Source::new(relative, text)))
    }
}

/// The bytes of a regular file; a pipe or device would never end.
fn read_file(path: &Path, metadata: &Metadata) -> Option<Vec<u8>> {
    if !metadata.is_file() || metadata.len() > MAX_SOURCE_BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    File::open(path).ok()?.take(MAX_SOURCE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
