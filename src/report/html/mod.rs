//! The incident page: one file that needs nothing else. It opens from disk, in the light and in the dark, prints, and
//! reads in a screen reader; a script only filters. No text of a finding can become markup: [`maud`] escapes, and the
//! page allows no script or style but its own.

mod card;
mod chart;
mod fleet;
mod frame;
mod lanes;

use maud::{Markup, html};

use super::logs::Tale;
use super::{View, summary};
use card::Card;
use frame::Page;
use lanes::Lanes;

/// The report of `pm2lint check`.
pub fn render(view: &View) -> String {
    let cards: Vec<Card> = view.shown().map(|finding| Card::of_finding(view, finding)).collect();
    let lanes = Lanes::of(&view.report.timeline);
    let tables = fleet::tables(view, &cards);
    frame::document(&Page {
        summary: summary::line(view),
        production: &view.report.timeline.production,
        archives: view.archives,
        sections: vec![
            ("findings", "Findings", findings(&cards, lanes.as_ref())),
            ("timeline", "What happened when", chart::draw(lanes.as_ref(), view.archives, &cards)),
            ("fleet", "What each worker does", tables),
            ("undecided", "What could not be decided", undecided(view)),
        ],
        cards: &cards,
    })
}

/// The report of `pm2lint logs`.
pub fn incidents(tale: &Tale<'_>) -> String {
    let incidents = tale.incidents.iter().enumerate();
    let cards: Vec<Card> =
        incidents.map(|(at, (cause, account))| Card::of_incident(tale, at, cause, account)).collect();
    let lanes = Lanes::of(tale.timeline);
    frame::document(&Page {
        summary: super::logs::summary(tale),
        production: &tale.timeline.production,
        archives: &tale.names,
        sections: vec![
            ("findings", "Incidents", findings(&cards, lanes.as_ref())),
            ("timeline", "What happened when", chart::draw(lanes.as_ref(), &tale.names, &cards)),
        ],
        cards: &cards,
    })
}

fn findings(cards: &[Card], lanes: Option<&Lanes>) -> Option<Markup> {
    (!cards.is_empty()).then(|| html! { @for card in cards { (card.draw(lanes)) } })
}

fn undecided(view: &View) -> Option<Markup> {
    let undecided = &view.report.undecided;
    let line = |place| view.positions(place).map(|(start, _)| start.line);
    (!undecided.is_empty()).then(|| {
        html! {
            div.wide { table {
                thead { tr { th scope="col" { "Where" } th scope="col" { "What" } th scope="col" { "Why" } } }
                tbody {
                    @for entry in undecided {
                        tr {
                            td { code { (entry.place.file) @if let Some(line) = line(&entry.place) { ":" (line) } } }
                            td { (entry.what) }
                            td { (entry.why) }
                        }
                    }
                }
            } }
        }
    })
}
