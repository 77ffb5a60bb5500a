//! The pipeline: the whole way of the data, once, in order.

use std::path::PathBuf;
use std::sync::Arc;

use crate::checkout::{Checkout, Place};
use crate::finding::Finding;

/// What is asked of one run of `pm2lint check`.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The checkout.
    pub root: PathBuf,
    /// What was named, relative to the root; empty: the whole checkout.
    pub paths: Vec<Arc<str>>,
    /// Archives: copied `~/.pm2`, log folders, log files.
    pub logs: Vec<PathBuf>,
    /// A saved `pm2 jlist`.
    pub jlist: Option<PathBuf>,
    /// Only this environment (`production` for `env_production`).
    pub env: Option<Arc<str>>,
}

/// What one run found.
pub struct Report {
    /// The files that were read, for drawing.
    pub checkout: Checkout,
    /// Every app under every environment looked at.
    pub apps: Vec<AppSummary>,
    /// Sorted by file, line, column, rule; waived ones too.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// How many files were read.
    pub files: usize,
}

/// One app under one environment, for the report's head.
#[derive(Clone, Debug, PartialEq)]
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

/// Something that was not known before run time and that rules would have asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Where.
    pub place: Place,
    /// What was not known.
    pub what: String,
    /// Why.
    pub why: String,
    /// Which rules could not speak.
    pub rules: Vec<&'static str>,
}
