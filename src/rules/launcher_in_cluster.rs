//! `launcher-in-cluster`: cluster workers that are npm, or another program that starts the server as a process of its own: that
//! process is no cluster worker, shares no port and hears nothing from PM2.

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{Launch, Mode};

/// Programs that start another one and wait for it.
const LAUNCHERS: [&str; 28] = [
    "bunx",
    "concurrently",
    "cross-env",
    "dotenv",
    "env-cmd",
    "forever",
    "gatsby",
    "lerna",
    "nest",
    "nodemon",
    "npm",
    "npm-cli",
    "npm-run-all",
    "npx",
    "npx-cli",
    "nx",
    "pnpm",
    "pnpx",
    "react-scripts",
    "run-p",
    "run-s",
    "rw",
    "ts-node-dev",
    "tsnd",
    "turbo",
    "vite",
    "yarn",
    "yarnpkg",
];

/// Looks at the script of every cluster launch.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| launch.mode == Mode::Cluster) {
        let Some(script) = launch.script.as_deref() else { continue };
        if let Some(launcher) = launcher(script) {
            add(findings, spawns(app, launch, launcher));
        } else if is_shell_shim(script, app) {
            add(findings, shim(app, launch, script));
        }
    }
}

/// The launcher that a script is: a command (`npm`), or a file of its package.
fn launcher(script: &str) -> Option<&'static str> {
    let is_command = !script.contains('/');
    if !is_command && !script.contains("node_modules/") {
        return None;
    }
    let base = script.rsplit('/').next().unwrap_or(script);
    let name = base.trim_end_matches(".js").trim_end_matches(".cjs").trim_end_matches(".cmd");
    let is_own_file = is_command && name != base;
    LAUNCHERS.iter().find(|launcher| **launcher == name && !is_own_file).copied()
}

/// `node_modules/.bin/x` as pnpm writes it: a shell script.
fn is_shell_shim(script: &str, app: &App) -> bool {
    script.contains("node_modules/.bin/") && app.shebang.as_deref().is_some_and(is_shell)
}

/// Whether a `#!` line names a shell.
pub fn is_shell(shebang: &str) -> bool {
    let words = shebang.trim_start_matches("#!").split_whitespace();
    let program =
        words.map(|word| word.rsplit('/').next().unwrap_or(word)).find(|word| *word != "env" && !word.starts_with('-'));
    program.is_some_and(|program| matches!(program, "sh" | "bash" | "dash" | "zsh" | "ash" | "ksh"))
}

fn spawns(app: &App, launch: &Launch, launcher: &str) -> Finding {
    let (severity, outcome) = match launch.workers.are_many() {
        Some(false) => {
            (Severity::Warning, "a reload starts the second server while the first still holds the port (EADDRINUSE)")
        }
        _ => (Severity::Error, "each of them binds the port for itself, and all but the first fail with EADDRINUSE"),
    };
    let message = format!(
        "PM2 runs {} of `{launcher}` in cluster mode, but the server is a process that `{launcher}` starts, and no cluster worker: {outcome}, \
         and `process.send` and the signals of PM2 do not reach it",
        launch.workers
    );
    base(app, launch, severity, message).help(match launcher {
        "npm" | "npx" | "pnpm" | "yarn" | "bunx" | "npm-cli" | "yarnpkg" => {
            "name the file that the package.json script runs as `script`, and Node's own flags in `node_args`; or write `exec_mode: 'fork'` and `instances: 1`".to_owned()
        }
        _ => format!("name the server's own file as `script` in place of `{launcher}`; or write `exec_mode: 'fork'` and `instances: 1`"),
    })
}

fn shim(app: &App, launch: &Launch, script: &str) -> Finding {
    let message = format!(
        "`{script}` is a shell script, and cluster mode loads it as JavaScript: every worker ends with a SyntaxError that no log shows"
    );
    base(app, launch, Severity::Error, message)
        .help("name the JavaScript file that it starts: the `bin` of the package's package.json")
}

fn base(app: &App, launch: &Launch, severity: Severity, message: String) -> Finding {
    let exec_mode = app.option_place("exec_mode").or(app.option_place("instances"));
    let confidence = launch.mode_doubt.as_ref().map_or(Confidence::High, |_| Confidence::Medium);
    Finding::new("launcher-in-cluster", severity, message)
        .at(app.place_or_entry(launch.script_place.as_ref()), "this is no server itself")
        .related(exec_mode.cloned(), "this makes it a cluster")
        .confidence(confidence)
        .scope("script")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::{ecosystem_in, findings};

    #[test]
    fn package_managers_in_cluster_mode_are_told() {
        let found = findings(check, "apps: [{ script: npm, args: start, instances: 2 }]");
        assert_eq!(found[0].0, "script");
        assert!(found[0].1.contains("2 processes of `npm`"));
        assert!(findings(check, "apps: [{ script: npm, instances: 1 }]")[0].1.contains("a reload starts"));
        assert_eq!(
            findings(check, "apps: [{ script: ./node_modules/nodemon/bin/nodemon.js, exec_mode: cluster }]").len(),
            1
        );
    }

    #[test]
    fn forks_and_servers_of_the_same_name_are_fine() {
        assert!(findings(check, "apps: [{ script: npm, args: start }]").is_empty());
        assert!(
            findings(check, "apps: [{ script: ./vite.js, instances: 2 }, { script: nest.js, instances: 2 }]")
                .is_empty()
        );
        assert!(
            findings(check, "apps: [{ script: node_modules/next/dist/bin/next, args: start, instances: 2 }]")
                .is_empty()
        );
    }

    #[test]
    fn shell_shims_are_told_from_javascript() {
        let config = ("pm2.json", r#"{ "apps": [{ "script": "node_modules/.bin/docs", "instances": 2 }] }"#);
        let messages = |shim| {
            let mut found = Vec::new();
            check(&ecosystem_in([config, ("node_modules/.bin/docs", shim)]).unwrap(), &mut found);
            found.len()
        };
        assert_eq!(messages("#!/bin/sh\nexec node x"), 1);
        assert_eq!(messages("#!/usr/bin/env -S bash -e\nexec node x"), 1);
        assert_eq!(messages("#!/usr/bin/env node\n"), 0);
    }
}
