//! `dropped-option`: PM2 drops a falsy value of an option whose name has an underscore, and its default holds.
//! `conf[k] || (conf[k] = json[alias])`: lib/tools/Config.js:99 (v7.0.4). It drops most flags of a command that starts a process file,
//! too: lib/API.js:986 (v7.0.4).

use super::Context;
use super::quantity::{duration, value};
use super::same_cause::add;
use crate::commands::{Command, Flag};
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Change, Finding, Literal, Severity};
use crate::js::{Entry, Node, NodeKind};
use crate::pm2::options::Spec;
use crate::pm2::{Remark, resolve};

const RULE: &str = "dropped-option";

/// Looks at the values of every process file, and at the flags of the commands that start one.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.ecosystems.iter().for_each(|ecosystem| values(ecosystem, findings));
    for command in context.commands.iter().filter(|command| command.starts() || command.reloads() || &*command.verb == "restart") {
        if let Some(ecosystem) = command.process_file(context.ecosystems).filter(|file| !file.is_command) {
            findings.extend(dropped_flags(context, command, ecosystem));
        }
    }
}

/// The flags of a command that PM2 does not heed, but for those that say what the file says.
fn dropped_flags(context: &Context<'_>, command: &Command, ecosystem: &Ecosystem) -> Option<Finding> {
    let apps: Vec<&App> = ecosystem.apps.iter().filter(|app| command.concerns(app, context.ecosystems)).collect();
    let is_said = |(spec, wanted): &(&Spec, Node)| {
        let is_own = |app: &&App| app.options.value(spec.name).is_some_and(|own| text(own) == text(wanted));
        apps.iter().all(is_own)
    };
    let is_dropped = |flag: &&Flag| !flag.counts_for_files() && flag.option().is_some_and(|option| !is_said(&option));
    let dropped: Vec<&Flag> = command.flags.iter().filter(is_dropped).collect();
    let first = dropped.first()?;
    let written: Vec<String> = dropped.iter().map(|flag| format!("`{}`", written(flag))).collect();
    let options: Vec<String> =
        dropped.iter().filter_map(|flag| flag.option()).map(|(spec, _)| format!("`{}`", spec.name)).collect();
    let message = format!(
        "PM2 drops {} here: of a process file it starts the apps with the options in it, and heeds of the command line no more than \
         `--env`, `--only`, `--namespace`, `--cwd`, `--uid`, `--gid` and a bare `--watch`",
        written.join(", "),
    );
    let finding = Finding::new(RULE, Severity::Warning, message)
        .at(command.place_of(&first.name, context.modules.checkout())?, "PM2 drops this")
        .help(format!("write {} into the app in `{}`, and drop the flags", options.join(", "), ecosystem.file))
        .scope(format!("pm2 {} {}", command.verb, first.name));
    Some(apps.into_iter().fold(finding, |finding, app| finding.app(app.reference())))
}

fn written(flag: &Flag) -> String {
    flag.value.as_ref().map_or_else(|| flag.name.to_string(), |value| format!("{} {value}", flag.name))
}

/// A value as a command line would have it: `4` and `'4'` are one.
fn text(node: &Node) -> String {
    node.as_str().map_or_else(|| value(node), str::to_owned)
}

/// Looks at dropped values that the default does not equal.
fn values(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        for remark in &app.options.remarks {
            if let Remark::Dropped { spec, written } = remark
                && let Some(default) = other_default(spec, written)
            {
                add(findings, finding(app, spec, written, default));
            }
        }
    }
}

/// PM2's default, where it is not what was written.
fn other_default(spec: &Spec, written: &Entry) -> Option<&'static str> {
    let is_zero = written.value.kind == NodeKind::Number(0.0);
    spec.default.filter(|default| is_zero && !["0", "false"].contains(default))
}

fn finding(app: &App, spec: &Spec, written: &Entry, default: &str) -> Finding {
    let shown = value(&written.value);
    let in_force = match (spec.unit, default.parse()) {
        (Some("ms"), Ok(milliseconds)) => format!("its default of {} holds", duration(milliseconds)),
        _ if spec.name == "stop_exit_codes" => "no exit code stops the app".to_owned(),
        _ => format!("its default of {default} holds"),
    };
    let message = format!("`{}: {shown}` has no effect: PM2 drops a 0 here, and {in_force}", written.key);
    let finding = Finding::new(RULE, Severity::Warning, message)
        .at(app.place_or_entry(resolve::place(written)), "PM2 drops this")
        .help(correction(spec.name, default))
        .scope(spec.name)
        .app(app.reference());
    match (&written.key_origin, app.place(), spec.name) {
        (Some(key), Some(object), "stop_exit_codes") => {
            let (object, key) = (object.clone(), Some(key.clone()));
            finding.unsafe_fix([Change::Set { object, key, name: spec.name, value: Literal::Numbers(&[0]) }])
        }
        // "No limit" was meant, which another option says.
        (_, _, "max_restarts") | (None, ..) => finding,
        (Some(key), ..) => finding.safe_fix([Change::Remove { key: key.clone() }]),
    }
}

fn correction(option: &str, default: &str) -> String {
    match option {
        "max_restarts" => "write `autorestart: false` if the app shall not be restarted; no value means without limit, but a large one comes near",
        "stop_exit_codes" => "write `stop_exit_codes: [0]`",
        "kill_timeout" | "listen_timeout" | "kill_retry_time" => return format!("write 1 for as short as can be, or remove it: the default is {default} ms"),
        "min_uptime" => "write 100, the least that PM2 takes, or remove it",
        _ => "remove it",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn zeros_that_the_default_replaces_are_told() {
        let found = findings(values, "apps: [{ script: a.js, max_restarts: 0, kill_timeout: 0, stop_exit_codes: 0 }]");
        let messages: Vec<_> = found.iter().map(|(_, message)| &**message).collect();
        assert_eq!(
            messages,
            [
                "`kill_timeout: 0` has no effect: PM2 drops a 0 here, and its default of 1.6 s holds",
                "`stop_exit_codes: 0` has no effect: PM2 drops a 0 here, and no exit code stops the app",
                "`max_restarts: 0` has no effect: PM2 drops a 0 here, and its default of 16 holds",
            ]
        );
    }

    #[test]
    fn values_that_equal_the_default_or_survive_are_fine() {
        let text = "apps: [{ script: a.js, restart_delay: 0, wait_ready: false, merge_logs: false, cron_restart: 0, max_memory_restart: 0, \
                    autorestart: false, instances: 0, stop_exit_codes: [0], log_date_format: '' }]";
        assert!(findings(values, text).is_empty());
    }
}
