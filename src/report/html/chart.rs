//! The lanes as a table with a small picture in each row; the numbers beside it say the same in words.

use maud::{Markup, html};

use super::card::Card;
use super::lanes::{COLUMNS, Cell, Lane, Lanes};
use crate::report::summary::counted;

/// Height of a lane, in the units of its picture.
const HEIGHT: u32 = 24;
/// Height of the band that shows that a worker runs.
const BAND: u32 = 6;

/// A table of all lanes.
pub(super) fn draw(lanes: Option<&Lanes>, archives: &[String], cards: &[Card]) -> Option<Markup> {
    let lanes = lanes?;
    let [first, last] = [lanes.span.0, lanes.span.1].map(|time| time.to_string().replacen('T', " ", 1));
    Some(html! {
        p.legend {
            span.key.alive { "runs" } span.key.crash { "ended by itself" } span.key.kill { "killed (SIGKILL)" } span.key.stop { "stopped by PM2" }
        }
        div.wide { table.lanes {
            thead { tr {
                th scope="col" { "Worker" }
                th scope="col" { span.axis { time { (first) } time { (last) } } }
                th scope="col" { "Ends" }
            } }
            @for group in groups(&lanes.lanes) {
                tbody {
                    tr.app id=[group.first().and_then(|lane| lanes.anchor(&lane.app))] { th colspan="3" scope="rowgroup" { (heading(group, lanes, archives)) (links(group, cards)) } }
                    @for lane in group { (row(lane)) }
                }
            }
        } }
        @if lanes.unlisted > 0 {
            p.note { "The chart ends where the timeline of a very long log does: " (lanes.unlisted) " more events are counted above, but not drawn." }
        }
    })
}

/// The lanes of one app in one archive stand together.
fn groups(lanes: &[Lane]) -> impl Iterator<Item = &[Lane]> {
    lanes.chunk_by(|a, b| (a.archive, &a.app) == (b.archive, &b.app))
}

fn heading(group: &[Lane], lanes: &Lanes, archives: &[String]) -> Markup {
    let is_one = lanes.lanes.iter().all(|lane| lane.archive == 0);
    html! {
        @if let Some(lane) = group.first() {
            (lane.app)
            @if !is_one { @if let Some(archive) = archives.get(lane.archive) { " " code { (archive) } } }
        }
    }
}

fn links(group: &[Lane], cards: &[Card]) -> Markup {
    let concerns = |card: &&Card| group.first().is_some_and(|lane| card.apps.iter().any(|app| **app == *lane.app));
    html! {
        @for card in cards.iter().filter(concerns) { " " a.chip href={ "#" (card.id) } { (card.rule) } }
    }
}

fn row(lane: &Lane) -> Markup {
    let ends = ends(&total(&lane.cells));
    html! {
        tr {
            th scope="row" { (lane.pm_id) }
            td { (picture(lane, &ends)) }
            td { (ends) }
        }
    }
}

fn picture(lane: &Lane, ends: &str) -> Markup {
    let highest = lane.cells.iter().map(|cell| cell.crashes.max(cell.kills)).max().unwrap_or(0);
    html! {
        svg role="img" aria-label={ (lane.app) " " (lane.pm_id) ": " (ends) } viewBox={ "0 0 " (COLUMNS) " " (HEIGHT) } preserveAspectRatio="none" {
            @for (x, width) in runs(&lane.cells) { rect.alive x=(x) y=(HEIGHT - BAND) width=(width) height=(BAND) {} }
            @for (x, cell) in lane.cells.iter().enumerate() {
                (bar(x, cell.stops, 1, "stop", BAND))
                (bar(x, cell.crashes, highest, "crash", HEIGHT))
                (bar(x, cell.kills, highest, "kill", HEIGHT))
            }
        }
    }
}

/// Stretches of columns in which it runs: the first, and how many.
fn runs(cells: &[Cell]) -> Vec<(usize, usize)> {
    let mut at = 0;
    let stretches = cells.chunk_by(|a, b| a.alive == b.alive).map(|stretch| {
        let start = at;
        at += stretch.len();
        (stretch.first().is_some_and(|cell| cell.alive), start, stretch.len())
    });
    stretches.filter(|(alive, ..)| *alive).map(|(_, start, length)| (start, length)).collect()
}

/// Taller for more, by powers of two: one crash is seen beside a thousand.
fn bar(x: usize, count: u32, highest: u32, class: &str, full: u32) -> Markup {
    let steps = |count: u32| u32::BITS - count.leading_zeros();
    let height = (full * steps(count)).div_ceil(steps(highest).max(1)).min(full);
    html! {
        @if count > 0 {
            rect class=(class) x=(x) y=(HEIGHT - height) width="1" height=(height) { title { (count) " × " (class) } }
        }
    }
}

fn total(cells: &[Cell]) -> Cell {
    cells.iter().fold(Cell::default(), |total, cell| Cell {
        alive: total.alive || cell.alive,
        starts: total.starts + cell.starts,
        crashes: total.crashes + cell.crashes,
        kills: total.kills + cell.kills,
        stops: total.stops + cell.stops,
    })
}

/// `12 crashes, 1 kill`
fn ends(total: &Cell) -> String {
    let ends = [(total.crashes, "by itself"), (total.kills, "killed"), (total.stops, "stopped")];
    let told: Vec<String> =
        ends.iter().filter(|(count, _)| *count > 0).map(|(count, how)| format!("{count} {how}")).collect();
    let starts = counted(total.starts as usize, "start");
    if told.is_empty() { format!("{starts}, no end") } else { format!("{starts}; {}", told.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_drawn_where_it_runs() {
        let cells =
            |alive: &str| alive.chars().map(|c| Cell { alive: c == 'x', ..Cell::default() }).collect::<Vec<_>>();
        assert_eq!(runs(&cells("..xxx.x")), [(2, 3), (6, 1)]);
        assert_eq!(runs(&cells("xx")), [(0, 2)]);
    }

    #[test]
    fn ends_are_told_by_their_kind() {
        let cell = Cell { starts: 3, crashes: 1, stops: 2, ..Cell::default() };
        assert_eq!(ends(&cell), "3 starts; 1 by itself, 2 stopped");
        assert_eq!(ends(&Cell { starts: 1, ..Cell::default() }), "1 start, no end");
    }
}
