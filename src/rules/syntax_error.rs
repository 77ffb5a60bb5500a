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
        let (reason, help) = match file.ends_with(".json") {
            true => ("it holds no JSON", "correct it; `require` and `JSON.parse` throw a SyntaxError for it"),
            false => (
                error.message.as_str(),
                "correct the syntax; `node --check` (or the TypeScript compiler) shows the same error",
            ),
        };
        let mut finding = Finding::new(
            RULE,
            Severity::Error,
            format!("this file does not parse, and what runs it ends at once: {reason}"),
        )
        .at(Place::new(file.clone(), error.span), reason)
        .help(help);
        for app in concerned {
            finding = finding.app(app.reference());
        }
        findings.push(finding);
    }
}
