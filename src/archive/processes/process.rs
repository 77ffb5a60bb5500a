//! The lists of processes that PM2 saves: `pm2 jlist`, `dump.pm2`.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::inspect;
use crate::archive::timeline::{Problem, Process};

/// No list is larger, in bytes.
const LARGEST: u64 = 64 << 20;

/// Whether a list is one of `pm2 save`, by its name or for want of a status, which later versions save too.
pub(in crate::archive) fn is_dump(list: &[Process]) -> bool {
    let is_saved = |file: &str| file.rsplit('/').next().is_some_and(|name| name.starts_with("dump.pm2"));
    list.iter().all(|process| process.status.is_none() || is_saved(&process.file))
}

/// Whether the beginning of a file is that of a list; PM2 may have printed a notice before it.
pub(in crate::archive) fn is_list(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim_start).skip_while(|line| line.is_empty() || line.starts_with(">>>>"));
    let opens = lines.next().is_some_and(|line| line.starts_with("[{") || line.trim_end() == "[");
    opens && ["pm2_env", "pm_exec_path"].iter().any(|key| head.contains(key))
}

/// Reads the list in the file at `path`, told as `file` of the first archive.
///
/// # Errors
/// It cannot be read, or holds no list.
pub(in crate::archive) fn read(path: &Path, file: &Arc<str>) -> Result<Vec<Process>, Problem> {
    let problem = |message: String| Problem { file: path.to_owned(), message };
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
    read.map_err(|error| problem(format!("cannot be read: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    let list =
        list(&text).ok_or_else(|| problem("holds no list of processes: save it with `pm2 jlist > file`".into()))?;
    Ok(list.into_iter().filter_map(|entry| process(entry, file)).collect())
}

/// The array in `text`, of `pm2 jlist` or `pm2 prettylist`; PM2 may have printed a notice before it.
fn list(text: &str) -> Option<Vec<Value>> {
    let mut starts = text.match_indices('[').map(|(at, _)| at).take(64);
    starts.find_map(|at| {
        let text = text.get(at..)?;
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Vec<Value>>();
        let list = values.next().and_then(Result::ok).or_else(|| inspect::array(text))?;
        list.iter().all(|entry| entry.get("name").is_some()).then_some(list)
    })
}

fn process(entry: Value, file: &Arc<str>) -> Option<Process> {
    let name = entry.get("name")?.as_str()?.into();
    let listed = entry.get("pm_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let pm2_env = match entry {
        Value::Object(mut map) if map.contains_key("pm2_env") => map.remove("pm2_env").unwrap_or_default(),
        entry => entry,
    };
    let number = |key: &str| pm2_env.get(key).and_then(Value::as_u64).unwrap_or(0);
    Some(Process {
        name,
        pm_id: listed.or_else(|| id_of_pid_file(&pm2_env)),
        status: pm2_env.get("status").and_then(Value::as_str).map(Arc::from),
        restart_time: number("restart_time"),
        unstable_restarts: number("unstable_restarts"),
        pm2_env: Arc::new(pm2_env),
        file: file.clone(),
        archive: 0,
    })
}

/// A dump has no numbers, but `.../pids/app-3.pid`.
fn id_of_pid_file(pm2_env: &Value) -> Option<u32> {
    let path = pm2_env.get("pm_pid_path")?.as_str()?;
    path.strip_suffix(".pid")?.rsplit_once('-')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_behind_notices() {
        let text = ">>>> In-memory PM2 is out-of-date [do: pm2 update]\n[{\"name\":\"a\",\"pm_id\":2,\"pm2_env\":{\"status\":\"errored\"}}]\n";
        let entry = list(text).unwrap().remove(0);
        let process = process(entry, &"jlist".into()).unwrap();
        assert_eq!((process.pm_id, process.status.as_deref()), (Some(2), Some("errored")));
    }

    #[test]
    fn other_texts_hold_no_list() {
        for text in ["", "[", "[1,2]", "{}", "[ { a: 'name' } ]", "[PM2] Spawning"] {
            assert!(list(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_dump_numbers_its_processes_by_their_pid_files() {
        let entry = serde_json::json!({ "name": "a", "pm_pid_path": "/h/.pm2/pids/a-b-12.pid" });
        assert_eq!(process(entry, &"dump.pm2".into()).unwrap().pm_id, Some(12));
    }
}
