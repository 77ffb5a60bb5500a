//! Which file of an archive is what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use walkdir::WalkDir;

use super::decode::Origin;
use super::timeline::{Process, Stream};
use super::{OwnLogs, captured, process, unpack};

/// What packers add to a name.
const PACKED: [&str; 5] = [".gz", ".zst", ".xz", ".bz2", ".zip"];
/// The daemon's log.
const DAEMON: &str = "pm2.log";

/// So deep are the folders of an archive.
const DEPTH: usize = 6;
/// So much of a file shows what it is, in bytes.
const HEAD: u64 = 1 << 16;

/// A log file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Log {
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
pub(super) enum Kind {
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

/// Reads PM2's own naming, `<name>-out-<pm_id>.log` and `<name>-error.log` (Common.js:201, God.js:208, v7.0.3).
pub(super) fn by_name(name: &str) -> Option<(Origin, Stream)> {
    let stem = name.strip_suffix(".log")?;
    let (rest, pm_id) = match stem.rsplit_once('-') {
        Some((rest, id)) if id.parse::<u32>().is_ok() => (rest, id.parse().ok()),
        _ => (stem, None),
    };
    let (app, stream) = rest.rsplit_once('-')?;
    let stream = match stream {
        "out" => Stream::Out,
        "error" | "err" => Stream::Error,
        _ => return None,
    };
    Some((Origin { app: Some(app.into()), pm_id }, stream))
}

/// Files of one log together, the oldest first, the live one last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    live: String,
    age: Age,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    Dated(String),
    /// `.3` is older than `.2`.
    Numbered(std::cmp::Reverse<u32>),
    Live,
}

impl Order {
    fn of(file: &str) -> Self {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let (live, age) = rotated(name);
        Self { live: format!("{folder}/{live}"), age }
    }
}

/// The name of a log before it was rotated and packed, and its age: what pm2-logrotate (`x__2026-11-22_11-36-06.log.gz`) and
/// logrotate (`x.log.1.gz`, `x.log-20261122`) make of `x.log`.
fn rotated(name: &str) -> (String, Age) {
    let name = PACKED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((stem, rest)) = name.split_once("__").filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        let (date, extension) = rest.split_once('.').unwrap_or((rest, "log"));
        return (format!("{stem}.{extension}"), Age::Dated(date.into()));
    }
    match name.rsplit_once(['.', '-']) {
        Some((live, date)) if is_number(date) && date.len() == 8 => (live.into(), Age::Dated(date.into())),
        Some((live, number)) if is_number(number) && live.contains(".log") => {
            (live.into(), Age::Numbered(std::cmp::Reverse(number.parse().unwrap_or(u32::MAX))))
        }
        _ => (name.into(), Age::Live),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_logs_come_before_the_live_one() {
        let names =
            ["x.log", "x.log.1.gz", "x.log.10.gz", "x__2026-11-22_11-36-06.log.gz", "x__2026-11-21_00-00-00.log"];
        let mut orders: Vec<(Order, &str)> = names.iter().map(|name| (Order::of(name), *name)).collect();
        orders.sort();
        let sorted: Vec<&str> = orders.into_iter().map(|(_, name)| name).collect();
        let dated = ["x__2026-11-21_00-00-00.log", "x__2026-11-22_11-36-06.log.gz"];
        assert_eq!(sorted, [dated[0], dated[1], "x.log.10.gz", "x.log.1.gz", "x.log"]);
    }

    #[test]
    fn names_tell_app_stream_and_number() {
        for (name, app, pm_id, stream) in [
            ("web-out-3.log", "web", Some(3), Stream::Out),
            ("my-out-app-error.log", "my-out-app", None, Stream::Error),
        ] {
            assert_eq!(by_name(name), Some((Origin { app: Some(app.into()), pm_id }, stream)), "{name}");
        }
        assert_eq!(by_name("errors.log"), None);
    }

    #[test]
    fn a_file_of_two_apps_is_nobodys() {
        let mut writers = Writers::default();
        for (app, id) in [("a", 0), ("b", 1)] {
            writers.add("/srv/logs/errors.log", Origin { app: Some(app.into()), pm_id: Some(id) }, Stream::Error);
        }
        assert_eq!(writers.of("errors.log"), Some((Origin::default(), Stream::Error)));
    }
}
