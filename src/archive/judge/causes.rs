//! Which printed errors ended a worker, which were unhandled rejections, and which an app only logged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::archive::scan::lives::Lives;
use crate::archive::scan::sighted::{ErrorTally, KEPT, Place, Seen, Sighted, Trace};
use crate::archive::scan::worker::Worker;
use crate::archive::timeline::{ErrorBlock, ListenCall, Missing, Mode, Occurrence, PortInUse, Proof, Source};

/// One error of one app over all its files.
#[derive(Debug)]
pub(super) struct ErrorGroup {
    pub error: Arc<ErrorBlock>,
    pub trace: Trace,
    pub workers: BTreeSet<u32>,
    /// How many were announced as unhandled rejections.
    pub rejections: u64,
    /// Why it is held for uncaught.
    pub uncaught: Option<Proof>,
    /// How often a logger printed it and the worker ended then.
    pub parting: u64,
    /// How often Node said of it that it ended a process.
    pub by_node: u64,
    /// The first few times that it was printed in each file, and the last few.
    occurrences: Vec<Occurrence>,
}

impl ErrorGroup {
    /// The first few times over all files, and the last few, in order as far as their times tell.
    pub fn occurrences(&self) -> (Vec<Occurrence>, Vec<Occurrence>) {
        let mut all = self.occurrences.clone();
        let start = all.first().and_then(|one| one.time);
        if let Some(start) = start.filter(|_| all.iter().all(|one| one.time.is_some())) {
            all.sort_by_key(|one| one.time.map(|time| time.ms_since(start)));
        }
        let later = all.split_off(all.len().min(KEPT));
        let skipped = later.len().saturating_sub(KEPT);
        (all, later.into_iter().skip(skipped).collect())
    }
}

/// The errors of one app, the most frequent first.
pub(super) fn group(sighted: &[&Sighted], lives: &Lives) -> Vec<ErrorGroup> {
    let mut groups: BTreeMap<&str, ErrorGroup> = BTreeMap::new();
    for file in sighted {
        let writers = Writers::of(file, lives);
        for (key, seen) in &file.errors {
            let group = groups.entry(key).or_insert_with(|| ErrorGroup {
                error: seen.error.clone(),
                trace: Trace::default(),
                workers: BTreeSet::new(),
                rejections: 0,
                uncaught: None,
                parting: 0,
                by_node: 0,
                occurrences: Vec::new(),
            });
            group.occurrences.extend(seen.kept.all().map(|one| occurrence(one, &file.place)));
            group.trace.extend(&file.place, &seen.tally);
            group.workers.extend(file.origin.pm_id);
            group.rejections += seen.rejections;
            group.uncaught = group.uncaught.max(writers.proof(seen));
            group.parting += writers.parting(seen);
            group.by_node += seen.by_node;
        }
    }
    let mut groups: Vec<ErrorGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.trace.count()));
    groups
}

fn occurrence(seen: &Seen, place: &Place) -> Occurrence {
    let Place { archive, file, .. } = place.clone();
    let source = Source { archive, file, line: seen.line, offset: seen.offset };
    Occurrence { time: seen.time, text: seen.text.clone(), source }
}

/// The workers that write one file.
struct Writers<'a> {
    file: &'a Sighted,
    /// Their ends that an exception may have caused.
    exits: u64,
    cluster: bool,
    /// Errors of the file that may have been uncaught.
    candidates: u64,
    /// All of them are known, and none ended of itself.
    live_on: bool,
}

impl<'a> Writers<'a> {
    fn of(file: &'a Sighted, lives: &Lives) -> Self {
        let writes = |(app, id): &(Arc<str>, u32)| {
            file.origin.app.as_ref().is_none_or(|name| name == app) && file.origin.pm_id.is_none_or(|own| own == *id)
        };
        let workers: Vec<&Worker> =
            lives.workers.iter().filter(|(key, _)| writes(key)).map(|(_, worker)| worker).collect();
        Self {
            file,
            exits: workers.iter().map(|worker| worker.own.thrown).sum(),
            cluster: workers.iter().any(|worker| worker.modes.contains(&Mode::Cluster)),
            live_on: !workers.is_empty() && workers.iter().all(|worker| worker.own.trace.count() == 0),
            candidates: file.errors.values().filter(|seen| is_candidate(seen)).map(thrown).sum(),
        }
    }

    /// PM2 prints an uncaught error of a cluster worker without the date or JSON of the other lines (ProcessContainer.js:295,
    /// v7.0.3). Where no line has a time, the numbers must tell: as many errors as ends, or a few less, which the copy cut off or
    /// PM2 lost. Where no worker ended, what Node says of an end was quoted, or is of a process that the worker started.
    fn proof(&self, seen: &ErrorTally) -> Option<Proof> {
        let bare = self.file.wrapped && self.cluster && self.exits > 0 && seen.raw > seen.rejections;
        let is_most = self.candidates <= self.exits && self.candidates * 5 >= self.exits * 4;
        let counted = !self.file.ends_are_told && (is_most || thrown(seen) == self.exits);
        match seen {
            _ if seen.by_node > 0 && !self.live_on => Some(Proof::Printed),
            _ if thrown(seen) == 0 => None,
            _ if seen.timed > 0 && seen.is_of_ends() => Some(Proof::Timed),
            _ if bare && seen.led == 0 => Some(Proof::Printed),
            _ if seen.tally.first.is_none() && is_candidate(seen) && counted => Some(Proof::Counted),
            _ => None,
        }
    }

    /// How often the program may have ended itself because of it: where no line has a time, as often as it ended.
    fn parting(&self, seen: &ErrorTally) -> u64 {
        let is_counted = !self.file.ends_are_told && seen.tally.first.is_none() && seen.led == self.exits;
        match seen {
            _ if is_counted => seen.led,
            _ if seen.is_of_ends() => seen.parting,
            _ => 0,
        }
    }
}

/// How many were no rejections.
fn thrown(seen: &ErrorTally) -> u64 {
    seen.tally.count - seen.rejections.min(seen.tally.count)
}

/// Whether nothing speaks against it: no logger printed it, no web framework called the code that threw.
fn is_candidate(seen: &ErrorTally) -> bool {
    let routed = |path: &str| {
        ["/express/lib/", "/router/lib/", "/koa/lib/", "/koa-compose/"].iter().any(|part| path.contains(part))
    };
    thrown(seen) > 0 && seen.led == 0 && !seen.error.frames.iter().any(|frame| routed(&frame.path))
}

/// What `error` says of an address in use.
pub(super) fn port_in_use(error: &Arc<ErrorBlock>) -> Option<PortInUse> {
    let (call, rest) = error.message.split_once(" EADDRINUSE")?;
    let call = match call {
        "listen" => ListenCall::Listen,
        "bind" => ListenCall::Bind,
        _ => return None,
    };
    let place = rest.strip_prefix(": address already in use").unwrap_or(rest).split_whitespace().next();
    let place = place.unwrap_or_default().trim_end_matches([',', ';', '.']);
    Some(PortInUse { call, error: Some(error.clone()), ..address(place, call) })
}

/// Splits `127.0.0.1:3000`, `:::3000`, `null:3000`, `/tmp/app.sock`.
pub(super) fn address(place: &str, call: ListenCall) -> PortInUse {
    let split = place.rsplit_once(':').and_then(|(address, port)| Some((address, port.parse().ok()?)));
    let (address, port) = split.map_or((place, None), |(address, port)| (address, Some(port)));
    let address = Some(address).filter(|address| !matches!(*address, "" | "null")).map(Arc::from);
    PortInUse { address, port, call, held_by: None, error: None }
}

/// What `error` says of a module that could not be loaded.
pub fn missing(error: &Arc<ErrorBlock>) -> Option<Missing> {
    let message = &*error.message;
    let quoted = || message.split('\'').nth(1);
    let (code, module) = if message.starts_with("Cannot find package") {
        ("ERR_MODULE_NOT_FOUND", quoted()?)
    } else if message.starts_with("Cannot find module") {
        (
            if error.code.as_deref() == Some("ERR_MODULE_NOT_FOUND") {
                "ERR_MODULE_NOT_FOUND"
            } else {
                "MODULE_NOT_FOUND"
            },
            quoted()?,
        )
    } else if let Some((_, path)) =
        message.strip_prefix("Unknown file extension").and_then(|rest| rest.split_once(" for "))
    {
        ("ERR_UNKNOWN_FILE_EXTENSION", path)
    } else if let Some(rest) = message.strip_prefix("require() of ES Module ") {
        ("ERR_REQUIRE_ESM", rest.split(' ').next()?)
    } else {
        return None;
    };
    Some(Missing { module: module.into(), code, error: Some(error.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        for (place, address_read, port) in [
            ("127.0.0.1:3000", Some("127.0.0.1"), Some(3000)),
            (":::3000", Some("::"), Some(3000)),
            ("null:3000", None, Some(3000)),
            ("/tmp/app.sock", Some("/tmp/app.sock"), None),
        ] {
            for message in [
                format!("listen EADDRINUSE: address already in use {place}"),
                format!("listen EADDRINUSE {place}"),
                format!("listen EADDRINUSE: address already in use {place}, next one"),
            ] {
                let error = Arc::new(ErrorBlock { message: message.as_str().into(), ..ErrorBlock::default() });
                let read = port_in_use(&error).unwrap();
                assert_eq!((read.address.as_deref(), read.port), (address_read, port), "{message}");
            }
        }
    }

    #[test]
    fn modules_that_could_not_be_loaded_are_named() {
        for (message, code, module) in [
            ("Cannot find module './s3'", "MODULE_NOT_FOUND", "./s3"),
            ("Cannot find package 'pino' imported from /srv/a/x.mjs", "ERR_MODULE_NOT_FOUND", "pino"),
            ("Unknown file extension \".ts\" for /srv/a/x.ts", "ERR_UNKNOWN_FILE_EXTENSION", "/srv/a/x.ts"),
            ("require() of ES Module /srv/a/x.mjs not supported.", "ERR_REQUIRE_ESM", "/srv/a/x.mjs"),
        ] {
            let error = Arc::new(ErrorBlock { message: message.into(), ..ErrorBlock::default() });
            let missing = missing(&error).unwrap();
            assert_eq!((missing.code, &*missing.module), (code, module));
        }
    }
}
