//! `rules/pm2/options.toml: PM2's options`.

/// The Rust source of the table.
pub fn table() -> String {
    String::new()
}
