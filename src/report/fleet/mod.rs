//! The table of workers and effects, for people and for machines.

pub(super) mod detail;
mod json;
mod notes;
mod package;
mod text;

pub use json::render as json;
pub(super) use text::label;
pub use text::render as text;

use std::sync::Arc;

use crate::checkout::{Checkout, Place};
use crate::fleet::{Action, Doubt, Effect, Seen};
use crate::js::eval::{Reach, When};

/// The kinds of effects that are in the table.
const KINDS: [&str; 8] = ["listen", "schedule", "signal", "ready", "exit", "state", "fork", "send"];

/// One line of an app's table.
#[derive(Debug, PartialEq)]
pub(super) struct Row<'a> {
    /// What.
    pub action: &'a Action,
    /// In which part of the worker's life.
    pub when: When,
    /// Relative to the checkout.
    pub file: &'a Arc<str>,
    /// From 1; `None`: the file cannot be read.
    pub line: Option<u32>,
    /// Each worker, in the order of the app's workers.
    pub cells: Vec<Cell<'a>>,
}

/// One worker at the place of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    /// How surely it comes there.
    pub reach: Reach,
    /// If maybe: why.
    pub doubt: Option<&'a Doubt>,
}

impl<'a> Cell<'a> {
    fn of(seen: Option<&'a Seen>) -> Self {
        let reach = seen.map_or(Reach::No, |seen| seen.reach);
        let doubt = seen.and_then(|seen| seen.doubt.as_ref()).filter(|_| reach == Reach::Maybe);
        Self { reach, doubt }
    }
}

/// The rows of an app, in the order in which its program comes to them; a place that it comes to on several ways has one.
pub(super) fn rows<'a>(effects: &'a [Effect], checkout: &Checkout) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for row in effects.iter().filter_map(|effect| row(effect, checkout)) {
        let same = |known: &&mut Row<'_>| {
            (known.file, known.line, known.when, known.action) == (row.file, row.line, row.when, row.action)
        };
        match rows.iter_mut().find(same) {
            Some(known) => known.cells.iter_mut().zip(row.cells).for_each(|(known, new)| {
                if new.reach > known.reach {
                    *known = new;
                }
            }),
            None => rows.push(row),
        }
    }
    rows
}

fn row<'a>(effect: &'a Effect, checkout: &Checkout) -> Option<Row<'a>> {
    let best = effect.best().filter(|seen| KINDS.contains(&seen.action.kind()))?;
    Some(Row {
        action: &best.action,
        when: best.when,
        file: &effect.place.file,
        line: line(&effect.place, checkout),
        cells: effect.seen.iter().map(|seen| Cell::of(seen.as_ref())).collect(),
    })
}

/// From 1; `None`: the file cannot be read.
fn line(place: &Place, checkout: &Checkout) -> Option<u32> {
    Some(checkout.source(&place.file)?.position(place.span.start).line)
}
