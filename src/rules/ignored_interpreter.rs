//! `ignored-interpreter`: cluster workers always run in the node of the PM2 daemon. lib/God/ClusterMode.js:64 (v7.0.4).

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{Launch, Mode, Runtime};

/// Looks for clusters with an interpreter that is more than `node`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if launch.mode == Mode::Cluster && launch.interpreter.place.is_some() && is_needed(launch) {
            add(findings, finding(app, launch));
        }
    }
}

/// Whether the script would not run, or not the same, without the interpreter.
fn is_needed(launch: &Launch) -> bool {
    let command = &*launch.interpreter.command;
    match launch.interpreter.runtime {
        Runtime::Bun => true,
        Runtime::NodeLoader => !loads_itself(launch),
        Runtime::Node => command.contains('@') || is_installation(command),
        Runtime::Other => command.ends_with("deno"),
        Runtime::Program | Runtime::Unknown => false,
    }
}

/// A node of a certain version, by its path: `/opt/node-22/bin/node`, `~/.nvm/versions/node/v20.11.0/bin/node`.
fn is_installation(command: &str) -> bool {
    let folders = command.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| folder.bytes().any(|byte| byte.is_ascii_digit()))
}

/// `node_args` hold a loader, or the script is compiled already.
fn loads_itself(launch: &Launch) -> bool {
    let words = &launch.node_args.value;
    words.iter().any(|word| {
        ["tsx", "ts-node", "swc", "babel", "esbuild", "strip-types"].iter().any(|loader| word.contains(loader))
    }) || launch.script.as_deref().is_some_and(|script| script.starts_with("dist/") || script.contains("/dist/"))
}

fn finding(app: &App, launch: &Launch) -> Finding {
    let command = &launch.interpreter.command;
    let message = format!(
        "the interpreter `{command}` is not used: in cluster mode every worker runs in the node that started the PM2 daemon{}",
        if command.contains('@') { ", whatever its version" } else { "" }
    );
    let help = match launch.interpreter.runtime {
        Runtime::NodeLoader if command.contains("tsx") => {
            "compile the script first; or write `exec_mode: 'fork'`, with `instances: 1` if it listens on a port"
        }
        Runtime::Node => "write `exec_mode: 'fork'`, or start the PM2 daemon with that version of node",
        _ => {
            "compile to JavaScript and run that; or write `exec_mode: 'fork'`, with `instances: 1` if it listens on a port"
        }
    };
    Finding::new("ignored-interpreter", Severity::Error, message)
        .at(app.place_or_entry(launch.interpreter.place.as_ref()), "not used in cluster mode")
        .related(app.option_place("exec_mode").or(app.option_place("instances")).cloned(), "this makes it a cluster")
        .help(help)
        .confidence(launch.mode_doubt.as_ref().map_or(Confidence::High, |_| Confidence::Medium))
        .scope("exec_interpreter")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    fn is_told(options: &str) -> bool {
        !findings(check, format!("apps: [{{ {options} }}]").leak()).is_empty()
    }

    #[test]
    fn interpreters_that_cluster_mode_ignores_are_told() {
        assert!(is_told(
            "script: src/a.ts, interpreter: ./node_modules/.bin/ts-node, instances: 2, exec_mode: cluster"
        ));
        assert!(is_told("script: src/a.ts, interpreter: ts-node, instances: 1"));
        assert!(is_told("script: a.js, interpreter: node@18, exec_mode: cluster"));
        assert!(is_told("script: a.ts, interpreter: bun, instances: 2"));
    }

    #[test]
    fn node_and_forks_are_fine() {
        assert!(!is_told("script: a.js, interpreter: node, instances: 2"));
        assert!(!is_told("script: a.js, interpreter: /usr/bin/node, instances: 2"));
        assert!(!is_told("script: a.ts, interpreter: ts-node, exec_mode: fork"));
        assert!(!is_told("script: a.ts, interpreter: tsx, instances: 2"));
        assert!(!is_told("script: a.ts, interpreter: ts-node, node_args: --import tsx, exec_mode: cluster"));
    }
}
