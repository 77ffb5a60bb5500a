//! Waivers in the code: `// pm2lint-ignore rule, rule: reason`, with `#` in YAML and shell, or `/* */`.
//!
//! At the end of a line a waiver speaks for that line, on its own line for the next line of code. It covers the
//! findings whose place includes that line. It must name its rules and its reason; one that covers nothing is itself
//! a finding, so that waivers do not outlive what they were written for.

use std::sync::Arc;

use memchr::memmem;

use crate::checkout::{Checkout, Place, Source, Span};
use crate::finding::{Finding, Severity, Waiver};
use crate::settings::{Settings, known_rule};

const MARKER: &str = "pm2lint-ignore";
const OPENERS: [&str; 3] = ["//", "/*", "#"];
const UNUSED: &str = "unused-waiver";
/// Rules whose finding in a file means that other rules could not look at it.
const UNREAD: [&str; 2] = ["syntax-error", "unreadable-config"];

/// Marks those of `findings` that the comments in `files` waive, and adds findings about the comments themselves.
pub fn apply(findings: &mut Vec<Finding>, files: &[Arc<str>], checkout: &Checkout, settings: &Settings) {
    for source in files.iter().filter_map(|file| checkout.source(file)) {
        for comment in comments(&source) {
            let problems = comment.apply(findings, &source, settings);
            findings.extend(problems.into_iter().filter(|problem| settings.reports(problem.rule)));
        }
    }
}

/// Marks those of `findings` that `[[waive]]` entries of the settings accept.
pub fn apply_settings(findings: &mut [Finding], settings: &Settings) {
    for waiver in &settings.waivers {
        for finding in findings.iter_mut().filter(|finding| finding.waived.is_none() && waiver.covers(finding)) {
            finding.waived = Some(Waiver { reason: waiver.reason.clone() });
        }
    }
}

/// One waiver as written.
struct Comment<'a> {
    /// From the marker to the end of the comment.
    span: Span,
    /// The line it speaks for, from 1.
    line: u32,
    rules: Vec<&'a str>,
    reason: &'a str,
}

/// The waivers in a file, in order.
fn comments(source: &Source) -> Vec<Comment<'_>> {
    memmem::find_iter(source.text().as_bytes(), MARKER).filter_map(|at| comment(source, at)).collect()
}

/// The waiver whose marker stands at byte `at`, if a comment starts with it.
fn comment(source: &Source, at: usize) -> Option<Comment<'_>> {
    let start = u32::try_from(at).ok()?;
    let line = source.position(start).line;
    let whole = source.line_span(line);
    let before = source.slice(Span::new(whole.start, start)).trim();
    let opener = OPENERS.into_iter().find(|opener| before.ends_with(opener))?;
    let text = source.slice(Span::new(start, whole.end));
    let text = text.split("*/").next().unwrap_or(text).trim_end();
    let body = text.strip_prefix(MARKER).filter(|body| !body.starts_with(['-', '_']))?;
    let (rules, reason) = body.split_once(':').unwrap_or((body, ""));
    Some(Comment {
        span: Span::new(start, start + u32::try_from(text.len()).ok()?),
        line: if before == opener { next_code(source, line, opener) } else { line },
        rules: rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).collect(),
        reason: reason.trim(),
    })
}

/// The first line after `line` that is neither blank nor such a comment, so that waivers can be stacked.
fn next_code(source: &Source, line: u32, opener: &str) -> u32 {
    let openers: &[&str] = if opener == "#" { &["#"] } else { &["//", "/*"] };
    let is_code = |line: &u32| {
        let text = source.line_text(*line).trim_start();
        !text.is_empty() && !openers.iter().any(|opener| text.starts_with(opener))
    };
    (line + 1..=source.line_count()).find(is_code).unwrap_or(line)
}

impl Comment<'_> {
    /// Waives what it covers; says what is wrong with the comment.
    fn apply(&self, findings: &mut [Finding], source: &Source, settings: &Settings) -> Vec<Finding> {
        if self.rules.is_empty() {
            return vec![self.problem(source, "this waiver names no rule".into())];
        }
        if self.reason.is_empty() {
            return vec![self.problem(source, "this waiver gives no reason, so it waives nothing".into())];
        }
        let unread = findings.iter().any(|finding| UNREAD.contains(&finding.rule) && is_in(finding, source));
        let mut problems = Vec::new();
        for id in &self.rules {
            match known_rule(id) {
                Err(unknown) => problems.push(self.problem(source, unknown)),
                Ok(rule) if self.waive(findings, source, rule) || unread || !settings.reports(rule) => {}
                Ok(rule) => {
                    problems.push(self.problem(source, format!("this waives nothing: no `{rule}` is found here")))
                }
            }
        }
        problems
    }

    /// Whether there was something to waive.
    fn waive(&self, findings: &mut [Finding], source: &Source, rule: &str) -> bool {
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| finding.rule == rule && self.covers(finding, source)) {
            finding.waived = Some(Waiver { reason: self.reason.to_owned() });
            used = true;
        }
        used
    }

    fn covers(&self, finding: &Finding, source: &Source) -> bool {
        finding.location.as_ref().is_some_and(|place| {
            let first = source.position(place.span.start).line;
            let last = source.position(place.span.end).line;
            place.file == *source.path() && (first..=last).contains(&self.line)
        })
    }

    fn problem(&self, source: &Source, message: String) -> Finding {
        Finding::new(UNUSED, Severity::Warning, message)
            .at(Place::new(source.path().clone(), self.span), "this waiver")
            .scope(self.rules.join(","))
            .help(format!("write `{MARKER} <rule>: <why>` at the end of the line or above it, or remove the comment"))
    }
}

fn is_in(finding: &Finding, source: &Source) -> bool {
    finding.location.as_ref().is_some_and(|place| place.file == *source.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the waivers of `text` against one `unguarded-cron` at each `cron(`; the reasons of the waived and the
    /// messages of what is added.
    fn run(file: &str, text: &str, settings: &str) -> (Vec<Option<String>>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let place = |at: usize| Place::new(file, Span::new(at as u32, at as u32 + 4));
        let mut findings: Vec<Finding> = text
            .match_indices("cron(")
            .map(|(at, _)| Finding::new("unguarded-cron", Severity::Error, "").at(place(at), ""))
            .collect();
        let settings = Settings::parse("pm2lint.toml", settings).unwrap();
        apply(&mut findings, &[file.into()], &Checkout::open(folder.path()).unwrap(), &settings);
        let (added, real): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.rule == UNUSED);
        let reasons = real.into_iter().map(|finding| finding.waived.map(|waiver| waiver.reason)).collect();
        (reasons, added.into_iter().map(|finding| finding.message).collect())
    }

    fn waived(file: &str, text: &str) -> Vec<bool> {
        let (reasons, problems) = run(file, text, "");
        assert_eq!(problems, Vec::<String>::new());
        reasons.iter().map(Option::is_some).collect()
    }

    #[test]
    fn a_waiver_speaks_for_its_line_or_the_next_line_of_code() {
        assert_eq!(waived("a.js", "cron(1) // pm2lint-ignore unguarded-cron: idempotent\ncron(2)"), [true, false]);
        assert_eq!(waived("a.js", "cron(0)\n  /* pm2lint-ignore unguarded-cron: why */\n\n cron(1)"), [false, true]);
        assert_eq!(waived("a.yaml", "# pm2lint-ignore unguarded-cron: why\n# more\n- cron(1)"), [true]);
        let stacked = "// pm2lint-ignore unguarded-cron: a\n// because\ncron(1)";
        assert_eq!(waived("a.ts", stacked), [true]);
    }

    #[test]
    fn the_reason_is_kept() {
        let (reasons, _) = run("a.js", "cron(1) /* pm2lint-ignore unguarded-cron: see #12: later */", "");
        assert_eq!(reasons, [Some("see #12: later".to_owned())]);
    }

    #[test]
    fn a_waiver_without_effect_is_a_finding() {
        let problems = |text: &str| run("a.js", text, "").1;
        assert!(problems("// pm2lint-ignore unguarded-cron: why\nfoo()")[0].contains("waives nothing"));
        assert!(problems("// pm2lint-ignore ungarded-cron: why\ncron(1)")[0].contains("did you mean `unguarded-cron`"));
        assert!(problems("// pm2lint-ignore unguarded-cron\ncron(1)")[0].contains("no reason"));
        assert!(problems("// pm2lint-ignore : why\ncron(1)")[0].contains("names no rule"));
        assert_eq!(problems("// pm2lint-ignore unguarded-cron, listen-in-master: why\ncron(1)").len(), 1);
    }

    #[test]
    fn what_is_no_waiver_is_left_alone() {
        let text = "const marker = 'pm2lint-ignore unguarded-cron: x'\ncron(1) // see pm2lint-ignore";
        assert_eq!(waived("a.js", text), [false]);
    }

    #[test]
    fn rules_that_did_not_run_leave_no_unused_waivers() {
        let text = "// pm2lint-ignore listen-in-master: why\nfoo()";
        assert_eq!(run("a.js", text, "ignore = ['listen-in-master']").1.len(), 0);
        assert_eq!(run("a.js", text, "ignore = ['unused-waiver']").1.len(), 0);
        assert_eq!(run("a.js", text, "").1.len(), 1);
    }
}
