//! Every output of the bundled shop: as recorded in `testdata/outputs/`, and as its consumers want it.
//!
//! `PM2LINT_BLESS=1 cargo test --test outputs` rewrites the records.
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;

/// The formats that are recorded, with the names of their files.
const RECORDED: [(&str, &str); 7] = [
    ("graphical", "graphical.txt"),
    ("concise", "concise.txt"),
    ("json", "report.json"),
    ("sarif", "sarif.json"),
    ("github", "github.txt"),
    ("gitlab", "gitlab.json"),
    ("junit", "junit.xml"),
];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The outputs of one run on the shop, waivers and archive included, in the order of [`RECORDED`].
fn outputs() -> &'static [String; 7] {
    static OUTPUTS: OnceLock<[String; 7]> = OnceLock::new();
    OUTPUTS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
        command.current_dir(repository("testdata/shop")).env_clear();
        command.args(["check", "--root", ".", "--logs", "pm2home", "--jlist", "jlist.json", "--config"]);
        command.arg(repository("testdata/outputs/pm2lint.toml"));
        for (format, file) in RECORDED {
            command.arg("--output").arg(format!("{format}={}", folder.path().join(file).display()));
        }
        let run = command.output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
        RECORDED.map(|(_, file)| read(&folder.path().join(file)).replace(env!("CARGO_PKG_VERSION"), "<version>"))
    })
}

fn output(format: &str) -> &'static str {
    let at = RECORDED.iter().position(|(name, _)| *name == format).unwrap();
    &outputs()[at]
}

fn findings() -> Vec<Value> {
    parse(output("json"))["findings"].as_array().unwrap().clone()
}

/// Findings that people are shown.
fn shown() -> Vec<Value> {
    let is_shown = |finding: &Value| {
        finding["severity"] != "info" && finding["confidence"] != "low" && finding["waived"].is_null()
    };
    findings().into_iter().filter(is_shown).collect()
}

/// Rules come and go: of the driver's the ids are compared with the registry elsewhere, and numbers of rules and of
/// what could not be decided stay out of the record.
fn recorded(format: &str) -> String {
    if format != "sarif" {
        return output(format).to_owned();
    }
    let mut log = parse(output(format));
    log["runs"][0]["tool"]["driver"].as_object_mut().unwrap().remove("rules");
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("ruleIndex");
    }
    serde_json::to_string_pretty(&log).unwrap() + "\n"
}

#[test]
fn every_output_is_as_recorded() {
    for (format, name) in RECORDED {
        let file = repository("testdata/outputs").join(name);
        let actual = recorded(format);
        if std::env::var_os("PM2LINT_BLESS").is_some() {
            fs::write(&file, &actual).unwrap();
        }
        assert!(
            read(&file) == actual,
            "{name} differs; `PM2LINT_BLESS=1 cargo test --test outputs` rewrites it\n{actual}"
        );
    }
}

/// What breaks `schema` in `value`, one line each.
fn faults(schema: &str, value: &Value) -> Vec<String> {
    // The pattern of a language in OASIS's schema has a bracket too many, which no regular expression may have.
    let schema = read(&repository("testdata/schema").join(schema)).replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema = parse(&schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn json_follows_the_contract() {
    assert_eq!(faults("check.v1.json", &parse(output("json"))), [""; 0]);
}

#[test]
fn sarif_follows_the_schema_of_oasis() {
    let log = parse(output("sarif"));
    assert_eq!(faults("sarif-2.1.0.json", &log), [""; 0]);
    let broken = parse(&output("sarif").replace("\"relatedLocations\"", "\"related\""));
    assert_ne!(faults("sarif-2.1.0.json", &broken), [""; 0]);
}

/// What code scanning asks beyond the schema: docs.github.com, "SARIF support for code scanning".
#[test]
fn sarif_is_what_code_scanning_takes() {
    let log = parse(output("sarif"));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= shown().len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(repository("testdata/shop").join(uri).is_file(), "{uri}");
        assert!(run["originalUriBaseIds"].get(place["artifactLocation"]["uriBaseId"].as_str().unwrap()).is_some());
        assert!(place["region"]["startLine"].as_u64() >= Some(1));
        let text = result["message"]["text"].as_str().unwrap();
        for related in result["relatedLocations"].as_array().unwrap() {
            assert!(text.contains(&format!("]({})", related["id"])), "{text} does not name {related}");
        }
    }
    for rule in rules {
        assert!(
            rule["help"]["markdown"].as_str().unwrap().starts_with(&format!("# {}\n", rule["id"].as_str().unwrap()))
        );
    }
}

/// The fingerprint is that of the other formats, and a waiver does not hide a result but suppresses it.
#[test]
fn sarif_results_are_the_findings() {
    let log = parse(output("sarif"));
    let of = |fingerprint: &Value| {
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().find(|result| result["partialFingerprints"]["pm2lint/v1"] == *fingerprint).unwrap()
    };
    for finding in shown() {
        assert_eq!(of(&finding["fingerprint"])["suppressions"], serde_json::json!([]));
    }
    let waived: Vec<Value> = findings().into_iter().filter(|finding| !finding["waived"].is_null()).collect();
    assert_eq!(waived.len(), 1);
    let suppression = &of(&waived[0]["fingerprint"])["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["justification"], waived[0]["waived"]["reason"]);
}

#[test]
fn gitlab_takes_the_report() {
    let report = parse(output("gitlab"));
    assert_eq!(faults("gitlab-code-quality.json", &report), [""; 0]);
    let fingerprints: Vec<&Value> = report.as_array().unwrap().iter().map(|issue| &issue["fingerprint"]).collect();
    let expected = shown();
    assert_eq!(fingerprints, expected.iter().map(|finding| &finding["fingerprint"]).collect::<Vec<_>>());
}

#[test]
fn junit_follows_its_schema() {
    let schema = read(&repository("testdata/schema/junit-10.xsd"));
    let schema = uppsala::parse(&schema).unwrap();
    let validator = uppsala::XsdValidator::from_schema(&schema).unwrap();
    let faults = |xml: &str| validator.validate(&uppsala::parse(xml).unwrap()).len();
    assert_eq!(faults(output("junit")), 0);
    assert_ne!(faults(&output("junit").replace("classname=", "class=")), 0);
    let count = |tag: &str| output("junit").matches(tag).count();
    let waived = findings().iter().filter(|finding| !finding["waived"].is_null()).count();
    assert_eq!((count("<failure "), count("<skipped ")), (shown().len(), waived));
    assert_eq!(count("<testcase "), shown().len() + waived);
}

/// A workflow command as GitHub's runner reads it: name, properties and data, all unescaped.
/// actions/runner, src/Runner.Common/ActionCommand.cs, `TryParseV2`.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescape = |text: &str, all: &[(&str, &str)]| {
        all.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)).replace("%25", "%")
    };
    let in_properties = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")];
    let properties = properties.split(',').filter(|property| !property.is_empty()).map(|property| {
        let (key, value) = property.split_once('=').unwrap();
        (key.to_owned(), unescape(value, &in_properties))
    });
    (name.to_owned(), properties.collect(), unescape(data, &in_properties[..2]))
}

#[test]
fn the_runner_reads_the_annotations() {
    let lines: Vec<&str> = output("github").lines().collect();
    let findings = shown();
    assert_eq!(lines.len(), findings.len());
    for (line, finding) in lines.iter().zip(&findings) {
        let (name, properties, data) = command(line);
        let property = |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        assert_eq!(name, finding["severity"]);
        assert_eq!(property("file"), finding["location"]["file"].as_str());
        assert_eq!(property("line"), Some(&*finding["location"]["line"].to_string()));
        assert_eq!(property("endLine"), Some(&*finding["location"]["end_line"].to_string()));
        let is_one_line = finding["location"]["line"] == finding["location"]["end_line"];
        assert_eq!(property("col").is_some(), is_one_line);
        assert!(data.starts_with(finding["message"].as_str().unwrap()));
        assert!(data.contains(finding["help"].as_str().unwrap()));
    }
}

/// The problem matcher is shipped for editors and for GitHub Actions: it finds in a line what the finding says.
#[test]
fn the_problem_matcher_reads_the_lines() {
    let matcher = parse(&read(&repository(".github/pm2lint-matcher.json")));
    let pattern = &matcher["problemMatcher"][0]["pattern"][0];
    let regex = Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let lines: Vec<&str> = output("concise").lines().collect();
    let findings = shown();
    assert_eq!(lines.len(), findings.len());
    for (line, finding) in lines.iter().zip(&findings) {
        let found = regex.captures(line).unwrap_or_else(|| panic!("{line}"));
        let part = |name: &str| found[usize::try_from(pattern[name].as_u64().unwrap()).unwrap()].to_owned();
        assert_eq!(part("file"), finding["location"]["file"].as_str().unwrap());
        assert_eq!(part("line"), finding["location"]["line"].to_string());
        assert_eq!(part("column"), finding["location"]["column"].to_string());
        assert_eq!(part("severity"), finding["severity"].as_str().unwrap());
        assert_eq!(part("code"), finding["rule"].as_str().unwrap());
        assert_eq!(part("message"), finding["message"].as_str().unwrap());
    }
}

/// Code that moves down keeps its fingerprint in every format, so a merge request shows new issues only.
#[test]
fn fingerprints_survive_moved_lines() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("ecosystem.config.js"),
        "module.exports = { apps: [{ name: 'api', script: 'server.js', exec_mode: 'cluster', instances: 2 }] };",
    )
    .unwrap();
    let code = "const cron = require('node-cron');\ncron.schedule('0 2 * * *', () => fetch('https://example.com'));\n";
    let fingerprints = |code: &str| {
        fs::write(folder.path().join("server.js"), code).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_pm2lint"))
            .current_dir(folder.path())
            .env_clear()
            .args(["check", "--format", "gitlab", "--select", "unguarded-cron"])
            .output()
            .unwrap();
        let report = parse(&String::from_utf8(run.stdout).unwrap());
        report
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| (issue["fingerprint"].clone(), issue["location"]["lines"]["begin"].clone()))
            .collect::<Vec<_>>()
    };
    let (before, after) = (fingerprints(code), fingerprints(&format!("// moved\n\n{code}")));
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_eq!(before[0].0, after[0].0);
    assert_ne!(before[0].1, after[0].1);
}
