//! The rules: each a question to the process files, to the table of workers and effects, or to both. This file is the registry.

mod closing;
mod former_variables;
pub mod pages;
mod quantity;
mod same_cause;
mod stage;
mod stop;

use std::collections::BTreeMap;

use crate::archive::{Production, Timeline};
use crate::commands::Command;
use crate::daemon::Daemon;
use crate::ecosystem::Ecosystem;
use crate::finding::{AppRef, Finding};
use crate::fleet::{App, Behind, Fleet, Question};
use crate::modules::Modules;

/// What a rule may ask.
pub struct Context<'a> {
    /// The files and the modules of the checkout.
    pub modules: &'a Modules<'a>,
    /// The process files.
    pub ecosystems: &'a [Ecosystem],
    /// What every worker does.
    pub fleet: &'a Fleet<'a>,
    /// The `pm2` commands of the checkout.
    pub commands: &'a [Command],
    /// The environment of PM2's daemon.
    pub daemon: &'a Daemon,
    /// The versions that ran.
    pub production: &'a Production,
    /// What the archive tells.
    pub timeline: &'a Timeline,
}

/// A question to an app, in one environment.
type AppCheck = fn(&App<'_>, &Context<'_>, &mut Vec<Finding>);

/// What a rule looks at.
enum Check {
    /// Each process file.
    Ecosystem(fn(&Ecosystem, &mut Vec<Finding>)),
    /// Each app under each environment.
    App(AppCheck),
    /// Everything.
    All(fn(&Context<'_>, &mut Vec<Finding>)),
}

macro_rules! registry {
    ($($kind:ident $rule:ident;)+) => {
        $(mod $rule;)+

        /// With the names of their files.
        const CHECKS: &[(&str, Check)] = &[$((stringify!($rule), Check::$kind($rule::check))),+];
    };
}

registry! {
    App async_exit_handler;
    App broken_instance_guard;
    App closed_wrong_object;
    App conditional_ready_signal;
    Ecosystem conflicting_aliases;
    Ecosystem crash_taken_for_stop;
    Ecosystem cron_restart_in_cluster;
    All cwd_relative_script;
    All deploy_misconfigured;
    All docker_signal_lost;
    App double_listen;
    All dropped_option;
    Ecosystem duplicate_app_name;
    App early_ready_signal;
    Ecosystem endless_restart;
    Ecosystem env_overrides_option;
    Ecosystem esm_config;
    App exclusive_listen;
    App fork_port_conflict;
    App fragile_instance_guard;
    All hardcoded_secret;
    Ecosystem ignored_interpreter;
    App implicit_cluster;
    App in_memory_rate_limit;
    App in_memory_session;
    App in_memory_state;
    Ecosystem ineffective_filter_env;
    App inspect_port_conflict;
    Ecosystem invalid_node_args;
    Ecosystem invalid_option;
    Ecosystem late_environment;
    App late_forced_exit;
    Ecosystem launcher_in_cluster;
    App listen_in_master;
    Ecosystem log_file_conflict;
    Ecosystem lost_args;
    App main_guard_never_true;
    Ecosystem memory_limit_above_heap;
    Ecosystem misleading_status;
    Ecosystem misplaced_option;
    App missing_env_var;
    All missing_ps;
    App missing_ready_signal;
    App missing_sigint_handler;
    App missing_sticky_sessions;
    App nested_cluster;
    Ecosystem non_node_in_cluster;
    App one_shot_restarted;
    App orphaned_children;
    Ecosystem overridden_restart_delay;
    App partial_listen;
    App pool_times_workers;
    All reload_by_id;
    App reload_in_fork_mode;
    All script_not_found;
    App secondary_listener;
    All shared_port;
    All short_keep_alive;
    App short_kill_timeout;
    App short_listen_timeout;
    App short_min_uptime;
    App shutdown_message_mismatch;
    App shutdown_never_exits;
    App shutdown_without_drain;
    App sigterm_only_handler;
    App singleton_per_worker;
    Ecosystem suspicious_value;
    App swallowed_listen_error;
    App swallowed_startup_failure;
    All syntax_error;
    Ecosystem typescript_entry;
    All unapplied_change;
    All undefined_env_block;
    App undefined_port;
    App unguarded_cron;
    App unguarded_process_send;
    All unknown_option;
    Ecosystem unreadable_config;
    App unresolved_module;
    All unselected_env_block;
    App unserialisable_message;
    App unused_ready_signal;
    All watch_in_production;
}

/// Whether incidents of one kind confirm findings of `rule`, as its page says.
pub fn confirms(rule: &str, incident: &str) -> bool {
    pages::page(rule).is_some_and(|page| page.confirmed_by.contains(&incident) || page.worsens.contains(&incident))
}

/// Whether findings of `rule` make incidents of one kind worse without being what made them happen, as its page says.
pub fn worsens(rule: &str, incident: &str) -> bool {
    pages::page(rule).is_some_and(|page| page.worsens.contains(&incident))
}

/// Whether an observation of that name speaks against findings of `rule`, as its page says.
pub fn contradicts(rule: &str, observation: &str) -> bool {
    pages::page(rule).is_some_and(|page| page.contradicted_by.contains(&observation))
}

/// The id of a rule that has a page.
pub fn known(rule: &str) -> Option<&'static str> {
    pages::page(rule).map(|page| page.id)
}

/// Whether `rule` speaks of what an archive tells, and of nothing else.
pub fn needs_archive(rule: &str) -> bool {
    rule == "unapplied-change" || pages::page(rule).is_some_and(|page| page.category == "incident")
}

/// The rules that ask `question`, by id.
pub fn asking(question: Question) -> Vec<&'static str> {
    match question {
        Question::Program => of_programs().collect(),
        Question::Workers => OF_SEVERAL_WORKERS.to_vec(),
        Question::Port => OF_PORTS.to_vec(),
    }
}

fn of_programs() -> impl Iterator<Item = &'static str> {
    let ids = CHECKS.iter().filter_map(|(file, check)| match check {
        Check::App(_) => known(&file.replace('_', "-")),
        Check::Ecosystem(_) | Check::All(_) => None,
    });
    ids.filter(|id| !OF_PROCESS_FILES.contains(id))
}

/// Rules that look at apps and ask the process file alone.
const OF_PROCESS_FILES: [&str; 1] = ["inspect-port-conflict"];

/// Rules about what several workers do at once.
const OF_SEVERAL_WORKERS: [&str; 12] = [
    "broken-instance-guard",
    "fork-port-conflict",
    "fragile-instance-guard",
    "in-memory-rate-limit",
    "in-memory-session",
    "in-memory-state",
    "inspect-port-conflict",
    "missing-sticky-sessions",
    "partial-listen",
    "pool-times-workers",
    "singleton-per-worker",
    "unguarded-cron",
];

/// Rules that compare ports.
const OF_PORTS: [&str; 3] = ["double-listen", "fork-port-conflict", "shared-port"];

/// Runs every rule.
pub fn run(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, check) in CHECKS {
        match check {
            Check::Ecosystem(check) => context.ecosystems.iter().for_each(|ecosystem| check(ecosystem, &mut findings)),
            Check::App(check) => {
                context.fleet.apps.iter().for_each(|app| check(app, context, &mut findings));
                context.fleet.behind.iter().for_each(|behind| findings.extend(once_started(behind, *check, context)));
            }
            Check::All(check) => check(context, &mut findings),
        }
    }
    merge(findings)
}

/// What is wrong behind a main guard that is never true: it shows as soon as the guard is mended.
fn once_started(behind: &Behind<'_>, check: AppCheck, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check(&behind.app, context, &mut findings);
    let told = |finding: Finding| {
        let message = format!("behind the main guard: {}", finding.message);
        let finding = Finding { message, ..finding };
        finding.related(Some(behind.guard.clone()), "once this lets the program start").hedged()
    };
    findings.into_iter().map(told).collect()
}

/// One finding per rule, primary place and cause: the apps and environments that share it are listed in it.
fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut known = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule, finding.location.clone(), finding.scope.clone());
        match known.get(&key) {
            Some(at) => join(&mut merged[*at], finding),
            None => {
                known.insert(key, merged.len());
                merged.push(finding);
            }
        }
    }
    merged
}

/// The surer of two equal findings speaks for both.
fn join(kept: &mut Finding, other: Finding) {
    let apps = other.apps.iter().chain(&kept.apps).cloned().collect::<Vec<_>>();
    if (other.severity, other.confidence) > (kept.severity, kept.confidence) {
        *kept = other;
    }
    kept.apps.clear();
    apps.into_iter().rev().for_each(|app| add_app(&mut kept.apps, app));
    kept.apps.sort();
}

fn add_app(apps: &mut Vec<AppRef>, app: AppRef) {
    match apps.iter_mut().find(|known| known.name == app.name && known.config == app.config) {
        Some(known) if known.envs.is_empty() || app.envs.is_empty() => known.envs.clear(),
        Some(known) => {
            known.envs.extend(app.envs);
            known.envs.sort();
            known.envs.dedup();
        }
        None => apps.push(app),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_by_their_pages() {
        let named = OF_PROCESS_FILES.iter().chain(&OF_SEVERAL_WORKERS).chain(&OF_PORTS);
        assert_eq!(named.filter(|id| known(id) != Some(**id)).collect::<Vec<_>>(), [&""; 0]);
        assert!(asking(Question::Program).contains(&"unguarded-cron"));
    }
}
