//! `pm2lint explain RULE`

use super::{Exit, Failure, print};
use crate::rules::pages::page;
use crate::settings::known_rule;

/// Explains a rule: what it says, why it hurts, wrong, right, when to waive
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rule's id, as findings show it in brackets
    rule: String,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let rule = known_rule(&self.rule).map_err(Failure::usage)?;
        if let Some(page) = page(rule) {
            print(&format!("{}\nSeverity: {}. Since {}.\n", page.text, page.severity, page.since))?;
        }
        Ok(Exit::Clean)
    }
}
