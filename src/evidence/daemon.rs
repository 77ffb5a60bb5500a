//! Lines of the daemon's log that confirm a finding.

use std::sync::Arc;

use crate::archive::{Event, EventKind, Mode, PmId};
use crate::finding::{Evidence, Finding};

use super::Join;

/// An event of the daemon's log that confirms findings: the name that pages use, and which it is.
type Confirming = (&'static str, fn(&EventKind, Option<PmId>) -> bool);

/// Those that pages may name.
pub(super) const EVENTS: [Confirming; 9] = [
    ("kill-timeout", |kind, _| matches!(kind, EventKind::KillTimeout { .. })),
    ("reload", |kind, id| matches!((kind, id), (EventKind::Exited { .. }, Some(PmId::Old(_))))),
    ("watch-restart", |kind, _| matches!(kind, EventKind::WatchChange { .. })),
    ("started", |kind, _| matches!(kind, EventKind::Starting { .. })),
    ("online", |kind, _| matches!(kind, EventKind::Online)),
    ("own-exit", |kind, id| matches!((kind, id), (EventKind::Exited { .. }, Some(PmId::Current(_))))),
    ("cron-restart", |kind, _| matches!(kind, EventKind::CronRegistered)),
    ("no-ps", |kind, _| matches!(kind, EventKind::NoPs | EventKind::StaleExit { .. })),
    ("restart-delay", |kind, _| matches!(kind, EventKind::WillRestart { .. })),
];

impl Join<'_> {
    /// The lines of the daemon's log about the finding's apps that are such events.
    pub(super) fn daemon(&self, finding: &Finding, is_such: fn(&EventKind, Option<PmId>) -> bool) -> Option<Evidence> {
        let concerned = |event: &&Event| event.app.as_deref().is_some_and(|app| self.concerns(finding, app));
        let mut events =
            self.timeline.events.iter().filter(concerned).filter(|event| is_such(&event.kind, event.pm_id));
        let first = events.next()?;
        let (count, last) = events.fold((1, first), |(count, _), event| (count + 1, event));
        Some(Evidence {
            kind: "daemon",
            archive: first.source.archive,
            file: Arc::clone(&first.source.file),
            line: Some(first.source.line),
            count,
            first: first.time.map(|time| time.to_string()),
            last: last.time.map(|time| time.to_string()),
            excerpt: words(first),
            hit: None,
        })
    }
}

/// The event as PM2 words it, without what differs between its versions.
fn words(event: &Event) -> String {
    let app = event.app.as_deref().unwrap_or_default();
    if let EventKind::WatchChange { path } = &event.kind {
        return format!("Change detected on path {path} for app {app} - restarting");
    }
    let id = event.pm_id.map(|id| format!(":{id}")).unwrap_or_default();
    let what = match &event.kind {
        EventKind::Starting { mode: Mode::Cluster } => "starting in -cluster mode-".to_owned(),
        EventKind::Starting { mode: Mode::Fork } => "starting in -fork mode-".to_owned(),
        EventKind::Online => "online".to_owned(),
        EventKind::Exited { code, signal } => {
            format!("exited with code [{code}] via signal [{}]", signal.as_deref().unwrap_or("SIGINT"))
        }
        EventKind::KillTimeout { ms, .. } => format!("was still alive {ms} ms after it was told to stop"),
        EventKind::CronRegistered => "has a cron job in PM2".to_owned(),
        EventKind::NoPs => "stopped without `ps`".to_owned(),
        EventKind::StaleExit { pid } => format!("stale exit event ignored (pid {pid})"),
        EventKind::WillRestart { ms } => format!("will restart in {ms}ms"),
        _ => "see the line".to_owned(),
    };
    format!("App [{app}{id}] {what}")
}
