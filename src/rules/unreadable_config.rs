//! `unreadable-config`: a process file from which PM2 gets no apps, or fewer than were meant.

use crate::ecosystem::{Ecosystem, Problem, ProblemKind};
use crate::finding::{Confidence, Finding, Severity};

/// Reports the problems that loading met, but for those of `esm-config`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    let problems = ecosystem.problems.iter().filter(|problem| problem.kind != ProblemKind::Module);
    findings.extend(problems.map(finding));
}

fn finding(problem: &Problem) -> Finding {
    let (label, confidence) = match problem.kind {
        ProblemKind::Syntax => ("it cannot be read from here on", Confidence::High),
        ProblemKind::FileName => ("not a process file to PM2", Confidence::Medium),
        ProblemKind::NoApps | ProblemKind::Module => ("no app for PM2", Confidence::High),
    };
    Finding::new("unreadable-config", Severity::Error, problem.message.clone())
        .at(problem.place.clone(), label)
        .help(problem.help.clone())
        .confidence(confidence)
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
