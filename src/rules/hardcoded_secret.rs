//! `hardcoded-secret`: a credential in the variables of an app. Whoever reads the repository has it; PM2 keeps it in `dump.pm2`
//! and prints it with `pm2 env`.

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem, is_credential};
use crate::finding::{Confidence, Finding, Severity};
use crate::js::{Entry, NodeKind};

/// Blocks whose values open nothing that matters.
const HARMLESS: [&str; 6] = ["dev", "development", "local", "test", "testing", "ci"];

/// Looks at the variables that are written in the process file.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        let base = app.node.get("env").into_iter().map(|block| ("env".to_owned(), block));
        let others = app.options.environments.iter().filter(|(name, _)| !HARMLESS.contains(&&**name));
        let blocks = base.chain(others.map(|(name, block)| (format!("env_{name}"), &block.value)));
        for (block, entry) in blocks.flat_map(|(name, block)| block.entries().iter().map(move |entry| (name.clone(), entry))) {
            if let Some(finding) = finding(ecosystem, app, &block, entry) {
                add(findings, finding);
            }
        }
    }
}

fn finding(ecosystem: &Ecosystem, app: &App, block: &str, entry: &Entry) -> Option<Finding> {
    let NodeKind::String(text) = &entry.value.kind else { return None };
    let is_written = entry.value.origin.as_ref().is_some_and(|origin| origin.file == ecosystem.file);
    if !is_written || !entry.value.assumed_unset.is_empty() || !is_credential(&entry.key, text) {
        return None;
    }
    let message = format!(
        "`{}` is written here: everybody who can read the repository has it, and PM2 keeps it in dump.pm2 and prints it with `pm2 env`",
        entry.key
    );
    let name = &entry.key;
    Some(
        Finding::new("hardcoded-secret", Severity::Error, message)
            .at(app.place_or_entry(entry.key_origin.as_ref()), "its value is in the repository")
            .help(format!(
                "change the credential, as the old one stays in the history; then set `{name}` where PM2 is started, or in a file \
                 that git ignores, and write `{name}: process.env.{name}`, or nothing"
            ))
            .confidence(Confidence::Medium)
            .scope(format!("{block}.{name}"))
            .app(app.reference()),
    )
}
