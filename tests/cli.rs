//! Runs every case of `testdata/cli/`. A case is a folder: `cmd` (the arguments, on one line), `in/` (the working
//! directory, copied before the run), `stdout`, `exit`, and `stderr` where it matters.
//!
//! `<in>` in an expectation stands for the working directory, `<version>` for pm2lint's own.
//! `PM2LINT_BLESS=1 cargo test --test cli` rewrites the expectations.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use pm2lint::rules::pages::PAGES;

struct Case {
    folder: PathBuf,
}

impl Case {
    /// What differs from the expectations, one line each.
    fn run(&self) -> Vec<String> {
        let work = tempfile::Builder::new().prefix("case-").tempdir().unwrap();
        let input = self.folder.join("in");
        if input.is_dir() {
            copy(&input, work.path());
        }
        let output = Command::cargo_bin("pm2lint")
            .unwrap()
            .current_dir(work.path())
            .env_clear()
            .args(arguments(&fs::read_to_string(self.folder.join("cmd")).unwrap()))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| redact(&String::from_utf8_lossy(bytes), work.path());
        let exit = output.status.code().map_or("signal".to_owned(), |code| code.to_string()) + "\n";
        let mut differences = vec![self.compare("stdout", &text(&output.stdout)), self.compare("exit", &exit)];
        if self.folder.join("stderr").exists() {
            differences.push(self.compare("stderr", &text(&output.stderr)));
        }
        differences.into_iter().flatten().collect()
    }

    fn compare(&self, name: &str, actual: &str) -> Option<String> {
        let file = self.folder.join(name);
        if std::env::var_os("PM2LINT_BLESS").is_some() {
            fs::write(&file, actual).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        (expected != actual).then(|| format!("{}\n--- expected\n{expected}--- actual\n{actual}", file.display()))
    }
}

/// Words between spaces; `'...'` keeps spaces together.
fn arguments(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.trim_end().split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn redact(text: &str, work: &Path) -> String {
    let real = work.canonicalize().unwrap();
    text.replace(&*real.to_string_lossy(), "<in>").replace(env!("CARGO_PKG_VERSION"), "<version>")
}

/// Copies what is in `from`. A file `gitfolder` stands for a folder `.git`, which no repository can hold.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_name() == "gitfolder" {
            fs::create_dir(to.join(".git")).unwrap();
        } else if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn every_case_ends_as_recorded() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cli");
    let mut folders: Vec<PathBuf> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let differences: Vec<String> = folders.into_iter().flat_map(|folder| Case { folder }.run()).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

fn pm2lint(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("pm2lint").unwrap().current_dir(folder).env_clear().args(arguments).output().unwrap()
}

#[test]
fn every_rule_is_listed_and_explained() {
    let here = Path::new(".");
    let listed: serde_json::Value =
        serde_json::from_slice(&pm2lint(here, &["rules", "--format", "json"]).stdout).unwrap();
    let ids: Vec<&str> = listed.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, PAGES.iter().map(|page| page.id).collect::<Vec<_>>());
    let text = String::from_utf8(pm2lint(here, &["rules"]).stdout).unwrap();
    assert_eq!(text.lines().count(), PAGES.len());
    for id in ids {
        let page = String::from_utf8(pm2lint(here, &["explain", id]).stdout).unwrap();
        assert!(page.starts_with(&format!("# {id}\n")), "{page}");
        assert!(!page.contains(" fires="), "{page}");
    }
}

#[test]
fn completions_know_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(pm2lint(Path::new("."), &["completions", shell]).stdout).unwrap();
        assert!(script.contains("explain") && script.contains("min-severity"), "{shell}");
    }
}

#[test]
fn further_formats_go_to_files_and_stdout_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["check", "--output", "json=a.json", "--output", "sarif=b.sarif", "--write-baseline", "c.json"];
    let output = pm2lint(folder.path(), &arguments);
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("no app found"));
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
    };
    assert_eq!(read("a.json")["version"], 1);
    assert_eq!(read("b.sarif")["version"], "2.1.0");
    assert_eq!(read("c.json")["findings"], serde_json::json!([]));
    let unwritable = pm2lint(folder.path(), &["check", "--output", "json=missing/a.json"]);
    assert_eq!(unwritable.status.code(), Some(2));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("pm2lint"));
    let output = command.arg("rules").stdout(writer).stderr(std::process::Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
