//! `pm2lint-ignore rule, rule -- reason` in a comment.

use memchr::memmem;

use crate::checkout::{Source, Span, file_name, split_extension};
use crate::ecosystem::yaml;
use crate::js;

pub(super) const MARKER: &str = "pm2lint-ignore";

/// One waiver as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comment<'a> {
    /// From the marker to the end of the reason.
    pub span: Span,
    /// The line it speaks for, from 1.
    pub line: u32,
    pub rules: Vec<&'a str>,
    pub reason: &'a str,
}

/// The waivers in a file, in order.
pub(super) fn comments(source: &Source) -> Vec<Comment<'_>> {
    if memmem::find(source.text().as_bytes(), MARKER.as_bytes()).is_none() {
        return Vec::new();
    }
    let all = all_comments(source);
    all.iter().flat_map(|comment| waivers(source, *comment, &all)).collect()
}

fn all_comments(source: &Source) -> Vec<Span> {
    match split_extension(source.path()).1 {
        _ if is_script(source.path()) => js::comments(source.path(), source.text()),
        "yml" | "yaml" => yaml::comments(source.text()),
        _ if has_slashes(source) => js::comments("script.js", source.text()),
        _ => (1..=source.line_count()).filter_map(|line| after_hash(source, line)).collect(),
    }
}

/// Whether a file is JavaScript, TypeScript or JSON by its name.
pub(super) fn is_script(file: &str) -> bool {
    let extension = split_extension(file).1;
    matches!(extension, "js" | "cjs" | "mjs" | "jsx" | "ts" | "cts" | "mts" | "tsx" | "json")
}

/// A script without an extension that Node runs; other files without one are read by a shell or by Docker.
fn has_slashes(source: &Source) -> bool {
    !file_name(source.path()).contains('.')
        && source.line_text(1).starts_with("#!")
        && source.line_text(1).contains("node")
}

/// The comment of a line of a shell script, a Dockerfile, a Procfile, a `.env`: from the first `#` that starts a word and is not quoted.
fn after_hash(source: &Source, line: u32) -> Option<Span> {
    let span = source.line_span(line);
    let mut quote = None;
    let mut starts_word = true;
    for (at, c) in source.slice(span).char_indices() {
        match (quote, c) {
            (None, '#') if starts_word => return Some(Span::new(span.start + u32::try_from(at).ok()?, span.end)),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        starts_word = c.is_whitespace();
    }
    None
}

/// The waivers in one comment: a block can hold several, each on a line of its own.
fn waivers<'a>(source: &'a Source, comment: Span, all: &[Span]) -> Vec<Comment<'a>> {
    let text = source.slice(comment);
    let found = memmem::find_iter(text.as_bytes(), MARKER).filter_map(|at| {
        let before = text[..at].rsplit('\n').next().unwrap_or_default().trim();
        let after = text[at + MARKER.len()..].lines().next().unwrap_or_default();
        let after = after.strip_suffix("*/").unwrap_or(after).trim_end();
        let starts = matches!(before, "//" | "/*" | "/**" | "*" | "#" | "");
        let ends = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == ':');
        if !starts || !ends {
            return None;
        }
        let start = comment.start + u32::try_from(at).ok()?;
        let (rules, reason) = parts(after);
        Some(Comment {
            span: Span::new(start, start + u32::try_from(MARKER.len() + after.len()).ok()?),
            line: subject(source, comment, all),
            rules,
            reason,
        })
    });
    found.collect()
}

/// The rules, and the reason behind `--` or `:`.
fn parts(text: &str) -> (Vec<&str>, &str) {
    let at = [text.find("--").map(|at| (at, 2)), text.find(':').map(|at| (at, 1))].into_iter().flatten().min();
    let (rules, reason) = at.map_or((text, ""), |(at, width)| (&text[..at], &text[at + width..]));
    (rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).collect(), reason.trim())
}

/// The line that a comment speaks for: its own where code stands beside it, else the next one that holds code, so that
/// comments can be stacked.
fn subject(source: &Source, comment: Span, all: &[Span]) -> u32 {
    let own = source.position(comment.start).line;
    let last = source.position(comment.end).line;
    let is_alone = |line: u32| is_blank_but_for(source, source.line_span(line), all);
    if !is_alone(own) {
        return own;
    }
    (last..=source.line_count()).find(|line| !is_alone(*line)).unwrap_or(own)
}

/// Whether a line holds nothing but comments.
fn is_blank_but_for(source: &Source, line: Span, comments: &[Span]) -> bool {
    let mut at = line.start;
    let touching = comments.partition_point(|comment| comment.end <= line.start);
    for comment in comments[touching..].iter().take_while(|comment| comment.start < line.end) {
        if !source.slice(Span::new(at, comment.start.max(at))).trim().is_empty() {
            return false;
        }
        at = comment.end;
    }
    source.slice(Span::new(at.min(line.end), line.end)).trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<(u32, String, String)> {
        let source = Source::new(file, text);
        let comments = comments(&source).into_iter();
        comments.map(|comment| (comment.line, comment.rules.join("+"), comment.reason.to_owned())).collect()
    }

    fn one(file: &str, text: &str) -> (u32, String, String) {
        let mut found = found(file, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.remove(0)
    }

    fn lines(file: &str, text: &str) -> Vec<u32> {
        found(file, text).into_iter().map(|(line, ..)| line).collect()
    }

    #[test]
    fn rules_and_reason_are_told_apart() {
        let parts = |text: &str| {
            let (_, rules, reason) = one("a.js", &format!("foo() // pm2lint-ignore{text}"));
            (rules, reason)
        };
        let of = |rules: &str, reason: &str| (rules.to_owned(), reason.to_owned());
        assert_eq!(parts(" a-b -- why: it is so"), of("a-b", "why: it is so"));
        assert_eq!(parts(" a-b, c--why"), of("a-b+c", "why"));
        assert_eq!(parts(" a-b: see #12 -- later"), of("a-b", "see #12 -- later"));
        assert_eq!(parts(" a-b"), of("a-b", ""));
        assert_eq!(parts(" -- why"), of("", "why"));
        assert_eq!(parts(""), of("", ""));
    }

    #[test]
    fn a_comment_beside_code_speaks_for_its_line_and_one_alone_for_the_next() {
        assert_eq!(lines("a.js", "a() // pm2lint-ignore x -- y\nb()"), [1]);
        assert_eq!(lines("a.js", "/* pm2lint-ignore x -- y */ a()\nb()"), [1]);
        assert_eq!(lines("a.js", "  // pm2lint-ignore x -- y\n\n// more\n/* and\n more */\nb()"), [6]);
        assert_eq!(lines("a.ts", "// pm2lint-ignore x -- y\n// pm2lint-ignore z -- y\nb()"), [3, 3]);
        assert_eq!(lines("a.js", "/**\n * pm2lint-ignore x -- y\n * pm2lint-ignore z -- y\n */\nb()"), [5, 5]);
        assert_eq!(lines("a.js", "b()\n// pm2lint-ignore x -- y"), [2]);
    }

    #[test]
    fn every_kind_of_file_has_its_comments() {
        assert_eq!(lines("e.json", "{ \"apps\": [ // pm2lint-ignore x -- y\n] }"), [1]);
        assert_eq!(lines("e.yaml", "# pm2lint-ignore x -- y\napps:\n  - a: b # pm2lint-ignore x -- y\n"), [2, 3]);
        assert_eq!(lines("Dockerfile", "FROM node\n# pm2lint-ignore x -- y\nCMD pm2 start"), [3]);
        assert_eq!(lines("run.sh", "pm2 start a # pm2lint-ignore x -- y"), [1]);
        assert_eq!(lines("bin/www", "#!/usr/bin/env node\n// pm2lint-ignore x -- y\na()"), [3]);
    }

    #[test]
    fn what_is_no_comment_is_left_alone() {
        assert_eq!(lines("a.js", "f('// pm2lint-ignore x -- y', `\n// pm2lint-ignore x -- y`)"), [0; 0]);
        assert_eq!(lines("a.js", "a() // see pm2lint-ignore\n// pm2lint-ignored, pm2lint-ignore-all"), [0; 0]);
        assert_eq!(lines("a.yaml", "a: '# pm2lint-ignore x -- y'\nb: |\n  # pm2lint-ignore x -- y\n"), [0; 0]);
        assert_eq!(lines("run.sh", "echo '# pm2lint-ignore x -- y' a#pm2lint-ignore"), [0; 0]);
        assert_eq!(lines("a.js", "broken( // pm2lint-ignore x -- y"), [0; 0]);
    }
}
