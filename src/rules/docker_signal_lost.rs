//! A container whose stop never reaches the apps.

use std::sync::Arc;

use super::Context;
use crate::checkout::{Place, file_name, normalize, parent};
use crate::commands::dockerfile::{Dockerfile, Instruction, is_dockerfile};
use crate::commands::{Command, Runner};
use crate::finding::{Confidence, Finding, Severity};

const RULE: &str = "docker-signal-lost";

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let checkout = context.modules.checkout();
    for file in checkout.files().iter().filter(|file| is_dockerfile(file)) {
        let Some(source) = checkout.source(file) else { continue };
        let dockerfile = Dockerfile::parse(&source);
        let starts = ["ENTRYPOINT", "CMD"].into_iter().filter_map(|keyword| dockerfile.last(keyword));
        let fault = starts.into_iter().find_map(|start| fault(context, start));
        findings.extend(fault.map(|fault| finding(context, fault)));
    }
}

struct Fault<'a> {
    command: &'a Command,
    /// What the container runs.
    start: Place,
    what: &'static str,
    confidence: Confidence,
}

/// What keeps signals from the PM2 that an instruction starts, itself, by a shell script or by a script of package.json.
fn fault<'a>(context: &Context<'a>, start: &Instruction) -> Option<Fault<'a>> {
    let here = |command: &&Command| {
        command.place.file == start.place.file && start.place.span.contains(command.place.span)
    };
    let fault = |command: &'a Command, through: Through| {
        let (what, confidence) = judge(command, through)?;
        Some(Fault { command, start: start.place.clone(), what, confidence })
    };
    let mut direct = context.commands.iter().filter(here);
    let mut by_file = context.commands.iter().filter(|command| runs_file(context, start, &command.place.file));
    let mut by_package = context.commands.iter().filter(|command| runs_package_script(start, command));
    direct
        .find_map(|command| fault(command, Through::Nothing))
        .or_else(|| by_file.find_map(|command| fault(command, Through::ShellScript)))
        .or_else(|| by_package.find_map(|command| fault(command, Through::PackageManager)))
}

/// What stands between the container and the command.
#[derive(Clone, Copy, PartialEq)]
enum Through {
    Nothing,
    ShellScript,
    PackageManager,
}

fn judge(command: &Command, through: Through) -> Option<(&'static str, Confidence)> {
    let is_daemon = &*command.program == "pm2" && is_start(command);
    let is_foreground = matches!(&*command.program, "pm2-runtime" | "pm2-docker");
    match (command.by, through) {
        _ if is_daemon && command.is_last => Some(("PM2 goes to the background, and the container ends", Confidence::High)),
        _ if is_daemon => {
            Some(("PM2 runs in the background, where no signal to the container reaches it", Confidence::High))
        }
        _ if !is_foreground => None,
        (Runner::Container | Runner::Replaced, Through::Nothing | Through::ShellScript) => None,
        (Runner::Shell, Through::ShellScript) => Some((STAYS, Confidence::High)),
        (Runner::Shell, _) if !command.is_last => Some((STAYS, Confidence::High)),
        (Runner::Shell, Through::Nothing) => Some((MAY_STAY, Confidence::Low)),
        (_, Through::PackageManager) => Some((MANAGER, Confidence::Low)),
    }
}

const STAYS: &str = "the shell stays process 1, and it passes no signal on";
const MAY_STAY: &str = "an old shell stays process 1 (dash before 0.5.11), and it passes no signal on";
const MANAGER: &str = "the package manager is process 1, and not every version passes signals on";

fn is_start(command: &Command) -> bool {
    let detaches = !command.flags.iter().any(|flag| matches!(&*flag.name, "--no-daemon" | "--attach"));
    detaches && matches!(&*command.verb, "start" | "startOrRestart" | "startOrReload" | "startOrGracefulReload" | "resurrect")
}

/// Whether `start` runs the shell script `file`, which sets no trap of its own.
fn runs_file(context: &Context<'_>, start: &Instruction, file: &Arc<str>) -> bool {
    let is_script = |file: &str| file.ends_with(".sh") || file.ends_with(".bash");
    let names = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-'));
        file_name(word) == file_name(file) || normalize(parent(&start.place.file), word).as_deref() == Some(file)
    };
    let traps = || context.modules.checkout().source(file).is_some_and(|source| source.text().contains("trap "));
    is_script(file) && start.arguments.split([' ', ',', '"']).any(|word| word.ends_with("sh") && names(word)) && !traps()
}

fn runs_package_script(start: &Instruction, command: &Command) -> bool {
    let Some(script) = &command.script else { return false };
    let words: Vec<&str> = start.arguments.split([' ', ',', '"', '[', ']']).filter(|word| !word.is_empty()).collect();
    let is_manager = words.first().is_some_and(|first| matches!(*first, "npm" | "yarn" | "pnpm"));
    let is_beside = parent(&command.place.file) == parent(&start.place.file) || parent(&command.place.file).is_empty();
    is_manager && is_beside && words.get(1..).is_some_and(|rest| rest.contains(&&**script))
}

fn finding(context: &Context<'_>, fault: Fault<'_>) -> Finding {
    let Fault { command, start, what, confidence } = fault;
    let message = format!("{what}: on `docker stop` the apps get no SIGINT, and are killed when the grace period is over");
    let target = command.targets.first().map_or("ecosystem.config.js", |target| &**target);
    let place = command.place.clone();
    let elsewhere = (start.file != place.file).then_some(start);
    let finding = Finding::new(RULE, Severity::Error, message)
        .at(place, "not process 1")
        .scope(format!("{} {}", command.program, command.verb))
        .related(elsewhere, "the container runs this")
        .help(format!("let PM2 be process 1: `CMD [\"pm2-runtime\", \"{target}\"]`; in a script, `exec pm2-runtime {target}` as its last line"))
        .confidence(confidence);
    let apps = command.process_file(context.ecosystems).map(|ecosystem| &*ecosystem.apps).unwrap_or_default();
    apps.iter().fold(finding, |finding, app| finding.app(app.reference()))
}
