//! Lines in a length that can be shown.

use std::ops::Range;

/// Longest excerpt, in characters.
const EXCERPT: usize = 200;
/// So many characters are kept before a hit that stands too far behind.
const BEFORE: usize = 40;

/// `text` in a length that can be shown.
pub(in crate::archive) fn excerpt(text: &str) -> String {
    let mut excerpt = String::new();
    cut(text, &mut excerpt);
    excerpt
}

/// `text` in such a length that the bytes `hit` are in it, and where they are then.
pub(in crate::archive) fn around(text: &str, hit: Range<usize>) -> (String, Option<Range<usize>>) {
    let is_near = text.len() <= EXCERPT || text.get(..hit.end).is_some_and(|head| head.chars().count() <= EXCERPT);
    let start = match text.get(..hit.start) {
        Some(before) if !is_near => before.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at),
        _ => 0,
    };
    let mut shown = if start > 0 { "..." } else { "" }.to_owned();
    let kept = text.get(start..).unwrap_or_default();
    let shift = start + kept.len() - kept.trim_start().len();
    let lead = shown.len();
    cut(kept, &mut shown);
    let place = |at: usize| (at.saturating_sub(shift) + lead).min(shown.len());
    let hit = Some(place(hit.start)..place(hit.end)).filter(|_| !hit.is_empty());
    (shown, hit)
}

/// Adds `text` to `excerpt`, in a length that can be shown.
pub(in crate::archive) fn cut(text: &str, excerpt: &mut String) {
    let text = text.trim();
    // No character is shorter than a byte.
    let end = if text.len() <= EXCERPT { None } else { text.char_indices().nth(EXCERPT) };
    let end = end.map(|(end, _)| end);
    excerpt.push_str(end.and_then(|end| text.get(..end)).unwrap_or(text));
    excerpt.push_str(if end.is_some() { "..." } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_cut_between_characters() {
        assert_eq!(excerpt(&"é".repeat(201)), format!("{}...", "é".repeat(200)));
    }

    #[test]
    fn a_hit_far_behind_is_in_the_excerpt() {
        let shown = |line: &str| {
            let start = line.find("job").unwrap();
            let (text, hit) = around(line, start..start + 8);
            (text.get(hit.unwrap()).map(str::to_owned), text)
        };
        let far = format!("{}job done and {}", "é ".repeat(300), "more ".repeat(100));
        let (hit, text) = shown(&far);
        assert_eq!(hit.as_deref(), Some("job done"));
        assert!(text.starts_with("...é é") && text.ends_with("..."), "{text}");
        let (hit, text) = shown("  the job done ");
        assert_eq!((hit.as_deref(), &*text), (Some("job done"), "the job done"));
        assert_eq!(around("  all of it", 0..0), ("all of it".to_owned(), None));
    }
}
