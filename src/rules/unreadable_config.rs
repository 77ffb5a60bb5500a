//! `unreadable-config`: a process file from which PM2 gets no apps, or fewer than were meant.

use crate::ecosystem::{Ecosystem, ProblemKind};
use crate::finding::{Finding, Severity};

/// Reports the problems that loading met, but for those of `esm-config`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for problem in &ecosystem.problems {
        let label = match problem.kind {
            ProblemKind::Syntax => "it cannot be read from here on",
            ProblemKind::Throws => "this throws",
            ProblemKind::NoApps => "no app for PM2",
            ProblemKind::Module | ProblemKind::FileName => continue,
        };
        findings.push(
            Finding::new("unreadable-config", Severity::Error, problem.message.clone())
                .at(problem.place.clone(), label)
                .help(problem.help.clone()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn a_file_without_apps_is_told() {
        assert!(findings(check, "app: [{ script: a.js }]")[0].1.contains("neither `apps` nor a `script`"));
        assert!(findings(check, "apps: [{ script: a.js }]").is_empty());
        assert!(findings(check, "default: { apps: [] }").is_empty());
    }
}
