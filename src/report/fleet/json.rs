//! The table for machines. The types here are the format.

use serde::Serialize;
use serde_json::Value;

use super::detail::{detail, when};
use super::{Row, rows};
use crate::checkout::Checkout;
use crate::fleet::{App, Fleet, Worker};
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
        effects: rows(&app.effects, checkout).iter().map(effect).collect(),
    }
}

fn worker(worker: &Worker) -> WorkerEntry {
    WorkerEntry { instance: worker.instance, role: worker.role.name() }
}

fn effect<'a>(row: &Row<'a>) -> EffectEntry<'a> {
    EffectEntry {
        kind: row.action.kind(),
        when: when(row.when),
        file: row.file,
        line: row.line,
        detail: detail(row.action),
        reach: row.reach.iter().map(|reach| name(*reach)).collect(),
    }
}

fn name(reach: Reach) -> &'static str {
    match reach {
        Reach::Yes => "yes",
        Reach::Maybe => "maybe",
        Reach::No => "no",
    }
}
