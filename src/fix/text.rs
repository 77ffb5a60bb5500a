//! Texts and edits.

use super::Edit;
use crate::checkout::Source;

/// `text` with `edits` made in it. `None`: two of them meet, or one lies outside.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| edit.place.span);
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        changed += text.get(at..edit.place.span.start as usize)?;
        changed += &edit.text;
        at = edit.place.span.end as usize;
    }
    changed += text.get(at..)?;
    Some(changed)
}

/// What goes between something put before byte `at` and what is there: a new line and the same indentation where it
/// is the first of its line, else a space.
pub(super) fn separator(source: &Source, at: u32) -> String {
    let line = source.line_span(source.position(at).line);
    let before = source.text().get(line.start as usize..at as usize).unwrap_or_default();
    let is_first = before.trim().is_empty();
    if is_first { format!("{}{before}", newline(source)) } else { " ".to_owned() }
}

/// The line ending that the file uses.
pub(super) fn newline(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}

/// The indentation of the line of byte `at`.
pub(super) fn indentation(source: &Source, at: u32) -> String {
    let line = source.line_text(source.position(at).line);
    line.chars().take_while(|c| c.is_whitespace()).collect()
}

/// What follows byte `at`.
pub(super) fn after(source: &Source, at: u32) -> &str {
    source.text().get(at as usize..).unwrap_or_default()
}

/// What precedes byte `at`.
pub(super) fn before(source: &Source, at: u32) -> &str {
    source.text().get(..at as usize).unwrap_or_default()
}
