//! `esm-config`: a process file that is CommonJS where Node wants an ES module, or the other way round, or that PM2 takes for an app.

use crate::ecosystem::{Ecosystem, ProblemKind};
use crate::finding::{Confidence, Finding, Severity};

/// Reports what loading found out about the kind of module, and about a name that PM2 does not take.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for problem in &ecosystem.problems {
        let (label, confidence) = match problem.kind {
            ProblemKind::Module => ("PM2 gets no apps from this", Confidence::High),
            ProblemKind::FileName => ("not a process file to PM2", Confidence::Medium),
            ProblemKind::Syntax | ProblemKind::Throws | ProblemKind::NoApps => continue,
        };
        findings.push(
            Finding::new("esm-config", Severity::Error, problem.message.clone())
                .at(problem.place.clone(), label)
                .related(problem.because.clone(), "this makes it an ES module")
                .help(problem.help.clone())
                .confidence(confidence),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn a_default_export_is_told() {
        assert!(findings(check, "default: { apps: [] }")[0].1.contains("default export"));
        assert!(findings(check, "apps: [{ script: a.js }]").is_empty());
    }
}
