//! What `pm2lint logs --timeline` writes: archives that are read apart say the same as archives that are read together.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be read has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pm2lint::archive::{self, Sources};
use serde_json::Value;

fn testdata(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// Every recorded archive.
fn archives() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(testdata("recordings")).unwrap();
    let mut archives: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path().join("pm2home")).collect();
    archives.sort();
    archives
}

/// The timeline of these archives, in `file`.
fn write(logs: &[PathBuf], file: &Path) {
    let scan = archive::read(&Sources { logs, ..Sources::default() }, &[]);
    scan.write(std::fs::File::create(file).unwrap()).unwrap();
}

fn told(logs: &[PathBuf]) -> Value {
    let mut told = serde_json::to_value(archive::scan(&Sources { logs, ..Sources::default() }, &[])).unwrap();
    // Of PM2's settings a timeline keeps what is no secret.
    for process in told["processes"].as_array_mut().unwrap() {
        process.as_object_mut().unwrap().remove("pm2_env");
    }
    told
}

fn logs(arguments: &[&Path], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    command.arg("logs").args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn archives_that_were_read_apart_say_the_same_as_together() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, both] = ["a.ndjson", "b.ndjson", "both.ndjson"].map(|name| folder.path().join(name));
    for pair in archives().windows(2) {
        let together = told(pair);
        write(&pair[..1], &first);
        write(&pair[1..], &second);
        assert_eq!(told(&[first.clone(), second.clone()]), together, "{pair:?}");
        assert_eq!(told(&[first.clone(), pair[1].clone()]), together, "a timeline and an archive: {pair:?}");
        write(&[first.clone(), second.clone()], &both);
        assert_eq!(told(std::slice::from_ref(&both)), together, "a timeline of timelines: {pair:?}");
    }
}

#[test]
fn the_command_line_writes_and_takes_timelines() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] =
        ["fork-port-race-pm2v4", "unguarded-cron-pm2v5"].map(|name| testdata("recordings").join(name).join("pm2home"));
    let json = [Path::new("--format"), Path::new("json")];
    let together = logs(&[&[&*a, &*b][..], &json].concat(), folder.path());
    for (archive, timeline) in [(&a, "a.ndjson"), (&b, "b.ndjson")] {
        let alone = logs(&[archive], folder.path());
        let written = logs(&[archive, Path::new("--timeline"), Path::new(timeline)], folder.path());
        assert_eq!(
            (&written.stdout, written.status.code()),
            (&alone.stdout, Some(1)),
            "--timeline changes nothing else"
        );
    }
    let apart = logs(&[&[Path::new("a.ndjson"), Path::new("b.ndjson")][..], &json].concat(), folder.path());
    assert_eq!(String::from_utf8_lossy(&apart.stdout), String::from_utf8_lossy(&together.stdout));
    let text = logs(&[Path::new("a.ndjson")], folder.path());
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("pm2lint check CHECKOUT --logs a.ndjson: the line to change"), "{text}");
}

#[test]
fn every_line_follows_the_schema() {
    let schema = std::fs::read_to_string(testdata("schema/timeline.v1.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut text = Vec::new();
    archive::read(&Sources { logs: &archives(), ..Sources::default() }, &[]).write(&mut text).unwrap();
    for (number, line) in (1..).zip(String::from_utf8(text).unwrap().lines()) {
        let record: Value = serde_json::from_str(line).unwrap();
        schema.validate(&record).unwrap_or_else(|error| panic!("line {number}, {}: {error}", error.instance_path()));
    }
    for broken in [r#"{"timeline":2}"#, r#"{"saga":{}}"#, r#"{"log":{"archive":-1}}"#, r#"{"end":1,"log":{}}"#] {
        assert!(!schema.is_valid(&serde_json::from_str(broken).unwrap()), "{broken}");
    }
}

#[test]
fn secrets_stay_behind() {
    let folder = tempfile::tempdir().unwrap();
    let env = r#"{"status":"online","kill_timeout":900,"TOKEN":"hush","args":["--key=hush"],"env":{"TOKEN":"hush"}}"#;
    let list = format!(r#"[{{"name":"api","pm_id":0,"pm2_env":{env}}}]"#);
    std::fs::write(folder.path().join("dump.pm2"), list).unwrap();
    let mut text = Vec::new();
    archive::read(&Sources { logs: &[folder.path().to_owned()], ..Sources::default() }, &[]).write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(r#""kill_timeout":900"#) && !text.contains("hush"), "{text}");
}

#[test]
fn a_timeline_that_cannot_be_read_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut whole = Vec::new();
    let recording = testdata("recordings/fork-port-race-pm2v4/pm2home");
    archive::read(&Sources { logs: &[recording], ..Sources::default() }, &[]).write(&mut whole).unwrap();
    let whole = String::from_utf8(whole).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let count = lines.len();
    let elsewhere = lines[2].replacen(r#""archive":0"#, r#""archive":7"#, 1);
    for (name, text, expected, status) in [
        ("torn", whole[..whole.len() / 2].to_owned(), "EOF while parsing".to_owned(), 1),
        ("no end", lines[..count - 1].join("\n") + "\n", format!("line {count}: the end is missing"), 1),
        ("a line lost", whole.replacen(lines[3], "", 1).replacen("\n\n", "\n", 1), "some are missing".to_owned(), 1),
        (
            "a foreign line",
            whole.replacen(lines[3], r#"{"saga":1}"#, 1),
            "line 4: unknown variant `saga`".to_owned(),
            0,
        ),
        ("a newer one", whole.replacen(":1,", ":9,", 1), "line 1: a timeline of version 9".to_owned(), 2),
        ("absurd", whole.replacen(lines[2], &elsewhere, 1), "points at archives that it does not name".to_owned(), 2),
    ] {
        std::fs::write(folder.path().join("a.ndjson"), text).unwrap();
        let output = logs(&[Path::new("a.ndjson")], folder.path());
        assert!(said(&output).contains(&expected), "{name}: {}", said(&output));
        assert_eq!(output.status.code(), Some(status), "{name}: {}", said(&output));
    }
}

/// The words of a program are searched in its logs; a timeline was made without them, so that they are missing in it says nothing.
#[test]
fn what_a_timeline_was_not_searched_for_is_not_missing() {
    let folder = tempfile::tempdir().unwrap();
    let recording = testdata("recordings/unguarded-cron-pm2v5");
    let timeline = folder.path().join("a.ndjson");
    write(&[recording.join("pm2home")], &timeline);
    let check = |logs: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
        command.arg("check").arg(recording.join("repo")).arg("--root").arg(recording.join("repo"));
        let output = command.arg("--logs").arg(logs).args(["--format", "json"]).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let rules = |report: &Value| -> Vec<(Value, Value)> {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| (finding["rule"].clone(), finding["location"].clone())).collect()
    };
    let (read, kept) = (check(&recording.join("pm2home")), check(&timeline));
    assert_eq!(rules(&read), rules(&kept));
    assert!(!kept.to_string().contains(r#""kind":"absence""#), "{kept}");
}
