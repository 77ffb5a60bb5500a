//! The documentation is held to what the tool does: its links lead somewhere, and every `pm2lint ...` in a block that
//! somebody may copy is run, in a copy of the bundled shop.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use pm2lint::rules::pages::PAGES;
use regex::Regex;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages that people read, and the files that they copy or point to.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.extend(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    pages.sort();
    pages
}

/// Fenced blocks of these languages, without the fences.
fn blocks(text: &str, languages: &[&str]) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if languages.contains(&language) {
            blocks.push(body.join("\n"));
        }
    }
    blocks
}

/// The arguments of each `pm2lint COMMAND ...` in a block of shell or of a pipeline.
fn commands(block: &str) -> Vec<String> {
    let command =
        Regex::new(r"\bpm2lint ((?:check|config|fleet|logs|explain|rules|completions)\b[^'\x22\n#|;]*)").unwrap();
    command.captures_iter(block).map(|found| found[1].trim().to_owned()).collect()
}

/// The shop as somebody's repository, with the archive where the pages say.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("testdata/shop"), folder.path());
    for archive in ["incident/.pm2", "backup/.pm2"] {
        copy(&root().join("testdata/shop/pm2home"), &folder.path().join(archive));
    }
    fs::create_dir_all(folder.path().join("src")).unwrap();
    fs::create_dir_all(folder.path().join("test-results")).unwrap();
    fs::copy(folder.path().join("services/scheduler/index.js"), folder.path().join("src/jobs.ts")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn every_command_that_is_shown_works() {
    let mut count = 0;
    for page in pages() {
        let folder = checkout();
        let text = fs::read_to_string(&page).unwrap();
        for command in blocks(&text, &["sh", "yaml", "groovy"]).iter().flat_map(|block| commands(block)) {
            let arguments = command.replace("/backup/", "backup/");
            let output = Command::cargo_bin("pm2lint")
                .unwrap()
                .current_dir(folder.path())
                .args(arguments.split_whitespace())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{}: pm2lint {command}\n{told}", page.display());
            count += 1;
        }
    }
    assert!(count >= 20, "{count} commands");
}

#[test]
fn commands_are_found_in_shell_and_in_pipelines() {
    let block = "pm2lint check --env production   # as PM2\n  - run: npx --yes pm2lint check --format github\nsh 'pm2lint fleet'\n";
    assert_eq!(commands(block), ["check --env production", "check --format github", "fleet"]);
    assert!(commands("name: pm2lint\nuses: pm2lint/pm2lint@v0\ncargo install pm2lint").is_empty());
}

#[test]
fn every_link_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)").unwrap();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for found in link.captures_iter(&text).filter(|found| !found[1].contains("://")) {
            let target = page.parent().unwrap().join(&found[1]);
            assert!(target.exists(), "{}: {} is not there", page.display(), &found[1]);
            if let Some(anchor) = found.get(2) {
                let headings = fs::read_to_string(&target).unwrap();
                let mut slugs = headings.lines().filter(|line| line.starts_with('#')).map(slug);
                assert!(slugs.any(|slug| slug == anchor.as_str()), "{}: no #{}", page.display(), anchor.as_str());
            }
        }
    }
}

fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || " -".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn the_book_has_every_page_that_is_written() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for page in pages().iter().filter(|page| page.parent() == Some(&root().join("docs"))) {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name} is not in SUMMARY.md");
    }
}

#[test]
fn what_is_published_carries_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("npm/pm2lint/package.json")).unwrap()).unwrap();
    assert_eq!(manifest["version"], version);
    assert!(manifest["optionalDependencies"].as_object().unwrap().values().all(|dependency| dependency == version));
    let ci = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    assert!(ci.contains(&format!("rev: v{version}")) && ci.contains(&format!("pm2lint@{version}")));
}

#[test]
fn hooks_and_the_action_name_what_exists() {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    assert_eq!(hooks.matches("entry: pm2lint check").count(), hooks.matches("- id: ").count());
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    assert!(action.contains("run: pm2lint check \"$CHECKED\" --output sarif="));
    let rules = Regex::new(r"pm2lint(?: explain|-ignore) ([a-z]+-[a-z-]+)").unwrap();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for found in rules.captures_iter(&text) {
            assert!(PAGES.iter().any(|page| page.id == &found[1]), "{}: no rule {}", page.display(), &found[1]);
        }
    }
}
