//! What one run is asked.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use crate::archive::Sources;
use crate::ecosystem::{self, Ecosystem};
use crate::finding::Finding;
use crate::rules::{self, pages::PAGES};
use crate::settings::Settings;

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
    /// Rules, thresholds and waivers.
    pub settings: Settings,
    /// Waivers in the code and the settings count; without them everything is reported.
    pub honour_waivers: bool,
    /// The day on which it is asked whether a waiver still holds.
    pub today: Date,
}

impl Request {
    /// Whether there is anything beside the checkout.
    pub fn has_archive(&self) -> bool {
        !self.logs.is_empty() || self.jlist.is_some()
    }

    /// What was named beside the checkout.
    pub fn archives(&self) -> Sources<'_> {
        Sources {
            logs: &self.logs,
            jlist: self.jlist.as_deref(),
            signatures: &self.settings.signatures,
            ..Sources::default()
        }
    }

    /// Keeps the environment that is asked for, and what the settings do not leave out; how many apps these left out.
    pub fn narrow(&self, ecosystems: &mut Vec<Ecosystem>) -> usize {
        if let Some(env) = &self.env {
            ecosystem::select_environment(ecosystems, env);
        }
        let count = |ecosystems: &[Ecosystem]| ecosystems.iter().map(|ecosystem| ecosystem.apps.len()).sum::<usize>();
        let all = count(ecosystems);
        ecosystems.retain(|ecosystem| !self.settings.exclude.cover(&ecosystem.file));
        for ecosystem in ecosystems.iter_mut() {
            ecosystem.apps.retain(|app| !self.settings.skip_apps.cover(&app.name));
        }
        all - count(ecosystems)
    }

    /// Whether a fault of `rule` would be found: the rule is asked for, and what it needs was given.
    pub fn looks_for(&self, rule: &str) -> bool {
        self.settings.reports(rule) && (self.has_archive() || !rules::needs_archive(rule))
    }

    /// The rules that are looked for.
    pub fn rules(&self) -> Vec<&'static str> {
        PAGES.iter().map(|page| page.id).filter(|rule| self.looks_for(rule)).collect()
    }

    /// Whether `finding` is not left out by the settings and touches what was named: a file, something below a folder, or an app's process file.
    pub fn concerns(&self, finding: &Finding) -> bool {
        let named = |file: &str| self.paths.iter().any(|path| is_below(file, path));
        let places = finding.location.iter().chain(finding.related.iter().map(|related| &related.place));
        let is_process_file = |file: &str| finding.apps.iter().any(|app| &*app.config == file);
        if finding.location.as_ref().is_some_and(|place| self.settings.exclude.cover(&place.file)) {
            return false;
        }
        self.paths.is_empty()
            || places.map(|place| &*place.file).any(named)
            || finding.apps.iter().any(|app| named(&app.config))
            || finding.location.as_ref().is_none_or(|place| is_process_file(&place.file))
    }
}

/// Whether `path` is `folder` or lies below it; both relative to the checkout.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
