//! What the user set: `pm2lint.toml`, the nearest one from the named paths up to the root of the checkout.

mod file;
mod patterns;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
pub mod waive;

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::archive::{Production, Signature};
use crate::catalog::Entries;
use crate::checkout::{Source, parent};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::Version;
use crate::rules::pages::PAGES;

pub use patterns::{Names, Paths};
pub use waive::Waive;

/// The file that is looked for when none is named.
pub const FILE_NAME: &str = "pm2lint.toml";

/// Which rules speak, what is shown, what fails a run, what is waived, what is known of production.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The file they come from.
    pub file: Option<SettingsFile>,
    /// Only these rules; empty: all.
    pub select: Vec<String>,
    /// Never these rules.
    pub ignore: Vec<String>,
    /// The severity of a rule, where it is not the rule's own.
    pub severity: BTreeMap<String, Severity>,
    /// People see findings from here on.
    pub min_severity: Option<Severity>,
    /// People see findings from here on.
    pub min_confidence: Option<Confidence>,
    /// What makes a run fail.
    pub fail_on: Option<FailOn>,
    /// Files that are not spoken of, process files that are not read.
    pub exclude: Paths,
    /// Apps that are not looked at.
    pub skip_apps: Names,
    /// What runs in production.
    pub production: Versions,
    /// Findings that are accepted.
    pub waive: Vec<Waive>,
    /// Libraries of the user's own.
    pub catalog: Entries,
    /// Kinds of log lines of the user's own.
    pub signatures: Vec<Signature>,
}

/// A settings file as it was read.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    /// As messages call it.
    pub name: String,
    /// Its text, for the lines of what it says; its path is that in the checkout, or as the name where it lies outside.
    pub source: Arc<Source>,
    /// Whether it lies in the checkout.
    pub is_inside: bool,
    /// Where each of its keys stands: the first byte.
    pub keys: BTreeMap<String, u32>,
}

impl SettingsFile {
    /// The folder from which its patterns are taken, relative to the checkout.
    pub fn folder(&self) -> &str {
        if self.is_inside { parent(self.source.path()) } else { "" }
    }

    /// The line of a key, from 1; `None` where the file does not have it.
    pub fn line(&self, key: &str) -> Option<u32> {
        self.keys.get(key).map(|at| self.source.position(*at).line)
    }
}

/// Versions in production, as the user states them; what an archive tells is used where nothing is stated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// `20.11.1`: the Node that PM2's daemon runs on.
    pub node: Option<Arc<str>>,
    /// `5.3.0`
    pub pm2: Option<Arc<str>>,
}

impl Versions {
    /// PM2's, as far as it decides; the newest where nothing is stated.
    pub fn pm2_version(&self) -> Version {
        self.pm2.as_deref().and_then(Version::parse).unwrap_or_default()
    }

    /// What an archive tells, with what the user states on top.
    pub fn over(&self, archived: Production) -> Production {
        Production {
            node_version: self.node.clone().or(archived.node_version),
            pm2_version: self.pm2.clone().or(archived.pm2_version),
            ..archived
        }
    }
}

/// The severity at or above which a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors alone.
    Error,
    /// Warnings and errors.
    Warning,
    /// Every finding.
    Info,
    /// No finding.
    Never,
}

impl FailOn {
    /// Whether `finding` fails the run. Waived findings and those of low confidence never do.
    pub fn is_reached_by(self, finding: &Finding) -> bool {
        let threshold = match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
            FailOn::Never => return false,
        };
        finding.waived.is_none() && finding.confidence > Confidence::Low && finding.severity >= threshold
    }
}

impl Settings {
    /// Reads the settings in `source`, a file that messages call `name`.
    ///
    /// # Errors
    /// One line, `file:line:column: what is wrong, and what is allowed`.
    pub fn parse(name: &str, source: Source, is_inside: bool) -> Result<Settings, String> {
        let source = Arc::new(source);
        let file = SettingsFile { name: name.to_owned(), source: source.clone(), is_inside, keys: BTreeMap::new() };
        file::read(file).map_err(|problem| {
            let position = source.position(u32::try_from(problem.at.start).unwrap_or(u32::MAX));
            format!("{name}:{}:{}: {}", position.line, position.column, problem.what)
        })
    }

    /// Whether people see `finding`: not waived, and at or above both thresholds.
    pub fn shows(&self, finding: &Finding) -> bool {
        finding.waived.is_none()
            && finding.severity >= self.min_severity.unwrap_or(Severity::Warning)
            && finding.confidence >= self.min_confidence.unwrap_or(Confidence::Medium)
    }

    /// Whether `rule` is asked for.
    pub fn reports(&self, rule: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == rule);
        (self.select.is_empty() || names(&self.select)) && !names(&self.ignore)
    }
}

/// The rule with this id.
///
/// # Errors
/// There is none: says so, with the nearest one.
pub fn known_rule(id: &str) -> Result<&'static str, String> {
    if let Some(page) = crate::rules::pages::page(id) {
        return Ok(page.id);
    }
    Err(match nearest(id, PAGES.iter().map(|page| page.id)) {
        Some(known) => format!("there is no rule `{id}`; did you mean `{known}`?"),
        None => format!("there is no rule `{id}`; `pm2lint rules` lists them"),
    })
}

/// What `word` was meant to be, if one of `known` is near enough.
fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| distance * 3 <= known.len())
        .map(|(_, known)| known)
}
