//! The table for people: a heading for each app, a line for each effect, a mark for each worker.

use super::detail::{moment, words};
use super::package::Package;
use super::{Cell, Row, notes, rows};
use crate::checkout::Checkout;
use crate::fleet::{App, Fleet, Role, Worker};
use crate::js::eval::Reach;
use crate::modules::entry::Entry;
use crate::report::Canvas;
use crate::report::canvas::printable;

/// The longest text in a cell.
const MAX_CELL: usize = 60;

/// An app, and the environments that are alike.
struct Table<'a> {
    app: &'a App<'a>,
    environments: Vec<&'a str>,
    rows: Vec<Row<'a>>,
}

/// All tables, and what the marks mean.
pub fn render(fleet: &Fleet<'_>, checkout: &Checkout, canvas: &Canvas) -> String {
    let tables = tables(fleet, checkout);
    let drawn: String = tables.iter().map(|table| draw(table, checkout, canvas) + "\n").collect();
    if tables.iter().all(|table| table.rows.is_empty()) {
        return drawn;
    }
    let [yes, maybe, no] = [Reach::Yes, Reach::Maybe, Reach::No].map(|reach| mark(reach, canvas));
    format!("{drawn}{yes} every life of the worker   {maybe} some   {no} none\n")
}

fn tables<'a>(fleet: &'a Fleet<'a>, checkout: &Checkout) -> Vec<Table<'a>> {
    let mut tables: Vec<Table<'a>> = Vec::new();
    for app in &fleet.apps {
        let rows = rows(&app.effects, checkout);
        let environment = app.launch.env_name.as_deref().unwrap_or("base");
        let same = |known: &&mut Table<'_>| headings(known.app) == headings(app) && known.rows == rows;
        match tables.iter_mut().find(same) {
            Some(known) => known.environments.push(environment),
            None => tables.push(Table { app, environments: vec![environment], rows }),
        }
    }
    tables
}

/// What tells two tables apart besides their rows.
fn headings<'a>(app: &'a App<'_>) -> impl PartialEq + 'a {
    (&app.app.config, app.app.index, &app.launch.name, app.launch.mode, &app.launch.workers, &app.workers, &app.entry)
}

fn draw(table: &Table<'_>, checkout: &Checkout, canvas: &Canvas) -> String {
    let app = table.app;
    let name = canvas.bold(&printable(&app.launch.name));
    let environments = table.environments.join(", ");
    let mode = format!("{}, {}", app.launch.mode.name(), app.launch.workers);
    let head = format!("{name}  {mode}, {}  ({}: {environments})\n", program(app), app.app.config);
    match (table.rows.is_empty(), app.source(), Package::of(app)) {
        (false, ..) => head + &grid(app, &table.rows, canvas) + &notes::render(&table.rows, checkout, canvas),
        (true, _, Some(package)) => head + &package.line(),
        (true, Some(_), None) => head + "  nothing seen\n",
        (true, None, None) => head + "  not followed\n",
    }
}

/// What the processes run, and where that was looked at.
fn program(app: &App<'_>) -> String {
    let script = app.launch.script.as_deref().unwrap_or("an unknown script");
    match &app.entry {
        Some(Entry::Source(file)) => file.to_string(),
        Some(Entry::Mapped { built, source, .. }) => format!("{built} (from {source})"),
        Some(Entry::Missing { .. }) => format!("{script} (not in the checkout)"),
        None => script.to_owned(),
    }
}

fn grid(app: &App<'_>, rows: &[Row<'_>], canvas: &Canvas) -> String {
    let cells: Vec<Cells> = rows.iter().map(Cells::of).collect();
    let width = |cell: fn(&Cells) -> &str| cells.iter().map(|cells| cell(cells).chars().count()).max().unwrap_or(0);
    let (place, what, when) = (width(|cells| &cells.place), width(|cells| &cells.what), width(|cells| cells.when));
    let labels: Vec<String> = app.workers.iter().map(label).collect();
    let mut grid = format!("{}{}\n", " ".repeat(place + what + when + 8), labels.join(" "));
    for (cells, row) in cells.iter().zip(rows) {
        let key = canvas.key(&format!("{:place$}", cells.place));
        let line = format!("  {key}  {:what$}  {:when$}  {}", cells.what, cells.when, marks(row, &labels, canvas));
        grid = grid + line.trim_end() + "\n";
    }
    grid
}

/// A mark under each label.
fn marks(row: &Row<'_>, labels: &[String], canvas: &Canvas) -> String {
    let mark = |(cell, label): (&Cell<'_>, &String)| format!("{:<1$}", mark(cell.reach, canvas), label.len());
    row.cells.iter().zip(labels).map(mark).collect::<Vec<_>>().join(" ")
}

struct Cells {
    place: String,
    what: String,
    when: &'static str,
}

impl Cells {
    fn of(row: &Row<'_>) -> Self {
        let line = row.line.map_or(String::new(), |line| format!(":{line}"));
        Self {
            place: format!("{}{line}", printable(row.file)),
            what: cut(&printable(&words(row.action))),
            when: moment(row.when),
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The head of a worker's column.
pub fn label(worker: &Worker) -> String {
    match worker.role {
        Role::Cluster | Role::Fork => worker.instance.to_string(),
        Role::Primary | Role::Child => worker.role.name().to_owned(),
    }
}

pub(super) fn mark(reach: Reach, canvas: &Canvas) -> char {
    match (reach, canvas.unicode) {
        (Reach::Yes, true) => '●',
        (Reach::Maybe, true) => '○',
        (Reach::No, true) => '·',
        (Reach::Yes, false) => 'x',
        (Reach::Maybe, false) => '?',
        (Reach::No, false) => '.',
    }
}
