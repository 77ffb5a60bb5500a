//! Where a source has comments: a text that looks like one may be part of a string, a template or a pattern.

use swc_common::comments::SingleThreadedComments;

use super::nesting;
use super::parse::Source;
use super::stack::with_large_stack;
use crate::checkout::Span;

/// The comments in `text`, with what opens and closes them, in order; none where it does not parse. The extension of
/// `file_name` decides the dialect; JSON is read as PM2 reads it, as a JavaScript expression.
pub fn comments(file_name: &str, text: &str) -> Vec<Span> {
    if nesting::check(text).is_err() {
        return Vec::new();
    }
    if file_name.ends_with(".json") {
        // A comment may end the text, hence the line end.
        let wrapped = format!("({text}\n)");
        return with_large_stack(|| of_source(Source::wrapped(&wrapped, 1), ".js"));
    }
    with_large_stack(|| of_source(Source::new(text), file_name))
}

fn of_source(source: Source<'_>, file_name: &str) -> Vec<Span> {
    let comments = SingleThreadedComments::default();
    if source.parse_with(file_name, Some(&comments)).is_err() {
        return Vec::new();
    }
    let (leading, trailing) = comments.take_all();
    let leading = std::rc::Rc::unwrap_or_clone(leading).into_inner();
    let trailing = std::rc::Rc::unwrap_or_clone(trailing).into_inner();
    let all = leading.into_values().chain(trailing.into_values()).flatten();
    let mut spans: Vec<Span> = all.map(|comment| source.span(comment.span)).collect();
    spans.sort();
    spans.dedup();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'t>(file: &str, text: &'t str) -> Vec<&'t str> {
        comments(file, text).into_iter().map(|span| &text[span.start as usize..span.end as usize]).collect()
    }

    #[test]
    fn only_comments_are_comments() {
        let text = "/* a */ f('// b', `/* c ${x /* d */}`, /[/*]/) // e\n";
        assert_eq!(of("a.js", text), ["/* a */", "/* d */", "// e"]);
        assert_eq!(of("a.tsx", "const x = <p>// text {/* a */}</p>; // b"), ["/* a */", "// b"]);
        assert_eq!(of("a.json", "{ // a\n \"b\": \"// c\" } // d"), ["// a", "// d"]);
        assert_eq!(of("a.js", "#!/usr/bin/env node\n// é\nfoo() // b"), ["// é", "// b"]);
        assert_eq!(of("a.js", "foo( // a"), [""; 0]);
        assert_eq!(of("a.js", &format!("// a\n{}", "(".repeat(1_000_000))), [""; 0]);
    }
}
