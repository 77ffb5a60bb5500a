//! `ineffective-filter-env`: variables that `filter_env` is to hide, and that the app sees all the same. A cluster worker is forked
//! with the environment of the PM2 daemon, from which nothing is filtered. lib/God/ClusterMode.js:48 (v7.0.3), and measured on 4.5 to 7.0.

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::js::NodeKind;
use crate::pm2::{Doubt, Launch, Mode};

/// Looks at every launch that filters.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if let Some((message, help)) = fault(app, launch) {
            add(findings, finding(app, launch, message, help));
        }
    }
}

fn fault(app: &App, launch: &Launch) -> Option<(&'static str, &'static str)> {
    let filter = app.options.value("filter_env")?;
    match &filter.kind {
        NodeKind::Bool(true) => Some((
            "`filter_env: true` filters nothing: PM2 hides only variables that are named",
            "name the variables: `filter_env: ['AWS_SECRET']` hides those whose name contains it",
        )),
        NodeKind::Array(names) if names.is_empty() && filter.open.is_none() => Some((
            "`filter_env: []` filters nothing: PM2 hides only variables that are named",
            "name the variables, or remove `filter_env`",
        )),
        NodeKind::Array(_) | NodeKind::String(_) if launch.mode == Mode::Cluster => Some((
            "`filter_env` does not hide these variables in cluster mode: a worker starts with everything that the shell had which started the PM2 \
             daemon",
            "start the daemon from a shell without these variables (`env -u NAME pm2 ...` after `pm2 kill`), or write `exec_mode: 'fork'`",
        )),
        _ => None,
    }
}

fn finding(app: &App, launch: &Launch, message: &str, help: &str) -> Finding {
    let makes_cluster = app.option_place("exec_mode").or(app.option_place("instances")).cloned();
    Finding::new("ineffective-filter-env", Severity::Warning, message)
        .at(app.place_or_entry(app.option_place("filter_env")), "hides nothing for sure")
        .related(makes_cluster.filter(|_| launch.mode == Mode::Cluster), "this makes it a cluster")
        .help(help)
        .confidence(Doubt::confidence(launch.mode_doubt.as_ref()))
        .scope("filter_env")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::places;

    #[test]
    fn names_are_hidden_in_fork_mode_only_and_nothing_hides_nothing() {
        assert_eq!(places(check, "instances: 2, filter_env: [AWS_]"), ["filter_env"]);
        assert_eq!(places(check, "filter_env: true"), ["filter_env"]);
        assert_eq!(places(check, "filter_env: []"), ["filter_env"]);
        assert!(places(check, "filter_env: [AWS_]").is_empty());
        assert!(places(check, "instances: 2, filter_env: false").is_empty());
    }
}
