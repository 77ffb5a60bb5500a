//! The lists of processes that PM2 prints for people: `pm2 list`, `list -m`, `describe`, `report`, `env`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::archive::text::decode::Origin;
use crate::archive::timeline::{Process, Production};

/// No list has more processes.
const PROCESSES: usize = 10_000;

/// What lists told, line by line.
#[derive(Default)]
pub(in crate::archive) struct Listing {
    rows: BTreeMap<Origin, Map<String, Value>>,
    /// The columns of the table that is being printed.
    columns: Vec<String>,
    /// The process of which key and value follow.
    described: Option<Origin>,
    /// They follow as `key : value`, up to a blank line.
    in_pairs: bool,
    /// Whose versions follow: the daemon's, not those of the command line.
    of_daemon: bool,
    pub production: Production,
}

impl Listing {
    /// Takes a line without colours; `false`: it is of no list.
    pub fn take(&mut self, line: &str) -> bool {
        let line = line.trim_end();
        if let Some(cells) = cells(line) {
            self.row(&cells);
        } else if let Some(rest) = line.trim_start().strip_prefix("Describing process with id ") {
            self.describe(rest);
        } else if let Some(name) = line.strip_prefix("+--- ") {
            self.described = Some(Origin { app: Some(name.trim().into()), pm_id: None });
            self.in_pairs = true;
        } else if line.is_empty() {
            self.in_pairs = false;
            return false;
        } else {
            return self.pair(line);
        }
        true
    }

    /// `0 - name orders-api`
    fn describe(&mut self, rest: &str) {
        self.described = rest.split_once(" - name ").and_then(|(id, name)| {
            Some(Origin { app: Some(name.trim().into()), pm_id: Some(id.trim().parse().ok()?) })
        });
        self.in_pairs = false;
    }

    fn row(&mut self, cells: &[&str]) {
        if cells.first() == Some(&"id") && cells.contains(&"status") {
            self.columns = cells.iter().map(|cell| (*cell).to_owned()).collect();
            self.described = None;
        } else if let (Some(described), [key, value]) = (self.described.clone(), cells) {
            self.set(described, key, value);
        } else if cells.len() == self.columns.len() {
            let column = |name: &str| cells.get(self.columns.iter().position(|column| column == name)?).copied();
            let id = column("id").and_then(|id| id.parse().ok());
            let Some((id, name)) = id.zip(column("name").filter(|name| !name.is_empty())) else { return };
            let origin = Origin { app: Some(name.into()), pm_id: Some(id) };
            let told = ["mode", "status", "\u{21ba}"].map(|name| (name, column(name).unwrap_or_default().to_owned()));
            for (name, value) in told {
                self.set(origin.clone(), name, &value);
            }
        }
    }

    /// `key : value` of `list -m`, `report` and `env`.
    fn pair(&mut self, line: &str) -> bool {
        if line.starts_with("--- ") {
            (self.of_daemon, self.described) = (line.contains("Daemon -"), None);
            return line.contains("PM2 report");
        }
        let Some((key, value)) = line.split_once(':').map(|(key, value)| (key.trim_end(), value.trim())) else {
            return false;
        };
        let version = || Some(value.trim_start_matches('v').into());
        match (key, self.described.clone()) {
            ("pm2d version", _) => self.production.pm2_version = version(),
            ("node version", _) if self.of_daemon => self.production.node_version = version(),
            ("_pm2_version", None) => self.production.pm2_version = version(),
            ("node_version", None) => self.production.node_version = version(),
            ("pm2 id", Some(Origin { app, .. })) if self.in_pairs => {
                self.described = Some(Origin { app, pm_id: value.parse().ok() });
            }
            (_, Some(origin)) if self.in_pairs && origin.pm_id.is_some() => return self.set(origin, key, value),
            _ => return false,
        }
        true
    }

    /// Whether `key` is one that is known.
    fn set(&mut self, origin: Origin, key: &str, value: &str) -> bool {
        let number = || value.parse::<u64>().ok().map(Value::from);
        let text = || Some(Value::from(value)).filter(|_| !value.is_empty() && value != "N/A");
        let (key, value) = match key {
            "status" => ("status", text()),
            "restarts" | "restarted" | "\u{21ba}" => ("restart_time", number()),
            "unstable restarts" => ("unstable_restarts", number()),
            "mode" | "exec mode" => ("exec_mode", text()),
            "script path" => ("pm_exec_path", text()),
            "exec cwd" => ("pm_cwd", text()),
            "error log path" | "error log" => ("pm_err_log_path", text()),
            "out log path" => ("pm_out_log_path", text()),
            "node.js version" => ("node_version", text()),
            _ => return false,
        };
        if self.rows.len() < PROCESSES || self.rows.contains_key(&origin) {
            self.rows.entry(origin).or_default().extend(value.map(|value| (key.to_owned(), value)));
        }
        true
    }

    /// The processes, as `file` of the first archive told them.
    pub fn processes(self, file: &Arc<str>) -> Vec<Process> {
        let whole = |(origin, told): (Origin, Map<String, Value>)| {
            let number = |key: &str| told.get(key).and_then(Value::as_u64).unwrap_or(0);
            Some(Process {
                name: origin.app?,
                pm_id: origin.pm_id,
                status: told.get("status").and_then(Value::as_str).map(Arc::from),
                restart_time: number("restart_time"),
                unstable_restarts: number("unstable_restarts"),
                pm2_env: Arc::new(Value::Object(told.clone())),
                file: file.clone(),
                archive: 0,
            })
        };
        self.rows.into_iter().filter_map(whole).collect()
    }
}

/// The cells of a row of a table; none of one between rows.
fn cells(line: &str) -> Option<Vec<&str>> {
    if line.starts_with(['\u{250c}', '\u{251c}', '\u{2514}']) {
        return Some(Vec::new());
    }
    let inner = line.strip_prefix('\u{2502}')?;
    let inner = inner.strip_suffix('\u{2502}').unwrap_or(inner);
    Some(inner.split('\u{2502}').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Process>, Production) {
        let mut listing = Listing::default();
        text.lines().for_each(|line| {
            listing.take(line);
        });
        let production = listing.production.clone();
        (listing.processes(&"saved.txt".into()), production)
    }

    #[test]
    fn a_table_lists_processes() {
        let (processes, _) = read(
            "│ id │ name       │ mode    │ ↺    │ status    │\n├────┼────────────┤\n│ 2  │ orders-api │ cluster │ 16   │ errored   │\n",
        );
        let [process] = &processes[..] else { panic!("{processes:?}") };
        assert_eq!((&*process.name, process.pm_id, process.restart_time), ("orders-api", Some(2), 16));
        assert_eq!(process.status.as_deref(), Some("errored"));
    }

    #[test]
    fn a_description_completes_the_row_of_its_process() {
        let (processes, _) = read(
            "│ id │ name │ status │\n│ 0  │ api  │ online │\n Describing process with id 0 - name api \n\
             │ unstable restarts │ 3 │\n│ script path │ /srv/api/app.js │\n",
        );
        let [process] = &processes[..] else { panic!("{processes:?}") };
        assert_eq!((process.status.as_deref(), process.unstable_restarts), (Some("online"), 3));
        assert_eq!(process.pm2_env["pm_exec_path"], "/srv/api/app.js");
    }

    #[test]
    fn a_report_tells_the_versions_of_the_daemon() {
        let (_, production) = read(
            "--- PM2 report ----\n--- Daemon -----\npm2d version         : 5.4.3\nnode version         : 18.20.8\n\
             --- CLI ----\nlocal pm2            : 7.0.4\nnode version         : 20.1.0\n",
        );
        assert_eq!(
            (production.pm2_version.as_deref(), production.node_version.as_deref()),
            (Some("5.4.3"), Some("18.20.8"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(│| id | name | status |\n|: |--- |\\+--- a|Describing process with id 1 - name |[0-9]|\\PC){0,40}") {
            read(&text);
        }
    }
}
