//! The examples of the rule pages are tests. Each is a small checkout: it is written to a folder, the built binary checks it,
//! and the page's rule must speak (`fires`) or keep silent (`silent`).
//!
//! ````text
//! ```js file=ecosystem.config.js fires=server.js:4 severity=warning     begins an example; `fires` alone leaves the place open
//! ```js file=server.js                                                  goes on with it; files under `.pm2/` are the archive
//! ```js file=ecosystem.config.js silent                                 begins the next one
//! ````

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::Command;

use pm2lint::rules::pages::{PAGES, Page};
use rayon::prelude::*;
use serde_json::Value;

/// Lines of front matter before the text of a page: five keys between two rules.
const FRONT_MATTER: usize = 7;

#[derive(Debug, Default, PartialEq)]
struct Example {
    rule: &'static str,
    /// Of its first fence, in the page without front matter.
    line: usize,
    expected: Expected,
    files: Vec<(String, String)>,
}

#[derive(Debug, Default, PartialEq)]
enum Expected {
    #[default]
    Silent,
    Fires {
        file: Option<String>,
        line: Option<u64>,
        severity: Option<String>,
        confidence: Option<String>,
    },
}

/// The info string of a fenced block: language, then `key=value` or bare words.
struct Info<'a>(&'a str);

impl<'a> Info<'a> {
    fn has(&self, word: &str) -> bool {
        self.words().any(|known| known.split('=').next() == Some(word))
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        self.words().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    fn words(&self) -> impl Iterator<Item = &'a str> {
        self.0.split_whitespace().skip(1)
    }

    fn expected(&self) -> Option<Expected> {
        if self.has("silent") {
            return Some(Expected::Silent);
        }
        let place = self.has("fires").then(|| self.value("fires").unwrap_or_default())?;
        let (file, line) = match place.rsplit_once(':') {
            Some((file, line)) => (file, Some(line.parse().unwrap_or_else(|_| panic!("`{place}` ends with no line")))),
            None => (place, None),
        };
        let file = (!file.is_empty()).then(|| file.to_owned());
        let word = |key| self.value(key).map(str::to_owned);
        Some(Expected::Fires { file, line, severity: word("severity"), confidence: word("confidence") })
    }
}

/// The examples of a page, in order. Panics where a file belongs to no example.
fn examples(rule: &'static str, text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut open = false;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        open &= !line.starts_with('#');
        let Some(info) = line.strip_prefix("```").map(Info) else { continue };
        let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let body: String = body.map(|line| format!("{line}\n")).collect();
        if let Some(expected) = info.expected() {
            examples.push(Example { rule, line: at + 1, expected, files: Vec::new() });
            open = true;
        }
        let Some(file) = info.value("file") else { continue };
        let example = examples.last_mut().filter(|_| open);
        let example = example.unwrap_or_else(|| panic!("{rule}, line {}: no example is open for {file}", at + 1));
        example.files.push((file.to_owned(), body));
    }
    examples
}

fn examples_of(page: &Page) -> Vec<Example> {
    examples(page.id, page.text)
}

impl Example {
    /// What is wrong with the rule's answer, if anything.
    fn failure(&self) -> Option<String> {
        match self.findings() {
            Ok(findings) => self.complaint(&findings),
            Err(problem) => Some(problem.to_string()),
        }
    }

    fn findings(&self) -> Result<Vec<Finding>, Box<dyn Error>> {
        let folder = tempfile::Builder::new().prefix("page-").tempdir()?;
        self.write(folder.path())?;
        findings(&mut self.check(folder.path()))
    }

    fn write(&self, root: &Path) -> std::io::Result<()> {
        for (name, text) in &self.files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::write(path, text)?;
        }
        Ok(())
    }

    fn check(&self, root: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
        command.current_dir(root).args(["check", ".", "--root", ".", "--format", "json", "--fail-on", "never"]);
        if self.files.iter().any(|(name, _)| name.starts_with(".pm2/")) {
            command.args(["--logs", ".pm2"]);
        }
        command
    }

    /// How many fixes were made, and what is wrong with that, if anything.
    fn mended(&self) -> Result<(usize, Option<String>), Box<dyn Error>> {
        let folder = tempfile::Builder::new().prefix("fixed-").tempdir()?;
        self.write(folder.path())?;
        let before = findings(&mut self.check(folder.path()))?;
        let mut fix = self.check(folder.path());
        let output = fix.args(["--fix=all", "--min-severity", "info", "--min-confidence", "low"]).output()?;
        let told = String::from_utf8(output.stderr)?;
        let fixed = told.split("fixed ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        let fixed: usize = fixed.ok_or_else(|| format!("does not say what was fixed: {told}"))?;
        let after = findings(&mut self.check(folder.path()))?;
        let new: Vec<&Finding> = beyond(&after, &before).filter(|finding| finding.severity != "info").collect();
        let complaint = match (&new[..], beyond(&before, &after).count() >= fixed) {
            ([], true) => None,
            ([], false) => Some(format!("{fixed} fixes leave what they mend")),
            (new, _) => Some(format!("the fixes bring {}", listed(new.iter().copied()))),
        };
        Ok((fixed, complaint))
    }

    fn complaint(&self, findings: &[Finding]) -> Option<String> {
        let own: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == self.rule).collect();
        match &self.expected {
            Expected::Silent if own.is_empty() => None,
            Expected::Silent => Some(format!("must be silent, says {}", listed(own))),
            Expected::Fires { .. } if own.iter().any(|finding| self.expected.met_by(finding)) => None,
            Expected::Fires { .. } => Some(format!("must fire{}, reported is {}", self.expected, listed(findings))),
        }
    }
}

impl Expected {
    fn met_by(&self, finding: &Finding) -> bool {
        let Expected::Fires { file, line, severity, confidence } = self else { return false };
        file.as_ref().is_none_or(|file| *file == finding.file)
            && line.is_none_or(|line| (finding.first..=finding.last).contains(&line))
            && severity.as_ref().is_none_or(|severity| *severity == finding.severity)
            && confidence.as_ref().is_none_or(|confidence| *confidence == finding.confidence)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Expected::Fires { file, line, severity, confidence } = self else { return Ok(()) };
        if let Some(file) = file {
            write!(f, " at {file}")?;
        }
        if let Some(line) = line {
            write!(f, ":{line}")?;
        }
        severity.iter().try_for_each(|severity| write!(f, " as {severity}"))?;
        confidence.iter().try_for_each(|confidence| write!(f, " with {confidence} confidence"))
    }
}

/// What the examples ask of a finding in the report.
struct Finding {
    rule: String,
    severity: String,
    confidence: String,
    file: String,
    first: u64,
    last: u64,
}

impl Finding {
    fn new(json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let place = &json["location"];
        let first = place["line"].as_u64().unwrap_or_default();
        Self {
            rule: text(&json["rule"]),
            severity: text(&json["severity"]),
            confidence: text(&json["confidence"]),
            file: text(&place["file"]),
            first,
            last: place["end_line"].as_u64().unwrap_or(first),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} at {}:{}", self.severity, self.rule, self.file, self.first)
    }
}

/// What the command finds.
fn findings(command: &mut Command) -> Result<Vec<Finding>, Box<dyn Error>> {
    let output = command.output()?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("{}, no JSON; {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))?;
    let findings = report["findings"].as_array().ok_or("JSON without `findings`")?;
    Ok(findings.iter().filter(|finding| finding["waived"].is_null()).map(Finding::new).collect())
}

/// Those of `findings` by which a rule says more than in `others`.
fn beyond<'f>(findings: &'f [Finding], others: &'f [Finding]) -> impl Iterator<Item = &'f Finding> {
    let said = |findings: &[Finding], rule: &str| findings.iter().filter(|finding| finding.rule == rule).count();
    findings.iter().enumerate().filter_map(move |(at, finding)| {
        (said(&findings[..at], &finding.rule) >= said(others, &finding.rule)).then_some(finding)
    })
}

fn listed<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let listed: Vec<String> = findings.into_iter().map(Finding::to_string).collect();
    if listed.is_empty() { "nothing".to_owned() } else { listed.join(", ") }
}

#[test]
fn every_example_is_answered_as_its_page_says() {
    let examples: Vec<Example> = PAGES.iter().flat_map(examples_of).collect();
    let failures: Vec<String> = examples
        .par_iter()
        .filter_map(|example| {
            let failure = example.failure()?;
            Some(format!("rules/{}.md:{}: {failure}", example.rule, example.line + FRONT_MATTER))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} examples are answered wrongly:\n{}",
        failures.len(),
        examples.len(),
        failures.join("\n")
    );
}

/// Rules whose examples are mended, each at least once.
const MENDED: [&str; 12] = [
    "broken-instance-guard",
    "conflicting-aliases",
    "dropped-option",
    "fork-port-conflict",
    "late-forced-exit",
    "misplaced-option",
    "missing-ready-signal",
    "overridden-restart-delay",
    "short-kill-timeout",
    "unguarded-cron",
    "unguarded-process-send",
    "unknown-option",
];

#[test]
fn a_fix_mends_its_fault_and_brings_no_other() {
    let examples: Vec<Example> = PAGES.iter().flat_map(examples_of).collect();
    let fires = |example: &&Example| example.expected != Expected::Silent;
    let (fixed, failures): (Vec<_>, Vec<_>) = examples
        .par_iter()
        .filter(fires)
        .map(|example| match example.mended() {
            Ok((fixed, complaint)) => ((example.rule, fixed), complaint),
            Err(problem) => ((example.rule, 0), Some(problem.to_string())),
        })
        .map(|((rule, fixed), complaint)| ((rule, fixed), complaint.map(|what| format!("{rule}: {what}"))))
        .unzip();
    let failures: Vec<String> = failures.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let never = |rule: &&&str| !fixed.iter().any(|(fixed, count)| fixed == *rule && *count > 0);
    assert_eq!(MENDED.iter().filter(never).collect::<Vec<_>>(), [&""; 0]);
}

#[test]
fn every_page_shows_the_wrong_and_the_right() {
    for page in PAGES {
        let right = page.text.find("\n## Right\n").expect("a section `Right`");
        let (wrong, right) = page.text.split_at(right);
        let wrong = examples(page.id, wrong);
        assert!(!wrong.is_empty() && wrong.iter().all(|example| example.expected != Expected::Silent), "{}", page.id);
        let right = examples(page.id, right);
        assert!(!right.is_empty() && right.iter().all(|example| example.expected == Expected::Silent), "{}", page.id);
    }
}

#[test]
fn every_place_named_exists_in_its_example() {
    for example in PAGES.iter().flat_map(examples_of) {
        let Expected::Fires { file: Some(file), line, .. } = &example.expected else { continue };
        let text = example.files.iter().find_map(|(name, text)| (name == file).then_some(text));
        let lines = text.map_or(0, |text| text.lines().count() as u64);
        assert!(lines > 0 && line.unwrap_or(1) <= lines, "{}, line {}: {file} {line:?}", example.rule, example.line);
    }
}

#[test]
fn an_example_is_its_first_block_and_those_that_follow() {
    let page = "# r\n```js file=a.config.js fires=b.js:2 severity=info\nx\n```\ntext\n```js file=b.js\ny\nz\n```\n\
                ```yaml file=c.yml silent\n```\n```sh\nnot a file\n```\n## When\n";
    let fires = Expected::Fires {
        file: Some("b.js".to_owned()),
        line: Some(2),
        severity: Some("info".to_owned()),
        confidence: None,
    };
    let files = vec![("a.config.js".to_owned(), "x\n".to_owned()), ("b.js".to_owned(), "y\nz\n".to_owned())];
    let silent = vec![("c.yml".to_owned(), String::new())];
    assert_eq!(
        examples("r", page),
        [
            Example { rule: "r", line: 2, expected: fires, files },
            Example { rule: "r", line: 10, expected: Expected::Silent, files: silent },
        ]
    );
}

#[test]
fn a_place_may_be_left_open() {
    let anywhere = Expected::Fires { file: None, line: None, severity: None, confidence: None };
    assert_eq!(Info("js fires file=a").expected(), Some(anywhere));
    let file = Expected::Fires { file: Some("a/b.js".to_owned()), line: None, severity: None, confidence: None };
    assert_eq!(Info("js file=x fires=a/b.js").expected(), Some(file));
    assert_eq!(Info("js file=x").expected(), None);
}

#[test]
#[should_panic(expected = "no example is open for b.js")]
fn a_heading_closes_an_example() {
    examples("r", "```js file=a.js silent\n```\n## Next\n```js file=b.js\n```\n");
}

#[test]
fn an_answer_is_judged_by_rule_place_severity_and_confidence() {
    let finding = |rule: &str, first, last| {
        let [rule, severity, confidence, file] = [rule, "error", "high", "a.js"].map(str::to_owned);
        Finding { rule, severity, confidence, file, first, last }
    };
    let expecting = |info: &str| {
        let expected = Info(info).expected().expect("an expectation");
        Example { rule: "r", expected, ..Example::default() }
    };
    let silent = expecting("js silent");
    assert_eq!(silent.complaint(&[finding("other", 1, 1)]), None);
    assert_eq!(silent.complaint(&[finding("r", 1, 1)]), Some("must be silent, says error r at a.js:1".to_owned()));
    let fires = expecting("js fires=a.js:4");
    assert_eq!(fires.complaint(&[finding("r", 3, 5)]), None);
    let elsewhere = "must fire at a.js:4, reported is error r at a.js:5";
    assert_eq!(fires.complaint(&[finding("r", 5, 5)]), Some(elsewhere.to_owned()));
    assert_eq!(fires.complaint(&[]), Some("must fire at a.js:4, reported is nothing".to_owned()));
    let harsher = expecting("js fires severity=warning").complaint(&[finding("r", 1, 1)]);
    assert_eq!(harsher, Some("must fire as warning, reported is error r at a.js:1".to_owned()));
    assert_eq!(expecting("js fires confidence=high").complaint(&[finding("r", 1, 1)]), None);
    let unsure = expecting("js fires confidence=low").complaint(&[finding("r", 1, 1)]);
    assert_eq!(unsure, Some("must fire with low confidence, reported is error r at a.js:1".to_owned()));
}
