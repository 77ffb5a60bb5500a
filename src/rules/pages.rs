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
    /// Incidents that confirm it too, and that it makes worse without being what made them happen.
    pub worsens: &'static [&'static str],
    /// What an archive may show that speaks against a finding of this rule.
    pub contradicted_by: &'static [&'static str],
    /// The page in Markdown, without its front matter.
    pub text: &'static str,
}

impl Page {
    /// The page for readers, without what its examples say to the tests: of "```js file=a.js fires=a.js:4" it leaves
    /// "```js a.js".
    pub fn markdown(&self) -> String {
        readable(self.text)
    }

    /// What stands under a heading of the second level.
    pub fn section(&self, heading: &str) -> &'static str {
        let after = self.text.split_once(&format!("\n## {heading}\n")).map_or("", |(_, after)| after);
        after.split("\n## ").next().unwrap_or_default().trim()
    }
}

fn readable(page: &str) -> String {
    let line = |line: &str| match line.strip_prefix("```").and_then(|info| info.split_once(' ')) {
        Some((language, info)) => {
            let file = info.split_whitespace().find_map(|word| word.strip_prefix("file=")).unwrap_or_default();
            format!("```{language} {file}").trim_end().to_owned() + "\n"
        }
        None => format!("{line}\n"),
    };
    page.lines().map(line).collect()
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
    fn examples_lose_what_only_tests_need() {
        let page = "# rule\n```js file=a.js fires=a.js:4 severity=error\nfoo()\n```\n```js silent\n```\n";
        assert_eq!(readable(page), "# rule\n```js a.js\nfoo()\n```\n```js\n```\n");
    }

    #[test]
    fn every_page_says_what_it_says() {
        for page in PAGES {
            let text = page.section("What it says");
            assert!(!text.is_empty() && !text.contains("\n## "), "{}: {text}", page.id);
        }
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
