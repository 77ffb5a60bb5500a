//! Variables of a running app that its process file does not set any more.
//!
//! A restart of the file gives a process the variables of the file and keeps all that it had before (measured on PM2 5.4, 6.0 and
//! 7.0): in PM2's list `env` then holds the file's alone, and the entry itself holds those of the first start, from the file of
//! that time or from the shell.

use serde_json::Value;

use super::Context;
use crate::archive::Process;
use crate::ecosystem::App;
use crate::pm2::Lookup;
use crate::pm2::environment::{WorkerEnv, worker_env};

/// A variable that the program reads and that comes from an earlier start.
pub struct FormerVariable {
    /// Its name.
    pub name: String,
    /// The shell did not give it: another app of the same PM2 does not have it.
    pub is_of_file: bool,
}

/// Those of a running app.
pub fn former_variables(app: &App, process: &Process, context: &Context<'_>) -> Vec<FormerVariable> {
    let (Some(all), Some(given)) = (process.pm2_env.as_object(), process.pm2_env.get("env").and_then(Value::as_object))
    else {
        return Vec::new();
    };
    // What a shell started has the shell's variables in `env` too.
    if given.contains_key("PATH") {
        return Vec::new();
    }
    let set: Vec<WorkerEnv> = app.launches.iter().map(|launch| worker_env(launch, 0)).collect();
    let is_left = |name: &str| set.iter().all(|env| env.open.is_none() && env.get(name) == Lookup::Open);
    let former = all.keys().filter(|name| is_name(name) && !given.contains_key(*name) && is_left(name));
    let read = former.filter(|name| is_read(app, name, context));
    read.map(|name| FormerVariable { name: name.clone(), is_of_file: is_of_file(name, process, context) }).collect()
}

fn is_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase())
        && !key.starts_with("PM2_")
        && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_read(app: &App, name: &str, context: &Context<'_>) -> bool {
    let own = context.fleet.apps.iter().filter(|other| other.app.name == app.name && other.app.config == app.config);
    let sources = own.flat_map(|app| &app.files).filter_map(|file| context.modules.checkout().source(file));
    let spellings = [format!("env.{name}"), format!("'{name}'"), format!("\"{name}\"")];
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    sources.into_iter().any(|source| {
        let text = source.text();
        spellings.iter().any(|word| text.match_indices(&**word).any(|(at, _)| is_end(&text[at + word.len()..])))
    })
}

/// A shell gives its variables to every app that it starts.
fn is_of_file(name: &str, process: &Process, context: &Context<'_>) -> bool {
    let mut others = context.timeline.processes.iter().filter(|other| other.name != process.name);
    others.any(|other| other.pm2_env.as_object().is_some_and(|all| !all.contains_key(name)))
}
