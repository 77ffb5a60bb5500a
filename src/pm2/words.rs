//! How PM2 splits a string into words, and JavaScript reads numbers from text.

use std::sync::Arc;

use super::Version;

/// The arguments in a string, as PM2 `version` splits it.
pub fn split(text: &str, version: Version) -> Vec<Arc<str>> {
    match version {
        Version::V4 | Version::V5 | Version::V6 => split_at_quotes(text),
        Version::V7 => split_at_blanks(text),
    }
}

/// Words between blanks; quotes hold blanks together and are dropped when they enclose the whole word, kept in `--name="a b"`.
/// lib/tools/Config.js:203 (v7.0.4).
fn split_at_blanks(text: &str) -> Vec<Arc<str>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let length = quoted_value(rest).or_else(|| quoted(rest)).unwrap_or_else(|| bare(rest));
        let (word, tail) = rest.split_at(length);
        let word = unquote(word);
        if !word.trim().is_empty() {
            words.push(word.into());
        }
        rest = tail.trim_start();
    }
    words
}

/// Text in quotes is a word of its own wherever it stands, unless `name=` is before it. lib/tools/Config.js:203 (v6.0.14).
fn split_at_quotes(text: &str) -> Vec<Arc<str>> {
    let mut words: Vec<&str> = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, word) = if next.is_whitespace() {
            (next.len_utf8(), "")
        } else if let Some(length) = named_value(rest) {
            (length, &rest[..length])
        } else if let Some(length) = quoted(rest) {
            (length, &rest[1..length - 1])
        } else {
            at += next.len_utf8();
            continue;
        };
        words.extend([&text[begun..at], word]);
        at += length;
        begun = at;
    }
    words.push(&text[begun..]);
    words.into_iter().filter(|word| !word.trim().is_empty()).map(Arc::from).collect()
}

/// The length of `name="value"` at the start, where the name is of letters, digits, `_` and `-`.
fn named_value(text: &str) -> Option<usize> {
    let name = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'))?;
    let value = text[name..].strip_prefix('=')?;
    (name > 0).then_some(name + 1 + quoted(value)?)
}

/// The length of `name="value"` at the start.
fn quoted_value(text: &str) -> Option<usize> {
    let name = text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='))?;
    let value = text[name..].strip_prefix('=')?;
    (name > 0).then_some(name + 1 + quoted(value)?)
}

/// The length of `"..."` or `'...'` at the start.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(text[1..].find(quote)? + 2)
}

fn bare(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}

fn unquote(word: &str) -> &str {
    let inner = |quote| word.strip_prefix(quote).and_then(|word: &str| word.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(word)
}

/// JavaScript's `Number(text)`; `None` for NaN.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0.0);
    }
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(|value| value as f64),
        None => decimal(text),
    }
}

/// JavaScript's `parseFloat(text)`: the number at the start.
pub fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let prefix = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(text.len());
    (1..=prefix.min(LONGEST_NUMBER)).rev().find_map(|end| decimal(&text[..end]))
}

/// JavaScript's `parseInt(text)`: the integer at the start.
pub fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start();
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        return u64::from_str_radix(&digits[..end], 16).ok().map(|value| value as f64);
    }
    let signed = usize::from(text.starts_with(['+', '-']));
    let digits = text[signed..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - signed);
    text[..signed + digits].parse().ok()
}

/// Longer runs of digits are cut, so that no text costs more than its length.
const LONGEST_NUMBER: usize = 400;

/// A decimal literal; Rust's `inf` and `nan` are none.
fn decimal(text: &str) -> Option<f64> {
    let body = text.trim_start_matches(['+', '-']);
    match body {
        "Infinity" => Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        _ if body.starts_with(|c: char| c.is_ascii_digit() || c == '.') => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_pm2_does() {
        let words = |text| split(text, Version::V7).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(words("run start -- --port 3000"), ["run", "start", "--", "--port", "3000"]);
        assert_eq!(words(r#"--a="b c" "d e" 'f'"#), [r#"--a="b c""#, "d e", "f"]);
        assert_eq!(words("  "), [""; 0]);
        assert_eq!(words(r#"un"closed quote""#), [r#"un"closed"#, r#"quote""#]);
        assert_eq!(words("\"\" x"), ["x"]);
    }

    #[test]
    fn older_versions_split_at_quotes() {
        let words = |text| split(text, Version::V6).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(words(r#"a"b c"d"#), ["a", "b c", "d"]);
        assert_eq!(words(r#"--a="b c" 'd e' f"g"#), [r#"--a="b c""#, "d e", r#"f"g"#]);
    }

    #[test]
    fn numbers_are_read_as_javascript_does() {
        assert_eq!(number("0x10"), Some(16.0));
        assert_eq!(number("10s"), None);
        assert_eq!(number(" "), Some(0.0));
        assert_eq!(number("nan"), None);
        assert_eq!(parse_float("10.5s"), Some(10.5));
        assert_eq!(parse_float("s"), None);
        assert_eq!(parse_int("50%"), Some(50.0));
        assert_eq!(parse_int("4,"), Some(4.0));
        assert_eq!(parse_int("-1"), Some(-1.0));
        assert_eq!(parse_int("half"), None);
        assert_eq!(parse_int("0x10 "), Some(16.0));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_split_and_read(text in "\\PC*") {
            for version in [Version::V6, Version::V7] {
                let letters: usize = split(&text, version).iter().map(|word| word.len()).sum();
                assert!(letters <= text.len());
            }
            let _ = (number(&text), parse_float(&text), parse_int(&text));
        }
    }
}
