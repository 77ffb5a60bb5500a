//! `pm2lint logs`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::warn;
use super::root::Target;
use super::terminal::{self, Color};
use super::{Exit, Failure, outputs, print, progress, settings};
use crate::archive::{self, IncidentKind, Sources, Stamp, Timeline, Window};
use crate::evidence::{Account, Cause, archived};
use crate::report;
use crate::report::logs::{self, Given, Tale};

/// Says what went wrong, from logs alone
///
/// Exit status: 0 no incident; 1 incidents; 2 usage error, or nothing to read; 3 pm2lint failed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Archived ~/.pm2, its logs folder, log files, captured `pm2 logs` output, or what --timeline wrote; .gz welcome
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Saved output of `pm2 jlist`
    #[arg(long, value_name = "FILE")]
    jlist: Option<PathBuf>,
    /// Settings, of which the log signatures count [default: pm2lint.toml in the working directory]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only this app, as PM2 names it (repeatable)
    #[arg(long, value_name = "NAME")]
    app: Vec<String>,
    /// Only what happened from then on: `2026-11-22`, `2026-11-22T11:30`; lines without a time are kept
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Stamp>,
    /// Only what happened until then
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Stamp>,
    /// Also write what was read to a file that can be given as PATH in place of the archives: so those of many hosts are read
    /// apart. It holds all apps, whatever --app says
    #[arg(long, value_name = "OUT.ndjson")]
    timeline: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Per incident: which app, since when, how often, why, what to look at.
    Text,
    /// `{"incidents":[...],"errors":[...],"apps":[...]}`
    Json,
    /// One page for a browser: incidents, and the life of every worker.
    Html,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let given = || self.paths.iter().chain(&self.jlist);
        given().try_for_each(|path| existing(path))?;
        let signatures = settings::load(&Target::find(&[], None)?, self.config.as_deref())?.signatures;
        let window = Window { since: self.since, until: self.until };
        let (logs, jlist) = (&self.paths, self.jlist.as_deref());
        let sources = Sources { logs, jlist, signatures: &signatures, own: None, formats: &[], window };
        let scan = progress::reading(logs.iter().map(PathBuf::as_path), || archive::read(&sources, &[]));
        let problems: Vec<String> = scan.problems().iter().map(ToString::to_string).collect();
        if scan.is_empty() {
            return Err(Failure::usage(problems.join("\npm2lint: ")));
        }
        problems.iter().for_each(|problem| warn(problem));
        if let Some(out) = &self.timeline {
            outputs::write_all(out, |file| scan.clone().write(file))?;
        }
        let mut timeline = scan.tell(&[], &signatures);
        self.narrow(&mut timeline)?;
        let tale = Tale {
            timeline: &timeline,
            incidents: worst_first(archived::accounts(&timeline)),
            errors: archived::unproven(&timeline).collect(),
            sightings: timeline.sightings.iter().filter(|sighting| sighting.own).collect(),
            names: timeline.names(),
            given: Given { logs, jlist },
        };
        print(&match self.format {
            Format::Text => logs::text(&tale, &terminal::canvas(self.color)),
            Format::Json => logs::json(&tale),
            Format::Html => report::incident_page(&tale),
        })?;
        Ok(if tale.incidents.is_empty() { Exit::Clean } else { Exit::Findings })
    }

    /// Keeps the apps that are asked for.
    fn narrow(&self, timeline: &mut Timeline) -> Result<(), Failure> {
        let known: Vec<&str> = timeline.apps.iter().map(|app| &*app.name).collect();
        if let Some(unknown) = self.app.iter().find(|app| !known.contains(&app.as_str())) {
            return Err(Failure::usage(format!("no app `{unknown}` in the archive; it has {}", known.join(", "))));
        }
        if !self.app.is_empty() {
            timeline.retain_apps(|name| self.app.iter().any(|app| app == name));
        }
        Ok(())
    }
}

/// The worst first, of these what keeps an app down, then the most frequent; else as the archive tells them.
fn worst_first<'a>(mut incidents: Vec<(Cause<'a>, Account)>) -> Vec<(Cause<'a>, Account)> {
    let is_loop =
        |cause: &Cause<'_>| cause.incidents().any(|incident| matches!(incident.kind, IncidentKind::CrashLoop(_)));
    incidents
        .sort_by_key(|(cause, account)| std::cmp::Reverse((account.severity, is_loop(cause), cause.incident.count)));
    incidents
}

fn moment(text: &str) -> Result<Stamp, String> {
    archive::moment(text).ok_or_else(|| "a time looks like 2026-11-22 or 2026-11-22T11:30:05".to_owned())
}

fn existing(path: &Path) -> Result<(), Failure> {
    let opened = path.metadata().map(|_| ());
    opened.map_err(|error| Failure::usage(format!("cannot open {}: {error}", path.display())))
}
