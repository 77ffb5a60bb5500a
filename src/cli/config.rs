//! `pm2lint config`

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::root::Target;
use super::terminal::{self, Color};
use super::{Exit, Failure, print, settings};
use crate::checkout::{Checkout, below};
use crate::commands;
use crate::ecosystem::{self, App, Ecosystem, Facts, to_json};
use crate::js::Node;
use crate::modules::{Modules, Resolver};
use crate::pm2::Version;
use crate::report::{self, Canvas};

/// Shows what PM2 gets from each process file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  pm2lint config\n  pm2lint config ecosystem.config.js --format json\n  \
                        pm2lint config --settings src/jobs.ts")]
pub struct Args {
    /// Checkout (default: here), folder or process file
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The checkout's folder [default: the repository round PATH]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Shows pm2lint's own settings instead: which are in force for PATH, and where each is written
    #[arg(long)]
    settings: bool,
    /// Settings [default: the nearest pm2lint.toml from PATH up to the root]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Per app, the options in force and where they are written.
    Text,
    /// `{"files":[{"file","value","apps":[{"name","options"}]}]}`
    Json,
}

/// One process file.
struct Entry {
    file: Arc<str>,
    /// What it exports, or why that is nothing.
    value: Result<Node, String>,
    /// What PM2 takes from it; `None`: it is no process file after all.
    ecosystem: Option<Ecosystem>,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let target = Target::find(&self.paths, self.root.as_deref())?;
        let settings = settings::load(&target, self.config.as_deref())?;
        if self.settings {
            print(&match self.format {
                Format::Text => report::settings::text(&settings),
                Format::Json => report::settings::json(&settings),
            })?;
            return Ok(Exit::Clean);
        }
        let checkout = Checkout::open(&target.root)
            .map_err(|error| Failure::usage(format!("cannot open {}: {error}", target.root.display())))?;
        let resolver = Resolver::new(&checkout);
        let facts = Facts { version: settings.production.pm2_version(), ..Facts::default() };
        let entries = entries(&Modules::new(&checkout, &resolver), &target.paths, &facts);
        let canvas = terminal::canvas(self.color);
        print(&match self.format {
            Format::Text => entries.iter().map(|entry| text(entry, &checkout, &canvas)).collect::<Vec<_>>().join("\n"),
            Format::Json => json(&entries),
        })?;
        Ok(if entries.is_empty() && target.has_directory { Exit::NoApps } else { Exit::Clean })
    }
}

/// The files that are named, whatever they are, and the process files in the folders that are.
fn entries(modules: &Modules<'_>, named: &[Arc<str>], facts: &Facts) -> Vec<Entry> {
    let is_wanted =
        |file: &str| named.is_empty() || named.iter().any(|path| below(file, path).is_some() || **path == *file);
    let (found, _) = commands::started(modules, named, facts);
    let mut entries: Vec<Entry> = Vec::new();
    for ecosystem in found.into_iter().filter(|ecosystem| is_wanted(&ecosystem.file)) {
        let value = match ecosystem.is_command {
            true => Ok(ecosystem.root.clone()),
            false => ecosystem::root(modules, &ecosystem.file).map_err(|problem| problem.message),
        };
        entries.push(Entry { file: ecosystem.file.clone(), value, ecosystem: Some(ecosystem) });
    }
    for file in named.iter().filter(|file| modules.checkout().is_file(file)) {
        if !entries.iter().any(|entry| entry.file == *file) {
            let value = ecosystem::root(modules, file).map_err(|problem| problem.message);
            entries.push(Entry { file: file.clone(), value, ecosystem: None });
        }
    }
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    entries
}

impl Entry {
    fn apps(&self) -> &[App] {
        self.ecosystem.as_ref().map_or(&[], |ecosystem| &ecosystem.apps)
    }
}

fn json(entries: &[Entry]) -> String {
    let app = |app: &App| {
        let options = app.options.effective.iter();
        let options = options
            .map(|option| (option.spec.name.to_owned(), ecosystem::property_to_json(option.spec.name, &option.value)));
        let environments = app.options.environments.iter();
        let environments = environments.map(|(name, block)| (format!("env_{name}"), to_json(&block.value)));
        json!({ "name": app.name, "options": options.chain(environments).collect::<Map<String, Value>>() })
    };
    let file = |entry: &Entry| {
        let value = match &entry.value {
            Ok(value) => to_json(exported(value)),
            Err(why) => json!({ "$unknown": why }),
        };
        json!({ "file": entry.file, "value": value, "apps": entry.apps().iter().map(app).collect::<Vec<_>>() })
    };
    let files: Vec<Value> = entries.iter().map(file).collect();
    serde_json::to_string_pretty(&json!({ "files": files })).unwrap_or_default() + "\n"
}

/// What the author exports: of an ES module with nothing else, the default export.
fn exported(root: &Node) -> &Node {
    match root.entries() {
        [only] if &*only.key == "default" => &only.value,
        _ => root,
    }
}

/// The file, what keeps PM2 from its apps, and the tables of these.
fn text(entry: &Entry, checkout: &Checkout, canvas: &Canvas) -> String {
    let mut lines = vec![entry.file.to_string()];
    match (&entry.value, &entry.ecosystem) {
        (Err(why), _) => lines.push(format!("  {why}")),
        (_, None) => lines.push("  PM2 gets no apps from this file".into()),
        (_, Some(ecosystem)) => lines.extend(ecosystem.problems.iter().map(|problem| format!("  {}", problem.message))),
    }
    for app in entry.apps() {
        let version = entry.ecosystem.as_ref().map_or(Version::default(), |ecosystem| ecosystem.version);
        lines.push(report::config::app(app, version, checkout, canvas).trim_end().to_owned());
    }
    lines.join("\n") + "\n"
}
