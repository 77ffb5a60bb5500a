//! `env-overrides-option`: a variable in `env` with the name of an attribute of the process overwrites the attribute.
//! `Utility.extend(env_copy, env_copy.env)`: lib/God.js:178 (v7.0.3).

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::pm2::{EnvValue, Launch, Variable};

/// What overwriting an attribute does.
const EFFECTS: [(&str, &str); 20] = [
    ("args", "it replaces `args`"),
    ("autorestart", "it replaces `autorestart`"),
    ("cron_restart", "it replaces `cron_restart`"),
    ("exec_mode", "only the exact text `cluster_mode` gives a cluster, and everything else fork mode"),
    ("exp_backoff_restart_delay", "it replaces `exp_backoff_restart_delay`"),
    ("kill_timeout", "it replaces `kill_timeout`"),
    ("listen_timeout", "it replaces `listen_timeout`"),
    ("max_memory_restart", "it replaces `max_memory_restart`, and as a text with a unit it never matches"),
    ("max_restarts", "it replaces `max_restarts`, and 0 means `errored` at the first exit"),
    ("merge_logs", "it replaces `merge_logs`"),
    ("min_uptime", "it replaces `min_uptime`, and a unit is not understood"),
    (
        "name",
        "the app runs under that name, so that `pm2 restart` and `pm2 reload` do not find it and start it once more, and all its processes get number 0",
    ),
    ("node_args", "it replaces `node_args`"),
    ("pm_id", "PM2 does not set the process up, for it seems to exist"),
    ("restart_delay", "it replaces `restart_delay`"),
    ("shutdown_with_message", "it replaces `shutdown_with_message`, and every text counts as true"),
    ("stop_exit_codes", "it replaces `stop_exit_codes`"),
    ("treekill", "it replaces `treekill`"),
    ("wait_ready", "it replaces `wait_ready`, and every text counts as true"),
    ("watch", "it replaces `watch`, and every text counts as a path"),
];

/// What a variable of that name does to its process.
pub fn effect(name: &str) -> Option<&'static str> {
    EFFECTS.iter().find(|(attribute, _)| *attribute == name).map(|(_, effect)| *effect)
}

/// Looks at every variable of every launch. Options inside an `env_<name>` are misplaced, another rule.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        for variable in &launch.env {
            if variable.name == launch.instance_var.value {
                if hides_numbers(launch, variable) {
                    add(findings, hidden_number(app, launch, variable));
                }
            } else if let Some(effect) =
                effect(&variable.name).filter(|_| !super::misplaced_option::is_misplaced(app, launch, &variable.name))
            {
                add(findings, overwritten(app, launch, variable, effect));
            }
        }
    }
}

/// A single process has number 0 anyway.
fn hides_numbers(launch: &Launch, variable: &Variable) -> bool {
    launch.workers.are_many() != Some(false) && !matches!(&variable.value, EnvValue::Unknown(_) | EnvValue::Filled(_))
}

fn hidden_number(app: &App, launch: &Launch, variable: &Variable) -> Finding {
    let name = &variable.name;
    let message = format!(
        "`{name}` is the variable in which PM2 numbers the processes of an app; set here, it has the same value in every process, so that \
         a job guarded by it runs in all of them or in none"
    );
    finding(app, launch, variable, message).help(format!(
        "remove it; if a library stumbles over `{name}`, rename PM2's variable with `instance_var` and the guards with it"
    ))
}

fn overwritten(app: &App, launch: &Launch, variable: &Variable, effect: &str) -> Finding {
    let name = &variable.name;
    let message = format!("the variable `{name}` overwrites the attribute `{name}` of the process in PM2: {effect}");
    let upper = name.to_uppercase();
    finding(app, launch, variable, message).related(app.option_place(name).cloned(), "this is overwritten").help(
        format!(
            "if the app shall read it, call it otherwise, `{upper}` for instance; if PM2 shall, write it beside `env`"
        ),
    )
}

fn finding(app: &App, launch: &Launch, variable: &Variable, message: String) -> Finding {
    Finding::new("env-overrides-option", Severity::Error, message)
        .at(app.place_or_entry(variable.place.as_ref()), "a variable, and an attribute of PM2")
        .scope(format!("env.{}", variable.name))
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::places;

    #[test]
    fn variables_named_like_attributes_are_told_once() {
        assert_eq!(places(check, "env: { name: X, max_restarts: 2 }, env_a: { A: 1 }"), ["name", "max_restarts"]);
        assert_eq!(places(check, "env_a: { name: X }"), ["name"]);
    }

    #[test]
    fn numbers_of_processes_are_told_where_there_are_several() {
        assert_eq!(places(check, "instances: 2, env: { NODE_APP_INSTANCE: '' }"), ["NODE_APP_INSTANCE"]);
        assert!(places(check, "env: { NODE_APP_INSTANCE: '' }").is_empty());
        assert!(places(check, "instances: 2, instance_var: ID, env: { NODE_APP_INSTANCE: '' }").is_empty());
    }

    #[test]
    fn other_names_are_free() {
        assert!(places(check, "env: { NAME: orders, APP_NAME: x, INSTANCES: 2, MODE: cluster, port: 1, time: x }").is_empty());
    }
}
