//! The table for machines. The types here are the format.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::detail::{detail, when};
use super::package::Package;
use super::{Row, line, rows};
use crate::checkout::Checkout;
use crate::fleet::{App, Doubt, Fleet, Worker};
use crate::js::eval::Reach;
use crate::report::json::pretty;

#[derive(Serialize)]
struct Document<'a> {
    apps: Vec<AppEntry<'a>>,
}

#[derive(Serialize)]
struct AppEntry<'a> {
    name: &'a str,
    config: &'a str,
    env: Option<&'a str>,
    mode: &'static str,
    workers: Vec<WorkerEntry>,
    effects: Vec<EffectEntry<'a>>,
    /// What a package's script does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_itself: Option<Package<'a>>,
}

#[derive(Serialize)]
struct WorkerEntry {
    instance: u32,
    role: &'static str,
}

#[derive(Serialize)]
struct EffectEntry<'a> {
    kind: &'static str,
    when: &'static str,
    file: &'a str,
    line: Option<u32>,
    detail: Value,
    reach: Vec<&'static str>,
    undecided: Vec<DoubtEntry<'a>>,
}

#[derive(Serialize)]
struct DoubtEntry<'a> {
    workers: Vec<usize>,
    file: &'a str,
    line: Option<u32>,
    why: &'a str,
}

/// The whole document.
pub fn render(fleet: &Fleet<'_>, checkout: &Checkout) -> String {
    pretty(&Document { apps: fleet.apps.iter().map(|app| entry(app, checkout)).collect() })
}

fn entry<'a>(app: &'a App<'a>, checkout: &Checkout) -> AppEntry<'a> {
    AppEntry {
        name: &app.launch.name,
        config: &app.app.config,
        env: app.launch.env_name.as_deref(),
        mode: app.launch.mode.name(),
        workers: app.workers.iter().map(worker).collect(),
        effects: rows(&app.effects, checkout).iter().map(|row| effect(row, checkout)).collect(),
        by_itself: Package::of(app),
    }
}

fn worker(worker: &Worker) -> WorkerEntry {
    WorkerEntry { instance: worker.instance, role: worker.role.name() }
}

fn effect<'a>(row: &Row<'a>, checkout: &Checkout) -> EffectEntry<'a> {
    EffectEntry {
        kind: row.action.kind(),
        when: when(row.when),
        file: row.file,
        line: row.line,
        detail: detail(row.action),
        reach: row.cells.iter().map(|cell| name(cell.reach)).collect(),
        undecided: undecided(row, checkout),
    }
}

/// Why workers come to the row only maybe; `workers` are positions in the app's.
fn undecided<'a>(row: &Row<'a>, checkout: &Checkout) -> Vec<DoubtEntry<'a>> {
    let mut workers: BTreeMap<&Doubt, Vec<usize>> = BTreeMap::new();
    for (position, cell) in row.cells.iter().enumerate() {
        if let Some(doubt) = cell.doubt {
            workers.entry(doubt).or_default().push(position);
        }
    }
    let entry = |(doubt, workers): (&'a Doubt, Vec<usize>)| DoubtEntry {
        workers,
        file: &doubt.place.file,
        line: line(&doubt.place, checkout),
        why: &doubt.why,
    };
    workers.into_iter().map(entry).collect()
}

fn name(reach: Reach) -> &'static str {
    match reach {
        Reach::Yes => "yes",
        Reach::Maybe => "maybe",
        Reach::No => "no",
    }
}
