//! The build refuses a malformed rule page, and says what is wrong with it.

#[path = "../build/pages.rs"]
mod form;

const PAGE: &str = "---\nseverity: error\ncategory: listen\nsince: 0.1.0\nsummary: it is wrong\nconfirmed_by: [a, b]\n---\n\
                    # x\n## What it says\n## Why it hurts\n## Wrong\n```sh\n# no heading\n```\n## Right\n## When to waive\n";

#[test]
fn the_pages_of_this_repository_are_well_formed() {
    assert!(form::table().contains("id: \"unguarded-cron\""));
}

#[test]
fn a_page_becomes_an_entry() {
    let entry = form::entry("x", PAGE).unwrap();
    assert!(entry.starts_with("Page { id: \"x\", severity: Severity::Error, category: \"listen\", since: \"0.1.0\""));
    assert!(entry.contains(
        "summary: \"it is wrong\", confirmed_by: &[\"a\", \"b\"], worsens: &[], contradicted_by: &[], text: \"# x\\n## What"
    ));
}

#[test]
fn a_malformed_page_is_refused_with_the_reason() {
    for (from, to, reason) in [
        ("---\nsev", "sev", "starts with front matter between two lines `---`"),
        ("severity: error", "severity: bad", "severity `bad` is none of error, warning, info"),
        ("category: listen", "category: misc", "category `misc` is none of listen,"),
        ("since: 0.1.0\n", "", "key `since` is missing"),
        ("since: 0.1.0", "until: 0.1.0", "unknown key `until`"),
        ("since: 0.1.0", "severity: error", "key `severity` is given twice"),
        ("since: 0.1.0", "since", "front matter `since` is no `key: value`"),
        ("summary: it is wrong", "summary:", "the summary is empty"),
        ("[a, b]", "a, b", "`a, b` is no list like [a, b]"),
        ("# x", "# y", "has the headings [\"# y\","),
        ("## Right\n", "", "has the headings "),
    ] {
        let problem = form::entry("x", &PAGE.replacen(from, to, 1)).unwrap_err();
        assert!(problem.starts_with(reason), "{problem}");
    }
}
