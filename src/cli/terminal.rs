//! What stdout can show.

use std::env;
use std::io::{IsTerminal, stdout};

use clap::ValueEnum;

use crate::report::Canvas;

/// Whether GitHub Actions reads stdout. docs.github.com: "GITHUB_ACTIONS: always set to true when GitHub Actions is running
/// the workflow".
pub fn is_github_actions() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Not with NO_COLOR; with FORCE_COLOR or CLICOLOR_FORCE everywhere; else on a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The canvas that stdout is: of a pipe the width is fixed, so that its output does not depend on who looks.
pub fn canvas(color: Color) -> Canvas {
    Canvas { color: colored(color), unicode: supports_unicode::on(supports_unicode::Stream::Stdout), width: width() }
}

fn colored(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        // no-color.org: "when present and not an empty string (regardless of its value)".
        Color::Auto if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        Color::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        Color::Auto => stdout().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Present, not empty and not `0`.
fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

fn width() -> usize {
    let columns = terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
    columns.map_or(Canvas::PLAIN.width, |columns| columns.clamp(40, 120))
}
