//! The whole tool on whole cases: recorded archives with their checkouts, the bundled shop, the well-known recipe.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// The findings of `pm2lint check` on a checkout and its archive.
fn check(checkout: &Path, archive: Option<&Path>, jlist: Option<&Path>) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    command.arg("check").arg(checkout).arg("--root").arg(checkout).args(["--format", "json", "--fail-on", "never"]);
    if let Some(archive) = archive.filter(|path| path.exists()) {
        command.arg("--logs").arg(archive);
    }
    if let Some(jlist) = jlist.filter(|path| path.exists()) {
        command.arg("--jlist").arg(jlist);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}: {}", checkout.display(), String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&text).unwrap();
    report["findings"].as_array().unwrap().clone()
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// `rule file:line`, and of related places.
fn places(finding: &Value) -> Vec<(String, u64)> {
    let related = finding["related"].as_array().into_iter().flatten();
    std::iter::once(&finding["location"])
        .chain(related)
        .filter_map(|place| Some((place["file"].as_str()?.to_owned(), place["line"].as_u64()?)))
        .collect()
}

/// Whether a finding names the file among its evidence.
fn is_proved_by(finding: &Value, file: &str) -> bool {
    finding["evidence"].as_array().into_iter().flatten().any(|evidence| evidence["file"] == file)
}

fn is_told(findings: &[Value], expected: &Value) -> bool {
    let of_rule = findings.iter().filter(|finding| finding["rule"] == expected["rule"]);
    let mut proved =
        of_rule.filter(|finding| expected["evidence"].as_str().is_none_or(|file| is_proved_by(finding, file)));
    proved.any(|finding| {
        places(finding).iter().any(|(file, line)| {
            expected["file"].as_str().is_none_or(|wanted| wanted == file)
                && expected["line"].as_u64().is_none_or(|wanted| wanted == *line)
        })
    })
}

fn summary(findings: &[Value]) -> Vec<String> {
    let show = |finding: &Value| {
        format!(
            "{} {} {}",
            finding["rule"].as_str().unwrap(),
            finding["severity"].as_str().unwrap(),
            finding["location"]
        )
    };
    findings.iter().map(show).collect()
}

/// Findings that people are shown.
fn is_shown(finding: &&Value) -> bool {
    finding["severity"] != "info" && finding["confidence"] != "low" && finding["waived"].is_null()
}

#[test]
fn recordings_are_explained() {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(testdata("recordings")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 20, "only {} recordings", folders.len());
    let mut failures = Vec::new();
    for folder in folders {
        let expected = read_json(&folder.join("expected.json"));
        let found = check(&folder.join("repo"), Some(&folder.join("pm2home")), Some(&folder.join("jlist.json")));
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for wanted in expected["findings"]["found"].as_array().into_iter().flatten() {
            if !is_told(&found, wanted) {
                failures.push(format!("{name}: {wanted} is not among {:#?}", summary(&found)));
            }
        }
        for absent in expected["findings"]["absent"].as_array().into_iter().flatten() {
            if found.iter().filter(is_shown).any(|finding| finding["rule"] == *absent) {
                failures.push(format!("{name}: {absent} is reported"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_shop_shows_its_planted_faults_with_their_evidence() {
    let found = check(&testdata("shop"), Some(&testdata("shop/pm2home")), Some(&testdata("shop/jlist.json")));
    let expected = read_json(&testdata("shop/expected.json"));
    for wanted in expected["findings"].as_array().or(expected.as_array()).unwrap() {
        assert!(is_told(&found, wanted), "{wanted} is not among {:#?}", summary(&found));
    }
}

#[test]
fn the_recipe_has_its_three_faults_and_no_other() {
    let found = check(&testdata("seed"), None, None);
    let mut shown: Vec<&str> = found.iter().filter(is_shown).map(|finding| finding["rule"].as_str().unwrap()).collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        ["late-forced-exit", "missing-ready-signal", "overridden-restart-delay"],
        "{:#?}",
        summary(&found)
    );
}
