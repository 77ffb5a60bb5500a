//! What runs a script: as written, or by PM2's table of extensions. lib/API/interpreter.json, lib/Common.js:415 (v7.0.4).

use std::sync::Arc;

use super::launch::{Interpreter, Runtime};
use super::{Effective, Options, Version};

/// The program for an extension; `.ts` and `.tsx` changed with PM2 5.
const BY_EXTENSION: [(&str, &str); 10] = [
    (".sh", "bash"),
    (".py", "python"),
    (".rb", "ruby"),
    (".php", "php"),
    (".pl", "perl"),
    (".js", "node"),
    (".coffee", "coffee"),
    (".ls", "lsc"),
    (".ts", "bun"),
    (".tsx", "bun"),
];

/// Commands that are machine code, which PM2 finds out by reading the file: it runs them without an interpreter.
const BINARIES: [&str; 22] = [
    "bash",
    "bun",
    "caddy",
    "cargo",
    "dash",
    "deno",
    "docker",
    "dotnet",
    "go",
    "java",
    "mongod",
    "nginx",
    "node",
    "nodejs",
    "perl",
    "php",
    "python",
    "python3",
    "redis-server",
    "ruby",
    "sh",
    "zsh",
];

/// Programs that are Node with a loader.
const LOADERS: [&str; 9] = ["babel-node", "coffee", "esno", "esr", "lsc", "swc-node", "ts-node", "tsx", "vite-node"];

/// The interpreter of a script under PM2 `version`.
pub fn of(options: &Options, script: Option<&str>, version: Version) -> Interpreter {
    let is_given = |option: &&Effective| option.value.truthy() != Some(false);
    let Some(option) = options.get("exec_interpreter").filter(is_given) else {
        return derived(script.unwrap_or_default(), version);
    };
    let command = option.value.as_str();
    Interpreter {
        command: command.unwrap_or("node").into(),
        runtime: command.map_or(Runtime::Unknown, runtime),
        place: option.place().cloned(),
    }
}

fn derived(script: &str, version: Version) -> Interpreter {
    let command: Arc<str> = match BY_EXTENSION.iter().find(|(extension, _)| has_extension(script, extension)) {
        Some((".ts" | ".tsx", _)) if version == Version::V4 => "ts-node".into(),
        Some((_, command)) => (*command).into(),
        None if BINARIES.contains(&script) => "none".into(),
        None => "node".into(),
    };
    Interpreter { runtime: runtime(&command), command, place: None }
}

/// A file whose name is its extension (`.js`) has none for Node.
fn has_extension(script: &str, extension: &str) -> bool {
    base(script).strip_suffix(extension).is_some_and(|stem| !stem.is_empty())
}

fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// What a command is, by the last part of its path.
pub fn runtime(command: &str) -> Runtime {
    let base = base(command).trim_end_matches(".exe").trim_end_matches(".cmd");
    let name = base.split('@').next().unwrap_or(base);
    match name {
        "none" => Runtime::Program,
        "node" | "nodejs" => Runtime::Node,
        "bun" => Runtime::Bun,
        _ if LOADERS.contains(&name) || name.starts_with("ts-node") => Runtime::NodeLoader,
        _ if name
            .strip_prefix("node")
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.')) =>
        {
            Runtime::Node
        }
        _ => Runtime::Other,
    }
}

/// Whether PM2 takes an app with this interpreter for one that cluster mode can run: it looks at the name alone.
/// lib/Common.js:346 (v7.0.4); PM2 4 to 6 look at the whole path, so that any path through `node_modules` counts.
pub fn is_clustered(command: &str, version: Version) -> bool {
    match version {
        Version::V4 | Version::V5 => command.contains("node"),
        Version::V6 => command.contains("node") || command.contains("bun"),
        Version::V7 => base(command).ends_with("node") || base(command).ends_with("bun"),
    }
}
