//! For people: what, why, the line, the log line, what to do.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::canvas::printable;
use super::snippet::{Excerpt, Mark, Snippets};
use super::{Canvas, View, concise, summary};
use crate::checkout::Place;
use crate::finding::{AppRef, Confidence, Evidence, Finding, Severity};
use crate::fleet::Undecided;

/// How many log lines a finding shows; of more it names the files.
const LOG_LINES: usize = 2;
/// How many apps a finding names.
const NAMED_APPS: usize = 6;
/// What the frame and the line number take of the width.
const GUTTER: usize = 12;

/// All findings shown, and the summary. What the logs confirm comes first, what only had a share in it after what tells of it.
pub fn render(view: &View, canvas: &Canvas) -> String {
    let mut shown: Vec<&Finding> = view.shown().collect();
    shown.sort_by_key(|finding| {
        let is_seen = finding.evidence.iter().any(|evidence| evidence.count > 0);
        let seen = is_seen.then_some((finding.told_by.is_some(), Reverse(finding.severity)));
        (!is_seen, seen)
    });
    let mut told = Told::default();
    let findings: String =
        shown.into_iter().map(|finding| draw(view, canvas, finding, &told.lines(finding)) + "\n").collect();
    let strangers: String = view.report.strangers.iter().map(|stranger| unknown(canvas, stranger)).collect();
    let summary = textwrap::wrap(&printable(&summary::line(view)), canvas.width.max(GUTTER)).join("\n");
    findings + &strangers + &clock(view, canvas) + &canvas.bold(&summary) + "\n"
}

/// By which clock the times are told that are shown.
fn clock(view: &View, canvas: &Canvas) -> String {
    let has_times = view.shown().flat_map(|finding| &finding.evidence).any(|evidence| evidence.first.is_some());
    let clock = view.report.timeline.clock().filter(|_| has_times);
    clock.map_or(String::new(), |clock| paragraph(canvas, "times:", &clock))
}

/// An app that only the archive, or only the checkout, has.
fn unknown(canvas: &Canvas, stranger: &Undecided) -> String {
    paragraph(canvas, "not known:", &printable(&format!("{}: {}", stranger.what, stranger.why)))
}

/// The lines of logs that were told, and the rule whose finding has them.
#[derive(Default)]
struct Told<'f>(BTreeMap<(usize, &'f str, u64), &'static str>);

/// The lines of logs that confirm a finding.
struct Lines<'f> {
    own: Vec<(u64, &'f Evidence)>,
    /// Those that were told above, by the rule whose finding has them.
    above: BTreeMap<&'static str, Vec<(u64, &'f Evidence)>>,
}

impl<'f> Told<'f> {
    /// The lines of `finding`: each is told once.
    fn lines(&mut self, finding: &'f Finding) -> Lines<'f> {
        let mut lines = Lines { own: Vec::new(), above: BTreeMap::new() };
        for (number, evidence) in logs(finding) {
            match self.0.get(&(evidence.archive, &*evidence.file, number)) {
                Some(rule) => lines.above.entry(*rule).or_default().push((number, evidence)),
                None => lines.own.push((number, evidence)),
            }
        }
        self.0.extend(
            lines.own.iter().map(|(number, evidence)| ((evidence.archive, &*evidence.file, *number), finding.rule)),
        );
        lines
    }
}

/// One finding. miette panics on some texts; what it cannot draw is said in one line.
fn draw(view: &View, canvas: &Canvas, finding: &Finding, lines: &Lines<'_>) -> String {
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let mut drawn = String::new();
        handler(canvas).render_report(&mut drawn, &Drawing::new(view, canvas, finding, lines)).map(|()| drawn)
    }));
    let drawn = match drawn {
        Ok(Ok(drawn)) => drawn,
        _ => concise::line(view, finding) + "\n",
    };
    drawn + &notes(view, canvas, finding, lines)
}

fn handler(canvas: &Canvas) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if canvas.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if canvas.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    // Dates and options stay whole.
    GraphicalReportHandler::new_themed(theme)
        .with_width(canvas.width)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .without_primary_span_start()
}

/// A finding as miette sees it.
#[derive(Debug)]
struct Drawing {
    code: String,
    severity: Severity,
    message: String,
    help: String,
    snippets: Snippets,
}

impl Drawing {
    fn new(view: &View, canvas: &Canvas, finding: &Finding, lines: &Lines<'_>) -> Drawing {
        let width = canvas.width.saturating_sub(GUTTER).max(GUTTER);
        let mut excerpts = code(view, finding, width);
        excerpts.extend(lines.own.iter().take(LOG_LINES).map(|(line, evidence)| {
            let title = printable(&format!("{}:{line}", view.evidence_file(evidence)));
            Excerpt::of_log(title, *line, evidence, occurrences(evidence), width)
        }));
        Drawing {
            code: format!("{}[{}]", finding.severity, finding.rule),
            severity: finding.severity,
            message: printable(&finding.message),
            help: finding.help.lines().map(printable).collect::<Vec<_>>().join("\n"),
            snippets: Snippets::new(excerpts, canvas.width),
        }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl Diagnostic for Drawing {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.help.is_empty() { None } else { Some(Box::new(&self.help)) }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippets)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.snippets.labels()))
    }
}

/// The primary place and the related ones: its file first, then the others as they come.
pub(super) fn code(view: &View, finding: &Finding, width: usize) -> Vec<Excerpt> {
    let primary = finding.location.iter().map(|place| (place, &finding.label, true));
    let related = finding.related.iter().map(|related| (&related.place, &related.message, false));
    let mut files: Vec<(Arc<str>, Vec<Mark>)> = Vec::new();
    for (place, text, is_primary) in primary.chain(related) {
        let mark = Mark { span: place.span, text: text.clone(), is_primary };
        match files.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((place.file.clone(), vec![mark])),
        }
    }
    files.into_iter().flat_map(|(file, marks)| excerpts(view, &file, marks, width)).collect()
}

fn excerpts(view: &View, file: &str, mut marks: Vec<Mark>, width: usize) -> Vec<Excerpt> {
    let Some(source) = view.report.checkout.source(file) else { return Vec::new() };
    marks.sort_by_key(|mark| mark.span);
    let context = u32::from(marks.iter().any(|mark| mark.is_primary));
    Excerpt::of_source(&source, marks, context, width)
}

/// The evidence that is a line of a log.
fn logs(finding: &Finding) -> impl Iterator<Item = (u64, &Evidence)> {
    finding.evidence.iter().filter_map(|evidence| Some((evidence.line?, evidence)))
}

/// `4 times, 2026-08-01 03:00:00 to 2026-08-03 03:00:00`
pub(super) fn occurrences(evidence: &Evidence) -> String {
    let time = |time: &Option<String>| time.as_ref().map(|time| time.replacen('T', " ", 1));
    match (evidence.count, time(&evidence.first), time(&evidence.last)) {
        (1, Some(first), _) => first,
        (1, None, _) => "once".to_owned(),
        (count, Some(first), Some(last)) if first != last => format!("{count} times, {first} to {last}"),
        (count, Some(first), _) => format!("{count} times, {first}"),
        (count, None, _) => format!("{count} times"),
    }
}

/// What is no snippet: other evidence, whom it concerns, how sure it is.
fn notes(view: &View, canvas: &Canvas, finding: &Finding, lines: &Lines<'_>) -> String {
    let mut notes = String::new();
    let mut note = |key: &str, text: &str| notes += &paragraph(canvas, key, &printable(text));
    if let Some(place) = unreadable(view, finding) {
        note("file:", &place.file);
    }
    let (absent, other): (Vec<&Evidence>, Vec<&Evidence>) =
        finding.evidence.iter().filter(|evidence| evidence.line.is_none()).partition(|evidence| is_absence(evidence));
    if !absent.is_empty() {
        let files: Vec<String> = absent.iter().map(|evidence| view.evidence_file(evidence)).collect();
        note("logs:", &format!("no sign of it in {}", files.join(", ")));
    }
    for evidence in other {
        note("logs:", &unlocated(view, evidence));
    }
    let at = |lines: &[(u64, &Evidence)]| {
        lines
            .iter()
            .map(|(line, evidence)| format!("{}:{line}", view.evidence_file(evidence)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (rule, lines) in &lines.above {
        note("logs:", &format!("told above by {rule}: {}", at(lines)));
    }
    if let Some(more) = lines.own.get(LOG_LINES..).filter(|more| !more.is_empty()) {
        note("logs:", &format!("also {}", at(more)));
    }
    if !finding.apps.is_empty() {
        note("apps:", &apps(&finding.apps));
    }
    if finding.confidence < Confidence::High {
        note("note:", &format!("{} confidence", finding.confidence));
    }
    notes
}

/// `text` after its key, in lines below one another.
fn paragraph(canvas: &Canvas, key: &str, text: &str) -> String {
    let room = canvas.width.saturating_sub(key.len() + 3).max(GUTTER);
    // A path stays whole, to be copied.
    let whole = textwrap::Options::new(room).word_separator(textwrap::WordSeparator::AsciiSpace).break_words(false);
    let lines = textwrap::wrap(text, whole.word_splitter(textwrap::WordSplitter::NoHyphenation));
    let indent = format!("\n   {}", " ".repeat(key.len()));
    format!("  {} {}\n", canvas.key(key), lines.join(&indent))
}

/// The place of `finding`, if its file cannot be shown.
fn unreadable<'a>(view: &View, finding: &'a Finding) -> Option<&'a Place> {
    finding.location.as_ref().filter(|place| view.positions(place).is_none())
}

/// Words that never came; which is nothing to quote.
fn is_absence(evidence: &Evidence) -> bool {
    evidence.kind == "absence" && evidence.excerpt.is_empty()
}

/// Evidence without a line: a line that never came, or what `pm2 jlist` says.
pub(super) fn unlocated(view: &View, evidence: &Evidence) -> String {
    let file = view.evidence_file(evidence);
    match (evidence.kind, &*evidence.excerpt) {
        ("absence", "") => format!("no sign of it in {file}"),
        ("absence", text) => format!("never in {file}: {text}"),
        (_, "") => format!("{file}, {}", occurrences(evidence)),
        (_, text) => format!("{text} ({file})"),
    }
}

/// `api (production, staging), worker`
fn apps(apps: &[AppRef]) -> String {
    let named = |app: &AppRef| match &*app.envs.join(", ") {
        "" => app.name.to_string(),
        envs => format!("{} ({envs})", app.name),
    };
    let mut text = apps.iter().take(NAMED_APPS).map(named).collect::<Vec<_>>().join(", ");
    if apps.len() > NAMED_APPS {
        let _ = write!(text, " and {} more", apps.len() - NAMED_APPS);
    }
    text
}
