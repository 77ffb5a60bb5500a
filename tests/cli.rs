//! Runs every case of `testdata/cli/`. A case is a folder: `cmd` (the arguments, on one line), `in/` (the working
//! directory, copied before the run; a file `in` names the case whose `in/` it is), `stdout`, `exit`, and where they
//! matter `stderr`, `env` (variables, one a line) and `out/` (files as they are after the run).
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
        let input = input(&self.folder);
        if input.is_dir() {
            copy(&input, work.path());
        }
        let output = Command::cargo_bin("pm2lint")
            .unwrap()
            .current_dir(work.path())
            .env_clear()
            .envs(variables(&self.folder))
            .args(arguments(&fs::read_to_string(self.folder.join("cmd")).unwrap()))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| redact(&String::from_utf8_lossy(bytes), work.path());
        let exit = output.status.code().map_or("signal".to_owned(), |code| code.to_string()) + "\n";
        let mut differences = vec![self.compare("stdout", &text(&output.stdout)), self.compare("exit", &exit)];
        if self.folder.join("stderr").exists() {
            differences.push(self.compare("stderr", &text(&output.stderr)));
        }
        differences.extend(self.changed(work.path()));
        differences.into_iter().flatten().collect()
    }

    /// The files of `out/`, as the run left them in `work`.
    fn changed(&self, work: &Path) -> Vec<Option<String>> {
        let Ok(entries) = fs::read_dir(self.folder.join("out")) else { return Vec::new() };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let text = |name: &str| redact(&fs::read_to_string(work.join(name)).unwrap_or_default(), work);
        names.map(|name| self.compare(&format!("out/{name}"), &text(&name))).collect()
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

fn variables(case: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(case.join("env")).unwrap_or_default();
    text.lines().map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect()
}

/// The folder that a case works on.
fn input(case: &Path) -> PathBuf {
    match fs::read_to_string(case.join("in")) {
        Ok(other) => case.with_file_name(other.trim_end()).join("in"),
        Err(_) => case.join("in"),
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
fn rules_are_explained_together_and_to_programs() {
    let here = Path::new(".");
    let json = |arguments: &[&str]| -> Vec<serde_json::Value> {
        serde_json::from_slice(&pm2lint(here, arguments).stdout).unwrap()
    };
    let two = json(&["explain", "unguarded-cron", "shared-port", "--format", "json"]);
    assert_eq!([&two[0]["id"], &two[1]["id"]], ["unguarded-cron", "shared-port"]);
    assert!(two[0]["text"].as_str().unwrap().starts_with("# unguarded-cron\n"));
    assert_eq!(json(&["explain", "--all", "--format", "json"]).len(), PAGES.len());
    let text = String::from_utf8(pm2lint(here, &["explain", "--all"]).stdout).unwrap();
    assert_eq!(text.matches("\nSeverity: ").count(), PAGES.len());
}

#[test]
fn every_command_has_a_manual_page() {
    let page = |arguments: &[&str]| String::from_utf8(pm2lint(Path::new("."), arguments).stdout).unwrap();
    assert!(page(&["man"]).contains(".TH pm2lint 1"));
    for command in ["check", "config", "fleet", "logs", "explain", "rules", "completions", "man"] {
        let page = page(&["man", command]);
        assert!(page.contains(&format!(".TH pm2lint-{command} 1")), "{page}");
    }
}

/// A bug report needs more than the version; a build without git has no commit to tell.
#[test]
fn the_version_can_be_verbose() {
    let verbose = String::from_utf8(pm2lint(Path::new("."), &["--version", "--verbose"]).stdout).unwrap();
    let keys: Vec<&str> = verbose.lines().skip(1).map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(keys, ["commit", "rustc", "target", "PM2", "Node", "rules"]);
    assert!(verbose.contains("\nrustc: rustc 1."), "{verbose}");
    assert!(verbose.starts_with(&String::from_utf8(pm2lint(Path::new("."), &["-V"]).stdout).unwrap()));
}

/// The flag, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then whether stdout is a terminal, which here it is not.
#[test]
fn colours_follow_the_flag_then_the_environment() {
    let work = tempfile::tempdir().unwrap();
    let is_coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::cargo_bin("pm2lint").unwrap();
        command.current_dir(work.path()).env_clear().envs(variables.iter().copied()).arg("check").args(arguments);
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(!is_coloured(&[], &[]));
    assert!(is_coloured(&[("FORCE_COLOR", "1")], &[]));
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_coloured(&[("FORCE_COLOR", "0")], &[]));
    assert!(!is_coloured(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], &[]));
    assert!(is_coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!is_coloured(&[("FORCE_COLOR", "1")], &["--color", "never"]));
    assert!(is_coloured(&[("NO_COLOR", ""), ("FORCE_COLOR", "1")], &[]));
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
    assert!(!folder.path().join("missing").exists());
}

/// A report is replaced whole: a link stays a link, a file keeps its mode, and nothing else is left beside it.
#[cfg(unix)]
#[test]
fn a_report_replaces_the_file_that_a_link_leads_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("reports")).unwrap();
    fs::write(path("reports/a.json"), "old").unwrap();
    fs::set_permissions(path("reports/a.json"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("reports/a.json", path("latest.json")).unwrap();
    pm2lint(folder.path(), &["check", "--output", "json=latest.json"]);
    assert!(path("latest.json").is_symlink());
    assert!(fs::read_to_string(path("reports/a.json")).unwrap().starts_with("{\n  \"version\": 1"));
    assert_eq!(path("reports/a.json").metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(path("reports")).unwrap().count(), 1);
}

/// Links that lead round in circles, or out of the checkout, are met in the wild.
#[cfg(unix)]
#[test]
fn links_in_circles_and_out_of_the_checkout_are_survived() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("repo/src")).unwrap();
    fs::write(path("outside.toml"), "fail-on = 'never'").unwrap();
    fs::write(path("repo/ecosystem.config.js"), "module.exports = { apps: [{ script: 'a.js' }] };").unwrap();
    symlink("a.js", path("repo/a.js")).unwrap();
    symlink("..", path("repo/src/up")).unwrap();
    assert!(matches!(pm2lint(&path("repo"), &["check"]).status.code(), Some(0 | 1)));
    symlink("../outside.toml", path("repo/pm2lint.toml")).unwrap();
    let led_out = pm2lint(&path("repo"), &["check"]);
    assert_eq!(led_out.status.code(), Some(2));
    assert!(String::from_utf8(led_out.stderr).unwrap().contains("leads out of the checkout"));
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

/// What `arguments` print as JSON in a copy of the folder of `case`.
fn json(case: &str, arguments: &[&str]) -> serde_json::Value {
    let work = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cli").join(case).join("in"), work.path());
    serde_json::from_slice(&pm2lint(work.path(), arguments).stdout).unwrap()
}

/// The rules of a SARIF log are the pages, which grow: the results alone are compared.
#[test]
fn sarif_has_the_findings_as_results() {
    let log = json("findings-graphical", &["check", "--format", "sarif"]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!((results.len(), &results[0]["ruleId"]), (1, &"unguarded-cron".into()));
    assert_eq!(place["artifactLocation"]["uri"], "server.js");
    assert_eq!(place["region"]["startLine"], 6);
}

/// The rules that ask for a program grow, too.
#[test]
fn what_is_not_known_is_listed_with_the_rules_that_ask_for_it() {
    let report = json("undecided", &["check", "--format", "json"]);
    let undecided = report["undecided"].as_array().unwrap();
    let told: Vec<_> = undecided.iter().map(|entry| [&entry["file"], &entry["what"], &entry["why"]]).collect();
    assert_eq!(
        told,
        [
            ["ecosystem.config.js", "what `gone` does", "neither `dist/gone.js` nor a source of it is in the checkout"],
            ["ecosystem.config.js", "how many processes `many` has", "`host-facts.cpus` is known at run time only"],
            ["server.js", "on which port `api` listens", "`config.get()` is known at run time only"],
            ["server.js", "on which port `many` listens", "`config.get()` is known at run time only"],
        ]
    );
    for (entry, rule) in undecided.iter().zip(["missing-ready-signal", "unguarded-cron", "fork-port-conflict"]) {
        assert!(entry["rules"].as_array().unwrap().contains(&rule.into()), "{entry}");
    }
}
