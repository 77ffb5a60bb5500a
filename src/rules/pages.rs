//! The pages of the rules: `rules/<id>.md`, compiled in. `explain` prints them, reports take names and severities from them.

use crate::finding::Severity;

/// One page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rule's id, as users write it in waivers.
    pub id: &'static str,
    /// The default severity.
    pub severity: Severity,
    /// What the rule is about: `listen`, `startup`, `readiness`, `shutdown`, `schedule`, `state`, `config`, `incident`, `waiver`.
    pub category: &'static str,
    /// The version that had it first.
    pub since: &'static str,
    /// What is wrong, in one line.
    pub summary: &'static str,
    /// The incidents in an archive that confirm a finding of this rule.
    pub confirmed_by: &'static [&'static str],
    /// What an archive may show that speaks against a finding of this rule.
    pub contradicted_by: &'static [&'static str],
    /// The page in Markdown, without its front matter.
    pub text: &'static str,
}

/// All pages, sorted by id.
pub const PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a rule.
pub fn page(id: &str) -> Option<&'static Page> {
    PAGES.binary_search_by_key(&id, |page| page.id).ok().and_then(|at| PAGES.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_id() {
        assert!(!PAGES.is_empty());
        for expected in PAGES {
            assert_eq!(page(expected.id), Some(expected));
        }
        assert_eq!(page("no-such-rule"), None);
    }

    #[test]
    fn ids_are_kebab_case() {
        for page in PAGES {
            assert!(page.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", page.id);
        }
    }

    #[test]
    fn the_text_carries_no_front_matter() {
        for page in PAGES {
            assert!(page.text.starts_with(&format!("# {}\n", page.id)), "{}", page.id);
        }
    }
}
