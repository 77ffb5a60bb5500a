//! One cause is one finding: apps and environments that share it are listed in it.

use std::sync::Arc;

use crate::finding::{AppRef, Finding};

/// Adds a finding, or its apps to the finding of the same rule, place and scope that is there already.
pub fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let same = |known: &&mut Finding| {
        known.rule == finding.rule && known.location == finding.location && known.scope == finding.scope
    };
    match findings.iter_mut().find(same) {
        Some(known) => finding.apps.into_iter().for_each(|app| add_app(&mut known.apps, app)),
        None => findings.push(finding),
    }
}

fn add_app(apps: &mut Vec<AppRef>, app: AppRef) {
    match apps.iter_mut().find(|known| known.name == app.name && known.config == app.config) {
        Some(known) if known.envs.is_empty() || app.envs.is_empty() => known.envs.clear(),
        Some(known) => app.envs.into_iter().for_each(|env| add_env(&mut known.envs, env)),
        None => apps.push(app),
    }
}

fn add_env(envs: &mut Vec<Arc<str>>, env: Arc<str>) {
    if !envs.contains(&env) {
        envs.push(env);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    fn finding(app: &str, envs: &[&str]) -> Finding {
        let envs = envs.iter().map(|env| (*env).into()).collect();
        Finding::new("some-rule", Severity::Error, "it is wrong").app(AppRef {
            name: app.into(),
            config: "pm2.json".into(),
            envs,
        })
    }

    #[test]
    fn apps_and_environments_are_listed_in_one_finding() {
        let mut findings = Vec::new();
        for (app, env) in [("a", "x"), ("a", "y"), ("a", "x"), ("b", "x")] {
            add(&mut findings, finding(app, &[env]));
        }
        add(&mut findings, finding("b", &[]));
        let apps: Vec<_> = findings[0].apps.iter().map(|app| (&*app.name, app.envs.len())).collect();
        assert_eq!((findings.len(), apps), (1, vec![("a", 2), ("b", 0)]));
        add(&mut findings, finding("a", &[]).scope("other"));
        assert_eq!(findings.len(), 2);
    }
}
