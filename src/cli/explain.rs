//! `pm2lint explain`

use clap::ValueEnum;
use serde_json::{Value, json};

use super::{Exit, Failure, print};
use crate::rules::pages::{PAGES, Page, page};
use crate::settings::known_rule;

/// Explains rules: what is wrong, why it hurts, wrong and right code, when to waive
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  pm2lint explain unguarded-cron\n  pm2lint explain --all --format json")]
pub struct Args {
    /// Rules by id, as findings show it in brackets
    #[arg(value_name = "RULE", required_unless_present = "all")]
    rules: Vec<String>,
    /// Every rule
    #[arg(long, conflicts_with = "rules")]
    all: bool,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Markdown
    Text,
    /// An array of `{id, severity, category, since, summary, confirmed_by, text}`, `text` in Markdown
    Json,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let named = self.rules.iter().map(|id| known_rule(id).map_err(Failure::usage));
        let named = named.collect::<Result<Vec<_>, _>>()?;
        let pages: Vec<&Page> =
            if self.all { PAGES.iter().collect() } else { named.into_iter().filter_map(page).collect() };
        print(&match self.format {
            Format::Text => pages.iter().map(|page| text(page)).collect::<Vec<_>>().join("\n"),
            Format::Json => {
                let pages: Vec<Value> = pages.iter().map(|page| entry(page)).collect();
                serde_json::to_string_pretty(&pages).unwrap_or_default() + "\n"
            }
        })?;
        Ok(Exit::Clean)
    }
}

fn text(page: &Page) -> String {
    format!("{}\nSeverity: {}. Since {}.\n", page.markdown(), page.severity, page.since)
}

fn entry(page: &Page) -> Value {
    json!({
        "id": page.id,
        "severity": page.severity,
        "category": page.category,
        "since": page.since,
        "summary": page.summary,
        "confirmed_by": page.confirmed_by,
        "text": page.markdown(),
    })
}
