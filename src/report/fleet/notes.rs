//! What stands below a table: why cells are undecided, and what is not known of ports.

use super::text::mark;
use super::{Row, line};
use crate::checkout::Checkout;
use crate::fleet::{Action, Doubt, Port};
use crate::js::eval::Reach;
use crate::report::Canvas;
use crate::report::canvas::printable;

/// One line: the rows that it is about, and what is not known of them.
struct Note<'a> {
    rows: Vec<&'a Row<'a>>,
    what: String,
}

/// A line for each reason, with the rows that it makes undecided; nothing where all is decided.
pub fn render(rows: &[Row<'_>], checkout: &Checkout, canvas: &Canvas) -> String {
    let notes: Vec<(String, String)> =
        doubts(rows, checkout, canvas).chain(ports(rows)).map(|note| (places(&note.rows), note.what)).collect();
    let width = notes.iter().map(|(places, _)| places.chars().count()).max().unwrap_or(0);
    let line = |(places, what): &(String, String)| format!("  {}  {what}\n", canvas.key(&format!("{places:width$}")));
    let lines: String = notes.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn doubts<'a>(rows: &'a [Row<'a>], checkout: &Checkout, canvas: &Canvas) -> impl Iterator<Item = Note<'a>> {
    let mut groups: Vec<(&Doubt, Vec<&Row<'_>>)> = Vec::new();
    for row in rows {
        for doubt in row.cells.iter().filter_map(|cell| cell.doubt) {
            match groups.iter_mut().find(|(known, _)| *known == doubt) {
                Some((_, rows)) if rows.last().is_some_and(|last| std::ptr::eq(*last, row)) => {}
                Some((_, rows)) => rows.push(row),
                None => groups.push((doubt, vec![row])),
            }
        }
    }
    let maybe = mark(Reach::Maybe, canvas);
    let note = |(doubt, rows): (&Doubt, Vec<&'a Row<'a>>)| {
        let place = printable(&doubt.place.file);
        let place = match line(&doubt.place, checkout) {
            Some(line) if rows.iter().all(|row| *row.file == doubt.place.file) => format!("line {line}"),
            Some(line) => format!("{place}:{line}"),
            None => place,
        };
        Note { rows, what: format!("{maybe} by {place}: {}", printable(&doubt.why)) }
    };
    groups.into_iter().map(note).collect::<Vec<_>>().into_iter()
}

fn ports<'a>(rows: &'a [Row<'a>]) -> impl Iterator<Item = Note<'a>> {
    rows.iter().filter_map(|row| match row.action {
        Action::Listen(listen) => match &listen.port {
            Port::Unknown(why) => Some(Note { rows: vec![row], what: format!("port unknown: {}", printable(why)) }),
            _ => None,
        },
        _ => None,
    })
}

/// The most places that a note names.
const MAX_PLACES: usize = 6;

/// `src/a.ts:3, 7; src/b.ts:2`
fn places(rows: &[&Row<'_>]) -> String {
    let mut text = String::new();
    let mut file = None;
    let mut rows = rows.to_vec();
    rows.dedup_by_key(|row| (row.file, row.line));
    for row in rows.iter().take(MAX_PLACES) {
        let line = row.line.map_or(String::new(), |line| line.to_string());
        text += &match file.replace(row.file) {
            Some(last) if last == row.file => format!(", {line}"),
            Some(_) => format!("; {}:{line}", printable(row.file)),
            None => format!("{}:{line}", printable(row.file)),
        };
    }
    match rows.len().checked_sub(MAX_PLACES) {
        None | Some(0) => text,
        Some(more) => format!("{text} and {more} more"),
    }
}
