//! `unknown-option`: a key that PM2 ignores without a word, or a flag that it refuses.

use super::Context;
use super::same_cause::add;
use crate::commands::{Command, Flag};
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Change, Confidence, Finding, Severity};
use crate::js::Entry;
use crate::pm2::Remark;
use crate::pm2::options::{self, Advice};
use crate::pm2::resolve::place;

const RULE: &str = "unknown-option";

/// Looks at every key of every app, and at every command that starts some.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    context.ecosystems.iter().for_each(|ecosystem| keys(ecosystem, findings));
    let refused = context.commands.iter().filter_map(|command| Some((command, command.unknown_flag()?)));
    findings.extend(refused.filter_map(|(command, flag)| refusal(context, command, flag)));
}

fn refusal(context: &Context<'_>, command: &Command, flag: &Flag) -> Option<Finding> {
    let name = &flag.name;
    let option = options::find(&name.trim_start_matches('-').replace('-', "_"));
    let message = format!("`pm2 {}` has no flag `{name}`: it says `error: unknown option` and starts nothing", command.verb);
    let help = match option {
        Some(option) => format!("write `{}` into the app in a process file, and drop the flag", option.name),
        None => format!("drop it; what is meant for the script stands behind `--`: `-- {name}`"),
    };
    let concerned = context.ecosystems.iter().flat_map(|ecosystem| &ecosystem.apps);
    let concerned = concerned.filter(|app| app.place() == Some(&command.place) || command.concerns(app, context.ecosystems));
    let finding = Finding::new(RULE, Severity::Error, message)
        .at(command.place_of(name, context.modules.checkout())?, "PM2 refuses this")
        .help(help)
        .confidence(Confidence::Medium)
        .scope(format!("pm2 {} {name}", command.verb));
    Some(concerned.fold(finding, |finding, app| finding.app(app.reference())))
}

fn keys(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for app in &ecosystem.apps {
        for remark in &app.options.remarks {
            if let Remark::Unknown { written, advice } = remark {
                add(findings, finding(app, written, *advice));
            }
        }
    }
}

fn finding(app: &App, written: &Entry, advice: Option<Advice>) -> Finding {
    let key = &written.key;
    let option = advice.and_then(|advice| advice.option);
    let message = match option {
        Some(option) => {
            format!("PM2 has no option `{key}` and ignores it without a word; the option is `{}`", option.name)
        }
        None if key.starts_with("env_") => {
            format!(
                "PM2 takes `{key}` for the variables of an environment called `{}`: it reads no file and sets nothing",
                &key[4..]
            )
        }
        None => format!("PM2 has no option `{key}` and ignores it without a word"),
    };
    let help = match advice {
        Some(Advice { text: Some(text), .. }) => text.to_owned(),
        Some(Advice { option: Some(option), .. }) => {
            format!("rename `{key}` to `{}`: {}", option.name, option.meaning.to_lowercase())
        }
        _ => format!("remove `{key}`"),
    };
    Finding::new(RULE, Severity::Warning, message)
        .at(app.place_or_entry(place(written)), "no option of PM2")
        .help(help)
        .safe_fix(option.zip(written.key_origin.clone()).map(|(option, key)| Change::Rename { key, to: option.name.into() }))
        .scope(&**key)
        .app(app.reference())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::findings;

    #[test]
    fn ignored_keys_are_told_with_what_was_meant() {
        let found = findings(keys, "apps: [{ script: a.js, wate_ready: true, env_file: .env, tags: [x] }]");
        let keys: Vec<_> = found.iter().map(|(key, _)| &**key).collect();
        assert_eq!(keys, ["wate_ready", "env_file", "tags"]);
        assert!(found[0].1.contains("the option is `wait_ready`"));
        assert!(found[1].1.contains("reads no file"));
    }

    #[test]
    fn options_aliases_environments_and_comments_are_known() {
        let text =
            "apps: [{ script: a.js, killTimeout: 1, err_file: e, env_x: { A: 1 }, _comment: x, '//': y, $schema: z }]";
        assert!(findings(keys, text).is_empty());
    }

    #[test]
    fn apps_that_share_a_key_share_the_finding() {
        let mut shared = Vec::new();
        keys(
            &crate::ecosystem::fixture::ecosystem(
                "x: &x { tags: 1 }\napps: [{ <<: *x, script: a.js }, { <<: *x, script: b.js }]",
            ),
            &mut shared,
        );
        assert_eq!((shared.len(), shared[0].apps.len()), (1, 2));
    }
}
