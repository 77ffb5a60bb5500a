//! `invalid-option`: a value that PM2 refuses, and with it the whole process file, or that it takes for something else.

use super::quantity::{self, count};
use super::same_cause::add;
use crate::checkout::Place;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::js::{Entry, Node, NodeKind};
use crate::pm2::options::{self, Spec, Type};
use crate::pm2::{Effective, Remark, resolve};

/// Looks at every value that PM2 checks, and at `instances`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        for remark in &app.options.remarks {
            match remark {
                Remark::Invalid { written, verdict } => add(findings, refused(ecosystem, app, written, verdict)),
                Remark::Nameless { written } => add(findings, nameless(app, written)),
                _ => {}
            }
        }
        if let Some(finding) = app.options.get("instances").and_then(|option| misread(app, option)) {
            add(findings, finding);
        }
    }
}

fn refused(ecosystem: &Ecosystem, app: &App, written: &Entry, verdict: &str) -> Finding {
    let what = if ecosystem.is_command { "command" } else { "file" };
    let none = match ecosystem.apps.len() {
        1 => "does not start the app".to_owned(),
        apps => format!("starts none of the {}", count(apps, "app")),
    };
    let message = format!("PM2 refuses the whole {what} and {none}: it says `{verdict}`");
    finding(app, &written.key, resolve::place(written), message).help(correction(written))
}

fn nameless(app: &App, written: &Entry) -> Finding {
    let message = "PM2 cannot start this app: it takes a name from `script`, `cmd` or `command` and not from `exec`, and without one it ends with `Cannot read properties of undefined (reading 'replace')`";
    Finding::new("invalid-option", Severity::Error, message)
        .at(app.place_or_entry(resolve::place(written)), "gives the app no name")
        .scope("exec")
        .app(app.reference())
        .help("write `script` in place of `exec`, or give the app a `name`")
}

/// The value that was meant.
fn correction(written: &Entry) -> String {
    let spec = options::find(&written.key);
    if &*written.key == "cron_restart" {
        return "write five fields (minute hour day month weekday), or six with the seconds first".into();
    }
    match (spec, written.value.as_str()) {
        (Some(spec), Some(text)) => corrected(spec, text).map(|value| format!("write `{}: {value}`", written.key)),
        _ => None,
    }
    .unwrap_or_else(|| format!("write {}", allowed(spec)))
}

fn corrected(spec: &Spec, text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    if spec.types.contains(&Type::Boolean) {
        return ["true", "false"].contains(&&*lower).then_some(lower);
    }
    if let Some(choice) = spec.choices.iter().find(|choice| **choice == lower || lower.starts_with(*choice)) {
        return Some(format!("'{choice}'"));
    }
    let end = lower.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (digits, suffix) = lower.split_at(end);
    let number: f64 = digits.parse().ok()?;
    match (spec.unit?, suffix.trim()) {
        ("ms", "ms") => Some(number.to_string()),
        ("ms", "s" | "sec" | "seconds") => Some((number * 1000.0).to_string()),
        ("ms", "m" | "min" | "minutes") => Some((number * 60_000.0).to_string()),
        ("bytes", "k" | "kb" | "kib") => Some(format!("'{}K'", number.round())),
        ("bytes", "m" | "mb" | "mib") => Some(format!("'{}M'", number.round())),
        ("bytes", "g" | "gb" | "gib") if number.fract() == 0.0 => Some(format!("'{number}G'")),
        ("bytes", "g" | "gb" | "gib") => Some(format!("'{}M'", (number * 1024.0).round())),
        _ => None,
    }
}

fn allowed(spec: Option<&Spec>) -> String {
    let Some(spec) = spec else { return "an object with the variables".into() };
    let types: Vec<String> = spec.types.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
    let unit = spec.unit.map(|unit| format!(" in {unit}")).unwrap_or_default();
    let least = spec.min.map(|min| format!(", at least {min}")).unwrap_or_default();
    format!("{}{unit}{least}: {}", types.join(" or "), spec.meaning.to_lowercase())
}

/// `instances` that PM2 reads as another number, or cannot count with.
fn misread(app: &App, option: &Effective) -> Option<Finding> {
    let (severity, message) = match (&option.written.value.kind, option.value.as_number()?) {
        (NodeKind::Number(_), number) if number.is_nan() => {
            (Severity::Error, "`instances` is NaN: the PM2 daemon crashes with `RangeError: Invalid array length`, and `pm2 start` never returns".to_owned())
        }
        (NodeKind::String(text), number) => (Severity::Error, misread_text(text, number)?),
        _ => return None,
    };
    let confidence = if is_assumed(&option.value) { Confidence::Low } else { Confidence::High };
    let finding =
        finding(app, "instances", option.place(), message).help("write a number, or `'max'` for one process per CPU");
    Some(Finding { severity, confidence, ..finding })
}

fn misread_text(text: &str, number: f64) -> Option<String> {
    let is_plain =
        text.eq_ignore_ascii_case("max") || text.trim().parse::<f64>().is_ok() || text.trim().trim_end_matches(',').parse::<i64>().is_ok();
    match number {
        _ if is_plain => None,
        0.0 => Some(format!("PM2 knows no `instances: '{text}'` and starts one process per CPU")),
        _ => Some(format!("PM2 reads `instances: '{text}'` as {number} processes")),
    }
}

fn is_assumed(value: &Node) -> bool {
    !value.assumed_unset.is_empty()
}

fn finding(app: &App, key: &str, place: Option<&Place>, message: String) -> Finding {
    let written = app.node.get(key).map(quantity::value).unwrap_or_default();
    Finding::new("invalid-option", Severity::Error, message)
        .at(app.place_or_entry(place), format!("{written} is not what PM2 takes"))
        .scope(key)
        .app(app.reference())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::{ecosystem, findings};

    fn found(options: &str) -> Vec<(String, String)> {
        findings(check, format!("apps: [{{ script: a.js, {options} }}, {{ script: b.js }}]").leak())
    }

    fn help(options: &str) -> String {
        let mut found = Vec::new();
        check(&ecosystem(format!("apps: [{{ script: a.js, {options} }}]").leak()), &mut found);
        found.remove(0).help
    }

    #[test]
    fn refused_values_are_told_in_pm2_s_words() {
        let found = found("kill_timeout: 3s");
        assert_eq!(found[0].0, "kill_timeout");
        let expected = "PM2 refuses the whole file and starts none of the 2 apps: it says `Expect \"kill_timeout\" to be a typeof [object Number], but now is [object String]`";
        assert_eq!(found[0].1, expected);
    }

    #[test]
    fn help_names_the_value_that_was_meant() {
        assert_eq!(help("kill_timeout: 3s"), "write `kill_timeout: 3000`");
        assert_eq!(help("max_memory_restart: 1.5GB"), "write `max_memory_restart: '1536M'`");
        assert_eq!(help("wait_ready: 'true'"), "write `wait_ready: true`");
        assert_eq!(help("exec_mode: Cluster"), "write `exec_mode: 'cluster'`");
        assert!(help("min_uptime: 50").starts_with("write number or string in ms, at least 100"));
    }

    #[test]
    fn instances_that_are_no_number_are_told() {
        assert!(found("instances: 50%")[0].1.contains("as 50 processes"));
        assert!(found("instances: auto")[0].1.contains("one process per CPU"));
        assert!(found("instances: .nan")[0].1.contains("daemon crashes"));
        for fine in ["instances: max", "instances: '4'", "instances: '4,'", "instances: -1", "instances: 0"] {
            assert!(found(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn an_app_with_exec_needs_a_name() {
        let found = findings(check, "apps: [{ exec: a.js }, { exec: b.js, name: b }, { command: c.js }]");
        assert_eq!(found.iter().map(|(place, _)| &**place).collect::<Vec<_>>(), ["exec"]);
    }

    #[test]
    fn cron_patterns_are_checked() {
        assert!(found("cron_restart: '0 3 * *'")[0].1.contains("Cron pattern error"));
        assert!(found("cron_restart: '0 3 * * *'").is_empty());
        assert!(found("cron: '0 3 * *'").is_empty());
    }
}
