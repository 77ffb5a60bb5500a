//! The table of workers and effects, for people and for machines.

pub(super) mod detail;
mod json;
mod text;

pub use json::render as json;
pub(super) use text::label;
pub use text::render as text;

use std::sync::Arc;

use crate::checkout::Checkout;
use crate::fleet::{Action, Effect};
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
    /// How surely each worker comes there, in the order of the app's workers.
    pub reach: Vec<Reach>,
}

/// The rows of an app, in the order in which its program comes to them; a place that it comes to on several ways has one.
pub(super) fn rows<'a>(effects: &'a [Effect], checkout: &Checkout) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for row in effects.iter().filter_map(|effect| row(effect, checkout)) {
        let same = |known: &&mut Row<'_>| {
            (known.file, known.line, known.when, known.action) == (row.file, row.line, row.when, row.action)
        };
        match rows.iter_mut().find(same) {
            Some(known) => known.reach.iter_mut().zip(row.reach).for_each(|(known, new)| *known = new.max(*known)),
            None => rows.push(row),
        }
    }
    rows
}

fn row<'a>(effect: &'a Effect, checkout: &Checkout) -> Option<Row<'a>> {
    let best = effect.best().filter(|seen| KINDS.contains(&seen.action.kind()))?;
    let source = checkout.source(&effect.place.file);
    Some(Row {
        action: &best.action,
        when: best.when,
        file: &effect.place.file,
        line: source.map(|source| source.position(effect.place.span.start).line),
        reach: effect.seen.iter().map(|seen| seen.as_ref().map_or(Reach::No, |seen| seen.reach)).collect(),
    })
}
