//! A debugger's port that several processes ask for.

use super::Context;
use crate::finding::{Finding, Severity};
use crate::fleet::App;
use crate::pm2::{EnvValue, Mode};

const RULE: &str = "inspect-port-conflict";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(flag) = flag(app) else { return };
    let are_many = app.launch.workers.are_many() == Some(true);
    let workers = &app.launch.workers;
    let message = match app.launch.mode {
        _ if flag.starts_with("--inspect-brk") => {
            format!("`{flag}` makes the app wait for a debugger at its first line, each time it starts")
        }
        Mode::Fork if are_many && !has_free_port(&flag) => format!(
            "{workers} in fork mode open the debugger's port of `{flag}`: one gets it, the others say `address already in use` and run without"
        ),
        _ => return,
    };
    let place = app.launch.node_args.place.clone().or_else(|| app.launch.variable("NODE_OPTIONS")?.place.clone());
    let Some(place) = place.or_else(|| app.app.place().cloned()) else { return };
    findings.push(
        Finding::new(RULE, Severity::Warning, message)
            .at(place, "a debugger's port")
            .scope("node_args")
            .related(app.app.option_place("instances").filter(|_| are_many).cloned(), format!("{workers}"))
            .help("leave it out, and open the debugger when it is needed: `kill -USR1 <pid>`; or use `--inspect=0`, which takes a free port")
            .app(app.reference()),
    );
}

/// The flag, among the interpreter's arguments or, where Node reads that as it starts, in `NODE_OPTIONS`.
fn flag(app: &App<'_>) -> Option<String> {
    let options = app.launch.variable("NODE_OPTIONS").filter(|_| app.launch.mode == Mode::Fork);
    let options = match options.map(|variable| &variable.value) {
        Some(EnvValue::Known(text)) => &**text,
        _ => "",
    };
    let given = app.launch.node_args.value.iter().map(|word| &**word);
    let mut words = given.chain(options.split_whitespace());
    words
        .find(|word| ["--inspect", "--inspect-brk"].contains(&word.split('=').next().unwrap_or(word)))
        .map(str::to_owned)
}

fn has_free_port(flag: &str) -> bool {
    flag.rsplit(['=', ':']).next() == Some("0")
}
