//! Runs every case of `testdata/cli/`. A case is a folder: `cmd` (the arguments, on one line), `in/` (the working
//! directory, copied before the run), `stdout`, `exit`, and `stderr` where it matters.
//!
//! `<in>` in an expectation stands for the working directory, `<version>` for pm2lint's own.
//! `PM2LINT_BLESS=1 cargo test --test cli` rewrites the expectations.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

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
