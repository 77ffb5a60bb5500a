use jiff::civil::date;

use super::*;
use crate::checkout::Checkout;
use crate::finding::AppRef;
use crate::modules::Resolver;

const TODAY: Date = date(2026, 11, 26);

/// Runs the waivers of `text` against one `unguarded-cron` of the apps `api` and `web` at each `cron(`: the reasons of
/// the waived, and the messages of what is added.
fn run(file: &str, text: &str, settings: &str) -> (Vec<Option<String>>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), text).unwrap();
    let checkout = Checkout::open(folder.path()).unwrap();
    let resolver = Resolver::new(&checkout);
    let settings = Settings::parse("pm2lint.toml", Source::new("pm2lint.toml", settings), true).unwrap();
    let place = |at: usize| Place::new(file, Span::new(at as u32, at as u32 + 4));
    let app = |name: &str| AppRef { name: name.into(), config: "e.js".into(), envs: Vec::new() };
    let finding =
        |at| Finding::new("unguarded-cron", Severity::Error, "").at(place(at), "").app(app("api")).app(app("web"));
    let mut findings: Vec<Finding> = text.match_indices("cron(").map(|(at, _)| finding(at)).collect();
    let looks_for = |rule: &str| settings.reports(rule) && rule != "crash-loop";
    let waivers = Waivers {
        files: &[file.into()],
        modules: &Modules::new(&checkout, &resolver),
        settings: &settings,
        today: TODAY,
        looks_for: &looks_for,
        is_whole: true,
    };
    waivers.apply(&mut findings);
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
fn a_comment_speaks_for_its_line_or_the_next_line_of_code() {
    assert_eq!(waived("a.js", "cron(1) // pm2lint-ignore unguarded-cron -- idempotent\ncron(2)"), [true, false]);
    assert_eq!(waived("a.js", "cron(0)\n  /* pm2lint-ignore unguarded-cron: why */\n\n cron(1)"), [false, true]);
    assert_eq!(waived("a.yaml", "# pm2lint-ignore unguarded-cron: why\n# more\n- cron(1)"), [true]);
}

/// The place of a finding may be further down than where a human puts the comment.
#[test]
fn a_comment_above_the_statement_counts() {
    let text = "// pm2lint-ignore unguarded-cron -- why\nconst jobs = [\n  cron(1),\n  cron(2),\n];\ncron(3);";
    assert_eq!(waived("a.js", text), [true, true, false]);
    let function = "// pm2lint-ignore crash-loop -- why\nfunction start() {\n  cron(1);\n}";
    assert_eq!(waived("a.js", function), [false]);
}

#[test]
fn the_reason_is_kept() {
    let (reasons, _) = run("a.js", "cron(1) /* pm2lint-ignore unguarded-cron -- see #12: later */", "");
    assert_eq!(reasons, [Some("see #12: later".to_owned())]);
}

#[test]
fn a_comment_without_effect_is_a_finding() {
    let problems = |text: &str| run("a.js", text, "").1;
    assert!(problems("// pm2lint-ignore unguarded-cron -- why\nfoo()")[0].contains("waives nothing"));
    assert!(problems("// pm2lint-ignore ungarded-cron -- why\ncron(1)")[0].contains("did you mean `unguarded-cron`"));
    assert!(problems("// pm2lint-ignore unguarded-cron\ncron(1)")[0].contains("no reason"));
    assert!(problems("// pm2lint-ignore -- why\ncron(1)")[0].contains("names no rule"));
    assert_eq!(problems("// pm2lint-ignore unguarded-cron, listen-in-master -- why\ncron(1)").len(), 1);
}

#[test]
fn rules_that_could_find_nothing_leave_no_unused_waivers() {
    let text = "// pm2lint-ignore listen-in-master -- why\nfoo()";
    assert_eq!(run("a.js", text, "ignore = ['listen-in-master']").1.len(), 0);
    assert_eq!(run("a.js", text, "").1.len(), 1);
    assert_eq!(run("a.js", "// pm2lint-ignore crash-loop -- why\nfoo()", "").1.len(), 0);
}

fn entry(text: &str) -> String {
    format!("[[waive]]\nrules = ['unguarded-cron']\nreason = 'settled'\n{text}")
}

#[test]
fn entries_of_the_settings_waive_what_they_speak_of() {
    let settled = Some("settled".to_owned());
    assert_eq!(run("a.js", "cron(1)", &entry("")), (vec![settled.clone()], vec![]));
    assert_eq!(run("a.js", "cron(1)", &entry("apps = ['api', 'w*']")), (vec![settled.clone()], vec![]));
    assert_eq!(run("a.js", "cron(1)", &entry("until = 2026-11-26")), (vec![settled], vec![]));
}

/// An entry for one of the apps of a finding leaves it standing for the others, and is needed all the same.
#[test]
fn an_entry_for_some_apps_leaves_the_finding() {
    assert_eq!(run("a.js", "cron(1)", &entry("apps = ['api']")), (vec![None], vec![]));
    let both = entry("apps = ['api']") + "\n" + &entry("apps = ['web']").replace("settled", "for the web, too");
    assert_eq!(run("a.js", "cron(1)", &both), (vec![Some("settled; for the web, too".to_owned())], vec![]));
}

#[test]
fn entries_without_effect_are_findings() {
    let unused = |text: &str, entry: &str| run("a.js", text, entry).1;
    assert!(unused("foo()", &entry(""))[0].starts_with("this waives nothing: no `unguarded-cron`"));
    assert!(unused("cron(1)", &entry("paths = ['b.js']"))[0].starts_with("this waives nothing"));
    assert_eq!(unused("foo()", "[[waive]]\nrules = ['crash-loop']\nreason = 'x'"), [""; 0]);
}

#[test]
fn an_entry_whose_time_is_over_waives_nothing_and_is_told() {
    let (reasons, problems) = run("a.js", "cron(1)", &entry("until = 2026-11-25"));
    assert_eq!(reasons, [None]);
    assert_eq!(problems, ["this waiver ended on 2026-11-25: what it waived is reported again"]);
    let (_, problems) = run("a.js", "foo()", &entry("until = 2026-11-25"));
    assert_eq!(problems, ["this waiver ended on 2026-11-25, and nothing is left that it would waive"]);
}
