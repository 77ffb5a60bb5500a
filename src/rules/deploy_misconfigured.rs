//! `deploy-misconfigured`: a target of `pm2 deploy` that is refused, or goes to a folder that nobody meant. deploy.js and
//! schema.json of pm2-deploy 1.0.2.

use crate::ecosystem::Ecosystem;
use crate::finding::{Finding, Severity};
use crate::js::{Entry, Node, NodeKind};

const RULE: &str = "deploy-misconfigured";

/// Without one of these the target is refused.
const REQUIRED: [&str; 4] = ["host", "repo", "path", "ref"];

/// Looks at every target of the deploy section.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    let targets = ecosystem.root.get("deploy").map(Node::entries).unwrap_or_default();
    for target in targets.iter().filter(|target| matches!(target.value.kind, NodeKind::Object(_))) {
        findings.extend(incomplete(ecosystem, target));
        findings.extend(local_path(ecosystem, target));
    }
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

/// Neither absolute on the server nor on Windows, and no word to be filled in (`DESTINATION_PATH` of `pm2 init`).
fn is_relative(path: &str) -> bool {
    let is_placeholder = path.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    !is_placeholder && !path.starts_with('/') && !path.starts_with('\\') && !path.contains(':') && !path.contains(['$', '<'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    fn messages(target: &str) -> Vec<String> {
        let text = format!("{{ apps: [{{ script: a.js }}], deploy: {{ production: {target} }} }}");
        findings(check, text.leak()).into_iter().map(|(_, message)| message).collect()
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
        assert!(messages("x").is_empty());
    }
}
