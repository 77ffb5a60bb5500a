//! Changes of the properties of process files.

use super::layout::{self, Object, Property, is_yaml};
use super::text::{after, before, newline, separator};
use super::{Edit, Span};
use crate::checkout::{Place, Source};
use crate::finding::Literal;
use crate::modules::Modules;

const QUOTES: [char; 3] = ['\'', '"', '`'];

/// Another name, in the same quotes.
pub(super) fn rename(modules: &Modules<'_>, key: &Place, to: &str) -> Option<Edit> {
    let source = modules.checkout().source(&key.file)?;
    let quote: String = source.slice(key.span).chars().take(1).filter(|c| QUOTES.contains(c)).collect();
    layout::property(modules, key)?;
    Some(Edit::new(key, key.span, format!("{quote}{to}{quote}")))
}

/// Another value.
pub(super) fn set(modules: &Modules<'_>, key: &Place, value: &Literal) -> Option<Edit> {
    let source = modules.checkout().source(&key.file)?;
    let (object, at) = layout::property(modules, key)?;
    let property = object.properties.get(at)?;
    is_beside(&source, *property).then(|| Edit::new(key, property.value, write(&source, value)))
}

/// The value stands behind its name, and not elsewhere under an anchor.
fn is_beside(source: &Source, property: Property) -> bool {
    property.key.end < property.value.start
        && source.slice(Span::new(property.key.end, property.value.start)).trim() == ":"
}

/// A new property, behind the first one.
pub(super) fn insert(modules: &Modules<'_>, object: &Place, name: &str, value: &Literal) -> Option<Edit> {
    let source = modules.checkout().source(&object.file)?;
    let Object { span, properties } = layout::object(modules, object)?;
    let first = *properties.first().filter(|first| span.contains(first.key))?;
    let is_shorthand = first.key == first.value;
    if !is_shorthand && !is_beside(&source, first) {
        return None;
    }
    let is_quoted = source.slice(first.key).starts_with('"');
    let name = if is_quoted { format!("\"{name}\"") } else { name.to_owned() };
    let written = format!("{name}: {}", write(&source, value));
    let (at, text) = match is_yaml(&object.file) && !source.slice(span).starts_with('{') {
        true => {
            let last = source.position(first.value.end.saturating_sub(1)).line;
            let column = source.position(first.key.start).column as usize - 1;
            (source.line_span(last).end, format!("{}{}{written}", newline(&source), " ".repeat(column)))
        }
        false => (first.value.end, format!(",{}{written}", separator(&source, first.key.start))),
    };
    Some(Edit::new(object, Span::new(at, at), text))
}

/// Without the property, its comma, and its line where it has one of its own.
pub(super) fn remove(modules: &Modules<'_>, key: &Place) -> Option<Edit> {
    let source = modules.checkout().source(&key.file)?;
    let (object, at) = layout::property(modules, key)?;
    let property = object.properties.get(at)?;
    if !is_beside(&source, *property) || object.properties.len() == 1 {
        return None;
    }
    let is_block = is_yaml(&key.file) && !source.slice(object.span).starts_with('{');
    let span = if is_block { block_entry(&source, *property)? } else { flow_entry(&source, *property) };
    Some(Edit::new(key, span, ""))
}

/// The lines of an entry of a YAML block; the first one of a sequence's item shares its line with the dash.
fn block_entry(source: &Source, property: Property) -> Option<Span> {
    let first = source.line_span(source.position(property.key.start).line);
    let last = source.position(property.value.end.saturating_sub(1)).line;
    let is_first = source.slice(Span::new(first.start, property.key.start)).trim().is_empty();
    is_first.then(|| Span::new(first.start, source.line_span(last + 1).start))
}

/// From the name to the comma behind the value, else from the comma before the name; with the line where nothing else
/// is on it.
fn flow_entry(source: &Source, property: Property) -> Span {
    let rest = after(source, property.value.end);
    let blank = rest.len() - rest.trim_start().len();
    let Some(tail) = rest[blank..].strip_prefix(',') else {
        let ahead = before(source, property.key.start).trim_end();
        return Span::new(length(ahead.strip_suffix(',').unwrap_or(ahead)), property.value.end);
    };
    let spaces = tail.len() - tail.trim_start_matches([' ', '\t', '\r']).len();
    let line_start = source.line_span(source.position(property.key.start).line).start;
    let is_first = source.slice(Span::new(line_start, property.key.start)).trim().is_empty();
    let end = length(source.text()) - length(&tail[spaces..]);
    match is_first && tail[spaces..].starts_with('\n') {
        true => Span::new(line_start, end + 1),
        false => Span::new(property.key.start, end),
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// A value as this file writes them.
fn write(source: &Source, value: &Literal) -> String {
    match value {
        Literal::Number(number) => number.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::String(text) if is_yaml(source.path()) => text.to_string(),
        Literal::String(text) => {
            let quote = quote(source);
            format!("{quote}{text}{quote}")
        }
        Literal::Numbers(numbers) => {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!("[{}]", numbers.join(", "))
        }
    }
}

/// The quote that the file uses more.
fn quote(source: &Source) -> char {
    let count = |quote| source.text().matches(quote).count();
    if count('"') > count('\'') { '"' } else { '\'' }
}
