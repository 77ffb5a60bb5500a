//! The file as it is written, and what is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{FailOn, Names, Paths, Settings, SettingsFile, Versions, Waive, known_rule, nearest};
use crate::archive::{Signature, WrittenSignature};
use crate::catalog::WrittenEntries;
use crate::checkout::Span;
use crate::finding::{Confidence, Severity};

/// Settings of pm2lint
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct File {
    /// Only these rules
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Rule>"))]
    select: Vec<Spanned<String>>,
    /// Never these rules
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Rule>"))]
    ignore: Vec<Spanned<String>>,
    /// The severity of a rule, where it is not to be the rule's own
    #[cfg_attr(test, schemars(with = "super::schema::Severities"))]
    severity: BTreeMap<Spanned<String>, Severity>,
    /// Show findings of this severity and above
    min_severity: Option<Severity>,
    /// Show findings of this confidence and above
    min_confidence: Option<Confidence>,
    /// Exit with 1 on findings at or above this severity; those of low confidence never count
    fail_on: Option<FailOn>,
    /// Files that are not spoken of, and process files that are not read: patterns as in .gitignore, from the folder of
    /// this file
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    exclude: Vec<Spanned<String>>,
    /// Apps that are not looked at, by name; `*` stands for any part
    skip_apps: Vec<String>,
    /// What runs in production
    production: Production,
    /// Findings that are accepted
    #[cfg_attr(test, schemars(with = "Vec<WaiveEntry>"))]
    waive: Vec<Spanned<WaiveEntry>>,
    /// Libraries of your own, in the form of pm2lint's catalogue
    #[cfg_attr(test, schemars(with = "crate::catalog::Entries"))]
    catalog: WrittenEntries,
    /// Kinds of log lines of your own, in the form of pm2lint's signatures
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Signature>"))]
    signature: Vec<WrittenSignature>,
}

/// What runs in production; an archive given with --logs or --jlist tells the same where nothing is written here
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
struct Production {
    /// The Node that PM2's daemon runs on: "20.11.1"
    #[cfg_attr(test, schemars(with = "Option<super::schema::Version>"))]
    node: Option<Spanned<String>>,
    /// PM2: "5.3.0"
    #[cfg_attr(test, schemars(with = "Option<super::schema::Version>"))]
    pm2: Option<Spanned<String>>,
}

/// Findings that are accepted: all that the entry says must hold
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct WaiveEntry {
    /// The rules
    #[cfg_attr(test, schemars(with = "Vec<super::schema::Rule>", length(min = 1)))]
    rules: Vec<Spanned<String>>,
    /// Only of these apps, by name; `*` stands for any part
    #[serde(default)]
    apps: Vec<String>,
    /// Only in these files: patterns as in .gitignore, from the folder of this file
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    paths: Vec<Spanned<String>>,
    /// Why
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    reason: Spanned<String>,
    /// The last day on which it holds: 2027-01-31
    #[cfg_attr(test, schemars(with = "Option<super::schema::Day>"))]
    until: Option<Spanned<Datetime>>,
}

/// Something wrong in the file.
pub(super) struct Problem {
    /// Bytes of the file.
    pub at: Range<usize>,
    /// What, and what is allowed.
    pub what: String,
}

impl Problem {
    fn at<T>(place: &Spanned<T>, what: impl Into<String>) -> Self {
        Self { at: place.span(), what: what.into() }
    }
}

/// Reads the text of `file`.
pub(super) fn read(mut file: SettingsFile) -> Result<Settings, Problem> {
    let text = file.source.text().clone();
    let written: File = toml::from_str(&text).map_err(|error| refused(&error))?;
    file.keys = keys(&text);
    let folder = file.folder();
    let waive = written.waive.into_iter().map(|entry| waive(entry, folder)).collect::<Result<_, _>>()?;
    let catalog = written.catalog.checked().map_err(|mistake| Problem { at: mistake.at, what: mistake.what })?;
    Ok(Settings {
        select: rules(written.select)?,
        ignore: rules(written.ignore)?,
        severity: severities(written.severity)?,
        min_severity: written.min_severity,
        min_confidence: written.min_confidence,
        fail_on: written.fail_on,
        exclude: paths(written.exclude, folder)?,
        skip_apps: Names(written.skip_apps),
        production: Versions { node: version(written.production.node)?, pm2: version(written.production.pm2)? },
        waive,
        catalog,
        signatures: written.signature.into_iter().map(signature).collect::<Result<_, _>>()?,
        file: Some(file),
    })
}

fn signature(written: WrittenSignature) -> Result<Signature, Problem> {
    written.checked().map_err(|(at, what)| Problem { at, what })
}

/// Where the file's keys stand, by name.
fn keys(text: &str) -> BTreeMap<String, u32> {
    let Ok(table) = toml::de::DeTable::parse(text) else { return BTreeMap::new() };
    let start = |span: Range<usize>| u32::try_from(span.start).unwrap_or(u32::MAX);
    table.get_ref().iter().map(|(key, _)| (key.get_ref().to_string(), start(key.span()))).collect()
}

/// What serde and the TOML parser say, with the nearest of what is allowed.
fn refused(error: &toml::de::Error) -> Problem {
    let message = error.message().replace('\n', " ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let what = match quoted.as_slice() {
        [word, known @ ..] if message.starts_with("unknown field") => unknown("there is no setting", word, known),
        [word, known @ ..] if message.starts_with("unknown variant") => unknown("there is no", word, known),
        [field] if message.starts_with("missing field") => format!("`{field}` is missing"),
        _ => message.trim_end().to_owned(),
    };
    Problem { at: error.span().unwrap_or_default(), what }
}

fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(known) => format!("{what} `{word}`; did you mean `{known}`?"),
        None => {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("{what} `{word}`; there are {}", known.join(", "))
        }
    }
}

fn rules(ids: Vec<Spanned<String>>) -> Result<Vec<String>, Problem> {
    ids.iter().map(|id| rule(id).map(str::to_owned)).collect()
}

fn rule(id: &Spanned<String>) -> Result<&'static str, Problem> {
    known_rule(id.get_ref()).map_err(|what| Problem::at(id, what))
}

fn severities(written: BTreeMap<Spanned<String>, Severity>) -> Result<BTreeMap<String, Severity>, Problem> {
    written.into_iter().map(|(id, severity)| Ok((rule(&id)?.to_owned(), severity))).collect()
}

fn waive(entry: Spanned<WaiveEntry>, folder: &str) -> Result<Waive, Problem> {
    let span = span(entry.span());
    let at = entry.span();
    let entry = entry.into_inner();
    if entry.rules.is_empty() {
        return Err(Problem { at, what: "an entry of `waive` names at least one rule".into() });
    }
    if entry.reason.get_ref().trim().is_empty() {
        return Err(Problem::at(&entry.reason, "a waiver says why: `reason` is empty"));
    }
    Ok(Waive {
        rules: entry.rules.iter().map(rule).collect::<Result<_, _>>()?,
        apps: Names(entry.apps),
        paths: if entry.paths.is_empty() { None } else { Some(paths(entry.paths, folder)?) },
        reason: entry.reason.into_inner(),
        until: entry.until.map(day).transpose()?,
        span,
    })
}

fn span(range: Range<usize>) -> Span {
    let byte = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(byte(range.start), byte(range.end))
}

fn paths(patterns: Vec<Spanned<String>>, folder: &str) -> Result<Paths, Problem> {
    let mut builder = Paths::from_folder(folder);
    for pattern in patterns {
        let at = pattern.span();
        builder.add(pattern.into_inner()).map_err(|what| Problem { at, what })?;
    }
    builder.build().map_err(|what| Problem { at: 0..0, what })
}

/// The day that a TOML date names; a time of day would need a zone, and nobody waives by the hour.
fn day(until: Spanned<Datetime>) -> Result<Date, Problem> {
    let written = until.get_ref();
    let date = written.date.filter(|_| written.time.is_none());
    let number = |part: u8| i8::try_from(part).unwrap_or_default();
    date.and_then(|date| {
        Date::new(i16::try_from(date.year).unwrap_or_default(), number(date.month), number(date.day)).ok()
    })
    .ok_or_else(|| Problem::at(&until, "`until` is a day: 2027-01-31"))
}

/// `20`, `20.11`, `v20.11.1`.
fn version(written: Option<Spanned<String>>) -> Result<Option<Arc<str>>, Problem> {
    let Some(written) = written else { return Ok(None) };
    let text = written.get_ref().strip_prefix('v').unwrap_or(written.get_ref());
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return Err(Problem::at(&written, format!("`{}` is no version like 20.11.1", written.get_ref())));
    }
    Ok(Some(text.into()))
}
