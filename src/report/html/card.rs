//! One finding: what, why, code and log side by side, what to do.

use maud::{Markup, html};

use super::lanes::Lanes;
use crate::evidence::{Account, Cause};
use crate::finding::{Confidence, Evidence, Finding, Severity};
use crate::report::logs::{Tale, address};
use crate::report::snippet::Excerpt;
use crate::report::{View, evidence_file, graphical};
use crate::rules::pages::page;

/// Columns of code or log that are kept of a long line.
const WIDTH: usize = 160;
/// How many log lines a card shows; of more it names the files.
const LOG_LINES: usize = 12;

/// One finding or incident, ready to be drawn.
pub(super) struct Card {
    /// The anchor.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// The rule's id.
    pub rule: &'static str,
    /// The names of the apps it concerns.
    pub apps: Vec<String>,
    /// `file` and line of the primary place.
    pub place: Option<(String, u32)>,
    message: String,
    help: String,
    confidence: Confidence,
    code: Vec<Excerpt>,
    logs: Vec<Excerpt>,
    notes: Vec<String>,
}

impl Card {
    /// A finding of `check`.
    pub fn of_finding(view: &View, finding: &Finding) -> Card {
        let place = finding.location.as_ref();
        let position = |place| Some(view.positions(place)?.0.line);
        let unlocated = finding.evidence.iter().filter(|evidence| evidence.line.is_none());
        let mut notes: Vec<String> = unlocated.map(|evidence| graphical::unlocated(view, evidence)).collect();
        notes.extend(place.filter(|place| position(place).is_none()).map(|place| format!("in {}", place.file)));
        let mut apps: Vec<String> = finding.apps.iter().map(|app| app.name.to_string()).collect();
        apps.dedup();
        Card {
            id: format!("f-{}", at(view, finding)),
            severity: finding.severity,
            rule: finding.rule,
            apps,
            place: place.and_then(|place| Some((place.file.to_string(), position(place)?))),
            message: finding.message.clone(),
            help: finding.help.clone(),
            confidence: finding.confidence,
            code: graphical::code(view, finding, WIDTH),
            logs: logs(view.archives, finding.evidence.iter()),
            notes,
        }
    }

    /// Incident number `at` of `logs`.
    pub fn of_incident(tale: &Tale<'_>, at: usize, cause: &Cause<'_>, account: &Account) -> Card {
        Card {
            id: format!("f-{}", at + 1),
            severity: account.severity,
            rule: cause.incident.kind.rule(),
            apps: cause.incident.app.iter().map(ToString::to_string).collect(),
            place: None,
            message: account.message.clone(),
            help: account.help.clone(),
            confidence: Confidence::High,
            code: Vec::new(),
            logs: logs(&tale.names, cause.evidence().into_iter()),
            notes: cause.frame().map(|frame| format!("thrown at {}", address(frame))).into_iter().collect(),
        }
    }

    /// The card.
    pub fn draw(&self, lanes: Option<&Lanes>) -> Markup {
        html! {
            article.card id=(self.id) data-card=(self.id) aria-labelledby={ (self.id) "-title" } {
                h3 id={ (self.id) "-title" } {
                    span class={ "severity " (self.severity) } { (self.severity) } " " (self.rule)
                    @for app in &self.apps { " " (name(app, lanes)) }
                }
                p.message { (prose(&self.message)) }
                div.proof {
                    (column("Code", &self.code))
                    (column("Log", &self.logs))
                }
                @for note in &self.notes { p.note { (prose(note)) } }
                @if !self.help.is_empty() { p.help { b { "What to do: " } (prose(&self.help)) } }
                p.about {
                    @if let Some(page) = page(self.rule) { (page.summary) " " }
                    @if self.confidence < Confidence::High { span.confidence { (self.confidence) " confidence" } }
                }
            }
        }
    }
}

/// The app's name, as a link to its lanes where it has some.
fn name(app: &str, lanes: Option<&Lanes>) -> Markup {
    match lanes.and_then(|lanes| lanes.anchor(app)) {
        Some(anchor) => html! { a.apps href={ "#" (anchor) } { (app) } },
        None => html! { span.apps { (app) } },
    }
}

/// A text in which what stands in backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    let pieces: Vec<&str> = text.split('`').collect();
    let is_closed = pieces.len() % 2 == 1;
    html! {
        @for (at, piece) in pieces.iter().enumerate() {
            @if at % 2 == 1 && is_closed { code { (piece) } } @else { (piece) @if !is_closed && at + 1 < pieces.len() { "`" } }
        }
    }
}

/// Its number among those shown, from 1.
fn at(view: &View, finding: &Finding) -> usize {
    view.shown().take_while(|shown| !std::ptr::eq(*shown, finding)).count() + 1
}

fn logs<'e>(archives: &[String], evidence: impl Iterator<Item = &'e Evidence>) -> Vec<Excerpt> {
    let located = evidence.filter_map(|evidence| Some((evidence.line?, evidence)));
    let excerpt = |(line, evidence): (u64, &Evidence)| {
        let title = format!("{}:{line}", evidence_file(archives, evidence));
        Excerpt::of_log(title, line, evidence, graphical::occurrences(evidence), WIDTH)
    };
    located.take(LOG_LINES).map(excerpt).collect()
}

fn column(title: &str, excerpts: &[Excerpt]) -> Markup {
    html! {
        @if !excerpts.is_empty() {
            div { h4 { (title) } @for excerpt in excerpts { (figure(excerpt)) } }
        }
    }
}

/// Lines with their numbers; what is marked is marked, and said below its line.
fn figure(excerpt: &Excerpt) -> Markup {
    html! {
        figure {
            figcaption { code { (excerpt.title) } }
            pre tabindex="0" {
                @for line in excerpt.lines() {
                    span.line {
                        span.number aria-hidden="true" { (line.number) }
                        @for (text, is_marked) in &line.parts {
                            @if *is_marked { mark { (text) } } @else { (text) }
                        }
                        "\n"
                        @for label in &line.labels { span.label { (prose(label)) "\n" } }
                    }
                }
            }
        }
    }
}
