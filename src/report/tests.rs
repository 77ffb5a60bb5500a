//! Every format on one report, against `testdata/report/`. `PM2LINT_BLESS=1 cargo test` rewrites the expectations.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::checkout::{Checkout, Span};
use crate::finding::{AppRef, Waiver};
use crate::fleet::Undecided;
use crate::outcome::{AppSummary, Instances};
use crate::rules::pages::PAGES;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/report")
}

/// The place of `text` in `file`.
fn place(checkout: &Checkout, file: &str, text: &str) -> Place {
    let source = checkout.source(file).unwrap();
    let start = source.text().find(text).unwrap() as u32;
    Place::new(file, Span::new(start, start + text.len() as u32))
}

fn app(envs: &[&str]) -> AppRef {
    let envs = envs.iter().map(|env| Arc::from(*env)).collect();
    AppRef { name: "api".into(), config: "ecosystem.config.js".into(), envs }
}

fn evidence(kind: &'static str, file: &str, line: Option<u64>, count: u64, excerpt: &str) -> Evidence {
    let time = |time: &str| (count > 0).then(|| time.to_owned());
    Evidence {
        kind,
        archive: 0,
        file: file.into(),
        line,
        count,
        first: time("2026-08-01T03:00:00.021"),
        last: time(if count > 1 { "2026-08-03T03:00:00.019" } else { "2026-08-01T03:00:00.021" }),
        excerpt: excerpt.into(),
        hit: None,
    }
}

/// One finding of each kind that a format has to care for.
fn findings(checkout: &Checkout) -> Vec<Finding> {
    let server = |text: &str| place(checkout, "src/server.js", text);
    let config = |text: &str| place(checkout, "ecosystem.config.js", text);
    let mut cron = Finding::new(
        "unguarded-cron",
        Severity::Error,
        "each of the 4 workers of `api` registers this job, so every invoice is sent 4 times",
    )
    .at(server("cron.schedule('0 3 * * *', sendInvoices)"), "every worker registers this job")
    .related(Some(config("instances: 4")), "4 workers run this script")
    .help("register it in one worker only:\nif (process.env.NODE_APP_INSTANCE === '0') cron.schedule(...)")
    .app(app(&[]))
    .scope("<module>");
    cron.evidence = vec![
        evidence("log", "logs/api-out-0.log", Some(4711), 12, "2026-08-01T03:00:00: \u{1b}[32minvoices sent\u{1b}[0m"),
        evidence("log", "logs/api-out-1.log", Some(4702), 1, "2026-08-01T03:00:00: invoices sent"),
        evidence("log", "logs/api-out-2.log", Some(4688), 12, "2026-08-01T03:00:00: invoices sent"),
    ];
    let mut late = Finding::new(
        "late-forced-exit",
        Severity::Error,
        "the forced exit after 8000 ms never comes: PM2 kills after 3000 ms",
    )
    .at(server("setTimeout(() => process.exit(1), 8000)"), "8000 ms")
    .related(Some(server("server.close(() => process.exit(0))")), "waits for open connections")
    .related(Some(config("kill_timeout: 3000")), "3000 ms")
    .help("set kill_timeout to 9000")
    .confidence(Confidence::Medium)
    .app(app(&["production", "staging"]));
    late.evidence = vec![evidence("absence", "pm2.log", None, 0, "exited with code [1]")];
    let minified = Finding::new("unguarded-cron", Severity::Warning, "a bundle, 50% minified: one line")
        .at(place(checkout, "src/bundle.js", "setInterval(sweep,1000)"), "here");
    let mut incident =
        Finding::new("crash-loop", Severity::Error, "`api` was restarted 1200 times in 2 h").app(app(&[]));
    incident.evidence = vec![evidence(
        "daemon",
        "pm2.log",
        Some(12),
        1200,
        "PM2 | App [api:0] exited with code [1] via signal [SIGINT]",
    )];
    let printed =
        format!("{}Error: no such table: invoices{}", "a request of a user, ".repeat(6), " and more".repeat(6));
    let hit = printed.find("Error").map(|start| start..start + "Error: no such table: invoices".len());
    let printed = evidence("log", "logs/api-error-0.log", Some(1_234_567), 2, &printed);
    incident.evidence.push(Evidence { hit, ..printed });
    let gone = Finding::new("unreadable-config", Severity::Error, "cannot be read")
        .at(Place::new("gone & <lost>.json", Span::default()), "");
    let mut waived =
        Finding::new("missing-sigint-handler", Severity::Warning, "no handler").at(server("http.createServer"), "");
    waived.waived = Some(Waiver::by_comment("stateless"));
    let info = Finding::new("short-keep-alive", Severity::Info, "hidden from people").at(server("http"), "");
    vec![late, minified, cron, info, waived, gone, incident]
}

fn report() -> Report {
    let checkout = Checkout::open(&folder().join("in")).unwrap();
    let summary = |env: Option<&str>, instances| AppSummary {
        name: "api".into(),
        config: "ecosystem.config.js".into(),
        env: env.map(Arc::from),
        mode: "cluster",
        instances,
        script: Some("src/server.js".into()),
        entry: Some("src/server.js".into()),
        workers: Vec::new(),
        effects: Vec::new(),
    };
    let undecided = Undecided {
        place: place(&checkout, "src/server.js", "process.env.PORT"),
        what: "the port".into(),
        why: "nothing sets PORT".into(),
        rules: vec!["fork-port-conflict"],
    };
    Report {
        strangers: Vec::new(),
        apps: vec![
            summary(None, Instances::Count(4)),
            summary(Some("production"), Instances::Max),
            summary(Some("staging"), Instances::Unknown("read from a file".into())),
        ],
        skipped: 0,
        rules: PAGES.iter().map(|page| page.id).collect(),
        findings: findings(&checkout),
        undecided: vec![undecided],
        timeline: crate::archive::Timeline::default(),
        files: 3,
        checkout,
    }
}

fn render(format: Format, canvas: &Canvas) -> String {
    let report = report();
    let archives = ["incident/.pm2".to_owned()];
    let view = View {
        report: &report,
        archives: &archives,
        min_severity: Severity::Warning,
        min_confidence: Confidence::Medium,
        stale: 1,
    };
    format.render(&view, canvas).replace(env!("CARGO_PKG_VERSION"), "0.0.0")
}

fn expect(name: &str, actual: &str) {
    let file = folder().join(name);
    if std::env::var_os("PM2LINT_BLESS").is_some() {
        std::fs::write(&file, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(actual == expected, "{name} differs; `PM2LINT_BLESS=1 cargo test` rewrites it\n{actual}");
}

#[test]
fn every_format_is_as_recorded() {
    for (format, name) in [
        (Format::Graphical, "graphical.txt"),
        (Format::Concise, "concise.txt"),
        (Format::Json, "report.json"),
        (Format::Github, "github.txt"),
        (Format::Gitlab, "gitlab.json"),
        (Format::Junit, "junit.xml"),
        (Format::Html, "page.html"),
    ] {
        expect(name, &render(format, &Canvas::PLAIN));
    }
}

/// The rules of a SARIF log are the pages, which grow: only the results are recorded.
#[test]
fn sarif_is_as_recorded() {
    let log: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &Canvas::PLAIN)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), PAGES.len());
    let mut results = run["results"].clone();
    for result in results.as_array_mut().unwrap() {
        let index = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
        assert_eq!(PAGES[index.as_u64().unwrap() as usize].id, result["ruleId"]);
    }
    expect("sarif.results.json", &json::pretty(&results));
}

#[test]
fn a_poor_terminal_gets_ascii_and_a_rich_one_colours() {
    expect("graphical.ascii.txt", &render(Format::Graphical, &Canvas { width: 60, color: false, unicode: false }));
    assert!(render(Format::Graphical, &Canvas { color: true, ..Canvas::PLAIN }).contains("\x1b[31m"));
    assert!(!render(Format::Graphical, &Canvas::PLAIN).contains('\x1b'));
}

#[test]
fn labels_stay_on_the_terminal() {
    let canvas = |width| Canvas { width, ..Canvas::PLAIN };
    expect("graphical.80.txt", &render(Format::Graphical, &canvas(80)));
    for width in 40..120 {
        let drawn = render(Format::Graphical, &canvas(width));
        for label in drawn.lines().filter(|line| line.contains(" · ")) {
            assert!(textwrap::core::display_width(label) <= width, "{width}: {label}");
        }
    }
}

/// Every tag of a page, in order.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap_or_default()).collect()
}

/// `report()` with `text` wherever a text can come from the checkout or an archive.
fn report_of_text(text: &str) -> Report {
    let mut finding = Finding::new("shared-port", Severity::Error, text)
        .at(Place::new(text, Span::default()), text)
        .help(text)
        .app(AppRef { name: text.into(), config: text.into(), envs: vec![text.into()] });
    finding.evidence = vec![evidence("log", text, Some(1), 2, text), evidence("absence", text, None, 0, text)];
    let mut report = Report { findings: vec![finding], ..report() };
    for app in &mut report.apps {
        (app.name, app.config) = (text.into(), text.into());
    }
    for undecided in &mut report.undecided {
        (undecided.what, undecided.why) = (text.into(), text.into());
    }
    report
}

fn page_of_text(text: &str) -> String {
    let report = report_of_text(text);
    let archives = [text.to_owned()];
    let view = View {
        report: &report,
        archives: &archives,
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        stale: 0,
    };
    Format::Html.render(&view, &Canvas::PLAIN)
}

#[test]
fn no_text_becomes_markup_of_the_page() {
    let harmless = page_of_text("text");
    for hostile in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</pre></style><b>", "'&lt;<!--"] {
        assert_eq!(tags(&page_of_text(hostile)), tags(&harmless), "{hostile}");
    }
}

/// Text with what makes drawing hard: wide and combining characters, tabs, all sorts of line ends, long lines.
fn hard_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-z(){};=]{0,40}",
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("\u{2028}\u{1b}[31m日本語e\u{301}".to_owned()),
        Just("x".repeat(70_000)),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_code_looks_like_it_is_drawn(
        text in hard_text(),
        spans in proptest::collection::vec((0..100_000u32, 0..200u32), 1..5),
        width in 0..150usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), &text).unwrap();
        let length = text.len() as u32;
        let place = |(start, length_of_span): (u32, u32)| {
            let start = start % (length + 2);
            Place::new("a.js", Span::new(start, start + length_of_span))
        };
        let mut finding = Finding::new("shared-port", Severity::Error, text.chars().take(50).collect::<String>())
            .at(place(spans[0]), "here\n\u{1b}");
        for span in &spans[1..] {
            finding = finding.related(Some(place(*span)), "there");
        }
        finding.evidence = vec![evidence("log", "a.log", Some(u64::from(spans[0].0)), 3, &text)];
        let report = Report { findings: vec![finding], checkout: Checkout::open(folder.path()).unwrap(), ..report() };
        let view = View {
            report: &report,
            archives: &[],
            min_severity: Severity::Warning,
            min_confidence: Confidence::Medium,
            stale: 0,
        };
        let drawn = Format::Graphical.render(&view, &Canvas { width, color: false, unicode: true });
        prop_assert!(drawn.starts_with("error[shared-port]\n"), "{}", drawn);
        prop_assert!(drawn.len() < 20_000);
        prop_assert!(!drawn.contains('\x1b'));
    }
}
