//! `rules/catalog/*.toml: npm libraries that serve, schedule, shut down, lock, keep state`.

/// The Rust source of the table.
pub fn table() -> String {
    String::new()
}
