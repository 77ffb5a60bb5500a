//! What is drawn on: how wide it is and what it can show.

/// Where output for people goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// Columns.
    pub width: usize,
    /// ANSI colours are understood.
    pub color: bool,
    /// Lines can be drawn in Unicode.
    pub unicode: bool,
}

impl Canvas {
    /// A file or a pipe: no colours, and no width of its own.
    pub const PLAIN: Canvas = Canvas { width: 100, color: false, unicode: true };

    /// `text` as a key before a value.
    pub fn key(&self, text: &str) -> String {
        if self.color { format!("\x1b[36m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// `text` as a headline.
    pub fn bold(&self, text: &str) -> String {
        if self.color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// `text` on one line and without characters that command a terminal or turn the reading direction. A replacement has
/// as many bytes as what it replaces, so byte offsets stay true.
pub fn printable(text: &str) -> String {
    let replace = |c: char| match c {
        '\t' => c,
        '\n' | '\r' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        _ if c.is_control() && c.len_utf8() == 1 => '?',
        _ if c.is_control() => '¿',
        _ => c,
    };
    text.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminals_are_not_commanded() {
        assert_eq!(printable("a\x1b[31mb\u{9b}c\u{202e}d\n\te"), "a?[31mb¿c\u{fffd}d \te");
    }

    proptest! {
        #[test]
        fn offsets_stay_true(text in any::<String>()) {
            let shown = printable(&text);
            prop_assert_eq!(shown.len(), text.len());
            prop_assert!(text.char_indices().all(|(at, _)| shown.is_char_boundary(at)));
        }
    }
}
