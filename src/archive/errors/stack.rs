//! The lines of a printed error: its head and the frames of its stack.

use std::sync::Arc;

use crate::archive::timeline::{ErrorBlock, Frame};

/// The first line of a printed error.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::archive) struct Head<'a> {
    /// Text stands before it: a logger printed it.
    pub led: bool,
    /// `TypeError`.
    class: &'a str,
    /// `ERR_X` of `TypeError [ERR_X]: ...`.
    code: Option<&'a str>,
    message: &'a str,
}

impl<'a> Head<'a> {
    /// Whether it is about the source itself.
    pub fn is_of_source(&self) -> bool {
        self.class == "SyntaxError"
    }

    /// Reads `Error: x`, `TypeError [ERR_X]: y`, `[cause]: Error: z`, `failed: Error: x`.
    pub fn parse(line: &'a str) -> Option<Self> {
        let text = line.trim_start();
        let text = ["Uncaught ", "[cause]: "].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text);
        Self::at_start(text).or_else(|| Self::further_on(text))
    }

    fn at_start(text: &'a str) -> Option<Self> {
        let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))).unwrap_or(text.len());
        let (class, rest) = text.split_at_checked(end).filter(|(class, _)| !class.is_empty())?;
        let (code, rest) = match rest.strip_prefix(" [").and_then(|rest| rest.split_once(']')) {
            Some((code, rest)) if is_code(code) => (Some(code), rest),
            _ => (None, rest),
        };
        let message = rest.strip_prefix(": ").or_else(|| rest.is_empty().then_some(""))?;
        let known = class.contains("Error") || class.contains("Exception") || (class == "error" && !message.is_empty());
        (known || code.is_some()).then_some(Self { led: false, class, code, message })
    }

    fn further_on(text: &'a str) -> Option<Self> {
        let find = |name: &&str| memchr::memmem::find(text.as_bytes(), name.as_bytes());
        let at = ["Error: ", "Exception: ", "Error ["].iter().filter_map(find).min()?;
        let begin = text.get(..at)?.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |before| before + 1);
        Self::at_start(text.get(begin..)?).map(|head| Self { led: true, ..head })
    }

    /// An error that has no frames yet.
    pub fn block(&self) -> ErrorBlock {
        let (class, message) = (self.class.into(), self.message.into());
        ErrorBlock { class, code: self.code.map(Arc::from), message, ..ErrorBlock::default() }
    }
}

/// Whether `line` begins with a name as an error may have one that is not called so: `QuotaExceeded: x`.
pub(super) fn is_named(line: &str) -> bool {
    let name = line.split_once(": ").map_or(line, |(name, _)| name);
    let is_name = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
    is_name && name != "Trace"
}

/// What a logger prints behind the word that it puts before errors, where the name of the error is missing: consola.
pub(super) fn unbadged(line: &str) -> Option<&str> {
    let text = line.trim_start();
    ["ERROR ", "FATAL ", "[error] ", "[fatal] "].iter().find_map(|badge| text.strip_prefix(badge))
}

fn is_code(text: &str) -> bool {
    text.len() > 2 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Lines that Node shows above an error in the source itself: its place, the line, the marks and a blank one.
pub(in crate::archive) const SHOWN: usize = 4;

/// The place that Node shows above an error in the source itself, by the lines above its head, the nearest first.
pub(super) fn shown_place<'l>(above: impl Iterator<Item = &'l str>) -> Option<Frame> {
    let mut above = above.skip_while(|line| line.trim().is_empty());
    let marks = above.next().filter(|line| line.trim().bytes().all(|b| b == b'^'))?;
    let column = u32::try_from(marks.find('^')?).ok()? + 1;
    let (path, line) = source_line(above.nth(1)?)?;
    Some(Frame { function: None, path: local(path).into(), line, column })
}

/// Reads `file:///srv/a/index.js:2`, the first of those lines.
pub(super) fn source_line(text: &str) -> Option<(&str, u32)> {
    let (path, line) = text.trim_end().rsplit_once(':')?;
    let is_path = path.contains(['/', '\\']) && !path.starts_with(char::is_whitespace);
    Some((path, line.parse().ok()?)).filter(|_| is_path)
}

/// Whether `line` begins as a line of a stack does.
pub(in crate::archive) fn may_be_frame(line: &str) -> bool {
    line.starts_with([' ', '\t']) && line.trim_ascii_start().starts_with("at ")
}

/// Whether `line` is a line of a stack; `Some(None)` for one without a place, as `at Promise.all (index 0)`.
pub(super) fn frame(line: &str) -> Option<Option<Frame>> {
    let text = line.trim_start();
    let body = text.strip_prefix("at ").filter(|_| text.len() < line.len())?;
    let body = body.trim_end();
    let body = body.strip_suffix(" {").or_else(|| body.strip_suffix(',')).unwrap_or(body);
    let body = body.strip_prefix("async ").unwrap_or(body);
    let (function, place) = match body.strip_suffix(')').and_then(|inner| inner.split_once(" (")) {
        Some((function, place)) => (Some(function), place),
        None => (None, body),
    };
    match placed(function, place) {
        None if function.is_none() && !place.ends_with("<anonymous>") => None,
        frame => Some(frame),
    }
}

fn placed(function: Option<&str>, place: &str) -> Option<Frame> {
    let mut parts = place.rsplitn(3, ':');
    let (column, line, path) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    Some(Frame { function: function.map(Arc::from), path: local(path).into(), line, column })
}

/// A path without what makes it an address: `file:///C:/a.mjs` is `C:/a.mjs`.
fn local(path: &str) -> &str {
    let path = path.strip_prefix("file://").unwrap_or(path);
    path.strip_prefix('/').filter(|path| path.as_bytes().get(1) == Some(&b':')).unwrap_or(path)
}

/// The value of `code: 'X',` among the properties that Node prints behind a stack.
pub(super) fn code_property(line: &str) -> Option<&str> {
    line.trim().strip_prefix("code: '")?.split('\'').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(line: &str) -> Option<(bool, String, Option<String>, String)> {
        let head = Head::parse(line)?;
        Some((head.led, head.class.into(), head.code.map(Into::into), head.message.into()))
    }

    #[test]
    fn heads_of_errors_are_read() {
        for (line, led, class, code, message) in [
            ("Error: boom", false, "Error", None, "boom"),
            ("RangeError", false, "RangeError", None, ""),
            ("TypeError [ERR_X]: bad", false, "TypeError", Some("ERR_X"), "bad"),
            ("  [cause]: Error: inner", false, "Error", None, "inner"),
            ("error: password authentication failed", false, "error", None, "password authentication failed"),
            ("Sequelize.ValidationError: x", false, "Sequelize.ValidationError", None, "x"),
            ("[warn] job failed: AxiosError: 502", true, "AxiosError", None, "502"),
        ] {
            let expected = (led, class.to_owned(), code.map(str::to_owned), message.to_owned());
            assert_eq!(head(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn other_lines_are_no_heads() {
        for line in ["", "listening on 3000", "errors: 3", "Warning: x", "https://errors.example"] {
            assert_eq!(head(line), None, "{line}");
        }
    }

    fn place(line: &str) -> (Option<String>, String, u32, u32) {
        let frame = frame(line).unwrap().unwrap();
        (frame.function.map(|name| name.to_string()), frame.path.to_string(), frame.line, frame.column)
    }

    #[test]
    fn frames_are_read() {
        for (line, function, path, at, column) in [
            (
                "    at Timeout._onTimeout (/srv/a/server.js:15:28)",
                Some("Timeout._onTimeout"),
                "/srv/a/server.js",
                15,
                28,
            ),
            ("    at /srv/a/server.js:12:43", None, "/srv/a/server.js", 12, 43),
            ("    at async start (file:///srv/a/app.mjs:5:3) {", Some("start"), "/srv/a/app.mjs", 5, 3),
            ("    at f (C:\\Program Files (x86)\\a.js:1:2)", Some("f"), "C:\\Program Files (x86)\\a.js", 1, 2),
            ("    at file:///C:/a/b.mjs:1:2", None, "C:/a/b.mjs", 1, 2),
            ("    at node:internal/main/run_main_module:28:49", None, "node:internal/main/run_main_module", 28, 49),
        ] {
            let expected = (function.map(str::to_owned), path.to_owned(), at, column);
            assert_eq!(place(line), expected, "{line}");
        }
    }

    #[test]
    fn a_frame_may_have_no_place_and_prose_is_no_frame() {
        assert_eq!(frame("    at Promise.all (index 0)"), Some(None));
        assert_eq!(frame("    at new Promise (<anonymous>)"), Some(None));
        for line in ["    at the end of the day", "at /srv/a.js:1:2", "    attached (x:1:1)"] {
            assert_eq!(frame(line), None, "{line}");
        }
    }

    #[test]
    fn the_place_above_an_error_in_the_source_is_read() {
        let above = ["", "         ^", "import { x } from './y.js';", "file:///srv/a/index.js:2"];
        let frame = Frame { function: None, path: "/srv/a/index.js".into(), line: 2, column: 10 };
        assert_eq!(shown_place(above.into_iter()), Some(frame.clone()));
        assert_eq!(shown_place(above.into_iter().skip(1)), Some(frame));
        assert_eq!(shown_place(["listening", "on :3000", "x:1"].into_iter()), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(line in "\\PC*", near in "[ ]{0,4}(at )?[a-zE:r\\[\\]() {:/0-9.]{0,40}") {
            for text in [&line, &near] {
                Head::parse(text);
                frame(text);
                code_property(text);
                shown_place([" ^", text, text].into_iter());
            }
        }
    }
}
