//! `pm2lint check`

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::baseline::Baselines;
use super::exit::{Exit, Failure, attempt, print, warn};
use super::fix::{self, Which};
use super::outputs::{self, Output};
use super::root::Target;
use super::settings;
use super::terminal::{self, Color};
use crate::finding::{Confidence, Severity};
use crate::fleet::Undecided;
use crate::lint;
use crate::outcome::Report;
use crate::report::{self, Format, View, summary};
use crate::request::Request;
use crate::settings::{FailOn, Settings, known_rule};

const NO_APPS: &str = "no app was found: there is no process file (ecosystem.config.js, pm2.json, ...), and nothing \
                       here starts one with `pm2 start`; if yours has another name, name it";

/// What to say where no app was found.
pub(super) fn no_apps(undecided: &[Undecided]) -> String {
    match undecided.first() {
        Some(undecided) => format!("no app was found: it is not known {}: {}", undecided.what, undecided.why),
        None => NO_APPS.into(),
    }
}

/// Checks a checkout, and what its logs say
///
/// Exit status: 0 nothing at or above --fail-on; 1 findings; 2 usage or settings error, or a path that does not
/// exist; 3 pm2lint failed; 4 no app was found.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  pm2lint check\n  pm2lint check --env production --logs ./incident/.pm2\n  \
                        pm2lint check --output sarif=pm2lint.sarif src/server.js")]
pub struct Args {
    /// Checkout (default: here), process file, or changed source files: then the whole app is analysed, and what
    /// touches those files or the process file is reported
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The checkout's folder [default: the repository round PATH]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Archived ~/.pm2, its logs folder, log files or captured `pm2 logs` output; .gz welcome (repeatable)
    #[arg(long, value_name = "PATH")]
    logs: Vec<PathBuf>,
    /// Saved output of `pm2 jlist`
    #[arg(long, value_name = "FILE")]
    jlist: Option<PathBuf>,
    /// Only env_NAME [default: the base and every env_*]
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// What stdout gets [default: graphical; in GitHub Actions annotations as well]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// Another format, into a file (repeatable): sarif=pm2lint.sarif
    #[arg(long, value_name = "FORMAT=FILE", value_parser = outputs::parse, help_heading = "Output")]
    output: Vec<Output>,
    /// Show findings of this severity and above [default: warning]
    #[arg(long, value_name = "SEVERITY", help_heading = "Output")]
    min_severity: Option<Severity>,
    /// Show findings of this confidence and above [default: medium]
    #[arg(long, value_name = "CONFIDENCE", help_heading = "Output")]
    min_confidence: Option<Confidence>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,

    /// Exit with 1 on findings at or above this severity; those of low confidence never count [default: warning]
    #[arg(long, value_name = "SEVERITY", help_heading = "Selection")]
    fail_on: Option<FailOn>,
    /// Only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Selection")]
    select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Selection")]
    ignore: Vec<String>,
    /// Report what comments and settings waive, too
    #[arg(long, help_heading = "Selection")]
    no_waivers: bool,
    /// Mend what can be mended, and report the rest: `safe` fixes say what was meant, `all` change what runs, too
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe", help_heading = "Fixing")]
    fix: Option<Which>,
    /// Print what --fix would change, and write nothing; status 1 if it is anything
    #[arg(long, help_heading = "Fixing")]
    diff: bool,
    #[command(flatten)]
    baselines: Baselines,
    /// Settings [default: the nearest pm2lint.toml from PATH up to the root]
    #[arg(long, value_name = "FILE", help_heading = "Selection")]
    config: Option<PathBuf>,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let target = Target::find(&self.paths, self.root.as_deref())?;
        let settings = self.settings(&target)?;
        let baselines = self.baselines.read()?;
        let has_directory = target.has_directory;
        let request = self.request(target, settings)?;
        if self.diff {
            let is_any =
                fix::show(&request, self.fix.unwrap_or(Which::Safe), &|finding| request.settings.shows(finding))?;
            return Ok(if is_any { Exit::Findings } else { Exit::Clean });
        }
        if let Some(which) = self.fix {
            fix::write(&request, which, &|finding| request.settings.shows(finding))?;
        }
        let mut report = self.report(&request)?;
        let difference = self.baselines.apply(baselines, &mut report, &request)?;
        let archives = report.timeline.names();
        let view = View {
            report: &report,
            archives: &archives,
            min_severity: request.settings.min_severity.unwrap_or(Severity::Warning),
            min_confidence: request.settings.min_confidence.unwrap_or(Confidence::Medium),
            stale: difference.stale,
        };
        self.write(&view)?;
        report.timeline.problems.iter().for_each(|problem| warn(&problem.to_string()));
        let exit = verdict(&report, request.settings.fail_on.unwrap_or(FailOn::Warning), has_directory);
        if exit == Exit::NoApps {
            warn(&no_apps(&report.undecided));
        } else if let Some(env) = self.env.as_deref().filter(|env| !has_environment(&report, env)) {
            warn(&format!("no app has env_{env}: each was taken as PM2 starts it without --env"));
        }
        Ok(exit)
    }

    /// The report; where pm2lint fails, who waits for a SARIF log gets one that says so.
    fn report(&self, request: &Request) -> Result<Report, Failure> {
        let failure = match attempt(|| lint::check(request)) {
            Ok(Ok(report)) => return Ok(report),
            Ok(Err(error)) => return Err(Failure::usage(format!("cannot open {}: {error}", request.root.display()))),
            Err(failure) => failure,
        };
        let log = report::sarif_of_failure(&failure.message);
        self.output.iter().filter(|output| output.is_sarif()).try_for_each(|output| output.write_text(&log))?;
        if self.format == Some(Format::Sarif) {
            print(&log)?;
        }
        Err(failure)
    }

    /// The settings file, with the command line on top.
    fn settings(&self, target: &Target) -> Result<Settings, Failure> {
        let mut settings = settings::load(target, self.config.as_deref())?;
        if !self.select.is_empty() {
            settings.select.clone_from(&self.select);
        }
        settings.ignore.extend_from_slice(&self.ignore);
        settings.min_severity = self.min_severity.or(settings.min_severity);
        settings.min_confidence = self.min_confidence.or(settings.min_confidence);
        settings.fail_on = self.fail_on.or(settings.fail_on);
        Ok(settings)
    }

    fn request(&self, target: Target, settings: Settings) -> Result<Request, Failure> {
        for path in self.logs.iter().chain(&self.jlist) {
            path.metadata().map_err(|error| Failure::usage(format!("cannot open {}: {error}", path.display())))?;
        }
        Ok(Request {
            root: target.root,
            paths: target.paths,
            logs: self.logs.clone(),
            jlist: self.jlist.clone(),
            env: self.env.as_deref().map(Arc::from),
            settings,
            honour_waivers: !self.no_waivers,
            today: jiff::Timestamp::now().to_zoned(TimeZone::UTC).date(),
        })
    }

    fn write(&self, view: &View) -> Result<(), Failure> {
        for output in &self.output {
            output.write(view)?;
        }
        for format in self.formats() {
            print(&format.render(view, &terminal::canvas(self.color)))?;
        }
        if self.format == Some(Format::Concise) {
            warn(&summary::line(view));
        }
        Ok(())
    }

    /// What stdout gets: where nothing is asked for, text, and what GitHub makes annotations of.
    fn formats(&self) -> Vec<Format> {
        match self.format {
            Some(format) => vec![format],
            None if terminal::is_github_actions() => vec![Format::Graphical, Format::Github],
            None => vec![Format::Graphical],
        }
    }
}

fn verdict(report: &Report, fail_on: FailOn, has_directory: bool) -> Exit {
    if report.findings.iter().any(|finding| fail_on.is_reached_by(finding)) {
        return Exit::Findings;
    }
    let has_nothing = report.apps.is_empty() && report.skipped == 0 && report.findings.is_empty();
    if has_directory && has_nothing { Exit::NoApps } else { Exit::Clean }
}

fn has_environment(report: &Report, env: &str) -> bool {
    report.apps.iter().any(|app| app.env.as_deref() == Some(env))
}

fn rule(id: &str) -> Result<String, String> {
    known_rule(id).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::Checkout;
    use crate::finding::Finding;

    #[test]
    fn a_directory_without_apps_has_its_own_code_and_named_files_pass() {
        let folder = tempfile::tempdir().unwrap();
        let report = |findings| Report {
            checkout: Checkout::open(folder.path()).unwrap(),
            apps: Vec::new(),
            skipped: 0,
            rules: Vec::new(),
            findings,
            undecided: Vec::new(),
            strangers: Vec::new(),
            timeline: crate::archive::Timeline::default(),
            files: 0,
        };
        let broken = || vec![Finding::new("unreadable-config", Severity::Error, "")];
        assert_eq!(verdict(&report(Vec::new()), FailOn::Warning, true), Exit::NoApps);
        assert_eq!(verdict(&report(Vec::new()), FailOn::Warning, false), Exit::Clean);
        assert_eq!(verdict(&report(broken()), FailOn::Warning, true), Exit::Findings);
        assert_eq!(verdict(&report(broken()), FailOn::Never, true), Exit::Clean);
    }
}
