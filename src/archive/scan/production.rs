//! Which PM2 and which Node ran, read before anything is simulated: from the saved process list, `dump.pm2`, and the head of `pm2.log`.

use std::path::Path;

use super::sources::Sources;
use super::{inventory, ndjson};
use crate::archive::text::unpack;
use crate::archive::timeline::Production;

/// How much of `pm2.log` is looked at for the daemon's banner.
const HEAD: u64 = 64 << 10;

/// The versions that the archive names; the process list is the latest to have been written and wins.
pub fn production(sources: &Sources<'_>) -> Production {
    let mut production = Production::default();
    for log in sources.logs {
        if let Some(scan) = ndjson::read(log) {
            production.merge(scan.production());
            continue;
        }
        inventory::daemon_logs(log).for_each(|log| read_banner(&log, &mut production));
        if log.is_file() {
            read_banner(log, &mut production);
        }
        inventory::lists(log).iter().for_each(|list| read_list(&list.path, &mut production));
    }
    if let Some(jlist) = sources.jlist {
        read_list(jlist, &mut production);
    }
    production
}

fn read_banner(log: &Path, production: &mut Production) {
    let head = unpack::head(log, HEAD);
    let value = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(name));
        let mut values = lines.filter_map(|(_, rest)| rest.trim_start().strip_prefix(':')).map(str::trim);
        values.next_back().map(|value| value.trim_start_matches('v').into())
    };
    production.pm2_version = value("PM2 version").or(production.pm2_version.take());
    production.node_version = value("Node.js version").or(production.node_version.take());
}

fn read_list(list: &Path, production: &mut Production) {
    let Ok(text) = std::fs::read_to_string(list) else { return };
    let value = |name: &str| {
        let (_, rest) = text.rsplit_once(&format!("\"{name}\":"))?;
        let (value, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        Some(value.trim_start_matches('v').into())
    };
    production.pm2_version = value("_pm2_version").or(production.pm2_version.take());
    production.node_version = value("node_version").or(production.node_version.take());
}
