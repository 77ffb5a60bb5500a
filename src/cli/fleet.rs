//! `pm2lint fleet`

use std::path::PathBuf;

use clap::ValueEnum;

use super::check::no_apps;
use super::exit::warn;
use super::root::Target;
use super::settings;
use super::terminal::{self, Color};
use super::{Exit, Failure, print};
use crate::catalog::Catalog;
use crate::checkout::Checkout;
use crate::commands;
use crate::ecosystem::{self, Facts};
use crate::fleet::{self, App};
use crate::modules::{Modules, Resolver};
use crate::report;
use crate::rules;

/// Shows what each worker of each app does: the table that the rules ask
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Checkout (default: here), process file, or source files: then the apps that reach them
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The checkout's folder [default: the repository round PATH]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Only env_NAME [default: the base and every env_*]
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Settings, whose own entries of the catalogue count [default: pm2lint.toml in the root]
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
    /// Per app a line for each effect, with a mark for each worker.
    Text,
    /// `{"apps":[{"name","config","env","mode","workers","effects"}]}`
    Json,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let target = Target::find(&self.paths, self.root.as_deref())?;
        let checkout = Checkout::open(&target.root)
            .map_err(|error| Failure::usage(format!("cannot open {}: {error}", target.root.display())))?;
        let settings = settings::load(&target, self.config.as_deref())?;
        let catalog = Catalog::with(settings.catalog.clone());
        let resolver = Resolver::new(&checkout);
        let modules = Modules::new(&checkout, &resolver);
        let facts = Facts { version: settings.production.pm2_version(), node: settings.production.node.clone() };
        let (mut ecosystems, _) = commands::started(&modules, &target.paths, &facts);
        if let Some(env) = &self.env {
            ecosystem::select_environment(&mut ecosystems, env);
        }
        let mut fleet = fleet::simulate(&modules, &ecosystems, &catalog);
        fleet.apps.retain(|app| is_wanted(app, &target));
        print(&match self.format {
            Format::Text => report::fleet::text(&fleet, &checkout, &terminal::canvas(self.color)),
            Format::Json => report::fleet::json(&fleet, &checkout),
        })?;
        if fleet.apps.is_empty() && target.has_directory {
            warn(&no_apps(&fleet::undecided(&ecosystems, &fleet, &modules, rules::asking)));
            return Ok(Exit::NoApps);
        }
        Ok(Exit::Clean)
    }
}

/// Whether the app's process file or a file of its program was named.
fn is_wanted(app: &App<'_>, target: &Target) -> bool {
    target.names(&app.app.config) || app.files.iter().any(|file| target.names(file))
}
