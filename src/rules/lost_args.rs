//! `lost-args`: PM2 makes `bash -c "<script>"` of a script with a space in it, and drops `args`. lib/Common.js:752 (v7.0.4).

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::js::NodeKind;
use crate::pm2::Launch;

/// Looks for command lines beside arguments.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        if launch.command_line.is_some() && has_args(app) {
            add(findings, finding(app, launch));
        }
    }
}

fn has_args(app: &App) -> bool {
    let args = app.options.value("args").map(|args| &args.kind);
    args.is_some_and(|args| !matches!(args, NodeKind::Array(elements) if elements.is_empty()))
}

fn finding(app: &App, launch: &Launch) -> Finding {
    let line = launch.command_line.as_deref().unwrap_or_default();
    let message = format!(
        "`args` are lost: the script has a space in it, so that PM2 runs `bash -c \"{line}\"` and nothing else"
    );
    Finding::new("lost-args", Severity::Error, message)
        .at(app.place_or_entry(app.option_place("args")), "the script never gets these")
        .related(launch.script_place.clone(), "this has a space in it")
        .help("write the arguments into the command line, or the file alone into `script`")
        .scope("args")
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn arguments_beside_a_command_line_are_told() {
        assert_eq!(findings(check, "apps: [{ script: node a.js, args: --queue x }]")[0].0, "args");
        assert!(
            findings(
                check,
                "apps: [{ script: a.js, args: --queue x }, { script: node a.js }, { script: node b.js, args: '' }]"
            )
            .is_empty()
        );
    }
}
