//! What PM2 makes of an app's entry in a process file: aliases resolved, values checked and converted,
//! and what it says, or keeps quiet, of the rest. lib/tools/Config.js:79 (v7.0.4).

use std::sync::Arc;

use super::options::{self, Advice, Spec};
use super::{Version, cron, validate, words};
use crate::checkout::Place;
use crate::js::{Entry, Node, NodeKind};

/// The options of one app.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// In the order of PM2's schema.
    pub effective: Vec<Effective>,
    /// The `env_*` blocks that are objects, by the name of the environment (`production`), in the file's order.
    pub environments: Vec<(Arc<str>, Entry)>,
    /// What PM2 drops, ignores or refuses, in the file's order within each kind.
    pub remarks: Vec<Remark>,
    /// The entry may hold options that are not known, and why.
    pub open: Option<Arc<str>>,
    /// PM2 switches `merge_logs` on itself.
    pub merges_logs: bool,
}

/// One option in force, as far as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// Which.
    pub spec: &'static Spec,
    /// The property that won, as written.
    pub written: Entry,
    /// What PM2 makes of it: numeric strings and units as numbers, a string of words as an array.
    pub value: Node,
}

/// Something of an entry that does not do what it says.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// PM2 drops a falsy value of an option whose name has an underscore.
    Dropped {
        /// Which.
        spec: &'static Spec,
        /// As written.
        written: Entry,
    },
    /// Several spellings of one option have different values, and one wins.
    Conflict {
        /// Which.
        spec: &'static Spec,
        /// The one in force.
        winner: Entry,
        /// The others.
        losers: Vec<Entry>,
    },
    /// PM2 ignores the key.
    Unknown {
        /// As written.
        written: Entry,
        /// What was meant.
        advice: Option<Advice>,
    },
    /// The script is given as `exec` and the app has no name: PM2 looks for one in `script`, `cmd` and `command` alone, and fails without.
    /// lib/Common.js:922 and 201 (v7.0.4).
    Nameless {
        /// As written.
        written: Entry,
    },
    /// PM2 refuses the value, and with it the whole process file.
    Invalid {
        /// As written.
        written: Entry,
        /// PM2's own words.
        verdict: String,
    },
}

impl Effective {
    /// The name of the option, or its value where the name is not written.
    pub fn place(&self) -> Option<&Place> {
        place(&self.written)
    }
}

/// The name of a property, or its value where the name is not written.
pub fn place(entry: &Entry) -> Option<&Place> {
    entry.key_origin.as_ref().or(entry.value.origin.as_ref())
}

impl Options {
    /// The option that PM2 calls `name`, if it is written and not dropped.
    pub fn get(&self, name: &str) -> Option<&Effective> {
        self.effective.iter().find(|option| option.spec.name == name)
    }

    /// Its value, as PM2 converts it.
    pub fn value(&self, name: &str) -> Option<&Node> {
        self.get(name).map(|option| &option.value)
    }

    /// Where it is written.
    pub fn place(&self, name: &str) -> Option<&Place> {
        self.get(name).and_then(Effective::place)
    }

    /// The option is written, and PM2 drops its falsy value.
    pub fn drops(&self, name: &str) -> bool {
        self.remarks.iter().any(|remark| matches!(remark, Remark::Dropped { spec, .. } if spec.name == name))
    }

    /// The value is known and JavaScript counts it as true.
    pub fn is_on(&self, name: &str) -> bool {
        self.value(name).and_then(Node::truthy) == Some(true)
    }
}

/// Resolves an app's entry as PM2 `version` does; anything but an object has no options.
pub fn effective(app: &Node, version: Version) -> Options {
    let mut resolving = Resolving { app, version, options: Options { open: app.open.clone(), ..Options::default() } };
    for spec in options::all().iter().filter(|spec| spec.is_known_to(version)) {
        resolving.take(spec);
    }
    for entry in app.entries() {
        resolving.look_at_rest(entry);
    }
    resolving.look_for_name();
    resolving.options.merges_logs = merges_logs(app);
    resolving.options
}

/// An entry on the way to its options.
struct Resolving<'a> {
    app: &'a Node,
    version: Version,
    options: Options,
}

impl Resolving<'_> {
    fn take(&mut self, spec: &'static Spec) {
        let Some(winner) = winner(spec, self.app) else { return };
        self.note_conflict(spec, winner);
        let is_falsy = winner.value.truthy() == Some(false);
        if is_falsy && ["env", "name"].contains(&spec.name) {
            return;
        }
        if is_falsy && is_dropped(spec, winner) {
            self.options.remarks.push(Remark::Dropped { spec, written: winner.clone() });
            return;
        }
        let checked =
            self.check_pattern(spec, winner).and_then(|()| validate::convert(spec, &winner.value, self.version));
        match checked {
            Ok(value) => self.options.effective.push(Effective { spec, written: winner.clone(), value }),
            Err(verdict) => self.options.remarks.push(Remark::Invalid { written: winner.clone(), verdict }),
        }
    }

    /// PM2 checks a cron pattern under the option's own name alone: lib/Common.js:872 (v7.0.4). What PM2 4 takes is not known here.
    fn check_pattern(&self, spec: &Spec, winner: &Entry) -> Result<(), String> {
        if spec.name != "cron_restart" || &*winner.key != spec.name || self.version == Version::V4 {
            return Ok(());
        }
        let fault = match &winner.value.kind {
            NodeKind::Unknown(_) => None,
            NodeKind::Array(elements) if elements.is_empty() => None,
            NodeKind::String(pattern) if words::number(pattern) == Some(0.0) => None,
            NodeKind::String(pattern) => cron::fault(pattern),
            _ => Some("CronPattern: Pattern has to be of type string.".into()),
        };
        fault.map_or(Ok(()), |fault| Err(format!("Cron pattern error: {fault}")))
    }

    fn look_for_name(&mut self) {
        let script = self.options.get("script").filter(|script| &*script.written.key == "exec");
        let has_name = self.app.get("name").is_some_and(|name| name.truthy() != Some(false));
        if let Some(script) = script.filter(|_| !has_name && self.app.open.is_none()) {
            let written = script.written.clone();
            self.options.remarks.push(Remark::Nameless { written });
        }
    }

    fn note_conflict(&mut self, spec: &'static Spec, winner: &Entry) {
        let others =
            spec.spellings().filter(|spelling| *spelling != &*winner.key).filter_map(|key| written(self.app, key));
        let losers: Vec<Entry> = others.filter(|other| is_lost(&other.value, &winner.value)).cloned().collect();
        if !losers.is_empty() {
            self.options.remarks.push(Remark::Conflict { spec, winner: winner.clone(), losers });
        }
    }

    fn look_at_rest(&mut self, entry: &Entry) {
        if self.knows(&entry.key) || is_comment(&entry.key) {
            return;
        }
        if let Some(name) = entry.key.strip_prefix("env_").filter(|_| options::is_env_block(&entry.key)) {
            return self.look_at_environment(name, entry);
        }
        if !matches!(entry.value.kind, NodeKind::Undefined) {
            self.ignore(entry);
        }
    }

    fn look_at_environment(&mut self, name: &str, entry: &Entry) {
        match &entry.value.kind {
            NodeKind::Object(_) | NodeKind::Unknown(_) => self.options.environments.push((name.into(), entry.clone())),
            NodeKind::String(_) => self.ignore(entry),
            NodeKind::Undefined => {}
            _ => {
                let verdict =
                    validate::wrong_type(&entry.key, &[options::Type::Object, options::Type::String], &entry.value);
                self.options.remarks.push(Remark::Invalid { written: entry.clone(), verdict });
            }
        }
    }

    fn ignore(&mut self, entry: &Entry) {
        self.options.remarks.push(Remark::Unknown { written: entry.clone(), advice: options::advise(&entry.key) });
    }

    fn knows(&self, key: &str) -> bool {
        options::find(key).is_some_and(|spec| spec.is_known_to(self.version))
    }
}

/// `exec_mode != 'cluster_mode' && !instances && typeof merge_logs == 'undefined'`, of the options' own names alone: an alias, `execMode`
/// say, does not count. lib/Common.js:862 (v7.0.4).
fn merges_logs(app: &Node) -> bool {
    let is_cluster = app.get("exec_mode").and_then(Node::as_str).is_some_and(|mode| mode.starts_with("cluster"));
    let instances = app.get("instances").map(validate::instances);
    let has_instances = instances.and_then(|instances| instances.truthy()) == Some(true);
    let says_nothing = app.get("merge_logs").is_none_or(|value| matches!(value.kind, NodeKind::Undefined));
    !is_cluster && !has_instances && says_nothing
}

/// The property that PM2 takes: the first spelling with a truthy value, else the last spelling there is for PM2
/// (`conf[k] || (conf[k] = json[alias])` for each alias in turn).
fn winner<'a>(spec: &Spec, app: &'a Node) -> Option<&'a Entry> {
    let truthy = spec.spellings().filter_map(|key| written(app, key)).find(|entry| entry.value.truthy() != Some(false));
    let camel_case = || spec.aliases.last().and_then(|key| written(app, key));
    truthy.or_else(camel_case).or_else(|| written(app, spec.name))
}

/// A property that is there for PM2: neither `undefined` nor `null`.
fn written<'a>(app: &'a Node, key: &str) -> Option<&'a Entry> {
    app.entry(key).filter(|entry| !matches!(entry.value.kind, NodeKind::Undefined | NodeKind::Null))
}

/// A falsy value survives only under the spelling that PM2 looks at last.
fn is_dropped(spec: &Spec, winner: &Entry) -> bool {
    spec.aliases.last().is_some_and(|last| *last != &*winner.key)
}

fn is_lost(value: &Node, winner: &Node) -> bool {
    value.truthy() == Some(true) && value.kind != winner.kind && !winner.is_unknown()
}

/// Keys by which people comment JSON: `_comment`, `//`, `$schema`.
fn is_comment(key: &str) -> bool {
    key.starts_with(['_', '/', '#', '$']) || key.starts_with("x-") || key.to_ascii_lowercase().contains("comment")
}
