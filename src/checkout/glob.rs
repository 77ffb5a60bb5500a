//! Globs as programs have them, extended ones too, which `globset` does not know.

use globset::{GlobBuilder, GlobMatcher};

/// A pattern of paths: `*` stays in a folder, `**` does not.
pub struct Glob(GlobMatcher);

impl Glob {
    /// `None`: it is no glob.
    pub fn new(glob: &str) -> Option<Self> {
        let glob = GlobBuilder::new(&plain(glob)).literal_separator(true).empty_alternates(true).build();
        Some(Self(glob.ok()?.compile_matcher()))
    }

    /// Whether the whole of `path` is what the pattern says.
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// `glob` with alternatives for extended patterns: `*.@(js|ts)` is `*.{js,ts}`; what is excluded, `!(a|b)`, is anything.
fn plain(glob: &str) -> String {
    let mut plain = String::new();
    let mut rest = glob;
    while let Some(open) = rest.find('(') {
        let (before, inside) = (&rest[..open], &rest[open + 1..]);
        let kind = before.chars().next_back().filter(|kind| "@?*+!".contains(*kind));
        let Some((kind, close)) = kind.zip(inside.find(')')) else { break };
        plain.push_str(&before[..before.len() - 1]);
        let alternatives = inside[..close].replace('|', ",");
        plain.push_str(&match kind {
            '!' => "*".to_owned(),
            '?' | '*' => format!("{{,{alternatives}}}"),
            _ => format!("{{{alternatives}}}"),
        });
        rest = &inside[close + 1..];
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_patterns_become_alternatives() {
        for (glob, expected) in [
            ("**/*.js", "**/*.js"),
            ("*.@(js|ts)", "*.{js,ts}"),
            ("*.?(m)js", "*.{,m}js"),
            ("!(index).+(js|ts)", "*.{js,ts}"),
            ("(group)/*.js", "(group)/*.js"),
            ("a@(b", "a@(b"),
        ] {
            assert_eq!(plain(glob), expected, "{glob}");
        }
    }
}
