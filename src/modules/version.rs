//! Ranges of versions, as package.json files ask for them.

use nodejs_semver::Range;

/// Whether every version that `asked` allows lies in `range`, or none does. `None`: some do, or `asked` is no range but a tag, an
/// address or a protocol (`latest`, `workspace:*`). `npm:other@^2` and `npm:^2` ask for `^2`.
pub(super) fn lies_in(asked: &str, range: &str) -> Option<bool> {
    let range = parsed(range)?;
    let asked = match asked.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@').map_or(alias, |(_, range)| range),
        None => asked,
    };
    // One after the other: to `allows_all`, a union lies in a range of which it meets any part.
    let asked: Vec<Range> = asked.split("||").map(parsed).collect::<Option<_>>()?;
    if asked.iter().all(|part| range.allows_all(part)) {
        return Some(true);
    }
    (!asked.iter().any(|part| range.allows_any(part))).then_some(false)
}

/// Whether `text` is a range.
pub fn is_range(text: &str) -> bool {
    parsed(text).is_some()
}

/// Words that begin no comparison are passed over by `Range::parse`.
fn parsed(text: &str) -> Option<Range> {
    let begins_one =
        |word: &str| word.starts_with(|first: char| first.is_ascii_digit() || "<>=^~*xXvV|-".contains(first));
    text.split_whitespace().all(begins_one).then(|| Range::parse(text).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_lies_in_a_range_beside_it_or_across_its_border() {
        for (asked, range, expected) in [
            ("^5.1.0", ">=5", Some(true)),
            ("5", ">=5", Some(true)),
            ("~5.0", ">=5", Some(true)),
            ("5.x", ">=5", Some(true)),
            ("v5.0.0", ">=5", Some(true)),
            ("=5.0.0", ">=5", Some(true)),
            (" ^5.1.0 ", ">=5", Some(true)),
            (">=5.0.0 <7", ">=5", Some(true)),
            ("5.0.0 - 6.1", ">=5", Some(true)),
            ("^5 || ^6", ">=5", Some(true)),
            ("npm:@other/express@^5.0.0", ">=5", Some(true)),
            ("npm:^5.0.0", ">=5", Some(true)),
            ("5.0.0-beta.3", ">=5.0.0-beta.1", Some(true)),
            ("^4.19.0", ">=5", Some(false)),
            ("^3 || ^4", ">=5", Some(false)),
            ("5.0.0-beta.3", ">=5", Some(false)),
            (">=4", ">=5", None),
            ("4 || 5", ">=5", None),
            ("*", ">=5", None),
            ("", ">=5", None),
            ("latest", ">=5", None),
            ("file:../express", ">=5", None),
            ("workspace:*", ">=5", None),
            ("npm:", ">=5", None),
            ("npm:express", ">=5", None),
            ("npm:@other/express", ">=5", None),
            ("github:expressjs/express#5.0", ">=5", None),
            ("^5 || next", ">=5", None),
            ("^4.18.0", ">=4.17 <5", Some(true)),
            ("^4.10.0", ">=4.17 <5", None),
            ("^3", "<4 || >=6", Some(true)),
            ("^5", "<4 || >=6", Some(false)),
            ("^5", "new", None),
            ("^5", "since 3", None),
            ("next 5", ">=5", None),
            (">= 5.1", ">=5", Some(true)),
        ] {
            assert_eq!(lies_in(asked, range), expected, "{asked} in {range}");
        }
    }
}
