//! The judge against PM2: entries of apps, and what PM2 4, 5, 6 and 7 themselves made of them, recorded by
//! `tests/judge/record.mjs` in `testdata/pm2/judged.jsonl`. Where ours differs on purpose, `testdata/pm2/explained.toml` says why.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pm2lint::js::{Entry, Node, NodeKind};
use pm2lint::pm2::environment::worker_env;
use pm2lint::pm2::plan::{self, Setup};
use pm2lint::pm2::resolve::{Options, Remark, effective};
use pm2lint::pm2::{EnvValue, Launch, Mode, Setting, Version, Workers};
use serde::Deserialize;
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// An entry, the environment it is started with, and what the versions answer.
#[derive(Deserialize)]
struct Case {
    app: Value,
    env: Option<Arc<str>>,
    pm2: Vec<(Vec<u8>, Answer)>,
}

/// What `pm2 start` of a file with one app comes to.
#[derive(Deserialize)]
struct Answer {
    /// The options after the validation.
    config: Option<Fields>,
    /// What the validation says instead.
    errors: Option<Vec<String>>,
    /// What PM2 throws, anywhere on the way.
    throws: Option<String>,
    /// Why this app is not started.
    fails: Option<Vec<String>>,
    /// How the launch differs from the usual one.
    launch: Option<Fields>,
}

#[derive(Deserialize)]
struct Usual {
    usual: Vec<(Vec<u8>, Fields)>,
}

/// A difference that is meant.
#[derive(Deserialize)]
struct Explained {
    /// The field of the answer: `errors`, `config.args`, `launch.exec_interpreter`.
    field: String,
    /// The versions that it is about.
    versions: Vec<u8>,
    /// What the entry as JSON holds.
    app: String,
    /// Why.
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Deserialize)]
struct Table {
    difference: Vec<Explained>,
}

#[test]
fn entries_are_judged_as_pm2_judges_them() {
    let recorded = include_str!("../testdata/pm2/judged.jsonl");
    let table: Table = toml::from_str(include_str!("../testdata/pm2/explained.toml")).unwrap();
    let (head, cases) = recorded.split_once('\n').unwrap();
    let usual: Usual = serde_json::from_str(head).unwrap();
    let cases: Vec<Case> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let app = case.app.to_string();
        for (major, answer) in case.pm2.iter().flat_map(|(majors, answer)| majors.iter().map(move |m| (*m, answer))) {
            let usual = &usual.usual.iter().find(|(majors, _)| majors.contains(&major)).unwrap().1;
            for (field, ours, theirs) in differences(case, answer, major, usual) {
                let is_it = |known: &Explained| {
                    known.field == field && known.versions.contains(&major) && app.contains(&known.app)
                };
                match table.difference.iter().position(is_it) {
                    Some(at) => drop(used.insert(at)),
                    None => wrong
                        .push(format!("PM2 {major} {app} {}: {field}: ours {ours}, PM2's {theirs}", json!(case.env))),
                }
            }
        }
    }
    assert!(cases.len() > 3000, "{} entries", cases.len());
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    let unused: Vec<&str> = table
        .difference
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(at))
        .map(|(_, known)| &*known.app)
        .collect();
    assert!(unused.is_empty(), "explained, and no difference any more: {unused:?}");
}

/// The fields of an answer that ours does not have: ours, and PM2's.
fn differences(case: &Case, answer: &Answer, major: u8, usual: &Fields) -> Vec<(String, Value, Value)> {
    let version = Version::parse(&major.to_string()).unwrap();
    let options = effective(&node(&case.app), version);
    let mut ours = BTreeMap::from([("errors".to_owned(), json!(verdicts(&options)))]);
    let mut theirs = BTreeMap::from([("errors".to_owned(), json!(answer.refusals()))]);
    if answer.refusals().is_empty() {
        if answer.launch.is_some() || answer.is_nameless() {
            ours.insert("nameless".into(), json!(is_nameless(&options)));
            theirs.insert("nameless".into(), json!(answer.is_nameless()));
        }
        ours.extend(prefixed("config", config(&options)));
        theirs.extend(prefixed("config", answer.config.clone().unwrap_or_default()));
        if let Some(differing) = &answer.launch {
            let setup = Setup { config: "ecosystem.config.js", version };
            let launch = plan::launch(&options, case.env.as_ref().filter(|env| has_environment(&options, env)), setup);
            let mut recorded = usual.clone();
            recorded.extend(differing.clone());
            if launch.command_line.is_some() {
                // PM2 has made the script its argument; compared with the launch.
                theirs.remove("config.args");
                ours.remove("config.args");
            }
            ours.extend(prefixed("launch", launch_of(&launch)));
            theirs.extend(prefixed("launch", normal(&recorded)));
        }
    }
    let fields: BTreeSet<String> = ours.keys().chain(theirs.keys()).cloned().collect();
    let of = |side: &BTreeMap<String, Value>, field: &str| side.get(field).cloned().unwrap_or_default();
    let all = fields.into_iter().map(|field| (field.clone(), of(&ours, &field), of(&theirs, &field)));
    all.filter(|(_, ours, theirs)| ours != theirs).collect()
}

impl Answer {
    /// PM2 cannot find a name for the app.
    fn is_nameless(&self) -> bool {
        self.fails.iter().flatten().any(|why| why.contains("reading 'replace'"))
    }

    /// Why PM2 starts nothing of the file.
    fn refusals(&self) -> Vec<String> {
        let errors = self.errors.iter().flatten().chain(&self.throws);
        errors.cloned().collect()
    }
}

fn is_nameless(options: &Options) -> bool {
    options.remarks.iter().any(|remark| matches!(remark, Remark::Nameless { .. }))
}

fn has_environment(options: &Options, name: &str) -> bool {
    options.environments.iter().any(|(known, _)| &**known == name)
}

/// What PM2 says and goes no further after: it throws, or looks at cron patterns before anything else.
const FIRST: [&str; 2] = ["TypeError: app.exec_mode", "Cron pattern error"];

fn verdicts(options: &Options) -> Vec<String> {
    let verdict = |remark: &Remark| match remark {
        Remark::Invalid { verdict, .. } => Some(verdict.clone()),
        _ => None,
    };
    let all: Vec<String> = options.remarks.iter().filter_map(verdict).collect();
    let first = FIRST.iter().find_map(|start| all.iter().find(|verdict| verdict.starts_with(start)));
    first.map_or_else(|| all.clone(), |first| vec![first.clone()])
}

/// What PM2 sets from other options while it validates: in the launch here.
const DERIVED: [&str; 9] = ["name", "script", "env", "merge_logs", "log_date_format", "pmx", "uid", "gid", "username"];

fn is_compared(name: &str) -> bool {
    !DERIVED.contains(&name) && !name.starts_with("env_")
}

fn config(options: &Options) -> Fields {
    options.effective.iter().map(|option| (option.spec.name.to_string(), value(&option.value))).collect()
}

/// What the recording leaves out: options that are as they are where they are not written.
const BY_DEFAULT: [(&str, &str); 9] = [
    ("vizion", "true"),
    ("autostart", "true"),
    ("autorestart", "true"),
    ("instance_var", "\"NODE_APP_INSTANCE\""),
    ("pmx", "true"),
    ("automation", "true"),
    ("treekill", "true"),
    ("windowsHide", "true"),
    ("kill_retry_time", "100"),
];

fn prefixed(prefix: &str, fields: Fields) -> impl Iterator<Item = (String, Value)> {
    let spelt_out = move |value: Value| match value.as_str() {
        Some(mode @ ("cluster" | "fork")) if prefix == "config" => json!(format!("{mode}_mode")),
        _ => value,
    };
    let is_usual = |name: &str, value: &Value| BY_DEFAULT.contains(&(name, &value.to_string()));
    let compared = fields
        .into_iter()
        .filter(move |(name, value)| prefix == "launch" || (is_compared(name) && !is_usual(name, value)));
    compared.map(move |(name, value)| (format!("{prefix}.{name}"), spelt_out(value)))
}

/// The CPUs of the recording's host.
const CPUS: u32 = 4;

fn launch_of(launch: &Launch) -> Fields {
    let processes = match launch.workers {
        Workers::Count(count) => json!(count),
        Workers::Max => json!(CPUS),
        Workers::AllBut(free) => json!(CPUS.saturating_sub(free).max(1)),
        Workers::OfCpus | Workers::Unknown(_) => Value::Null,
    };
    let first = worker_env(launch, 0).variables;
    let incremented = launch.increment_var.iter().filter_map(|name| first.get(&name.value));
    let env = launch.env.iter().chain(incremented).filter_map(|variable| match &variable.value {
        EnvValue::Known(text) => Some((variable.name.to_string(), json!(**text))),
        EnvValue::Unknown(_) | EnvValue::Filled(_) => None,
    });
    let script = launch.script_path().or_else(|| launch.script.clone());
    let fields = json!({
        "processes": processes, "name": &*launch.name, "namespace": &*launch.namespace,
        "exec_mode": launch.mode.name(), "args": texts(&launch.args), "node_args": texts(&launch.node_args),
        "exec_interpreter": &*launch.interpreter.command, "pm_exec_path": script.as_deref(), "pm_cwd": &*launch.cwd.value,
        "kill_timeout": launch.kill_timeout.value, "listen_timeout": launch.listen_timeout.value,
        "wait_ready": launch.wait_ready.value, "autorestart": launch.autorestart.value,
        "max_restarts": launch.max_restarts.value, "min_uptime": launch.min_uptime.value,
        "restart_delay": launch.restart_delay.value, "exp_backoff_restart_delay": launch.exp_backoff.value,
        "cron_restart": launch.cron_restart.as_ref().map(|cron| &*cron.value),
        "max_memory_restart": launch.max_memory_restart.as_ref().map(|limit| limit.value),
        "watch": launch.watch.value, "treekill": launch.treekill.value, "pmx": launch.pmx.value,
        "stop_exit_codes": launch.stop_exit_codes.value, "shutdown_with_message": launch.shutdown_with_message.value,
        "merge_logs": launch.merge_logs.value, "instance_var": &*launch.instance_var.value,
        "increment_var": launch.increment_var.as_ref().map(|name| &*name.value),
        "env": env.collect::<Fields>(),
    });
    fields.as_object().unwrap().clone()
}

fn texts(words: &Setting<Vec<Arc<str>>>) -> Vec<&str> {
    words.value.iter().map(|word| &**word).collect()
}

/// What was recorded, in the terms of a launch: PM2's defaults, and how it reads the values later.
fn normal(recorded: &Fields) -> Fields {
    let of = |name: &str| recorded.get(name).cloned().unwrap_or_default();
    let mode = if of("exec_mode") == "cluster_mode" { Mode::Cluster } else { Mode::Fork };
    let number = |name: &str, default: u64| json!(leading_number(&of(name)).unwrap_or(default));
    let timeout = |name: &str, default: u64| json!(leading_number(&of(name)).filter(|ms| *ms > 0).unwrap_or(default));
    let is_on = |name: &str| json!(is_truthy(&of(name)));
    let unless_false = |name: &str| json!(!matches!(of(name), Value::Bool(false)) && of(name) != "false");
    let words = |name: &str| match of(name) {
        Value::Array(words) => {
            words.iter().filter_map(|word| text(word, Mode::Cluster)).filter(|word| word != "null").collect()
        }
        Value::String(word) => vec![word],
        _ => Vec::new(),
    };
    let path = |name: &str| of(name).as_str().map(portable);
    let env = of("env").as_object().cloned().unwrap_or_default();
    let env = env.iter().filter_map(|(name, value)| Some((name.clone(), json!(text(value, mode)?))));
    let codes = match of("stop_exit_codes") {
        Value::Array(codes) => codes,
        Value::Null => Vec::new(),
        code => vec![code],
    };
    // Compared with the memory as it is, so that a text with a unit, which a variable may bring, limits nothing:
    // lib/Worker.js:80 (v6.0.14).
    let is_number = |limit: &Value| limit.as_str().is_none_or(|text| text.trim().parse::<f64>().is_ok());
    let limit = Some(of("max_memory_restart")).filter(is_number);
    let limit = limit.and_then(|limit| leading_number(&limit)).filter(|bytes| *bytes > 0).map(Value::from);
    let fields = json!({
        "processes": of("processes"), "name": text(&of("name"), mode), "namespace": of("namespace"), "exec_mode": mode.name(),
        "args": words("args"), "node_args": words("node_args"),
        "exec_interpreter": of("exec_interpreter").as_str().map(|command| command.replace("<node>", "node")),
        "pm_exec_path": path("pm_exec_path"), "pm_cwd": path("pm_cwd"),
        "kill_timeout": timeout("kill_timeout", 1600), "listen_timeout": timeout("listen_timeout", 3000),
        "wait_ready": is_on("wait_ready"), "autorestart": unless_false("autorestart"),
        "max_restarts": number("max_restarts", 16), "min_uptime": number("min_uptime", 1000),
        "restart_delay": number("restart_delay", 0), "exp_backoff_restart_delay": number("exp_backoff_restart_delay", 0),
        "cron_restart": of("cron_restart").as_str().filter(|pattern| !pattern.trim().is_empty()), "max_memory_restart": limit.unwrap_or_default(),
        "watch": is_on("watch"), "treekill": is_on("treekill"), "pmx": unless_false("pmx"),
        "stop_exit_codes": codes.iter().filter_map(exit_code).collect::<Vec<_>>(),
        "shutdown_with_message": is_on("shutdown_with_message"), "merge_logs": is_on("merge_logs"),
        "instance_var": of("instance_var"), "increment_var": of("increment_var").as_str().filter(|name| !name.is_empty()),
        "env": env.collect::<Fields>(),
    });
    fields.as_object().unwrap().clone()
}

/// A path without what only the recording's host has.
fn portable(path: &str) -> String {
    let path = path.strip_prefix("<host>/bin/").unwrap_or(path);
    match path.strip_prefix("<root>") {
        Some(below) => below.trim_start_matches('/').to_owned(),
        None => path.to_owned(),
    }
}

fn exit_code(value: &Value) -> Option<i64> {
    value.as_f64().map(|code| code as i64).or_else(|| value.as_str()?.parse::<f64>().ok().map(|code| code as i64))
}

/// `parseInt`; negative numbers count as 0 for what is never below.
fn leading_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(number.as_f64()?.max(0.0) as u64),
        Value::String(text) => {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text[..digits].parse().ok()
        }
        _ => None,
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// A value as a process finds it in its environment.
fn text(value: &Value, mode: Mode) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null => (mode == Mode::Cluster).then(|| "null".to_owned()),
        Value::Array(words) if mode == Mode::Cluster => {
            Some(words.iter().map(|word| text(word, mode).unwrap_or_default()).collect::<Vec<_>>().join(","))
        }
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn node(value: &Value) -> Node {
    Node::new(match value {
        Value::Null => NodeKind::Null,
        Value::Bool(value) => NodeKind::Bool(*value),
        Value::Number(number) => NodeKind::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => NodeKind::String(text.as_str().into()),
        Value::Array(elements) => NodeKind::Array(elements.iter().map(node).collect()),
        Value::Object(map) if map.contains_key("$nan") => NodeKind::Number(f64::NAN),
        Value::Object(map) if map.contains_key("$undefined") => NodeKind::Undefined,
        Value::Object(map) => NodeKind::Object(
            map.iter()
                .map(|(key, value)| Entry { key: key.as_str().into(), key_origin: None, value: node(value) })
                .collect(),
        ),
    })
}

fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Undefined => json!({ "$undefined": true }),
        NodeKind::Bool(value) => json!(value),
        NodeKind::Number(number) if number.is_nan() => json!({ "$nan": true }),
        NodeKind::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(*number as i64),
        NodeKind::Number(number) => json!(number),
        NodeKind::String(text) => json!(**text),
        NodeKind::Array(elements) => elements.iter().map(value).collect(),
        NodeKind::Object(entries) => entries.iter().map(|entry| (entry.key.to_string(), value(&entry.value))).collect(),
        _ => Value::Null,
    }
}
