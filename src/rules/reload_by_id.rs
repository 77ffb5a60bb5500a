//! A reload that names a number, where PM2 then waits in vain.

use super::Context;
use crate::finding::{Finding, Severity};

const RULE: &str = "reload-by-id";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(app) = context.fleet.apps.iter().find(|app| app.launch.wait_ready.value) else { return };
    let is_number = |target: &str| !target.is_empty() && target.bytes().all(|byte| byte.is_ascii_digit());
    for command in context.commands.iter().filter(|command| matches!(&*command.verb, "reload" | "gracefulReload")) {
        let Some(id) = command.targets.iter().find(|target| is_number(target)) else { continue };
        let timeout = app.launch.listen_timeout.value;
        let message = format!(
            "`pm2 {} {id}` compares the number as a text and misses the app's `ready`: each worker waits the whole listen_timeout \
             ({timeout} ms for `{}`)",
            command.verb, app.launch.name
        );
        findings.push(
            Finding::new(RULE, Severity::Info, message)
                .at(command.place.clone(), "a number in place of the name")
                .scope(format!("pm2 {} {id}", command.verb))
                .related(app.launch.wait_ready.place.clone(), "waits for `ready`")
                .help(format!("name the app: `pm2 {} {}`; numbers change with every delete and start, too", command.verb, app.launch.name))
                .app(app.app.reference()),
        );
    }
}
