//! The rules: each a question to the process files, to the table of workers and effects, or to both. This file is the registry.

pub mod pages;
mod quantity;
mod same_cause;
mod stage;

use std::collections::BTreeMap;

use crate::archive::Timeline;
use crate::ecosystem::Ecosystem;
use crate::finding::{AppRef, Finding};
use crate::fleet::{App, Fleet};
use crate::modules::Modules;

/// What a rule may ask.
pub struct Context<'a> {
    /// The files and the modules of the checkout.
    pub modules: &'a Modules<'a>,
    /// The process files.
    pub ecosystems: &'a [Ecosystem],
    /// What every worker does.
    pub fleet: &'a Fleet<'a>,
    /// What the archive tells.
    pub timeline: &'a Timeline,
}

/// What a rule looks at.
enum Check {
    /// Each process file.
    Ecosystem(fn(&Ecosystem, &mut Vec<Finding>)),
    /// Each app under each environment.
    App(fn(&App<'_>, &Context<'_>, &mut Vec<Finding>)),
    /// Everything.
    All(fn(&Context<'_>, &mut Vec<Finding>)),
}

macro_rules! registry {
    ($($kind:ident $rule:ident;)+) => {
        $(mod $rule;)+

        const CHECKS: &[Check] = &[$(Check::$kind($rule::check)),+];
    };
}

registry! {
    App broken_instance_guard;
    Ecosystem conflicting_aliases;
    Ecosystem crash_taken_for_stop;
    Ecosystem cron_restart_in_cluster;
    Ecosystem dropped_option;
    Ecosystem duplicate_app_name;
    Ecosystem endless_restart;
    Ecosystem env_overrides_option;
    Ecosystem esm_config;
    App fork_port_conflict;
    Ecosystem ignored_interpreter;
    App in_memory_rate_limit;
    App in_memory_session;
    App in_memory_state;
    Ecosystem invalid_option;
    Ecosystem late_environment;
    App late_forced_exit;
    Ecosystem launcher_in_cluster;
    App listen_in_master;
    Ecosystem log_file_conflict;
    Ecosystem lost_args;
    Ecosystem memory_limit_above_heap;
    Ecosystem misplaced_option;
    App missing_ready_signal;
    App missing_sigint_handler;
    App missing_sticky_sessions;
    App nested_cluster;
    Ecosystem non_node_in_cluster;
    App orphaned_children;
    Ecosystem overridden_restart_delay;
    App pool_times_workers;
    App shutdown_never_exits;
    App sigterm_only_handler;
    App singleton_per_worker;
    Ecosystem suspicious_value;
    All syntax_error;
    Ecosystem typescript_entry;
    All unapplied_change;
    App unguarded_cron;
    Ecosystem unknown_option;
    Ecosystem unreadable_config;
    App unserialisable_message;
    Ecosystem watch_in_production;
}

/// Whether incidents of one kind confirm findings of `rule`, as its page says.
pub fn confirms(rule: &str, incident: &str) -> bool {
    pages::page(rule).is_some_and(|page| page.confirmed_by.contains(&incident))
}

/// The id of a rule that has a page.
pub fn known(rule: &str) -> Option<&'static str> {
    pages::page(rule).map(|page| page.id)
}

/// Runs every rule.
pub fn run(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in CHECKS {
        match check {
            Check::Ecosystem(check) => context.ecosystems.iter().for_each(|ecosystem| check(ecosystem, &mut findings)),
            Check::App(check) => context.fleet.apps.iter().for_each(|app| check(app, context, &mut findings)),
            Check::All(check) => check(context, &mut findings),
        }
    }
    merge(findings)
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
