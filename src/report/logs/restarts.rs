//! The restarts of every worker over time, drawn as bars: one row for a worker, one column for one or more minutes.

use jiff::civil::DateTime;

use crate::archive::{AppLogs, End, Minute, WorkerLog};
use crate::report::Canvas;
use crate::report::canvas::printable;
use crate::report::summary::counted;

const UNICODE: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 9] = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];
/// The ends that are told, in words.
const ENDS: [(End, &str); 5] = [
    (End::Own, "ended by itself"),
    (End::Watch, "for a changed file"),
    (End::Memory, "for memory"),
    (End::Cron, "by cron"),
    (End::Reloaded, "reloaded"),
];
/// So much room do the words beside the bars need.
const WORDS: usize = 40;
/// Longest name shown, in characters.
const NAME: usize = 16;
/// Workers drawn; of more the number is told.
const ROWS: usize = 24;

/// All workers that were started more than once, under one scale. Empty if there is none.
pub fn render(apps: &[AppLogs], canvas: &Canvas) -> String {
    let rows: Vec<(&AppLogs, &WorkerLog)> = apps
        .iter()
        .flat_map(|app| app.workers.iter().map(move |worker| (app, worker)))
        .filter(|(_, worker)| !worker.restarts_per_minute.is_empty())
        .collect();
    let Some(axis) = Axis::of(rows.iter().flat_map(|(_, worker)| &worker.restarts_per_minute), canvas) else {
        return String::new();
    };
    let mut text = canvas.bold(&axis.title()) + "\n";
    text.extend(rows.iter().take(ROWS).map(|(app, worker)| row(app, worker, &axis, canvas)));
    let more = rows.len().saturating_sub(ROWS);
    if more > 0 {
        text += &format!("  and {}, listed by --format json\n", counted(more, "more worker"));
    }
    text + "\n"
}

fn row(app: &AppLogs, worker: &WorkerLog, axis: &Axis, canvas: &Canvas) -> String {
    let name: String = app.name.chars().take(NAME).collect();
    let bars = axis.bars(&worker.restarts_per_minute, if canvas.unicode { &UNICODE } else { &ASCII });
    let frame = if canvas.unicode { '│' } else { '|' };
    let label = printable(&format!("{name} {}", worker.pm_id));
    format!("  {label:width$} {frame}{bars}{frame} {}\n", told(worker), width = NAME + 4)
}

/// `17 restarts, ended by itself 12x, errored`
fn told(worker: &WorkerLog) -> String {
    let restarts: u64 = worker.restarts_per_minute.iter().map(|minute| minute.restarts).sum();
    let counts = ENDS.iter().filter_map(|(end, words)| Some((*worker.ends.get(end)?, *words)));
    let killed = Some((worker.forced_kills, "killed")).filter(|(count, _)| *count > 0);
    let ends: String = counts.chain(killed).map(|(count, words)| format!(", {words} {count}x")).collect();
    let errored = if worker.errored { ", errored" } else { "" };
    format!("{}{ends}{errored}", counted(usize::try_from(restarts).unwrap_or(usize::MAX), "restart"))
}

/// The time that the columns stand for, and the highest bar.
struct Axis {
    start: DateTime,
    end: DateTime,
    /// Minutes to a column.
    minutes: i64,
    columns: usize,
    highest: u64,
}

impl Axis {
    fn of<'a>(minutes: impl Iterator<Item = &'a Minute> + Clone, canvas: &Canvas) -> Option<Self> {
        let times = minutes.clone().map(|minute| minute.at.at);
        let (start, end) = (times.clone().min()?, times.max()?);
        let room = canvas.width.saturating_sub(WORDS + NAME).max(10);
        let span = minutes_between(start, end) + 1;
        let per_column = (span + room as i64 - 1) / room as i64;
        let columns = usize::try_from((span + per_column - 1) / per_column).unwrap_or(room);
        let highest = minutes.map(|minute| minute.restarts).max().unwrap_or(1);
        Some(Self { start, end, minutes: per_column, columns, highest })
    }

    fn title(&self) -> String {
        let column =
            if self.minutes == 1 { "a minute".to_owned() } else { format!("the worst of {} minutes", self.minutes) };
        let (start, end) = (short(self.start), short(self.end));
        format!("restarts per minute, {start} to {end} (a column is {column}; full height: {})", self.highest)
    }

    fn bars(&self, minutes: &[Minute], levels: &[char; 9]) -> String {
        let mut heights = vec![0; self.columns];
        for minute in minutes {
            let column =
                usize::try_from(minutes_between(self.start, minute.at.at) / self.minutes).unwrap_or(usize::MAX);
            if let Some(height) = heights.get_mut(column) {
                *height = minute.restarts.max(*height);
            }
        }
        let bar = |height: u64| levels.get((height * 8).div_ceil(self.highest.max(1)) as usize).copied().unwrap_or(' ');
        heights.into_iter().map(bar).collect()
    }
}

/// `2026-03-02 02:00`
fn short(time: DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

fn minutes_between(start: DateTime, end: DateTime) -> i64 {
    let span = end.duration_since(start);
    span.as_secs() / 60
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Stamp;

    fn minute(time: &str, restarts: u64) -> Minute {
        Minute { at: Stamp { at: time.parse().unwrap(), offset: None }, restarts }
    }

    fn app(restarts_per_minute: Vec<Minute>) -> AppLogs {
        let worker = WorkerLog { pm_id: 3, errored: true, restarts_per_minute, ..WorkerLog::default() };
        AppLogs { name: "api".into(), modes: Vec::new(), workers: vec![worker], files: Vec::new() }
    }

    #[test]
    fn bars_stand_for_minutes() {
        let apps = [app(vec![minute("2026-03-02T02:00:00", 8), minute("2026-03-02T02:03:00", 1)])];
        let unicode = render(&apps, &Canvas { unicode: true, ..Canvas::PLAIN });
        assert_eq!(
            unicode,
            "restarts per minute, 2026-03-02 02:00 to 2026-03-02 02:03 (a column is a minute; full height: 8)\n  api 3                │█  ▁│ 9 restarts, errored\n\n"
        );
        let ascii = render(&apps, &Canvas { unicode: false, ..Canvas::PLAIN });
        assert!(ascii.is_ascii() && ascii.contains("|@  .|"), "{ascii}");
    }

    #[test]
    fn a_year_fits_as_well() {
        let apps = [app(vec![minute("2025-03-02T02:00:00", 8), minute("2026-03-02T02:03:00", 1)])];
        let drawn = render(&apps, &Canvas::PLAIN);
        assert!(drawn.lines().nth(1).unwrap().chars().count() <= 100, "{drawn}");
        assert_eq!(render(&[app(Vec::new())], &Canvas::PLAIN), "");
    }
}
