//! `misplaced-option`: an option inside `env`, `env_<name>`, or beside `apps`, where PM2 does not read options.

use super::env_overrides_option::effect;
use super::quantity::value;
use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Change, Finding, Literal, Severity};
use crate::js::{Entry, Node, NodeKind};
use crate::pm2::{Launch, options, resolve};

/// Options that no variable is called like.
const UNMISTAKABLE: [&str; 15] = [
    "append_env_to_name",
    "error_file",
    "exec_interpreter",
    "ignore_watch",
    "increment_var",
    "instance_var",
    "instances",
    "interpreter",
    "log_date_format",
    "log_file",
    "max_memory_restart",
    "out_file",
    "pid_file",
    "script",
    "watch_options",
];

/// Looks at the variables of every app, and at what stands beside `apps`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        let base = app.node.get("env").into_iter().flat_map(|env| env.entries()).map(|entry| (None, entry));
        let others = app
            .options
            .environments
            .iter()
            .flat_map(|(name, block)| block.value.entries().iter().map(move |entry| (Some(&**name), entry)));
        for (block, entry) in base.chain(others).filter(|(block, entry)| is_option(*block, &entry.key)) {
            add(findings, in_env(app, block, entry));
        }
    }
    for entry in beside_apps(ecosystem) {
        findings.extend(beside(ecosystem, entry));
    }
}

/// Whether a variable of a launch is an option that was meant to change with the environment.
pub fn is_misplaced(app: &App, launch: &Launch, name: &str) -> bool {
    let blocks =
        app.options.environments.iter().filter(|(environment, _)| Some(environment) == launch.env_name.as_ref());
    let block =
        blocks.filter(|(_, block)| block.value.get(name).is_some()).map(|(environment, _)| &**environment).next();
    is_option(block, name)
}

/// In an `env_<name>`, what overwrites an attribute was meant to, but for `name`; in `env` it is a variable that is unluckily called.
fn is_option(block: Option<&str>, key: &str) -> bool {
    UNMISTAKABLE.contains(&key) || (block.is_some() && key != "name" && key != "pm_id" && effect(key).is_some())
}

fn in_env(app: &App, block: Option<&str>, entry: &Entry) -> Finding {
    let key = &entry.key;
    let block_name = block.map_or_else(|| "env".to_owned(), |name| format!("env_{name}"));
    let consequence = match effect(key) {
        Some(effect) => format!("overwrites the attribute of the process unchecked: {effect}"),
        None if &**key == "instances" => "becomes a variable of the app, and the number of processes stays".to_owned(),
        None => "becomes a variable of the app, and nothing else".to_owned(),
    };
    let message =
        format!("`{block_name}` holds variables and no options: `{key}: {}` {consequence}", value(&entry.value));
    let mut reference = app.reference();
    reference.envs.extend(block.map(Into::into));
    let is_only = block.is_none() && app.options.get(key).is_none();
    Finding::new("misplaced-option", Severity::Error, message)
        .at(app.place_or_entry(resolve::place(entry)), "PM2 reads no option here")
        .help(format!("write `{key}` beside `{block_name}`; for another value in another environment, write a second app or process file"))
        .unsafe_fix(is_only.then(|| moved(entry, app)).flatten().into_iter().flatten())
        .scope(format!("{block_name}.{key}"))
        .app(reference)
}

/// Options that stand beside `apps`, and would belong into an app.
fn beside_apps(ecosystem: &Ecosystem) -> impl Iterator<Item = &Entry> {
    let has_apps = ecosystem.root.get("apps").is_some() && !ecosystem.apps.is_empty();
    let entries = ecosystem.root.entries().iter().filter(move |_| has_apps);
    entries.filter(|entry| {
        let is_env = &*entry.key == "env" || options::is_env_block(&entry.key);
        let is_named = options::find(&entry.key).is_some_and(|spec| spec.name.contains('_'))
            || ["instances", "watch"].contains(&&*entry.key);
        is_named || (is_env && !entry.value.entries().is_empty())
    })
}

fn beside(ecosystem: &Ecosystem, entry: &Entry) -> Option<Finding> {
    let message = format!("PM2 reads `{}` in the entry of an app only: beside `apps` it has no effect", entry.key);
    let place = resolve::place(entry)?.clone();
    let finding = Finding::new("misplaced-option", Severity::Error, message)
        .at(place, "in no app")
        .help(format!("move `{}` into the apps that it is meant for", entry.key))
        .unsafe_fix(of_only_app(ecosystem).and_then(|app| moved(entry, app)).into_iter().flatten())
        .scope(&*entry.key);
    Some(ecosystem.apps.iter().fold(finding, |finding, app| finding.app(app.reference())))
}

/// The app that an option beside `apps` is meant for.
fn of_only_app(ecosystem: &Ecosystem) -> Option<&App> {
    match &ecosystem.apps[..] {
        [app] => Some(app),
        _ => None,
    }
}

/// The property goes where it stands, and comes into the app.
fn moved(entry: &Entry, app: &App) -> Option<[Change; 2]> {
    let name = options::find(&entry.key)?.name;
    let set = Change::Set { object: app.place()?.clone(), key: None, name, value: literal(&entry.value)? };
    Some([Change::Remove { key: entry.key_origin.clone()? }, set])
}

/// A value that can be written elsewhere as it is.
fn literal(value: &Node) -> Option<Literal> {
    match &value.kind {
        NodeKind::Bool(value) => Some(Literal::Bool(*value)),
        NodeKind::Number(number) if number.fract() == 0.0 && (0.0..1e15).contains(number) => {
            Some(Literal::Number(*number as u64))
        }
        NodeKind::String(text) if text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c)) => {
            Some(Literal::String(text.clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::{ecosystem, findings};

    #[test]
    fn options_in_environments_are_told_with_what_they_do() {
        let found = findings(
            check,
            "apps: [{ script: a.js, env_production: { instances: 4, exec_mode: cluster, NODE_ENV: x } }]",
        );
        assert!(
            found[0].1.contains("`env_production` holds variables and no options: `instances: 4` becomes a variable")
        );
        assert!(found[1].1.contains("everything else fork mode"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn variables_of_the_app_are_fine() {
        assert!(
            findings(check, "apps: [{ script: a.js, env: { max_restarts: 2, name: x, port: 1 }, env_p: { name: y } }]")
                .is_empty()
        );
        assert!(findings(check, "apps: [{ script: a.js, env: { INSTANCES: 2, cwd: x, log: y } }]").is_empty());
    }

    #[test]
    fn options_beside_apps_are_told_for_all_apps() {
        let mut found = Vec::new();
        check(
            &ecosystem(
                "{ apps: [{ script: a.js }, { script: b.js }], max_restarts: 3, env: { A: 1 }, deploy: {}, name: x }",
            ),
            &mut found,
        );
        let scopes: Vec<_> = found.iter().map(|finding| (&*finding.scope, finding.apps.len())).collect();
        assert_eq!(scopes, [("max_restarts", 2), ("env", 2)]);
    }

    #[test]
    fn one_cause_is_told_by_one_rule() {
        let text = "apps: [{ script: a.js, env_p: { exec_mode: cluster } }]";
        assert!(findings(super::super::env_overrides_option::check, text).is_empty());
        assert_eq!(findings(check, text).len(), 1);
    }
}
