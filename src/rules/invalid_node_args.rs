//! `invalid-node-args`: a flag that Node does not know. It says `bad option` and exits with code 9, again and again.

use super::same_cause::add;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{Launch, Mode, Runtime};

/// The options of Node 18 to 24 and of their V8, without dashes before them, with `-` for `_`, in byte order: what `node --help`,
/// `node --v8-options` and `process.allowedNodeEnvironmentFlags` list.
const FLAGS: &str = include_str!("../../rules/pm2/node-flags.txt");

/// Looks at the arguments of Node of every launch.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches().filter(|(_, launch)| runs_node(launch)) {
        for word in launch.node_args.value.iter().filter(|word| word.starts_with("--")) {
            let name = word.split('=').next().unwrap_or(word);
            if !is_known(name) {
                add(findings, finding(app, launch, name));
            }
        }
    }
}

fn runs_node(launch: &Launch) -> bool {
    launch.mode == Mode::Cluster || launch.interpreter.runtime == Runtime::Node
}

/// Whether Node takes it. Every switch can be turned off with `no-` before its name, one of V8 with `no` too.
fn is_known(flag: &str) -> bool {
    let name = flag.trim_start_matches('-').replace('_', "-");
    let bare = name.strip_prefix("no").map_or(&*name, |bare| bare.trim_start_matches('-'));
    name.is_empty() || FLAGS.lines().any(|known| known == name || known == bare)
}

fn nearest(flag: &str) -> Option<&'static str> {
    let name = flag.trim_start_matches('-').replace('_', "-");
    let distance = |known: &str| strsim::damerau_levenshtein(&name, known);
    let nearest = FLAGS.lines().min_by_key(|known| distance(known))?;
    (distance(nearest) <= 2 && name.len() > 6).then_some(nearest)
}

/// A flag that is nearly a known one is a slip; another one may be newer than this list.
fn finding(app: &App, launch: &Launch, flag: &str) -> Finding {
    let message = format!(
        "Node knows no option `{flag}`: it says `bad option` in pm2.log and exits with code 9 at every start, and the app's error log stays empty"
    );
    let (help, confidence) = match nearest(flag) {
        Some(nearest) => (format!("write `--{nearest}`"), Confidence::High),
        None => (format!("remove `{flag}`, or move it to `args` if it is meant for the script"), Confidence::Low),
    };
    Finding::new("invalid-node-args", Severity::Error, message)
        .at(app.place_or_entry(launch.node_args.place.as_ref()), "no option of Node")
        .help(help)
        .confidence(confidence.min(launch.node_args.confidence()))
        .scope(format!("node_args {flag}"))
        .app(app.reference_in(launch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_flag_are_known() {
        for flag in ["--max-old-space-size", "--max_old_space_size", "--no-warnings", "--no-deprecation", "--nolazy", "--inspect"] {
            assert!(is_known(flag), "{flag}");
        }
        assert!(!is_known("--max-old-space"));
        assert_eq!(nearest("--max-old-space-sise"), Some("max-old-space-size"));
        assert_eq!(nearest("--queue"), None);
    }

    #[test]
    fn the_list_is_sorted_and_has_each_flag_once() {
        assert!(FLAGS.lines().collect::<Vec<_>>().windows(2).all(|pair| pair[0] < pair[1]));
    }
}
