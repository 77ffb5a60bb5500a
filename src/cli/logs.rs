//! `pm2lint logs`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::warn;
use super::terminal::{self, Color};
use super::{Exit, Failure, print, settings};
use crate::archive::{self, Sources};
use crate::evidence::archived;
use crate::report;
use crate::report::logs::{self, Tale};

/// Says what went wrong, from logs alone
///
/// Exit status: 0 no incident; 1 incidents; 2 usage error, or nothing to read; 3 pm2lint failed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Archived ~/.pm2, its logs folder, log files or captured `pm2 logs` output; .gz welcome
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Saved output of `pm2 jlist`
    #[arg(long, value_name = "FILE")]
    jlist: Option<PathBuf>,
    /// Settings, of which the log signatures count [default: pm2lint.toml in the working directory]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
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
        let signatures = settings::load(Path::new(""), self.config.as_deref())?.signatures;
        let (logs, jlist) = (&self.paths, self.jlist.as_deref());
        let timeline = archive::scan(&Sources { logs, jlist, signatures: &signatures, own: None }, &[]);
        let problems: Vec<String> = timeline.problems.iter().map(ToString::to_string).collect();
        if timeline.archives.iter().all(|archive| archive.files.is_empty()) && timeline.processes.is_empty() {
            return Err(Failure::usage(problems.join("\npm2lint: ")));
        }
        problems.iter().for_each(|problem| warn(problem));
        let tale = Tale {
            timeline: &timeline,
            incidents: archived::accounts(&timeline),
            errors: archived::unproven(&timeline).collect(),
            sightings: timeline.sightings.iter().filter(|sighting| sighting.own).collect(),
            names: given().map(|path| path.to_string_lossy().replace('\\', "/")).collect(),
        };
        print(&match self.format {
            Format::Text => logs::text(&tale, &terminal::canvas(self.color)),
            Format::Json => logs::json(&tale),
            Format::Html => report::incident_page(&tale),
        })?;
        Ok(if tale.incidents.is_empty() { Exit::Clean } else { Exit::Findings })
    }
}

fn existing(path: &Path) -> Result<(), Failure> {
    let opened = path.metadata().map(|_| ());
    opened.map_err(|error| Failure::usage(format!("cannot open {}: {error}", path.display())))
}
