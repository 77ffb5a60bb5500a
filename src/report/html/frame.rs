//! What is round the sections: head, filter, list of findings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::card::Card;
use crate::archive::Production;
use crate::finding::Severity;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a document shows.
pub(super) struct Page<'a> {
    /// The last line of the report for the terminal.
    pub summary: String,
    /// What ran.
    pub production: &'a Production,
    /// The archives, as the user named them.
    pub archives: &'a [String],
    /// Id, heading and body; `None`: there is nothing to show.
    pub sections: Vec<(&'static str, &'static str, Option<Markup>)>,
    /// The findings, for the list and the filter.
    pub cards: &'a [Card],
}

/// The whole file.
pub(super) fn document(page: &Page<'_>) -> String {
    let sections = || page.sections.iter().filter_map(|(id, title, body)| Some((id, title, body.as_ref()?)));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "pm2lint: " (page.summary) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the findings" }
                header {
                    h1 { "pm2lint" }
                    p.summary { (page.summary) }
                    (ran(page))
                    nav aria-label="Sections" {
                        ul { @for (id, title, _) in sections() { li { a href={ "#" (id) } { (title) } } } }
                    }
                }
                (filter(page.cards))
                main id="main" {
                    (list(page.cards))
                    @for (id, title, body) in sections() {
                        section id=(id) aria-labelledby={ (id) "-title" } {
                            h2 id={ (id) "-title" } { (title) }
                            (body)
                        }
                    }
                    @if page.cards.is_empty() { p { "Nothing to report." } }
                }
                footer { p { "Made by pm2lint " (env!("CARGO_PKG_VERSION")) ". " code { "pm2lint explain RULE" } " tells more about a rule." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string() + "\n"
}

/// Nothing from elsewhere, and no script or style but the page's own.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!("default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'", hash(STYLE), hash(SCRIPT))
}

fn ran(page: &Page<'_>) -> Markup {
    let production = page.production;
    html! {
        @if !page.archives.is_empty() {
            dl.ran {
                @if let Some(version) = &production.pm2_version { div { dt { "PM2" } dd { (version) } } }
                @if let Some(version) = &production.node_version { div { dt { "Node" } dd { (version) } } }
                @for archive in page.archives { div { dt { "archive" } dd { code { (archive) } } } }
            }
        }
    }
}

/// Shown by the script alone: without it everything is there.
fn filter(cards: &[Card]) -> Markup {
    let apps = app_names(cards);
    html! {
        @if cards.len() > 1 {
            form.filter hidden aria-label="Filter" {
                label { "App " select name="app" {
                    option value="" { "all" }
                    @for (number, app) in apps.iter().enumerate() { option value=(number) { (app) } }
                } }
                fieldset {
                    legend { "Severity" }
                    @for severity in [Severity::Error, Severity::Warning, Severity::Info] {
                        @if cards.iter().any(|card| card.severity == severity) {
                            label { input type="checkbox" name=(severity) checked; " " (severity) }
                        }
                    }
                }
                output aria-live="polite" {}
            }
        }
    }
}

/// The apps that the cards name, each once, sorted: a card refers to them by number.
fn app_names(cards: &[Card]) -> Vec<&str> {
    let mut names: Vec<&str> = cards.iter().flat_map(|card| &card.apps).map(|app| &**app).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn list(cards: &[Card]) -> Markup {
    let apps = app_names(cards);
    html! {
        @if cards.len() > 1 {
            ol.list aria-label="All findings" {
                @for card in cards {
                    li data-card=(card.id) data-severity=(card.severity) data-apps=(numbers(card, &apps)) {
                        a href={ "#" (card.id) } {
                            span class={ "severity " (card.severity) } { (card.severity) } " " b { (card.rule) }
                            @if !card.apps.is_empty() { " " span.apps { (card.apps.join(", ")) } }
                        }
                    }
                }
            }
        }
    }
}

fn numbers(card: &Card, apps: &[&str]) -> String {
    let number = |app: &String| apps.binary_search(&&**app).ok().map(|number| number.to_string());
    card.apps.iter().filter_map(number).collect::<Vec<_>>().join(" ")
}
