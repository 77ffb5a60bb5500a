//! The life of every worker, cut into columns of equal time.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::DateTime;

use crate::archive::{Event, EventKind, PmId, Timeline};

/// Columns of the chart.
pub(super) const COLUMNS: usize = 120;

/// All workers whose events have a time.
pub(super) struct Lanes {
    /// When the first column begins, and the last one ends.
    pub span: (DateTime, DateTime),
    /// By archive, app and number.
    pub lanes: Vec<Lane>,
    /// Events beyond those that a timeline lists.
    pub unlisted: u64,
}

/// One worker.
pub(super) struct Lane {
    /// Which archive, from 0.
    pub archive: usize,
    /// PM2's name of the app.
    pub app: Arc<str>,
    /// PM2's number.
    pub pm_id: u32,
    /// [`COLUMNS`] of them.
    pub cells: Vec<Cell>,
}

/// What a worker did in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// It ran, for part of the time at least.
    pub alive: bool,
    /// It started.
    pub starts: u32,
    /// It ended, and PM2 had not asked for it.
    pub crashes: u32,
    /// PM2 killed it.
    pub kills: u32,
    /// It ended as PM2 had asked.
    pub stops: u32,
}

impl Cell {
    fn add(&mut self, ending: Ending) {
        match ending {
            Ending::Crash => self.crashes += 1,
            Ending::Kill => self.kills += 1,
            Ending::Stop => self.stops += 1,
        }
    }
}

#[derive(Clone, Copy)]
enum Ending {
    Crash,
    Kill,
    Stop,
}

impl Lanes {
    /// Of all events with a time. `None`: no archive was read, or nothing in it has a time.
    pub fn of(timeline: &Timeline) -> Option<Lanes> {
        let times = || timeline.events.iter().filter_map(|event| Some(event.time?.at));
        let span = (times().min()?, times().max()?);
        let mut lanes: BTreeMap<(usize, Arc<str>, u32), Worker> = BTreeMap::new();
        for event in &timeline.events {
            let (Some(app), Some(id), Some(time)) = (&event.app, event.pm_id, event.time) else { continue };
            let column = column(span, time.at);
            let key = (event.source.archive, app.clone(), id.number());
            lanes.entry(key).or_default().take(event, id, column);
        }
        let lane = |((archive, app, pm_id), worker): (_, Worker)| Lane { archive, app, pm_id, cells: worker.finish() };
        let lanes: Vec<Lane> = lanes.into_iter().map(lane).collect();
        (!lanes.is_empty()).then_some(Lanes { span, lanes, unlisted: timeline.unlisted_events })
    }

    /// The anchor of an app's lanes; `None`: it has none.
    pub fn anchor(&self, app: &str) -> Option<String> {
        self.lanes.iter().position(|lane| &*lane.app == app).map(|first| format!("lane-{first}"))
    }
}

fn column(span: (DateTime, DateTime), at: DateTime) -> usize {
    let whole = span.1.duration_since(span.0).as_millis().max(1);
    let part = at.duration_since(span.0).as_millis().clamp(0, whole);
    usize::try_from(part * i128::try_from(COLUMNS).unwrap_or(1) / whole).map_or(0, |column| column.min(COLUMNS - 1))
}

/// A worker while its events are read.
#[derive(Default)]
struct Worker {
    cells: Vec<Cell>,
    /// The column in which the present process started.
    since: Option<usize>,
    /// Of the process that a reload replaces.
    old_since: Option<usize>,
    is_stopping: bool,
}

impl Worker {
    fn take(&mut self, event: &Event, id: PmId, column: usize) {
        match (&event.kind, id) {
            (EventKind::Starting { .. }, _) => {
                self.old_since = self.old_since.or(self.since);
                self.since = Some(column);
                self.is_stopping = false;
                self.cell(column).starts += 1;
            }
            (EventKind::Stopping, PmId::Current(_)) => self.is_stopping = true,
            (EventKind::Exited { signal, .. }, id) => {
                let is_killed = signal.as_deref() == Some("SIGKILL");
                let since = match id {
                    PmId::Current(_) => self.since.take(),
                    PmId::Old(_) => self.old_since.take(),
                };
                let is_asked = std::mem::take(&mut self.is_stopping) || matches!(id, PmId::Old(_));
                self.live(since.unwrap_or(column), column);
                self.cell(column).add(match (is_killed, is_asked) {
                    (true, _) => Ending::Kill,
                    (_, true) => Ending::Stop,
                    (_, false) => Ending::Crash,
                });
            }
            _ => {}
        }
    }

    fn cell(&mut self, column: usize) -> &mut Cell {
        self.cells.resize(COLUMNS, Cell::default());
        &mut self.cells[column]
    }

    fn live(&mut self, from: usize, to: usize) {
        (from..=to).for_each(|column| self.cell(column).alive = true);
    }

    /// What has not ended lives on.
    fn finish(mut self) -> Vec<Cell> {
        for since in [self.since, self.old_since].into_iter().flatten() {
            self.live(since, COLUMNS - 1);
        }
        self.cells.resize(COLUMNS, Cell::default());
        self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Mode, Source, Stamp};

    fn event(second: i8, id: &str, kind: EventKind) -> Event {
        let at = jiff::civil::date(2026, 8, 1).at(3, 0, second, 0);
        let source = Source { archive: 0, file: "pm2.log".into(), line: 1, offset: 0 };
        let time = Some(Stamp { at, offset: None });
        Event { app: Some("api".into()), pm_id: PmId::parse(id), time, kind, source }
    }

    fn exited(signal: Option<&str>) -> EventKind {
        EventKind::Exited { code: 0, signal: signal.map(Arc::from) }
    }

    fn start() -> EventKind {
        EventKind::Starting { mode: Mode::Cluster }
    }

    fn lane(events: Vec<Event>) -> Vec<Cell> {
        let timeline = Timeline { events, ..Timeline::default() };
        Lanes::of(&timeline).unwrap().lanes.remove(0).cells
    }

    #[test]
    fn an_end_that_pm2_asked_for_is_no_crash() {
        let cells = lane(vec![
            event(0, "0", start()),
            event(10, "0", exited(None)),
            event(20, "0", start()),
            event(30, "0", EventKind::Stopping),
            event(40, "0", exited(None)),
        ]);
        assert_eq!(cells[30], Cell { alive: true, crashes: 1, ..Cell::default() });
        assert!(!cells[45].alive);
        assert_eq!(cells[60], Cell { alive: true, starts: 1, ..Cell::default() });
        assert_eq!(cells[COLUMNS - 1], Cell { alive: true, stops: 1, ..Cell::default() });
    }

    #[test]
    fn the_old_worker_of_a_reload_ends_beside_the_new_one() {
        let cells = lane(vec![
            event(0, "0", start()),
            event(10, "0", start()),
            event(20, "_old_0", exited(Some("SIGKILL"))),
            event(40, "1", EventKind::Online),
        ]);
        assert_eq!(cells[60], Cell { alive: true, kills: 1, ..Cell::default() });
        assert!(cells.iter().all(|cell| cell.alive), "the new worker lives on");
    }

    #[test]
    fn without_times_there_is_no_chart() {
        let timeless = Event { time: None, ..event(0, "0", start()) };
        assert!(Lanes::of(&Timeline { events: vec![timeless], ..Timeline::default() }).is_none());
        assert!(Lanes::of(&Timeline::default()).is_none());
    }
}
