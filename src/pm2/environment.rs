//! The environment of a worker: what the process file sets, made into strings as PM2 does, and what PM2 adds.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Effective, Launch, Mode, Options, Workers};
use crate::checkout::Place;
use crate::js::{Entry, Node, NodeKind};

/// A variable that the process file sets, or PM2.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: EnvValue,
    /// Where the process file names it; `None`: PM2 sets it.
    pub place: Option<Place>,
    /// Environment variables that nothing in the checkout sets and that the value was computed without.
    pub assumed_unset: Vec<Arc<str>>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// That text.
    Known(Arc<str>),
    /// It is set, to something that is not known, and why.
    Unknown(Arc<str>),
    /// PM2 sets it, to some text that is not empty, and why no more is known.
    Filled(Arc<str>),
}

/// What a worker finds under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// A variable.
    Set(&'a EnvValue),
    /// Nothing: PM2 would set it, and does not here.
    Undefined,
    /// Neither PM2 nor the process file says.
    Open,
}

/// What PM2 puts into the environment of one worker, beside what the calling shell had.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerEnv {
    /// By name.
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// The process file may set further ones, and why.
    pub open: Option<Arc<str>>,
}

/// Names that a worker has from PM2 or not at all: no shell sets them.
const CLOSED: [&str; 10] = [
    "NODE_APP_INSTANCE",
    "NODE_UNIQUE_ID",
    "exec_mode",
    "instances",
    "name",
    "namespace",
    "pm_cwd",
    "pm_exec_path",
    "pm_id",
    "unique_id",
];

impl WorkerEnv {
    /// The variable, or whether its absence is sure.
    pub fn get(&self, name: &str) -> Lookup<'_> {
        match self.variables.get(name) {
            Some(variable) => Lookup::Set(&variable.value),
            None if self.open.is_none() && CLOSED.contains(&name) => Lookup::Undefined,
            None => Lookup::Open,
        }
    }
}

/// The environment of process number `instance` of a launch. lib/God.js:586 (v7.0.4), lib/ProcessContainer.js:19, `PM2_USAGE` of the
/// command line, lib/binaries/CLI.js:3 (v7.0.3), and `NODE_UNIQUE_ID`, which Node itself deletes in a cluster worker.
pub fn worker_env(launch: &Launch, instance: u32) -> WorkerEnv {
    let own = own_attributes(launch, instance).into_iter().map(|(name, value)| of_pm2(name, value));
    let incremented = launch.increment_var.as_ref().map(|name| incremented(launch, &name.value, instance));
    let variables = launch
        .attributes
        .iter()
        .cloned()
        .chain(own)
        .chain(launch.env.iter().cloned())
        .chain(incremented)
        .chain([of_pm2("unique_id", decided_later())]);
    WorkerEnv {
        variables: variables.map(|variable| (variable.name.clone(), variable)).collect(),
        open: launch.env_open.clone(),
    }
}

fn of_pm2(name: &str, value: EnvValue) -> Variable {
    Variable { name: name.into(), value, place: None, assumed_unset: Vec::new() }
}

fn own_attributes(launch: &Launch, instance: u32) -> Vec<(&str, EnvValue)> {
    let known = |text: &str| EnvValue::Known(text.into());
    let instances = match &launch.workers {
        Workers::Count(count) => known(&count.to_string()),
        Workers::Unknown(why) => EnvValue::Unknown(why.clone()),
        Workers::Max | Workers::AllBut(_) | Workers::OfCpus => {
            EnvValue::Filled("it is the number of CPUs of the host".into())
        }
    };
    vec![
        ("PM2_HOME", decided_later()),
        ("PM2_USAGE", EnvValue::Unknown("`pm2` sets it to CLI, `pm2-runtime` and PM2's API do not".into())),
        ("exec_mode", known(&format!("{}_mode", launch.mode.name()))),
        ("instances", instances),
        ("name", known(&launch.name)),
        ("namespace", known(&launch.namespace)),
        ("pm_cwd", decided_later()),
        ("pm_exec_path", decided_later()),
        ("pm_id", EnvValue::Filled("it depends on what else the PM2 daemon has started".into())),
        ("status", known("launching")),
        (&launch.instance_var.value, known(&instance.to_string())),
    ]
}

fn decided_later() -> EnvValue {
    EnvValue::Filled("PM2 decides it when it starts the app".into())
}

/// The first process gets the number that the variable has, or 0, and each further one the next.
fn incremented(launch: &Launch, name: &Arc<str>, instance: u32) -> Variable {
    let base = launch.variable(name);
    let value = match base.map(|variable| &variable.value) {
        Some(EnvValue::Unknown(why) | EnvValue::Filled(why)) => EnvValue::Unknown(why.clone()),
        Some(EnvValue::Known(text)) => increased(super::words::number(text).unwrap_or(0.0), instance),
        None => increased(0.0, instance),
    };
    let assumed_unset = base.map_or_else(|| vec![name.clone()], |variable| variable.assumed_unset.clone());
    Variable { name: name.clone(), value, place: base.and_then(|variable| variable.place.clone()), assumed_unset }
}

fn increased(base: f64, instance: u32) -> EnvValue {
    EnvValue::Known((base + f64::from(instance)).to_string().into())
}

/// The variables of one environment as the process file gives them, before they become strings. lib/Common.js:595 (v7.0.4).
#[derive(Clone, Debug, Default)]
pub(super) struct Merged {
    /// In JavaScript's order.
    entries: Vec<Entry>,
    /// Where each name stands among the entries.
    positions: FxHashMap<Arc<str>, usize>,
    /// There may be further ones, and why.
    pub(super) open: Option<Arc<str>>,
}

impl Merged {
    /// `env`, then `port` as `PORT`, then `env_<name>`.
    pub(super) fn of(options: &Options, env_name: Option<&str>) -> Self {
        let mut merged = Self { open: options.open.clone(), ..Self::default() };
        if let Some(env) = options.value("env") {
            merged.extend(env, stringified);
        }
        if let Some(port) = options.get("port").filter(|port| port.value.truthy() != Some(false)) {
            merged.set(port_variable(port));
        }
        let block = options.environments.iter().find(|(name, _)| Some(&**name) == env_name);
        if let Some((_, block)) = block {
            merged.extend(&block.value, Entry::clone);
        }
        merged
    }

    fn extend(&mut self, block: &Node, prepare: impl Fn(&Entry) -> Entry) {
        if let NodeKind::Unknown(why) = &block.kind {
            self.open.get_or_insert_with(|| why.clone());
        }
        if let Some(why) = &block.open {
            self.open.get_or_insert_with(|| why.clone());
        }
        for entry in block.entries() {
            self.set(prepare(entry));
        }
    }

    fn set(&mut self, entry: Entry) {
        let end = self.entries.len();
        let at = *self.positions.entry(entry.key.clone()).or_insert(end);
        match self.entries.get_mut(at) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// The variable that overwrites the attribute of that name. `Utility.extend` leaves objects out: lib/Utility.js:54 (v7.0.4).
    pub(super) fn overwriting(&self, name: &str) -> Option<&Entry> {
        let entry = self.entries.get(*self.positions.get(name)?)?;
        let is_left_out = matches!(entry.value.kind, NodeKind::Undefined | NodeKind::Function(_) | NodeKind::Object(_));
        (!is_left_out).then_some(entry)
    }

    /// The variables as a process in `mode` gets them.
    pub(super) fn variables(&self, mode: Mode) -> Vec<Variable> {
        self.entries.iter().filter_map(|entry| variable(entry, mode)).collect()
    }
}

/// The options that a process in `mode` finds as variables of their own names.
pub(super) fn attributes(options: &Options, mode: Mode) -> Vec<Variable> {
    let kept = options.effective.iter().filter(|option| option.spec.kept);
    kept.filter_map(|option| {
        let entry = Entry { key: option.spec.name.into(), value: option.value.clone(), ..option.written.clone() };
        variable(&entry, mode)
    })
    .collect()
}

fn variable(entry: &Entry, mode: Mode) -> Option<Variable> {
    Some(Variable {
        name: entry.key.clone(),
        value: text(&entry.value, mode)?,
        place: super::resolve::place(entry).cloned(),
        assumed_unset: entry.value.assumed_unset.clone(),
    })
}

/// `app.env.PORT = app.port`: lib/Common.js:120 (v7.0.4).
fn port_variable(port: &Effective) -> Entry {
    Entry { key: "PORT".into(), key_origin: port.place().cloned(), value: port.value.clone() }
}

/// `env` alone has its objects, arrays and `null` made into JSON: lib/Common.js:603 (v7.0.4).
fn stringified(entry: &Entry) -> Entry {
    let kind = match &entry.value.kind {
        NodeKind::Null | NodeKind::Array(_) | NodeKind::Object(_) => match json(&entry.value) {
            Ok(text) => NodeKind::String(text.unwrap_or_default().into()),
            Err(why) => NodeKind::Unknown(why),
        },
        kind => kind.clone(),
    };
    Entry { value: Node { kind, ..entry.value.clone() }, ..entry.clone() }
}

/// What a process finds in its environment; `None`: nothing. On the way to the daemon NaN becomes `null`, which a forked process
/// does not get and a cluster worker gets as text: lib/God/ForkMode.js:95, lib/ProcessContainer.js:19 (v7.0.3).
fn text(value: &Node, mode: Mode) -> Option<EnvValue> {
    let null = || (mode == Mode::Cluster).then(|| "null".into());
    let known: Option<Arc<str>> = match &value.kind {
        NodeKind::Unknown(why) => return Some(EnvValue::Unknown(why.clone())),
        NodeKind::Undefined | NodeKind::Function(_) | NodeKind::Object(_) => None,
        NodeKind::Null => null(),
        NodeKind::Number(number) if !number.is_finite() => null(),
        NodeKind::Array(elements) if mode == Mode::Cluster => {
            let words = elements.iter().map(|element| plain_text(element).unwrap_or_default());
            Some(words.collect::<Vec<_>>().join(",").into())
        }
        NodeKind::Array(_) => None,
        NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::String(_) => plain_text(value),
    };
    known.map(EnvValue::Known)
}

/// A string, number or boolean as text.
pub(super) fn plain_text(value: &Node) -> Option<Arc<str>> {
    match &value.kind {
        NodeKind::String(text) => Some(text.clone()),
        NodeKind::Number(number) => Some(number.to_string().into()),
        NodeKind::Bool(value) => Some(value.to_string().into()),
        _ => None,
    }
}

/// `JSON.stringify`; `Ok(None)` for what it leaves out, `Err` with why a part is not known.
fn json(value: &Node) -> Result<Option<String>, Arc<str>> {
    Ok(Some(match &value.kind {
        NodeKind::Unknown(why) => return Err(why.clone()),
        NodeKind::Undefined | NodeKind::Function(_) => return Ok(None),
        NodeKind::Null => "null".into(),
        NodeKind::Number(number) if !number.is_finite() => "null".into(),
        NodeKind::Number(number) => number.to_string(),
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::String(text) => quoted(text),
        NodeKind::Array(elements) => {
            let parts = elements.iter().map(|element| Ok(json(element)?.unwrap_or_else(|| "null".into())));
            format!("[{}]", parts.collect::<Result<Vec<_>, Arc<str>>>()?.join(","))
        }
        NodeKind::Object(entries) => {
            let parts = entries.iter().filter_map(|entry| match json(&entry.value) {
                Ok(value) => value.map(|value| Ok(format!("{}:{value}", quoted(&entry.key)))),
                Err(why) => Some(Err(why)),
            });
            format!("{{{}}}", parts.collect::<Result<Vec<_>, _>>()?.join(","))
        }
    }))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
