//! `pm2lint rules`

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, Failure, print};
use crate::finding::Severity;
use crate::rules::pages::{PAGES, Page};

/// Lists the rules
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One line a rule: severity, id, what is wrong.
    Text,
    /// An array of `{id, severity, category, since, summary}`.
    Json,
}

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    severity: Severity,
    category: &'static str,
    since: &'static str,
    summary: &'static str,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        print(&match self.format {
            Format::Text => text(),
            Format::Json => json(),
        })?;
        Ok(Exit::Clean)
    }
}

fn text() -> String {
    let width = PAGES.iter().map(|page| page.id.len()).max().unwrap_or_default();
    PAGES
        .iter()
        .map(|page| format!("{:7}  {:width$}  {}\n", page.severity.to_string(), page.id, page.summary))
        .collect()
}

fn json() -> String {
    let entry = |page: &Page| Entry {
        id: page.id,
        severity: page.severity,
        category: page.category,
        since: page.since,
        summary: page.summary,
    };
    serde_json::to_string_pretty(&PAGES.iter().map(entry).collect::<Vec<_>>()).unwrap_or_default() + "\n"
}
