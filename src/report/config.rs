//! What PM2 gets from process files, for people: per app a table of the options in force and where each comes from, and per environment
//! what changes.

use std::sync::Arc;

use super::Canvas;
use super::canvas::printable;
use crate::checkout::{Checkout, Place};
use crate::ecosystem::{App, value_to_text, variable_to_text};
use crate::pm2::options::{self, Spec};
use crate::pm2::{EnvValue, Launch, Variable, Version};

/// The longest value in a table.
const LONGEST: usize = 60;

/// One line: what, its value, where that comes from.
#[derive(Clone, PartialEq)]
struct Row {
    name: String,
    value: String,
    from: String,
}

/// The tables of one app.
pub fn app(app: &App, version: Version, checkout: &Checkout, canvas: &Canvas) -> String {
    let [base, environments @ ..] = app.launches.as_slice() else { return String::new() };
    let table = Table { app, checkout, version };
    let mut text = format!("  {}  {}\n", canvas.bold(&printable(&app.name)), heading(base));
    let fixed: Vec<Row> = table.options(base).chain(table.variables(&base.env)).collect();
    text += &drawn(&fixed, 4, canvas);
    for launch in environments {
        let name = launch.env_name.as_deref().unwrap_or_default();
        let changes = table.changes(base, launch);
        let nothing = if changes.is_empty() { "  nothing changes" } else { "" };
        text += &format!("    {}{nothing}\n", canvas.bold(&printable(&format!("--env {name}"))));
        text += &drawn(&changes, 6, canvas);
    }
    text
}

fn heading(launch: &Launch) -> String {
    format!("{}, {}", launch.mode.name(), launch.workers)
}

struct Table<'a> {
    app: &'a App,
    checkout: &'a Checkout,
    version: Version,
}

impl Table<'_> {
    /// Options that are written or derived, then defaults.
    fn options(&self, launch: &Launch) -> impl Iterator<Item = Row> {
        let known = || options::all().iter().filter(|spec| spec.is_known_to(self.version) && spec.name != "env");
        let in_force: Vec<Row> =
            known().filter_map(|spec| self.written(spec).or_else(|| derived(spec, launch))).collect();
        let is_default = |spec: &&Spec| !in_force.iter().any(|row| row.name == spec.name);
        let defaults: Vec<Row> = known().filter(is_default).filter_map(by_default).collect();
        in_force.into_iter().chain(defaults)
    }

    fn written(&self, spec: &Spec) -> Option<Row> {
        let option = self.app.options.get(spec.name)?;
        let alias = (*option.written.key != *spec.name).then(|| format!(", as `{}`", option.written.key));
        let from = self.place(option.place()) + &alias.unwrap_or_default();
        let (value, written) = [&option.value, &option.written.value].map(|node| value_to_text(spec.name, node)).into();
        let value = if value == written { value } else { format!("{value}, written `{written}`") };
        Some(Row { name: spec.name.into(), value, from })
    }

    fn variables(&self, variables: &[Variable]) -> Vec<Row> {
        variables.iter().map(|variable| self.variable(variable)).collect()
    }

    fn variable(&self, variable: &Variable) -> Row {
        let value = match &variable.value {
            EnvValue::Known(text) => variable_to_text(&variable.name, text),
            EnvValue::Unknown(why) | EnvValue::Filled(why) => format!("not known: {why}"),
        };
        Row { name: format!("env.{}", variable.name), value, from: self.place(variable.place.as_ref()) }
    }

    /// What differs under an environment: its variables, and what they overwrite.
    fn changes(&self, base: &Launch, launch: &Launch) -> Vec<Row> {
        let mut rows = Vec::new();
        if launch.name != base.name {
            rows.push(Row { name: "name".into(), value: launch.name.to_string(), from: "the environment".into() });
        }
        if heading(launch) != heading(base) {
            let value = heading(launch);
            rows.push(Row { name: "mode".into(), value, from: "the environment".into() });
        }
        let before = self.variables(&base.env);
        rows.extend(self.variables(&launch.env).into_iter().filter(|row| !before.contains(row)));
        rows
    }

    fn place(&self, place: Option<&Place>) -> String {
        let found = place.and_then(|place| Some((place, self.checkout.source(&place.file)?)));
        match found {
            Some((place, source)) => format!("{}:{}", place.file, source.position(place.span.start).line),
            None => "not written as such".into(),
        }
    }
}

/// What PM2 makes out of other options.
fn derived(spec: &Spec, launch: &Launch) -> Option<Row> {
    let (value, from): (Arc<str>, &str) = match spec.name {
        "exec_mode" if launch.mode_doubt.is_none() => {
            (format!("{}_mode", launch.mode.name()).into(), "derived from instances and interpreter")
        }
        "name" => (launch.name.clone(), "derived from the script"),
        "exec_interpreter" => (launch.interpreter.command.clone(), "derived from the script"),
        "merge_logs" if launch.merge_logs.value => ("true".into(), "set by PM2"),
        "cwd" => {
            return Some(Row { name: "cwd".into(), value: "where `pm2` is called".into(), from: "default".into() });
        }
        _ => return None,
    };
    Some(Row { name: spec.name.into(), value: value.to_string(), from: from.into() })
}

fn by_default(spec: &Spec) -> Option<Row> {
    let unit = spec.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    Some(Row {
        name: spec.name.into(),
        value: format!("{}{unit}", spec.default?.trim_matches('"')),
        from: "default".into(),
    })
}

fn drawn(rows: &[Row], indent: usize, canvas: &Canvas) -> String {
    let width =
        |of: fn(&Row) -> &String| rows.iter().map(|row| shortened(of(row)).chars().count()).max().unwrap_or_default();
    let (names, values) = (width(|row| &row.name), width(|row| &row.value));
    let line = |row: &Row| {
        let [name, value, from] = [&row.name, &row.value, &row.from].map(|text| shortened(text));
        let key = canvas.key(&name) + &" ".repeat(names - name.chars().count());
        format!("{:indent$}{key}  {value:values$}  {from}\n", "")
    };
    rows.iter().map(line).collect()
}

/// A value on one line of a terminal.
fn shortened(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
