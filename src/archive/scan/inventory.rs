//! Which file of an archive is what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use walkdir::WalkDir;

use super::captured;
use super::sources::OwnLogs;
use crate::archive::processes::process;
use crate::archive::text::decode::Origin;
use crate::archive::text::naming::{Order, by_name, rotated};
use crate::archive::text::unpack;
use crate::archive::timeline::{Process, Stream};

/// The daemon's log.
const DAEMON: &str = "pm2.log";

/// So deep are the folders of an archive.
const DEPTH: usize = 6;
/// So much of a file shows what it is, in bytes.
const HEAD: u64 = 1 << 16;

/// A log file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::archive) struct Log {
    #[serde(skip)]
    pub path: PathBuf,
    pub archive: usize,
    /// Relative to the archive, with `/`.
    pub file: Arc<str>,
    pub kind: Kind,
    /// As stored.
    pub bytes: u64,
}

/// What is in a log file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::archive) enum Kind {
    /// `pm2.log`.
    Daemon,
    /// Output of one app.
    App(Origin, Stream),
    /// Output of `pm2 logs`, or of a container: of many.
    Captured,
    /// Of processes: `dump.pm2`, saved output of `pm2 jlist` or `pm2 prettylist`.
    List,
}

impl Kind {
    fn is_list(&self) -> bool {
        matches!(self, Self::List)
    }
}

/// Who writes to a log, by the file's name without its folder.
#[derive(Default)]
pub(super) struct Writers(BTreeMap<String, (Origin, Stream)>);

impl Writers {
    /// As the processes say.
    pub fn new(processes: &[Process]) -> Self {
        let mut writers = Self::default();
        for process in processes {
            for (key, stream) in [
                ("pm_out_log_path", Stream::Out),
                ("pm_err_log_path", Stream::Error),
                ("pm_log_path", Stream::Combined),
            ] {
                if let Some(path) = process.pm2_env.get(key).and_then(Value::as_str) {
                    writers.add(path, Origin { app: Some(process.name.clone()), pm_id: process.pm_id }, stream);
                }
            }
        }
        writers
    }

    /// A file that several processes, apps or streams share belongs to none of them.
    fn add(&mut self, path: &str, origin: Origin, stream: Stream) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let (known, known_stream) = self.0.entry(name).or_insert_with(|| (origin.clone(), stream));
        known.app.take_if(|app| origin.app.as_ref() != Some(app));
        known.pm_id.take_if(|id| origin.pm_id != Some(*id));
        if *known_stream != stream {
            *known_stream = Stream::Combined;
        }
    }

    fn of(&self, name: &str) -> Option<(Origin, Stream)> {
        self.0.get(name).cloned()
    }
}

/// The logs below `root` (or `root` itself), rotated ones before the live one.
pub(super) fn logs(root: &Path, writers: &Writers) -> Vec<Log> {
    let logs = files(root).filter_map(|path| log(root, &path, writers)).filter(|log| !log.kind.is_list());
    let mut logs: Vec<(Order, Log)> = logs.map(|log| (Order::of(&log.file), log)).collect();
    logs.sort_by(|(a, _), (b, _)| a.cmp(b));
    logs.into_iter().map(|(_, log)| log).collect()
}

/// The logs `files` below `root`.
pub(super) fn own(own: OwnLogs<'_>, writers: &Writers) -> Vec<Log> {
    let log = |file: &Arc<str>| {
        let path = own.root.join(&**file);
        let (name, _) = rotated(file.rsplit('/').next().unwrap_or(file));
        let kind = kind(&name, writers).unwrap_or_else(|| by_content(&name, &path));
        let bytes = path.metadata().map_or(0, |metadata| metadata.len());
        Log { path, archive: 0, file: file.clone(), kind, bytes }
    };
    own.files.iter().map(log).collect()
}

/// The lists of processes below `root` (or `root` itself), by name.
pub(super) fn lists(root: &Path) -> Vec<Log> {
    let mut lists: Vec<Log> = files(root).filter_map(|path| log(root, &path, &Writers::default())).collect();
    lists.retain(|log| log.kind.is_list());
    lists.sort_by(|a, b| a.file.cmp(&b.file));
    lists
}

/// The daemons' logs below `root` that have their usual name.
pub(super) fn daemon_logs(root: &Path) -> impl Iterator<Item = PathBuf> {
    files(root).filter(|path| path.file_name().is_some_and(|name| name == DAEMON))
}

fn files(root: &Path) -> impl Iterator<Item = PathBuf> {
    let skipped = |name: &std::ffi::OsStr| matches!(name.to_str(), Some("node_modules" | "modules" | "pids"));
    let walk = WalkDir::new(root).max_depth(DEPTH).into_iter();
    let entries = walk.filter_entry(move |entry| entry.depth() == 0 || !skipped(entry.file_name()));
    entries.filter_map(|entry| entry.ok().filter(|entry| entry.file_type().is_file())).map(walkdir::DirEntry::into_path)
}

fn log(root: &Path, path: &Path, writers: &Writers) -> Option<Log> {
    let relative = path.strip_prefix(root).ok().filter(|path| !path.as_os_str().is_empty());
    let file = relative.unwrap_or(path.file_name()?.as_ref()).to_string_lossy().replace('\\', "/");
    let (name, _) = rotated(file.rsplit('/').next()?);
    let is_given = relative.is_none();
    let by_content = || by_content(&name, path);
    let kind = match kind(&name, writers) {
        Some(kind) => kind,
        None if is_given || is_log_like(&name) => by_content(),
        None => Some(&name).filter(|name| name.ends_with(".json")).map(|_| by_content()).filter(Kind::is_list)?,
    };
    let bytes = path.metadata().map_or(0, |metadata| metadata.len());
    Some(Log { path: path.to_owned(), archive: 0, file: file.into(), kind, bytes })
}

fn kind(name: &str, writers: &Writers) -> Option<Kind> {
    let app = || writers.of(name).or_else(|| by_name(name));
    match name {
        DAEMON => Some(Kind::Daemon),
        "dump.pm2" => Some(Kind::List),
        _ => app().map(|(origin, stream)| Kind::App(origin, stream)),
    }
}

fn is_log_like(name: &str) -> bool {
    [".log", ".out", ".err", ".txt"].iter().any(|end| name.ends_with(end))
}

/// A file with a name of its own.
fn by_content(name: &str, path: &Path) -> Kind {
    let head = unpack::head(path, HEAD);
    if process::is_list(&head) {
        return Kind::List;
    }
    if captured::is_captured(&head) {
        return Kind::Captured;
    }
    let stream = match name {
        _ if name.contains("err") => Stream::Error,
        _ if name.contains("out") => Stream::Out,
        _ => Stream::Combined,
    };
    Kind::App(Origin::default(), stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_two_apps_is_nobodys() {
        let mut writers = Writers::default();
        for (app, id) in [("a", 0), ("b", 1)] {
            writers.add("/srv/logs/errors.log", Origin { app: Some(app.into()), pm_id: Some(id) }, Stream::Error);
        }
        assert_eq!(writers.of("errors.log"), Some((Origin::default(), Stream::Error)));
    }
}
