//! The table of workers and effects, as `pm2lint fleet` shows it, with links to the findings at its places.

use maud::{Markup, html};

use super::card::{Card, prose};
use crate::js::eval::Reach;
use crate::outcome::AppSummary;
use crate::report::View;
use crate::report::fleet::{Row, detail, label, rows};

/// One table for each app; environments in which the same happens share it. `None`: no program was followed.
pub(super) fn tables(view: &View, cards: &[Card]) -> Option<Markup> {
    let apps = grouped(view);
    let is_empty = apps.iter().all(|(_, _, rows)| rows.is_empty());
    (!is_empty).then(|| {
        html! {
            p.legend { span.reach.yes { "●" } " every life of the worker " span.reach.maybe { "○" } " some " span.reach { "·" } " none" }
            @for (app, environments, rows) in &apps { @if !rows.is_empty() { (table(app, environments, rows, cards)) } }
        }
    })
}

type Group<'a> = (&'a AppSummary, Vec<&'a str>, Vec<Row<'a>>);

fn grouped<'a>(view: &'a View) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for app in &view.report.apps {
        let rows = rows(&app.effects, &view.report.checkout);
        let environment = app.env.as_deref().unwrap_or("base");
        let same = |(known, _, known_rows): &&mut Group<'_>| {
            (&known.config, &known.name, &known.workers) == (&app.config, &app.name, &app.workers)
                && *known_rows == rows
        };
        match groups.iter_mut().find(same) {
            Some((_, environments, _)) => environments.push(environment),
            None => groups.push((app, vec![environment], rows)),
        }
    }
    groups
}

fn table(app: &AppSummary, environments: &[&str], rows: &[Row<'_>], cards: &[Card]) -> Markup {
    html! {
        div.wide { table.fleet {
            caption { b { (app.name) } " " (app.mode) ", " (environments.join(", ")) " · " code { (app.config) } }
            thead { tr {
                th scope="col" { "Where" } th scope="col" { "What" } th scope="col" { "When" }
                @for worker in &app.workers { th.worker scope="col" { (label(worker)) } }
            } }
            tbody { @for row in rows { tr {
                td { (place(row, cards)) }
                td { (prose(&detail::words(row.action))) }
                td { (detail::moment(row.when)) }
                @for cell in &row.cells { td.worker { (mark(cell.reach)) } }
            } } }
        } }
    }
}

/// The place, as a link where a finding is.
fn place(row: &Row<'_>, cards: &[Card]) -> Markup {
    let is_here =
        |card: &&Card| card.place.as_ref().is_some_and(|(file, line)| **file == **row.file && Some(*line) == row.line);
    let name = html! { code { (row.file) @if let Some(line) = row.line { ":" (line) } } };
    html! {
        @match cards.iter().find(is_here) {
            Some(card) => a href={ "#" (card.id) } title=(card.rule) { (name) },
            None => (name),
        }
    }
}

fn mark(reach: Reach) -> Markup {
    match reach {
        Reach::Yes => html! { span.reach.yes role="img" aria-label="yes" { "●" } },
        Reach::Maybe => html! { span.reach.maybe role="img" aria-label="maybe" { "○" } },
        Reach::No => html! { span.reach role="img" aria-label="no" { "·" } },
    }
}
