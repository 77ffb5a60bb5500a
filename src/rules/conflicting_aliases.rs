//! `conflicting-aliases`: two spellings of one option with different values, of which PM2 takes one without a word.

use super::quantity::value;
use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Change, Finding, Severity};
use crate::js::Entry;
use crate::pm2::{Remark, resolve};

/// The format that `time: true` stands for. lib/Common.js:780 (v7.0.4).
const TIME_FORMAT: &str = "YYYY-MM-DDTHH:mm:ss";

/// Looks at options written twice, and at `time`, which overwrites `log_date_format`.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        for remark in &app.options.remarks {
            if let Remark::Conflict { winner, losers, .. } = remark {
                losers.iter().for_each(|loser| add(findings, conflict(app, winner, loser)));
            }
        }
        if let Some(finding) = overwritten_format(app) {
            add(findings, finding);
        }
    }
}

fn conflict(app: &App, winner: &Entry, loser: &Entry) -> Finding {
    let message = format!(
        "`{}` and `{}` are one option to PM2, which takes {} and ignores {}",
        winner.key,
        loser.key,
        value(&winner.value),
        value(&loser.value)
    );
    Finding::new("conflicting-aliases", Severity::Warning, message)
        .at(app.place_or_entry(resolve::place(loser)), "ignored")
        .related(resolve::place(winner).cloned(), "this one is in force")
        .help(format!("remove one of the two; without `{}` nothing changes", loser.key))
        .safe_fix(loser.key_origin.clone().map(|key| Change::Remove { key }))
        .scope(&*loser.key)
        .app(app.reference())
}

fn overwritten_format(app: &App) -> Option<Finding> {
    let format = app
        .options
        .get("log_date_format")
        .filter(|format| format.value.as_str().is_some_and(|text| text != TIME_FORMAT))?;
    if !app.options.is_on("time") {
        return None;
    }
    let message = format!("`{}` has no effect: `time: true` sets it to `{TIME_FORMAT}`", format.written.key);
    Some(
        Finding::new("conflicting-aliases", Severity::Info, message)
            .at(app.place_or_entry(format.place()), "ignored")
            .related(app.option_place("time").cloned(), "this one is in force")
            .help("remove `time` to keep the format")
            .scope("log_date_format")
            .app(app.reference()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn the_losing_spelling_is_told() {
        let found = findings(check, "apps: [{ script: a.js, error: a.log, error_file: b.log }]");
        assert_eq!(
            found[0],
            (
                "error".into(),
                "`error_file` and `error` are one option to PM2, which takes 'b.log' and ignores 'a.log'".into()
            )
        );
        let found = findings(check, "apps: [{ script: a.js, cmd: b.js, time: true, log_date_format: YYYY }]");
        assert_eq!(found.iter().map(|(place, _)| &**place).collect::<Vec<_>>(), ["cmd", "log_date_format"]);
    }

    #[test]
    fn equal_values_and_dropped_ones_are_no_conflict() {
        let text = "apps: [{ script: a.js, error: a.log, error_file: a.log, cron_restart: '', cron: '* * * * *', time: false, log_date_format: YYYY }]";
        assert!(findings(check, text).is_empty());
    }
}
