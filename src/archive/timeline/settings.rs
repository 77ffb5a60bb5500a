//! What a written timeline keeps of the settings of a process.

use serde::Serializer;
use serde_json::Value;

use crate::pm2::options;

/// Texts among PM2's own settings that tell how a process was started and who writes which file.
const TEXTS: [&str; 10] = [
    "exec_mode",
    "pm_exec_path",
    "pm_cwd",
    "pm_out_log_path",
    "pm_err_log_path",
    "pm_log_path",
    "log_date_format",
    "status",
    "node_version",
    "_pm2_version",
];

/// Writes of `pm2_env` what a timeline keeps: PM2's options as far as they are numbers or switches, and [`TEXTS`]. Variables and
/// arguments may be secrets and stay where they were.
pub(super) fn serialize<S: Serializer>(pm2_env: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    let is_plain = |value: &Value| value.is_number() || value.is_boolean();
    let is_kept = |key: &str, value: &Value| match value {
        Value::String(_) => TEXTS.contains(&key),
        _ => is_plain(value) && (options::named(key).is_some() || key == "pmx_module"),
    };
    let all = pm2_env.as_object().into_iter().flatten();
    serializer.collect_map(all.filter(|(key, value)| is_kept(key, value)))
}
