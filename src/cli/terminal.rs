//! What stdout can show.

use std::env;
use std::io::{IsTerminal, stdout};

use clap::ValueEnum;

use crate::report::Canvas;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set; with CLICOLOR_FORCE everywhere.
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
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_set("CLICOLOR_FORCE") => true,
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
