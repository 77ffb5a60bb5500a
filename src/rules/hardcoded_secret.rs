//! `hardcoded-secret`: a credential in the variables of an app. Whoever reads the repository has it; PM2 keeps it in `dump.pm2`
//! and prints it with `pm2 env`.

use super::Context;
use super::same_cause::add;
use crate::checkout::{Place, file_name};
use crate::ecosystem::{App, Ecosystem, is_credential};
use crate::finding::{Confidence, Finding, Severity};
use crate::js::{Entry, NodeKind};

/// Blocks whose values open nothing that matters.
const HARMLESS: [&str; 6] = ["dev", "development", "local", "test", "testing", "ci"];

/// Looks at the variables that are written in process files, and in the files of the repository that they are taken from.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let checkout = context.modules.checkout();
    let is_committed = |file: &str| !file_name(file).starts_with(".env") && !checkout.is_ignored(file);
    context.ecosystems.iter().for_each(|ecosystem| variables(ecosystem, &is_committed, findings));
}

fn variables(ecosystem: &Ecosystem, is_committed: &dyn Fn(&str) -> bool, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        let base = app.node.get("env").into_iter().map(|block| ("env".to_owned(), block));
        let others = app.options.environments.iter().filter(|(name, _)| !HARMLESS.contains(&&**name));
        let blocks = base.chain(others.map(|(name, block)| (format!("env_{name}"), &block.value)));
        for (block, entry) in blocks.flat_map(|(name, block)| block.entries().iter().map(move |entry| (name.clone(), entry))) {
            let written = entry.value.origin.as_ref().filter(|origin| is_committed(&origin.file));
            if let Some(finding) = written.and_then(|written| finding(app, &block, entry, written)) {
                add(findings, finding);
            }
        }
    }
}

fn finding(app: &App, block: &str, entry: &Entry, written: &Place) -> Option<Finding> {
    let NodeKind::String(text) = &entry.value.kind else { return None };
    if !entry.value.assumed_unset.is_empty() || !is_credential(&entry.key, text) {
        return None;
    }
    let message = format!(
        "`{}` is written here: everybody who can read the repository has it, and PM2 keeps it in dump.pm2 and prints it with `pm2 env`",
        entry.key
    );
    let name = &entry.key;
    let key = entry.key_origin.as_ref().filter(|key| key.file == written.file);
    Some(
        Finding::new("hardcoded-secret", Severity::Error, message)
            .at(key.unwrap_or(written).clone(), "its value is in the repository")
            .help(format!(
                "change the credential, as the old one stays in the history; then set `{name}` where PM2 is started, or in a file \
                 that git ignores, and write `{name}: process.env.{name}`, or nothing"
            ))
            .confidence(Confidence::Medium)
            .scope(format!("{block}.{name}"))
            .app(app.reference()),
    )
}
