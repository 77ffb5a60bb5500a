//! A file that Node cannot parse.

use std::sync::Arc;

use super::Context;
use crate::checkout::Place;
use crate::finding::{Finding, Severity};

const RULE: &str = "syntax-error";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let is_process_file = |file: &Arc<str>| context.ecosystems.iter().any(|ecosystem| ecosystem.file == *file);
    for (file, error) in context.modules.syntax_errors().into_iter().filter(|(file, _)| !is_process_file(file)) {
        let concerned = context.fleet.apps.iter().filter(|app| app.source() == Some(&file) || app.files.contains(&file));
        let mut finding = Finding::new(
            RULE,
            Severity::Error,
            format!("this file does not parse, and what runs it ends at once: {}", error.message),
        )
        .at(Place::new(file.clone(), error.span), error.message.clone())
        .help("correct the syntax; `node --check` (or the TypeScript compiler) shows the same error");
        for app in concerned {
            finding = finding.app(app.reference());
        }
        findings.push(finding);
    }
}
