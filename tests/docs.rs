//! The documentation is held to what the tool does: its links lead somewhere, every `pm2lint ...` in a block that
//! somebody may copy is run, in a copy of the bundled shop, pipelines are run step by step, and settings are read.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use pm2lint::pm2::Version;
use pm2lint::pm2::options::{self, Spec, Type};
use pm2lint::rules::pages::PAGES;
use regex::Regex;
use serde_json::Value;

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

/// What a YAML file says, read by the tool itself.
fn yaml(file: &Path) -> Value {
    let mut config = Command::cargo_bin("pm2lint").unwrap();
    let output = config.args(["config", "--format", "json"]).arg(file).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["files"][0]["value"].clone()
}

/// The shell lines of a pipeline: what its `run` and `script` say, in order.
fn steps(pipeline: &Value) -> Vec<String> {
    match pipeline {
        Value::Array(items) => items.iter().flat_map(steps).collect(),
        Value::Object(entries) => {
            let step = |(key, value): (&String, &Value)| match (key.as_str(), value) {
                ("run" | "script", Value::String(line)) => vec![line.clone()],
                ("run" | "script", Value::Array(lines)) if lines.iter().all(Value::is_string) => {
                    lines.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                _ => steps(value),
            };
            entries.iter().flat_map(step).collect()
        }
        _ => Vec::new(),
    }
}

/// A folder with an `npx` that gives what `npx --yes pm2lint` would fetch.
fn npx() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("npx");
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2\" = '--yes pm2lint' ] || exit 99\nshift 2\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_pm2lint")
    );
    fs::write(&file, script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(file, mode).unwrap();
    folder
}

#[test]
fn every_pipeline_that_is_shown_fails_on_faults_and_passes_without() {
    let npx = npx();
    let path = format!("{}:{}", npx.path().display(), std::env::var("PATH").unwrap());
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text, &["yaml"]) {
            let file = npx.path().join("pipeline.yml");
            fs::write(&file, &block).unwrap();
            let pipeline = yaml(&file);
            assert!(pipeline.is_object(), "{}: no YAML\n{block}", page.display());
            for (folder, wanted) in [(checkout(), 1), (healthy(), 0)] {
                let run = |line: &String| {
                    let mut shell = Command::new("sh");
                    shell.args(["-ec", line]).env("PATH", &path).current_dir(folder.path()).output().unwrap()
                };
                let steps = steps(&pipeline);
                let status =
                    steps.iter().map(run).map(|output| output.status.code().unwrap()).find(|status| *status != 0);
                assert!(
                    steps.is_empty() || status.unwrap_or(0) == wanted,
                    "{}: {status:?} of\n{block}",
                    page.display()
                );
                count += steps.len();
            }
        }
    }
    assert!(count >= 6, "{count} steps");
}

/// A repository without faults.
fn healthy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ecosystem.config.js"), "module.exports = { apps: [{ script: 'server.js' }] };")
        .unwrap();
    let server = "const server = require('http').createServer((req, res) => res.end('ok')).listen(3000);
process.on('SIGINT', () => server.close(() => process.exit(0)));
";
    fs::write(folder.path().join("server.js"), server).unwrap();
    folder
}

#[test]
fn settings_that_are_shown_are_read() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text, &["toml"]) {
            let folder = healthy();
            fs::write(folder.path().join("pm2lint.toml"), &block).unwrap();
            let output =
                Command::cargo_bin("pm2lint").unwrap().args(["config", "--settings"]).arg(folder.path()).output();
            let output = output.unwrap();
            assert!(output.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
        for block in blocks(&text, &["json"]) {
            assert!(serde_json::from_str::<Value>(&block).is_ok(), "{}: no JSON\n{block}", page.display());
        }
    }
    assert!(count >= 4, "{count} blocks");
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

/// The table of options is written from the one that is compiled in: `PM2LINT_BLESS=1` writes it anew.
#[test]
fn the_table_of_options_is_the_one_in_force() {
    let file = root().join("docs/options.md");
    let page = fs::read_to_string(&file).unwrap();
    let (head, rest) = page.split_once("<!-- options -->\n").unwrap();
    let (table, tail) = rest.split_once("<!-- end -->\n").unwrap();
    let rows: Vec<String> = options::all().iter().map(row).collect();
    let wanted = format!(
        "\n| option | also written | type | default | unit | meaning | versions |\n|---|---|---|---|---|---|---|\n{}\n\n",
        rows.join("\n")
    );
    if std::env::var_os("PM2LINT_BLESS").is_some() {
        fs::write(&file, format!("{head}<!-- options -->\n{wanted}<!-- end -->\n{tail}")).unwrap();
    } else {
        assert_eq!(table, wanted, "PM2LINT_BLESS=1 cargo test --test docs writes it anew");
    }
}

fn row(spec: &Spec) -> String {
    let code = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let kinds = match spec.choices {
        [] => types(spec.types),
        choices => code(choices.to_vec()),
    };
    let least = spec.min.map(|min| format!(", at least {min}")).unwrap_or_default();
    let suffixes = spec.units.iter().map(|(suffix, _)| *suffix).collect::<Vec<_>>();
    let unit = match (spec.unit, suffixes.is_empty()) {
        (Some(unit), false) => format!("{unit}, or {}", code(suffixes)),
        (Some(unit), true) => unit.to_owned(),
        (None, _) => String::new(),
    };
    let versions = match (spec.since, spec.types_in(Version::V4)) {
        (4, older) if older == spec.types => String::new(),
        (4, older) => format!("PM2 4: {}", types(older)),
        (since, _) => format!("from PM2 {since}"),
    };
    let cells = [
        format!("`{}`", spec.name),
        code(spec.spellings().skip(1).collect()),
        kinds + &least,
        spec.default.map(|value| format!("`{value}`")).unwrap_or_default(),
        unit,
        spec.meaning.replace('|', "\\|"),
        versions,
    ];
    format!("| {} |", cells.join(" | "))
}

fn types(types: &[Type]) -> String {
    types.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect::<Vec<_>>().join(" or ")
}
