//! `late-environment`: a cluster worker gets its variables and its directory from PM2 once Node runs already: what Node, or a
//! preloaded file, reads at its start comes from the PM2 daemon. lib/ProcessContainer.js:18, lib/God/ClusterMode.js:64 (v7.0.4).

use std::sync::Arc;

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{EnvValue, Launch, Mode, Variable};

/// Variables that the program `node` reads before any JavaScript runs.
const READ_AT_START: [&str; 7] = [
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "MALLOC_ARENA_MAX",
    "NODE_EXTRA_CA_CERTS",
    "NODE_ICU_DATA",
    "NODE_OPTIONS",
    "OPENSSL_CONF",
];

/// Flags whose value is loaded, or read, at the start.
const PRELOADS: [&str; 7] =
    ["--env-file", "--env-file-if-exists", "--experimental-loader", "--import", "--loader", "--require", "-r"];

/// Packages that read the app's variables, or files of its directory, when they are preloaded.
const READERS: [&str; 7] = [
    "dd-trace/init",
    "dd-trace/initialize.mjs",
    "dotenv/config",
    "elastic-apm-node/start",
    "newrelic",
    "@opentelemetry/auto-instrumentations-node/register",
    "dotenv-flow/config",
];

/// Looks at the arguments of Node and the variables of every cluster launch.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| launch.mode == Mode::Cluster) {
        for (flag, value) in preloads(&launch.node_args.value) {
            if let Some(finding) = preload(app, launch, flag, value) {
                add(findings, finding);
            }
        }
        for variable in
            launch.env.iter().filter(|variable| READ_AT_START.contains(&&*variable.name) && is_set(variable))
        {
            add(findings, unread(app, launch, variable));
        }
    }
}

/// Each preloading flag with its value, whether they are one word or two.
fn preloads(words: &[Arc<str>]) -> impl Iterator<Item = (&'static str, &str)> {
    words.iter().enumerate().filter_map(|(at, word)| {
        let (name, value) = word.split_once('=').map_or((&**word, None), |(name, value)| (name, Some(value)));
        let flag = PRELOADS.iter().find(|flag| **flag == name)?;
        Some((*flag, value.or_else(|| words.get(at + 1).map(|next| &**next))?))
    })
}

fn preload(app: &App, launch: &Launch, flag: &str, value: &str) -> Option<Finding> {
    let is_env_file = flag.starts_with("--env-file");
    let is_relative = value.starts_with("./") || value.starts_with("../") || (is_env_file && !value.starts_with('/'));
    let (message, help, confidence) = if is_relative {
        let message = format!(
            "`{flag} {value}` is looked up in the directory where the PM2 daemon was started, and not in the app's: a cluster worker gets its \
             directory and its variables only after that"
        );
        (
            message,
            "write an absolute path, `path.join(__dirname, ...)`, and let the file read no variable of the app; or load it as the first line of the script",
            Confidence::High,
        )
    } else if READERS.contains(&value) {
        let message = format!(
            "`{value}` runs before PM2 gives a cluster worker its variables and its directory: it sees those of the PM2 daemon"
        );
        (message, "load it as the first line of the script; or write `exec_mode: 'fork'`", Confidence::Medium)
    } else {
        return None;
    };
    Some(
        Finding::new("late-environment", Severity::Error, message)
            .at(app.place_or_entry(launch.node_args.place.as_ref()), "runs before the app's environment is there")
            .related(
                app.option_place("exec_mode").or(app.option_place("instances")).cloned(),
                "this makes it a cluster",
            )
            .help(help)
            .confidence(confidence.min(launch.node_args.confidence()))
            .scope(format!("node_args {flag} {value}"))
            .app(app.reference_in(launch)),
    )
}

fn is_set(variable: &Variable) -> bool {
    !matches!(&variable.value, EnvValue::Known(value) if value.is_empty())
}

fn unread(app: &App, launch: &Launch, variable: &Variable) -> Finding {
    let name = &variable.name;
    let message = format!(
        "`{name}` has no effect in cluster mode: Node reads it at its start, and a worker gets it from PM2 only after that"
    );
    let help = match &**name {
        "NODE_OPTIONS" => "write the flags into `node_args`".to_owned(),
        _ => format!("write `exec_mode: 'fork'`, or set `{name}` where the PM2 daemon is started"),
    };
    Finding::new("late-environment", Severity::Error, message)
        .at(app.place_or_entry(variable.place.as_ref()), "set too late")
        .related(app.option_place("exec_mode").or(app.option_place("instances")).cloned(), "this makes it a cluster")
        .help(help)
        .scope(format!("env.{name}"))
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::messages;

    #[test]
    fn preloads_that_miss_the_environment_are_told() {
        assert!(messages(check, "instances: 2, node_args: -r ./otel.js")[0].contains("where the PM2 daemon was started"));
        assert!(messages(check, "instances: 2, node_args: ['--import=./otel.mjs']")[0].contains("`--import ./otel.mjs`"));
        assert!(messages(check, "instances: 2, node_args: -r dotenv/config")[0].contains("runs before"));
        assert_eq!(messages(check, "instances: 2, node_args: --env-file=.env").len(), 1);
    }

    #[test]
    fn variables_of_the_node_program_are_told() {
        assert!(
            messages(check, "instances: 2, env: { NODE_OPTIONS: '--max-old-space-size=300' }")[0]
                .contains("no effect in cluster mode")
        );
    }

    #[test]
    fn forks_absolute_paths_and_plain_loaders_are_fine() {
        assert!(messages(check, "node_args: -r ./otel.js, env: { NODE_OPTIONS: '-r ./x' }").is_empty());
        assert!(messages(check, "instances: 2, node_args: '-r /srv/app/otel.js --import tsx --max-old-space-size=300', env: { NODE_OPTIONS: '' }").is_empty());
    }
}
