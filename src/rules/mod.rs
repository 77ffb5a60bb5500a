//! The rules: one file each, `check` in it.

mod quantity;
mod same_cause;
mod stage;

pub mod conflicting_aliases;
pub mod crash_taken_for_stop;
pub mod dropped_option;
pub mod duplicate_app_name;
pub mod endless_restart;
pub mod env_overrides_option;
pub mod esm_config;
pub mod ignored_interpreter;
pub mod invalid_option;
pub mod late_environment;
pub mod launcher_in_cluster;
pub mod log_file_conflict;
pub mod lost_args;
pub mod misplaced_option;
pub mod non_node_in_cluster;
pub mod overridden_restart_delay;
pub mod suspicious_value;
pub mod typescript_entry;
pub mod unknown_option;
pub mod unreadable_config;
pub mod watch_in_production;
