//! `duplicate-app-name`: two apps of one process file with one name, which PM2 cannot tell apart once they run.

use rustc_hash::FxHashMap;

use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};

/// Compares the names of the apps of one file.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    let mut first: FxHashMap<&str, &App> = FxHashMap::default();
    for app in ecosystem.apps.iter().filter(|app| is_known(app)) {
        match first.get(&*app.name) {
            Some(earlier) => findings.push(finding(earlier, app)),
            None => drop(first.insert(&app.name, app)),
        }
    }
}

/// An unknown name, or an unknown script that would give it, is like no other.
fn is_known(app: &App) -> bool {
    let source = app.options.get("name").or_else(|| app.options.get("script"));
    app.options.open.is_none() && source.is_some_and(|option| option.value.as_str().is_some())
}

fn finding(earlier: &App, app: &App) -> Finding {
    let name = &app.name;
    let is_derived = app.options.get("name").is_none();
    let source = if is_derived { ", which PM2 takes from the script where no `name` is written" } else { "" };
    let message = format!(
        "two apps are called `{name}`{source}: a restart or reload gives every process the environment of the last one and starts both once more, \
         and they write the same log files"
    );
    let is_assumed = app.options.value("name").is_some_and(|value| !value.assumed_unset.is_empty());
    Finding::new("duplicate-app-name", Severity::Error, message)
        .at(app.place_or_entry(app.option_place("name").or(app.option_place("script"))), "the name of another app")
        .related(
            earlier.option_place("name").or(earlier.option_place("script")).or(earlier.place()).cloned(),
            "the other one",
        )
        .help(if is_derived { "give each app a `name` of its own" } else { "give this app another `name`" })
        .confidence(if is_assumed { Confidence::Medium } else { Confidence::High })
        .scope("name")
        .app(app.reference())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn equal_names_are_told_whether_written_or_derived() {
        let found =
            findings(check, "apps: [{ script: a/index.js }, { script: b/index.js }, { script: c.js, name: index }]");
        assert_eq!(found.iter().map(|(place, _)| &**place).collect::<Vec<_>>(), ["script", "name"]);
        assert!(found[0].1.contains("takes from the script"));
    }

    #[test]
    fn different_names_are_fine() {
        assert!(findings(check, "apps: [{ script: a.js, name: x }, { script: a.js, name: y }]").is_empty());
    }
}
