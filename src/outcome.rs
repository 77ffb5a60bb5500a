//! What one run found.

use std::sync::Arc;

use crate::archive::Timeline;
use crate::checkout::Checkout;
use crate::finding::Finding;
use crate::fleet::{App, Effect, Undecided, Worker};
use crate::pm2::Workers;

/// What one run found.
pub struct Report {
    /// The files that were read, for drawing.
    pub checkout: Checkout,
    /// Every app under every environment looked at.
    pub apps: Vec<AppSummary>,
    /// How many apps the settings leave out.
    pub skipped: usize,
    /// Sorted by file, line, column, rule; waived ones too.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// Of what could not be decided: apps of the archive that the checkout does not have, and the other way round.
    pub strangers: Vec<Undecided>,
    /// What the archives tell.
    pub timeline: Timeline,
    /// The rules that were looked for.
    pub rules: Vec<&'static str>,
    /// How many files were read.
    pub files: usize,
}

/// One app under one environment: what outlives the run.
#[derive(Clone, Debug)]
pub struct AppSummary {
    /// PM2's name of the app.
    pub name: Arc<str>,
    /// The process file, relative to the checkout.
    pub config: Arc<str>,
    /// `production` for `env_production`; `None` for the base.
    pub env: Option<Arc<str>>,
    /// `cluster` or `fork`.
    pub mode: &'static str,
    /// How many workers.
    pub instances: Instances,
    /// The script as PM2 sees it, if known.
    pub script: Option<Arc<str>>,
    /// The source file that was followed, relative to the checkout, if one was found.
    pub entry: Option<Arc<str>>,
    /// Its processes.
    pub workers: Vec<Worker>,
    /// What they do.
    pub effects: Vec<Effect>,
}

impl AppSummary {
    /// Of an app that was looked at.
    pub fn of(app: App<'_>) -> Self {
        Self {
            name: app.launch.name.clone(),
            config: app.app.config.clone(),
            env: app.launch.env_name.clone(),
            mode: app.launch.mode.name(),
            instances: Instances::of(&app.launch.workers),
            script: app.launch.script.clone(),
            entry: app.source().cloned(),
            workers: app.workers,
            effects: app.effects,
        }
    }
}

/// How many workers an app has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instances {
    /// That many.
    Count(u32),
    /// One per CPU of the host.
    Max,
    /// Not known, and why.
    Unknown(Arc<str>),
}

impl Instances {
    fn of(workers: &Workers) -> Self {
        match workers {
            Workers::Count(count) => Self::Count(*count),
            Workers::Max => Self::Max,
            Workers::AllBut(_) | Workers::OfCpus => Self::Unknown(workers.to_string().into()),
            Workers::Unknown(why) => Self::Unknown(why.clone()),
        }
    }
}
