//! `rules/*.md`: the pages of the rules. A page is the one source of a rule's metadata, its explanation and its first tests.

use std::fmt::Write as _;
use std::path::Path;

const KEYS: [&str; 7] = ["severity", "category", "since", "summary", "confirmed_by", "worsens", "contradicted_by"];
/// Lists that may be left out.
const OPTIONAL: [&str; 2] = ["worsens", "contradicted_by"];
const SEVERITIES: [(&str, &str); 3] = [("error", "Error"), ("warning", "Warning"), ("info", "Info")];
const CATEGORIES: [&str; 9] =
    ["listen", "startup", "readiness", "shutdown", "schedule", "state", "config", "incident", "waiver"];
const HEADINGS: [&str; 5] = ["## What it says", "## Why it hurts", "## Wrong", "## Right", "## When to waive"];

/// The Rust source of the table. Panics on a malformed page: the build is the place to hear of it.
pub fn table() -> String {
    let mut pages = read(Path::new("rules"));
    pages.sort();
    let mut table = String::from("&[\n");
    for (id, text) in pages {
        let entry = entry(&id, &text).unwrap_or_else(|problem| panic!("rules/{id}.md: {problem}"));
        let _ = writeln!(table, "    {entry},");
    }
    table + "]\n"
}

fn read(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (id, text)
        })
        .collect()
}

/// One page as a Rust expression, or what is wrong with it.
pub fn entry(id: &str, page: &str) -> Result<String, String> {
    let (front, text) = page
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .ok_or("starts with front matter between two lines `---`")?;
    let [severity, category, since, summary, confirmed_by, worsens, contradicted_by] = front_matter(front)?;
    let severity = SEVERITIES
        .iter()
        .find_map(|(name, variant)| (*name == severity).then_some(variant))
        .ok_or_else(|| format!("severity `{severity}` is none of error, warning, info"))?;
    if !CATEGORIES.contains(&category) {
        return Err(format!("category `{category}` is none of {}", CATEGORIES.join(", ")));
    }
    if summary.is_empty() {
        return Err("the summary is empty".into());
    }
    let (confirmed_by, worsens, contradicted_by) = (list(confirmed_by)?, list(worsens)?, list(contradicted_by)?);
    check_headings(id, text)?;
    Ok(format!(
        "Page {{ id: {id:?}, severity: Severity::{severity}, category: {category:?}, since: {since:?}, \
         summary: {summary:?}, confirmed_by: &{confirmed_by:?}, worsens: &{worsens:?}, \
         contradicted_by: &{contradicted_by:?}, text: {text:?} }}"
    ))
}

/// The values of all keys, in the order of `KEYS`.
fn front_matter(front: &str) -> Result<[&str; KEYS.len()], String> {
    let mut values = [None; KEYS.len()];
    for line in front.lines() {
        let (key, value) = line.split_once(':').ok_or_else(|| format!("front matter `{line}` is no `key: value`"))?;
        let at = KEYS.iter().position(|known| *known == key).ok_or_else(|| format!("unknown key `{key}`"))?;
        if values[at].replace(value.trim()).is_some() {
            return Err(format!("key `{key}` is given twice"));
        }
    }
    let mut complete = [""; KEYS.len()];
    for ((value, key), slot) in values.into_iter().zip(KEYS).zip(&mut complete) {
        let value = value.or(OPTIONAL.contains(&key).then_some("[]"));
        *slot = value.ok_or_else(|| format!("key `{key}` is missing"))?;
    }
    Ok(complete)
}

/// `[a, b]`.
fn list(value: &str) -> Result<Vec<&str>, String> {
    let inner = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .ok_or_else(|| format!("`{value}` is no list like [a, b]"))?;
    Ok(inner.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
}

/// The title is the id, and the sections are all there, in order.
fn check_headings(id: &str, text: &str) -> Result<(), String> {
    let mut fenced = false;
    let headings: Vec<&str> = text
        .lines()
        .filter(|line| {
            fenced ^= line.starts_with("```");
            !fenced && line.starts_with('#')
        })
        .collect();
    let title = format!("# {id}");
    let expected: Vec<&str> = std::iter::once(title.as_str()).chain(HEADINGS).collect();
    if headings == expected {
        return Ok(());
    }
    Err(format!("has the headings {headings:?}, and not {expected:?}"))
}
