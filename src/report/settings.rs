//! The settings in force, and where each is written.

use serde_json::{Map, Value, json};

use crate::catalog::Text;
use crate::finding::{Confidence, Severity};
use crate::settings::waive::Waive;
use crate::settings::{FailOn, Settings};

/// One setting: what is in force, for programs and for people.
struct Row {
    key: &'static str,
    value: Value,
    shown: String,
}

/// A line for each setting: its name, what is in force, and where it is written.
pub fn text(settings: &Settings) -> String {
    let file = settings.file.as_ref();
    let head = file.map_or("no pm2lint.toml is read: the defaults are in force".into(), |file| {
        format!("settings of {}", file.name)
    });
    let rows = rows(settings);
    let width = rows.iter().map(|row| row.key.len()).max().unwrap_or_default();
    let line = |row: &Row| {
        let place = match file.and_then(|file| Some((file, file.line(row.key)?))) {
            Some((file, line)) => format!("{}:{line}", file.name),
            None => "default".to_owned(),
        };
        format!("  {:width$}  {}  ({place})\n", row.key, row.shown)
    };
    format!("{head}\n") + &rows.iter().map(line).collect::<String>()
}

/// `{"file","settings":{key:{"value","line"}}}`; `line` is null for a default.
pub fn json(settings: &Settings) -> String {
    let line = |key: &str| settings.file.as_ref().and_then(|file| file.line(key));
    let entry = |row: Row| (row.key.to_owned(), json!({ "value": row.value, "line": line(row.key) }));
    let entries: Map<String, Value> = rows(settings).into_iter().map(entry).collect();
    let file = settings.file.as_ref().map(|file| &file.name);
    super::json::pretty(&json!({ "file": file, "settings": entries }))
}

/// In the order of the schema.
fn rows(settings: &Settings) -> Vec<Row> {
    let row = |key, value: Value, shown: String| Row { key, value, shown };
    let list = |key, items: &[String], none: &str| {
        let shown = if items.is_empty() { none.to_owned() } else { items.join(", ") };
        row(key, json!(items), shown)
    };
    let word = |key, value: Value| row(key, value.clone(), value.as_str().unwrap_or_default().to_owned());
    let severity = settings.severity.iter().map(|(rule, severity)| format!("{rule} = {severity}"));
    let severity = severity.collect::<Vec<_>>().join(", ");
    let signatures: Vec<String> = settings.signatures.iter().map(|signature| signature.id().to_owned()).collect();
    vec![
        list("select", &settings.select, "every rule"),
        list("ignore", &settings.ignore, "no rule"),
        row("severity", json!(settings.severity), some(severity, "as on the rules' pages")),
        word("min-severity", json!(settings.min_severity.unwrap_or(Severity::Warning))),
        word("min-confidence", json!(settings.min_confidence.unwrap_or(Confidence::Medium))),
        word("fail-on", json!(settings.fail_on.unwrap_or(FailOn::Warning))),
        list("exclude", &settings.exclude.written, "no file"),
        list("skip-apps", &settings.skip_apps.0, "no app"),
        row("production", json!(settings.production), some(production(settings), "as the archives tell")),
        row("waive", settings.waive.iter().map(entry).collect(), waived(settings)),
        catalog(settings),
        list("signature", &signatures, "none of your own"),
    ]
}

fn catalog(settings: &Settings) -> Row {
    let entries = settings.catalog.names();
    let texts = |names: &[Text]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let shown = entries.iter().map(|(kind, names)| format!("{kind} {}", texts(names).join(", ")));
    let shown = shown.collect::<Vec<_>>().join("; ");
    let value = entries.iter().map(|(kind, names)| json!({ "kind": kind, "names": texts(names) })).collect();
    Row { key: "catalog", value, shown: some(shown, "none of your own") }
}

fn some(text: String, none: &str) -> String {
    if text.is_empty() { none.to_owned() } else { text }
}

fn production(settings: &Settings) -> String {
    let named = |name: &str, version: &Option<_>| version.as_ref().map(|version| format!("{name} {version}"));
    let versions = [named("Node", &settings.production.node), named("PM2", &settings.production.pm2)];
    versions.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn entry(waive: &Waive) -> Value {
    json!({
        "rules": waive.rules,
        "apps": waive.apps.0,
        "paths": waive.paths.as_ref().map(|paths| &paths.written),
        "reason": waive.reason,
        "until": waive.until.map(|day| day.to_string()),
    })
}

fn waived(settings: &Settings) -> String {
    let shown = |waive: &Waive| {
        let apps = if waive.apps.0.is_empty() { String::new() } else { format!(" of {}", waive.apps.0.join(", ")) };
        let paths = waive.paths.as_ref().map_or(String::new(), |paths| format!(" in {}", paths.written.join(", ")));
        let until = waive.until.map_or(String::new(), |day| format!(" until {day}"));
        format!("{}{apps}{paths}{until}: {}", waive.rules.join(", "), waive.reason)
    };
    some(settings.waive.iter().map(shown).collect::<Vec<_>>().join("; "), "nothing")
}
