//! What an archive tells, for people: what happened to which app, since when, how often, why, and what to look at.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Tale, address, commands, restarts};
use crate::archive::{LoggedError, Occurrence, Sighting};
use crate::evidence::{Account, Cause, archived, innermost_frame};
use crate::finding::Evidence;
use crate::report::canvas::printable;
use crate::report::summary::counted;
use crate::report::{Canvas, evidence_file, log_file};

/// How many log lines an incident shows.
const LOG_LINES: usize = 3;
/// How many errors are listed; of more the number is told.
const LISTED_ERRORS: usize = 10;
/// Where the texts begin.
const INDENT: usize = 8;

/// Each incident, the errors that may be more, and the summary.
pub fn render(tale: &Tale<'_>, canvas: &Canvas) -> String {
    let incidents: String = tale.incidents.iter().map(|told| incident(told, tale, canvas) + "\n").collect();
    let drawn = if tale.incidents.is_empty() { String::new() } else { restarts::render(&tale.timeline.apps, canvas) };
    let summary = canvas.bold(&printable(&summary(tale))) + "\n";
    let clock = tale.timeline.clock().filter(|_| !tale.incidents.is_empty());
    let clock = clock.map_or(String::new(), |clock| line("times", &clock, canvas));
    incidents + &drawn + &errors(tale, canvas) + &sightings(tale) + &summary + &clock + &next(tale, canvas)
}

/// What to ask next, where there is something to ask.
fn next(tale: &Tale<'_>, canvas: &Canvas) -> String {
    if tale.incidents.is_empty() {
        return String::new();
    }
    let logs = tale.given.logs.iter().map(|path| ("--logs", &**path));
    let options = logs.chain(tale.given.jlist.map(|path| ("--jlist", path)));
    let word = |path: &Path| commands::quoted(&path.to_string_lossy().replace('\\', "/"));
    let options: String = options.map(|(option, path)| format!(" {option} {}", word(path))).collect();
    line("next", &format!("pm2lint check CHECKOUT{options}: the line to change"), canvas)
}

fn incident((cause, account): &(Cause<'_>, Account), tale: &Tale<'_>, canvas: &Canvas) -> String {
    let incident = cause.incident;
    let app = printable(incident.app.as_deref().unwrap_or("an unknown app"));
    let workers: Vec<String> = incident.workers.iter().map(u32::to_string).collect();
    let workers = if workers.is_empty() { String::new() } else { format!(" [{}]", workers.join(", ")) };
    let title = canvas.bold(&format!("{}[{}]", account.severity, incident.kind.rule()));
    let mut text = format!("{title} {app}{workers}\n");
    text += &paragraph("what", &account.message, canvas);
    if let Some(frame) = cause.frame() {
        text += &line("code", &address(frame), canvas);
    }
    for (index, evidence) in cause.evidence().into_iter().take(LOG_LINES).enumerate() {
        text += &line(if index == 0 { "log" } else { "" }, &log_line(evidence, tale), canvas);
    }
    let logged = archived::logged(tale.timeline, incident);
    if let Some(last) = logged.and_then(|logged| logged.latest.last()) {
        text += &line("last", &printed(last, tale), canvas);
    }
    text += &paragraph("help", &account.help, canvas);
    let commands = commands::of(cause).into_iter().enumerate();
    text.extend(commands.map(|(index, command)| line(if index == 0 { "now" } else { "" }, &command, canvas)));
    text
}

/// `prod/.pm2/pm2.log:12: App [api:0] exited with code [1] (12 times)`
fn log_line(evidence: &Evidence, tale: &Tale<'_>) -> String {
    let file = evidence_file(&tale.names, evidence);
    let file = evidence.line.map_or(file.clone(), |line| format!("{file}:{line}"));
    let count = if evidence.count > 1 { format!(" ({} times)", evidence.count) } else { String::new() };
    let said = evidence.excerpt.lines().next().unwrap_or_default();
    format!("{file}: {}{count}", said.trim())
}

/// `prod/.pm2/logs/api-error.log:97: Error: boom (at 2026-03-02T02:00:17)`
fn printed(occurrence: &Occurrence, tale: &Tale<'_>) -> String {
    let Occurrence { source, text, time } = occurrence;
    let file = log_file(&tale.names, source.archive, &source.file);
    let at = time.map_or(String::new(), |time| format!(" (at {time})"));
    format!("{file}:{}: {text}{at}", source.line)
}

fn errors(tale: &Tale<'_>, canvas: &Canvas) -> String {
    if tale.errors.is_empty() {
        return String::new();
    }
    let were = if tale.errors.len() == 1 { "it was" } else { "they were" };
    let number = counted(tale.errors.len(), "error");
    let title = format!("{number} of which the logs do not tell whether {were} handled:\n");
    let listed: String = tale.errors.iter().take(LISTED_ERRORS).map(|logged| error(logged, tale, canvas)).collect();
    let more = tale.errors.len().saturating_sub(LISTED_ERRORS);
    let more = if more > 0 { format!("  and {more} more, listed by --format json\n") } else { String::new() };
    title + &listed + &more + "\n"
}

fn error(logged: &LoggedError, tale: &Tale<'_>, canvas: &Canvas) -> String {
    let app = logged.app.as_deref().unwrap_or("an unknown app");
    let frame = innermost_frame(&logged.error).map(address);
    let place = frame.or_else(|| logged.evidence.first().map(|evidence| log_line(evidence, tale)));
    let head = printable(&format!("{app}, {}: {}", how_often(logged), logged.error));
    format!("  {head}\n") + &place.map_or(String::new(), |place| line("", &place, canvas))
}

/// `payment-declined in api [0] (code=51): logs/api-error-0.log:7: declined with 51 (12 times)`
fn sightings(tale: &Tale<'_>) -> String {
    let one = |sighting: &&Sighting| {
        let app = sighting.app.as_deref().unwrap_or("an unknown app");
        let worker = sighting.pm_id.map_or(String::new(), |id| format!(" [{id}]"));
        let captures: Vec<String> = sighting.captures.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let captures = if captures.is_empty() { String::new() } else { format!(" ({})", captures.join(", ")) };
        let place = log_line(&sighting.evidence, tale);
        printable(&format!("{} in {app}{worker}{captures}: {place}", sighting.signature)) + "\n"
    };
    let listed: String = tale.sightings.iter().map(one).collect();
    if listed.is_empty() { listed } else { listed + "\n" }
}

/// `14 times since 2026-03-02T02:00:11`
fn how_often(logged: &LoggedError) -> String {
    let first = logged.evidence.iter().filter_map(|evidence| evidence.first.as_deref()).min();
    match (logged.count, first) {
        (1, None) => "once".to_owned(),
        (1, Some(first)) => format!("once at {first}"),
        (count, None) => format!("{count} times"),
        (count, Some(first)) => format!("{count} times since {first}"),
    }
}

/// A text under its key, on one line.
fn line(key: &str, text: &str, canvas: &Canvas) -> String {
    format!("  {}{}\n", canvas.key(&format!("{key:0$}", INDENT - 2)), printable(text))
}

/// A text under its key, on as many lines as it takes.
fn paragraph(key: &str, text: &str, canvas: &Canvas) -> String {
    let width = canvas.width.saturating_sub(INDENT).max(INDENT);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().enumerate().map(|(index, text)| line(if index == 0 { key } else { "" }, text, canvas)).collect()
}

/// The last line, without its end.
pub fn summary(tale: &Tale<'_>) -> String {
    let apps: BTreeSet<&str> = tale.incidents.iter().filter_map(|(cause, _)| cause.incident.app.as_deref()).collect();
    let files = counted(tale.files(), "log file");
    match tale.incidents.len() {
        0 => format!("no incident in {files}"),
        count if apps.is_empty() => format!("{} in {files}", counted(count, "incident")),
        count => {
            let names: Vec<&str> = apps.into_iter().collect();
            format!("{} of {} in {files}", counted(count, "incident"), names.join(", "))
        }
    }
}
