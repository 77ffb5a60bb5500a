//! `esm-config`: a process file that is CommonJS where Node wants an ES module, or the other way round.

use crate::ecosystem::{Ecosystem, ProblemKind};
use crate::finding::{Finding, Severity};

/// Reports what loading found out about the module kind.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for problem in ecosystem.problems.iter().filter(|problem| problem.kind == ProblemKind::Module) {
        findings.push(
            Finding::new("esm-config", Severity::Error, problem.message.clone())
                .at(problem.place.clone(), "PM2 gets no apps from this")
                .help(problem.help.clone()),
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
