//! How the changes that rules ask for are written: from a [`Change`] to the bytes of a file that become others.
//!
//! Formatting and comments stay. What cannot be written with certainty is not: then there is no edit.

mod code;
mod layout;
mod options;
mod text;

use crate::checkout::{Place, Span};
use crate::finding::{Change, Fix};
use crate::modules::Modules;

pub use text::apply;

/// Bytes of a file that become others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which bytes; an empty span inserts.
    pub place: Place,
    /// The others.
    pub text: String,
}

impl Edit {
    fn new(place: &Place, span: Span, text: impl Into<String>) -> Self {
        Self { place: Place::new(place.file.clone(), span), text: text.into() }
    }
}

/// The edits of a fix. `None`: it cannot be written here.
pub fn edits(fix: &Fix, modules: &Modules<'_>) -> Option<Vec<Edit>> {
    fix.changes.iter().map(|change| edit(change, modules)).collect()
}

fn edit(change: &Change, modules: &Modules<'_>) -> Option<Edit> {
    match change {
        Change::Rename { key, to } => options::rename(modules, key, to),
        Change::Remove { key } => options::remove(modules, key),
        Change::Set { object, key: None, name, value } => options::insert(modules, object, name, value),
        Change::Set { key: Some(key), value, .. } => options::set(modules, key, value),
        Change::Replace { place, text } => Some(Edit::new(place, place.span, text)),
        Change::Guard { call, condition } => code::guard(modules, call, condition),
        Change::WhenListening { listen, statement } => code::when_listening(modules, listen, statement),
    }
}

#[cfg(test)]
mod tests;
