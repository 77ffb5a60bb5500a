//! `deploy-misconfigured`: a target of `pm2 deploy` that is refused, or goes to a folder that nobody meant (deploy.js and
//! schema.json of pm2-deploy 1.0.2); a deployment that stops all workers at once; a start at boot that starts nothing.

use super::Context;
use super::same_cause::add;
use super::stage::{self, Stage};
use crate::checkout::file_name;
use crate::commands::Command;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::js::{Entry, Node, NodeKind};
use crate::pm2::{Doubt, Launch, Mode};

const RULE: &str = "deploy-misconfigured";

/// Without one of these the target is refused.
const REQUIRED: [&str; 4] = ["host", "repo", "path", "ref"];

/// Looks at every target of the deploy sections, and at the commands of deployments.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.ecosystems.iter().for_each(|ecosystem| targets(ecosystem, findings));
    for command in context.commands.iter().filter(|command| restarts(command) && deploys(command)) {
        let apps = context.ecosystems.iter().flat_map(Ecosystem::launches);
        for (app, launch) in apps.filter(|(app, _)| command.concerns(app, context.ecosystems)) {
            if let Some(finding) = restart(command, app, launch) {
                add(findings, finding);
            }
        }
    }
    findings.extend(forgotten_save(context.commands));
}

fn targets(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    let targets = ecosystem.root.get("deploy").map(Node::entries).unwrap_or_default();
    let is_real = |target: &&Entry| matches!(target.value.kind, NodeKind::Object(_)) && !is_template(&target.value);
    for target in targets.iter().filter(is_real) {
        findings.extend(incomplete(ecosystem, target));
        findings.extend(local_path(ecosystem, target));
    }
}

fn restarts(command: &Command) -> bool {
    matches!(&*command.verb, "restart" | "startOrRestart")
}

/// Whether a command is one of a deployment: in CI, in a deploy section, or in a script that is called so.
fn deploys(command: &Command) -> bool {
    let file = &command.place.file;
    let is_called_so = |name: &str| name.to_ascii_lowercase().contains("deploy") && stage::named(name) != Some(Stage::Development);
    let is_pipeline = file.ends_with(".yml") || file.ends_with(".yaml");
    let is_section = crate::ecosystem::is_taken(file) && command.script.is_none() && !file.ends_with("package.json");
    is_pipeline || is_section || command.script.as_deref().is_some_and(is_called_so) || is_called_so(file_name(file))
}

fn restart(command: &Command, app: &App, launch: &Launch) -> Option<Finding> {
    if launch.mode != Mode::Cluster || launch.workers.are_many() != Some(true) {
        return None;
    }
    let message = format!(
        "`pm2 {}` stops `{}` at once ({}), and nobody listens until it is up again; `reload` replaces one after the other",
        command.verb, launch.name, launch.workers
    );
    let reload = if &*command.verb == "restart" { "reload" } else { "startOrReload" };
    Some(
        Finding::new(RULE, Severity::Info, message)
            .at(command.place.clone(), "requests fail meanwhile")
            .related(app.option_place("instances").cloned(), "several workers")
            .help(format!("write `pm2 {reload}`"))
            .confidence(Confidence::Medium.min(Doubt::confidence(launch.mode_doubt.as_ref())))
            .scope(format!("pm2 {}", command.verb))
            .app(app.reference_in(launch)),
    )
}

/// `pm2 startup` makes the host run `pm2 resurrect` at boot, which starts what `pm2 save` has written down.
fn forgotten_save(commands: &[Command]) -> Option<Finding> {
    let is_save = |command: &Command| matches!(&*command.verb, "save" | "dump");
    let startup = commands.iter().find(|command| &*command.verb == "startup")?;
    (!commands.iter().any(is_save)).then(|| {
        Finding::new(RULE, Severity::Info, "at boot PM2 starts what `pm2 save` has written down, and nothing in the checkout calls it")
            .at(startup.place.clone(), "starts an empty list")
            .help("call `pm2 save` when all apps are up, and after every change of them")
            .confidence(Confidence::Medium)
            .scope("pm2 startup")
    })
}

/// Whether a target waits to be filled in: `SSH_HOSTMACHINE`, as `pm2 init` writes it, or an address that nobody has.
fn is_template(target: &Node) -> bool {
    let host = target.get("host").and_then(|host| host.as_str().or_else(|| host.elements().first()?.as_str()));
    host.is_some_and(|host| host == "0.0.0.0" || is_placeholder(host))
}

/// A word in capitals: `DESTINATION_PATH`.
fn is_placeholder(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn incomplete(ecosystem: &Ecosystem, target: &Entry) -> Option<Finding> {
    let is_missing = |key: &&str| target.value.open.is_none() && target.value.get(key).is_none();
    let missing: Vec<String> = REQUIRED.iter().filter(|key| is_missing(key)).map(|key| format!("`{key}`")).collect();
    let place = target.value.origin.clone().filter(|_| !missing.is_empty())?;
    let (name, missing) = (&target.key, missing.join(", "));
    let message = format!("`pm2 deploy {} {name}` is refused: the target has no {missing}", ecosystem.file);
    Some(
        Finding::new(RULE, Severity::Warning, message)
            .at(place, "not complete")
            .scope(format!("deploy.{name}"))
            .help(format!("add {missing} to `deploy.{name}`")),
    )
}

fn local_path(ecosystem: &Ecosystem, target: &Entry) -> Option<Finding> {
    let written = target.value.get("path")?;
    let path = written.as_str().filter(|path| !path.is_empty() && is_relative(path))?;
    let message = format!(
        "`{path}` is resolved on the machine where `pm2 deploy {} {}` is called, and no `~` is expanded: on the server the folder is \
         <the caller's directory>/{path}",
        ecosystem.file, target.key
    );
    Some(
        Finding::new(RULE, Severity::Warning, message)
            .at(written.origin.clone()?, "no absolute path")
            .scope(format!("deploy.{}.path", target.key))
            .help("write the absolute path on the server: `path: '/srv/app'`"),
    )
}

/// Neither absolute on the server nor on Windows, and no word to be filled in.
fn is_relative(path: &str) -> bool {
    !is_placeholder(path) && !path.starts_with('/') && !path.starts_with('\\') && !path.contains(':') && !path.contains(['$', '<'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    fn messages(target: &str) -> Vec<String> {
        let text = format!("{{ apps: [{{ script: a.js }}], deploy: {{ production: {target} }} }}");
        findings(targets, text.leak()).into_iter().map(|(_, message)| message).collect()
    }

    #[test]
    fn what_pm2_deploy_refuses_or_resolves_here_is_told() {
        assert!(messages("{ host: h, repo: r, ref: m }")[0].contains("has no `path`"));
        assert!(messages("{ host: h, repo: r, ref: m, path: ~/app }")[0].contains("no `~` is expanded"));
    }

    #[test]
    fn complete_targets_and_strays_are_fine() {
        assert!(messages("{ host: [a, b], repo: r, ref: m, path: /srv/app }").is_empty());
        assert!(messages("{ host: h, repo: r, ref: m, path: DESTINATION_PATH }").is_empty());
        assert!(messages("{ host: SSH_HOSTMACHINE, repo: GIT_REPOSITORY, path: app }").is_empty());
        assert!(messages("{ host: 0.0.0.0, repo: r, ref: m, path: dist/server.js }").is_empty());
        assert!(messages("x").is_empty());
    }
}
