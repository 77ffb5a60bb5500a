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
            print(&format!("{}\nSeverity: {}. Since {}.\n", readable(page.text), page.severity, page.since))?;
        }
        Ok(Exit::Clean)
    }
}

/// The page without what its examples say to the tests: of "```js file=a.js fires=a.js:4" it leaves "```js a.js".
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_lose_what_only_tests_need() {
        let page = "# rule\n```js file=a.js fires=a.js:4 severity=error\nfoo()\n```\n```js silent\n```\n";
        assert_eq!(readable(page), "# rule\n```js a.js\nfoo()\n```\n```js\n```\n");
    }
}
