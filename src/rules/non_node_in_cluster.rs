//! `non-node-in-cluster`: cluster mode loads the script as JavaScript, whatever it is.

use super::launcher_in_cluster::is_shell;
use super::same_cause::add;
use crate::checkout::Place;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{Launch, Mode, Runtime};

/// Extensions of what is no JavaScript.
const EXTENSIONS: [&str; 12] =
    [".bash", ".bat", ".exe", ".go", ".jar", ".php", ".pl", ".ps1", ".py", ".rb", ".sh", ".zsh"];

/// Commands that are no JavaScript. `node` too: the worker would load the binary.
const COMMANDS: [&str; 27] = [
    "bash",
    "bun",
    "caddy",
    "celery",
    "deno",
    "docker",
    "docker-compose",
    "dotnet",
    "flask",
    "go",
    "gunicorn",
    "hypercorn",
    "java",
    "nginx",
    "node",
    "perl",
    "php",
    "poetry",
    "python",
    "python2",
    "python3",
    "ruby",
    "sh",
    "streamlit",
    "uv",
    "uvicorn",
    "zsh",
];

/// Looks at the script and the interpreter of every cluster launch.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| launch.mode == Mode::Cluster) {
        if let Some((what, place, scope)) = foreign(app, launch) {
            add(findings, finding(app, launch, &what, place, scope));
        }
    }
}

/// What is no JavaScript, where it is written, and the option.
fn foreign<'a>(app: &'a App, launch: &'a Launch) -> Option<(String, Option<&'a Place>, &'static str)> {
    let script_place = launch.script_place.as_ref();
    if let Some(line) = &launch.command_line {
        return Some((
            format!("PM2 makes `bash -c \"{line}\"` of a script with a space in it, and the workers load bash itself"),
            script_place,
            "script",
        ));
    }
    let script = launch.script.as_deref()?;
    if is_foreign(script) || is_shell_file(script, app) {
        return Some((format!("`{script}` is no JavaScript"), script_place, "script"));
    }
    let interpreter = &launch.interpreter;
    let is_other = matches!(interpreter.runtime, Runtime::Other | Runtime::Program)
        && !["deno", "nodemon"].contains(&&*interpreter.command);
    (is_other && interpreter.place.is_some()).then(|| {
        (
            format!("the interpreter `{}` is not used", interpreter.command),
            interpreter.place.as_ref(),
            "exec_interpreter",
        )
    })
}

fn is_foreign(script: &str) -> bool {
    let base = script.rsplit('/').next().unwrap_or(script);
    EXTENSIONS.iter().any(|extension| base.ends_with(extension)) || COMMANDS.contains(&base)
}

fn is_shell_file(script: &str, app: &App) -> bool {
    !script.contains("node_modules/.bin/") && app.shebang.as_deref().is_some_and(is_shell)
}

fn finding(app: &App, launch: &Launch, what: &str, place: Option<&Place>, scope: &str) -> Finding {
    let message = format!(
        "cluster mode loads the script as JavaScript in the node of the PM2 daemon: {what}, so that every worker ends at once, mostly with an error that no log shows"
    );
    let exec_mode = app.option_place("exec_mode").or(app.option_place("instances"));
    let confidence = launch.mode_doubt.as_ref().map_or(Confidence::High, |_| Confidence::Medium);
    Finding::new("non-node-in-cluster", Severity::Error, message)
        .at(app.place_or_entry(place), "no JavaScript")
        .related(exec_mode.cloned(), "this makes it a cluster")
        .help(match launch.command_line {
            Some(_) => "write the file alone into `script` and the rest into `args`, or `exec_mode: 'fork'`",
            None => "write `exec_mode: 'fork'`, and `instances: 1` if it listens on a port",
        })
        .confidence(confidence)
        .scope(scope)
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    fn place(options: &str) -> Option<String> {
        findings(check, format!("apps: [{{ {options} }}]").leak()).pop().map(|(place, _)| place)
    }

    #[test]
    fn scripts_and_interpreters_of_other_languages_are_told() {
        assert_eq!(place("script: a.py, exec_mode: cluster").as_deref(), Some("script"));
        assert_eq!(place("script: venv/bin/uvicorn, instances: 2").as_deref(), Some("script"));
        assert_eq!(place("script: node a.js, exec_mode: cluster").as_deref(), Some("script"));
        assert_eq!(place("script: ./run, interpreter: python3, exec_mode: cluster").as_deref(), Some("interpreter"));
    }

    #[test]
    fn forks_and_javascript_are_fine() {
        assert_eq!(place("script: a.py, instances: 2"), None);
        assert_eq!(place("script: node a.js, instances: 2"), None);
        assert_eq!(place("script: a.mjs, instances: 2"), None);
        assert_eq!(place("script: a.ts, interpreter: ts-node, exec_mode: cluster"), None);
    }
}
