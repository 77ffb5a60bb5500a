//! `rules/*.md: the pages of the rules`.

/// The Rust source of the table.
pub fn table() -> String {
    String::new()
}
