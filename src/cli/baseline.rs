//! `--baseline` and `--write-baseline`

use std::path::{Path, PathBuf};

use super::exit::{Failure, warn};
use super::{outputs, settings};
use crate::baseline::{Baseline, Difference, Run};
use crate::outcome::Report;
use crate::request::Request;

/// Which findings are known.
#[derive(Debug, clap::Args)]
pub struct Baselines {
    /// Leave out the findings in this file; those that came since count
    #[arg(long, value_name = "FILE", help_heading = "Selection")]
    baseline: Option<PathBuf>,
    /// Write such a file: all of today's findings if there is none yet, else what is left of it
    #[arg(long, value_name = "FILE", help_heading = "Selection")]
    write_baseline: Option<PathBuf>,
    /// Take new findings up into the baseline that is written
    #[arg(long, requires = "write_baseline", help_heading = "Selection")]
    grow: bool,
}

impl Baselines {
    /// The baseline to start from: the one that is named, else the one that would be overwritten.
    pub fn read(&self) -> Result<Option<Baseline>, Failure> {
        let overwritten = self.write_baseline.as_deref().filter(|file| file.exists());
        self.baseline.as_deref().or(overwritten).map(read).transpose()
    }

    /// Writes the new baseline, and marks what it, else `known`, holds.
    pub fn apply(
        &self,
        known: Option<Baseline>,
        report: &mut Report,
        request: &Request,
    ) -> Result<Difference, Failure> {
        let mut run = Run {
            findings: &mut report.findings,
            checkout: &report.checkout,
            rules: &report.rules,
            is_whole: request.paths.is_empty() && request.env.is_none(),
        };
        let before = known.as_ref().map_or(0, Baseline::len);
        let written = self.write_baseline.as_deref().map(|file| (file, self.next(known.as_ref(), &run)));
        if let Some((file, baseline)) = &written {
            outputs::write(file, &baseline.to_text())?;
        }
        let Some(baseline) = written.map(|(_, baseline)| baseline).or(known) else { return Ok(Difference::default()) };
        let difference = baseline.apply(&mut run);
        match &self.write_baseline {
            Some(file) => warn(&account(file, before, &baseline, &difference)),
            None if !difference.new_rules.is_empty() => {
                warn(&format!("the baseline is of a run that did not look for {}", difference.new_rules.join(", ")))
            }
            None => {}
        }
        Ok(difference)
    }

    /// What becomes of a baseline: where there is none yet, everything that is found.
    fn next(&self, known: Option<&Baseline>, run: &Run<'_>) -> Baseline {
        match known {
            None => Baseline::empty().grown(run),
            Some(known) if self.grow => known.shrunk(run).grown(run),
            Some(known) => known.shrunk(run),
        }
    }
}

/// What was written, and what was not.
fn account(file: &Path, before: usize, baseline: &Baseline, difference: &Difference) -> String {
    let held = format!("findings in {}: {}, before: {before}", file.display(), baseline.len());
    match difference.new {
        0 => held,
        new => format!("{held}; new and not in it: {new}, which `--grow` takes up"),
    }
}

fn read(file: &Path) -> Result<Baseline, Failure> {
    Baseline::parse(&settings::read(file)?).map_err(|what| Failure::usage(format!("{}:{what}", file.display())))
}
