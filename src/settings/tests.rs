use jiff::civil::date;

use super::*;
use crate::checkout::{Place, Span};
use crate::finding::{AppRef, Waiver};

pub(super) const EVERY_KEY: &str = r#"
select = ["unguarded-cron"]
ignore = ["listen-in-master"]
min-severity = "info"
min-confidence = "low"
fail-on = "never"
exclude = ["old/"]
skip-apps = ["tool-*"]

[severity]
unguarded-cron = "info"

[production]
node = "v20.11.1"
pm2 = "5"

[[waive]]
rules = ["unguarded-cron"]
apps = ["api"]
paths = ["legacy/"]
reason = "goes away in May"
until = 2027-05-31
"#;

pub(super) fn parse(text: &str) -> Result<Settings, String> {
    Settings::parse(FILE_NAME, Source::new(FILE_NAME, text), true)
}

fn error(text: &str) -> String {
    parse(text).unwrap_err()
}

fn finding(rule: &'static str, file: &str, apps: &[&str]) -> Finding {
    let found = Finding::new(rule, Severity::Error, "").at(Place::new(file, Span::default()), "");
    let app = |name: &&str| AppRef { name: (*name).into(), config: "ecosystem.config.js".into(), envs: Vec::new() };
    apps.iter().map(app).fold(found, Finding::app)
}

#[test]
fn every_key_is_read() {
    let settings = parse(EVERY_KEY).unwrap();
    assert!(settings.reports("unguarded-cron"));
    assert!(!settings.reports("listen-in-master"));
    assert!(!settings.reports("missing-sigint-handler"));
    assert_eq!(settings.severity["unguarded-cron"], Severity::Info);
    assert_eq!(settings.min_severity, Some(Severity::Info));
    assert_eq!(settings.min_confidence, Some(Confidence::Low));
    assert_eq!(settings.fail_on, Some(FailOn::Never));
    assert!(settings.exclude.cover("old/a.js") && !settings.exclude.cover("a.js"));
    assert!(settings.skip_apps.cover("tool-x") && !settings.skip_apps.cover("api"));
    assert_eq!(settings.production, Versions { node: Some("20.11.1".into()), pm2: Some("5".into()) });
    let file = settings.file.unwrap();
    assert_eq!((file.line("fail-on"), file.line("waive"), file.line("catalog")), (Some(6), Some(17), None));
}

#[test]
fn a_waiver_reaches_what_all_it_says_holds_for() {
    let settings = parse(EVERY_KEY).unwrap();
    let waive = &settings.waive[0];
    let speaks = |rule, file, apps: &[&str]| waive.speaks_of(&finding(rule, file, apps));
    assert!(speaks("unguarded-cron", "legacy/jobs/mail.js", &["api", "web"]));
    assert!(waive.covers("api") && !waive.covers("web"));
    assert!(!speaks("unguarded-cron", "legacy/jobs/mail.js", &["web"]));
    assert!(!speaks("unguarded-cron", "src/mail.js", &["api"]));
    assert!(!speaks("listen-in-master", "legacy/jobs/mail.js", &["api"]));
    assert!(!waive.has_ended(date(2027, 5, 31)));
    assert!(waive.has_ended(date(2027, 6, 1)));
}

#[test]
fn an_error_says_where_what_and_what_is_allowed() {
    assert_eq!(
        error("select = []\nfail_on = \"error\"\n"),
        "pm2lint.toml:2:1: there is no setting `fail_on`; did you mean `fail-on`?"
    );
    assert!(error("colour = 1").contains("there is no setting `colour`; there are `select`, `ignore`, "));
    assert!(error("fail-on = \"errors\"").ends_with("there is no `errors`; did you mean `error`?"));
    assert!(error("fail-on = \"fatal\"").contains("`error`, `warning`, `info`, `never`"));
    assert_eq!(
        error("ignore = [\n  \"ungarded-cron\",\n]"),
        "pm2lint.toml:2:3: there is no rule `ungarded-cron`; did you mean `unguarded-cron`?"
    );
    assert!(error("[severity]\nungarded-cron = 'info'").starts_with("pm2lint.toml:2:1: there is no rule"));
    assert!(error("[production]\nnode = 'lts/*'").starts_with("pm2lint.toml:2:8: `lts/*` is no version"));
    assert!(error("select = ").starts_with("pm2lint.toml:1:"));
}

#[test]
fn a_waiver_names_its_rules_and_its_reason() {
    let waive = |text: &str| error(&format!("[[waive]]\n{text}"));
    assert!(waive("rules = []\npaths = ['a']\nreason = 'x'").contains("at least one rule"));
    assert!(waive("rules = ['unguarded-cron']\npaths = ['a']").ends_with("`reason` is missing"));
    assert!(waive("rules = ['unguarded-cron']\nreason = ' '").contains("says why"));
    let when = waive("rules = ['unguarded-cron']\nreason = 'x'\nuntil = 2027-01-31T10:00:00");
    assert_eq!(when, "pm2lint.toml:4:9: `until` is a day: 2027-01-31");
    assert!(waive("rules = ['unguarded-cron']\nreason = 'x'\nuntil = 'May'").starts_with("pm2lint.toml:4:9: "));
}

#[test]
fn a_run_fails_at_or_above_the_threshold_but_never_on_the_waived_or_the_unsure() {
    let warning = Finding::new("shared-port", Severity::Warning, "");
    assert!(FailOn::Info.is_reached_by(&warning));
    assert!(FailOn::Warning.is_reached_by(&warning));
    assert!(!FailOn::Error.is_reached_by(&warning));
    assert!(!FailOn::Never.is_reached_by(&warning));
    assert!(!FailOn::Info.is_reached_by(&warning.clone().confidence(Confidence::Low)));
    let waived = Finding { waived: Some(Waiver::by_settings("why")), ..warning };
    assert!(!FailOn::Info.is_reached_by(&waived));
}
