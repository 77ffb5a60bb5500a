//! What an archive tells, for machines. The types here are the format.

use serde::Serialize;

use super::Tale;
use crate::archive::{AppLogs, ErrorBlock, Frame, LoggedError, Occurrence, Problem, Production, Sighting, Stamp};
use crate::evidence::{Account, Cause, archived, innermost_frame};
use crate::finding::{Evidence, Severity};
use crate::report::json::{Tool, pretty};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    archives: Vec<ArchiveEntry<'a>>,
    production: &'a Production,
    apps: &'a [AppLogs],
    incidents: Vec<IncidentEntry<'a>>,
    errors: Vec<ErrorEntry<'a>>,
    /// What the user's own signatures read; nothing without such signatures.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sightings: &'a [&'a Sighting],
    problems: Vec<ProblemEntry<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct ArchiveEntry<'a> {
    path: &'a str,
    files: &'a [std::sync::Arc<str>],
}

#[derive(Serialize)]
struct IncidentEntry<'a> {
    rule: &'static str,
    severity: Severity,
    app: Option<&'a str>,
    workers: &'a [u32],
    count: u64,
    first: Option<Stamp>,
    last: Option<Stamp>,
    message: &'a str,
    help: &'a str,
    frame: Option<&'a Frame>,
    evidence: Vec<&'a Evidence>,
    /// Of an error: the first few times that it was printed, and the last few.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    earliest: &'a [Occurrence],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    latest: &'a [Occurrence],
}

#[derive(Serialize)]
struct ErrorEntry<'a> {
    app: Option<&'a str>,
    workers: &'a [u32],
    count: u64,
    error: &'a ErrorBlock,
    frame: Option<&'a Frame>,
    evidence: &'a [Evidence],
    earliest: &'a [Occurrence],
    latest: &'a [Occurrence],
}

#[derive(Serialize)]
struct ProblemEntry<'a> {
    file: String,
    message: &'a str,
}

#[derive(Serialize)]
struct Summary {
    incidents: usize,
    errors: usize,
    files: usize,
}

/// The whole document.
pub fn render(tale: &Tale<'_>) -> String {
    let archives = tale.timeline.archives.iter().zip(&tale.names);
    pretty(&Document {
        version: 1,
        tool: Tool::THIS,
        archives: archives.map(|(archive, path)| ArchiveEntry { path, files: &archive.files }).collect(),
        production: &tale.timeline.production,
        apps: &tale.timeline.apps,
        incidents: tale.incidents.iter().map(|told| incident(told, tale)).collect(),
        errors: tale.errors.iter().map(|error| logged(error)).collect(),
        sightings: &tale.sightings,
        problems: tale.timeline.problems.iter().map(problem).collect(),
        summary: Summary { incidents: tale.incidents.len(), errors: tale.errors.len(), files: tale.files() },
    })
}

fn incident<'a>((cause, account): &'a (Cause<'_>, Account), tale: &'a Tale<'_>) -> IncidentEntry<'a> {
    let incident = cause.incident;
    let logged = archived::logged(tale.timeline, incident);
    IncidentEntry {
        rule: incident.kind.rule(),
        severity: account.severity,
        app: incident.app.as_deref(),
        workers: &incident.workers,
        count: incident.count,
        first: incident.first,
        last: incident.last,
        message: &account.message,
        help: &account.help,
        frame: cause.frame(),
        evidence: cause.evidence(),
        earliest: logged.map_or(&[], |logged| &logged.earliest),
        latest: logged.map_or(&[], |logged| &logged.latest),
    }
}

fn logged(logged: &LoggedError) -> ErrorEntry<'_> {
    ErrorEntry {
        app: logged.app.as_deref(),
        workers: &logged.workers,
        count: logged.count,
        error: &logged.error,
        frame: innermost_frame(&logged.error),
        evidence: &logged.evidence,
        earliest: &logged.earliest,
        latest: &logged.latest,
    }
}

fn problem(problem: &Problem) -> ProblemEntry<'_> {
    ProblemEntry { file: problem.file.to_string_lossy().into_owned(), message: &problem.message }
}
