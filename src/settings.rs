//! What the user set: `pm2lint.toml`, by default the one in the root of the checkout.

use std::ops::Range;
use std::path::Path;

use clap::ValueEnum;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::archive::{Signature, WrittenSignature};
use crate::catalog::{Entries, WrittenEntries};
use crate::checkout::Source;
use crate::finding::{Confidence, Finding, Severity};
use crate::rules::pages::PAGES;

/// The file that is read from the root when none is named.
pub const FILE_NAME: &str = "pm2lint.toml";

/// Which rules speak, what is shown, what fails a run, what is waived.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Only these rules; empty: all.
    pub select: Vec<String>,
    /// Never these rules.
    pub ignore: Vec<String>,
    /// People see findings from here on.
    pub min_severity: Option<Severity>,
    /// People see findings from here on.
    pub min_confidence: Option<Confidence>,
    /// What makes a run fail.
    pub fail_on: Option<FailOn>,
    /// Findings that are accepted in whole folders.
    pub waivers: Vec<PathWaiver>,
    /// Libraries of the user's own.
    pub catalog: Entries,
    /// Kinds of log lines of the user's own.
    pub signatures: Vec<Signature>,
}

/// The severity at or above which a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
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

/// `[[waive]]`: rules that may be broken below some paths, and why.
#[derive(Clone, Debug)]
pub struct PathWaiver {
    /// The rules.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    paths: Gitignore,
}

impl PathWaiver {
    /// Whether the entry accepts `finding`.
    pub fn covers(&self, finding: &Finding) -> bool {
        self.rules.iter().any(|rule| rule == finding.rule)
            && finding
                .location
                .as_ref()
                .is_some_and(|place| self.paths.matched_path_or_any_parents(Path::new(&*place.file), false).is_ignore())
    }
}

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct File {
    select: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    min_severity: Option<Severity>,
    min_confidence: Option<Confidence>,
    fail_on: Option<FailOn>,
    waive: Vec<Spanned<WaiveEntry>>,
    catalog: WrittenEntries,
    signature: Vec<WrittenSignature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiveEntry {
    paths: Vec<Spanned<String>>,
    rules: Vec<Spanned<String>>,
    reason: Spanned<String>,
}

impl Settings {
    /// Reads the settings in `text` of the file `name`, relative to the checkout.
    ///
    /// # Errors
    /// One line, `file:line:column: what is wrong, and what is allowed`.
    pub fn parse(name: &str, text: &str) -> Result<Settings, String> {
        read(text).map_err(|problem| {
            let offset = u32::try_from(problem.at.start).unwrap_or(u32::MAX);
            let position = Source::new(name, text).position(offset);
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
    let nearest = PAGES.iter().map(|page| page.id).min_by_key(|known| strsim::damerau_levenshtein(id, known));
    Err(match nearest.filter(|known| strsim::damerau_levenshtein(id, known) * 3 <= known.len()) {
        Some(known) => format!("there is no rule `{id}`; did you mean `{known}`?"),
        None => format!("there is no rule `{id}`; `pm2lint rules` lists them"),
    })
}

/// Something wrong in the file.
struct Problem {
    at: Range<usize>,
    what: String,
}

fn read(text: &str) -> Result<Settings, Problem> {
    let file: File = toml::from_str(text).map_err(|error| Problem {
        at: error.span().unwrap_or_default(),
        what: error.message().replace('\n', " ").trim_end().to_owned(),
    })?;
    let catalog = file.catalog.checked().map_err(|mistake| Problem { at: mistake.at, what: mistake.what })?;
    Ok(Settings {
        select: rule_ids(file.select)?,
        ignore: rule_ids(file.ignore)?,
        min_severity: file.min_severity,
        min_confidence: file.min_confidence,
        fail_on: file.fail_on,
        waivers: file.waive.into_iter().map(waiver).collect::<Result<_, _>>()?,
        catalog,
        signatures: file.signature.into_iter().map(signature).collect::<Result<_, _>>()?,
    })
}

fn signature(written: WrittenSignature) -> Result<Signature, Problem> {
    written.checked().map_err(|(at, what)| Problem { at, what })
}

fn rule_ids(ids: Vec<Spanned<String>>) -> Result<Vec<String>, Problem> {
    ids.into_iter()
        .map(|id| match known_rule(id.get_ref()) {
            Ok(_) => Ok(id.into_inner()),
            Err(what) => Err(Problem { at: id.span(), what }),
        })
        .collect()
}

fn waiver(entry: Spanned<WaiveEntry>) -> Result<PathWaiver, Problem> {
    let at = entry.span();
    let entry = entry.into_inner();
    if entry.rules.is_empty() || entry.paths.is_empty() {
        return Err(Problem { at, what: "an entry of `waive` names at least one rule and one path".into() });
    }
    if entry.reason.get_ref().trim().is_empty() {
        return Err(Problem { at: entry.reason.span(), what: "a waiver says why: `reason` is empty".into() });
    }
    Ok(PathWaiver { rules: rule_ids(entry.rules)?, reason: entry.reason.into_inner(), paths: patterns(entry.paths)? })
}

/// Patterns as in `.gitignore`, from the root.
fn patterns(patterns: Vec<Spanned<String>>) -> Result<Gitignore, Problem> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        let added = builder.add_line(None, pattern.get_ref());
        added.map_err(|error| Problem { at: pattern.span(), what: error.to_string() })?;
    }
    builder.build().map_err(|error| Problem { at: 0..0, what: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::{Place, Span};
    use crate::finding::Waiver;

    fn error(text: &str) -> String {
        Settings::parse(FILE_NAME, text).unwrap_err()
    }

    #[test]
    fn every_key_is_read() {
        let settings = Settings::parse(
            FILE_NAME,
            r#"
            select = ["unguarded-cron"]
            ignore = ["listen-in-master"]
            min-severity = "info"
            min-confidence = "low"
            fail-on = "never"
            [[waive]]
            paths = ["legacy/"]
            rules = ["unguarded-cron"]
            reason = "goes away in May"
            "#,
        )
        .unwrap();
        assert!(settings.reports("unguarded-cron"));
        assert!(!settings.reports("listen-in-master"));
        assert!(!settings.reports("missing-sigint-handler"));
        assert_eq!(settings.min_severity, Some(Severity::Info));
        assert_eq!(settings.min_confidence, Some(Confidence::Low));
        assert_eq!(settings.fail_on, Some(FailOn::Never));
        let finding =
            |rule, file: &str| Finding::new(rule, Severity::Error, "").at(Place::new(file, Span::default()), "");
        let waiver = &settings.waivers[0];
        assert!(waiver.covers(&finding("unguarded-cron", "legacy/jobs/mail.js")));
        assert!(!waiver.covers(&finding("unguarded-cron", "src/mail.js")));
        assert!(!waiver.covers(&finding("listen-in-master", "legacy/jobs/mail.js")));
    }

    #[test]
    fn an_error_says_where_what_and_what_is_allowed() {
        let unknown = error("select = []\nfail_on = \"error\"\n");
        assert!(
            unknown.starts_with("pm2lint.toml:2:1: unknown field `fail_on`, expected one of `select`"),
            "{unknown}"
        );
        assert!(error("fail-on = \"fatal\"").contains("`error`, `warning`, `info`, `never`"));
        assert_eq!(
            error("ignore = [\n  \"ungarded-cron\",\n]"),
            "pm2lint.toml:2:3: there is no rule `ungarded-cron`; did you mean `unguarded-cron`?"
        );
        assert!(error("[[waive]]\nrules = []\npaths = ['a']\nreason = 'x'").contains("at least one rule"));
        assert!(error("[[waive]]\nrules = ['unguarded-cron']\npaths = ['a']").contains("missing field `reason`"));
        assert!(error("[[waive]]\nrules = ['unguarded-cron']\npaths = ['a']\nreason = ' '").contains("says why"));
        assert!(error("select = ").starts_with("pm2lint.toml:1:"));
    }

    #[test]
    fn a_run_fails_at_or_above_the_threshold_but_never_on_the_waived_or_the_unsure() {
        let warning = Finding::new("shared-port", Severity::Warning, "");
        assert!(FailOn::Info.is_reached_by(&warning));
        assert!(FailOn::Warning.is_reached_by(&warning));
        assert!(!FailOn::Error.is_reached_by(&warning));
        assert!(!FailOn::Never.is_reached_by(&warning));
        assert!(!FailOn::Info.is_reached_by(&warning.clone().confidence(Confidence::Low)));
        let waived = Finding { waived: Some(Waiver { reason: "why".into() }), ..warning };
        assert!(!FailOn::Info.is_reached_by(&waived));
    }
}
