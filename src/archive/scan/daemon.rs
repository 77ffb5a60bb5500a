//! Reads the daemon's log: its own lines become events; others are what cluster workers wrote to the daemon's streams.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::Offset;
use rustc_hash::FxHashMap;

use super::lives::Lives;
use super::output::{Reader, Search};
use super::sighted::{Place, Sighted};
use crate::archive::errors::signature::{self, Reading, Signatures};
use crate::archive::text::cursor::Dated;
use crate::archive::text::decode::{self, Form, Origin, Output};
use crate::archive::text::excerpt::excerpt;
use crate::archive::text::lines::{Line, Sink};
use crate::archive::text::stamp::{self, LastDate};
use crate::archive::timeline::event::from_utc;
use crate::archive::timeline::{Event, EventKind, Mode, PmId, Production, Source, Stamp, Stream};

/// So many events are listed; all are counted.
const EVENTS: usize = 50_000;
/// A text belongs to the worker that ends within this time after it, in milliseconds.
pub(super) const LAST_WORDS_MS: i64 = 5_000;
/// A date of the daemon's log is no longer than this, in bytes.
const DATE: usize = 48;
/// So many sentences are remembered.
const SENTENCES: usize = 4_096;

/// What the daemons of an archive tell.
#[derive(Clone, Default)]
pub(in crate::archive) struct Daemons {
    pub lives: Lives,
    pub events: Vec<Event>,
    /// Events beyond those listed.
    pub unlisted: u64,
    pub production: Production,
    pub sighted: Vec<Sighted>,
}

impl Daemons {
    /// Adds what the daemons of a later archive told.
    pub fn merge(&mut self, later: Self) {
        self.lives.merge(later.lives);
        let room = EVENTS - self.events.len().min(EVENTS);
        self.unlisted += later.unlisted + later.events.len().saturating_sub(room) as u64;
        self.events.extend(later.events.into_iter().take(room));
        self.production.merge(later.production);
        self.sighted.extend(later.sighted);
    }

    /// How far the daemons' clock is from UTC, as far as it is known.
    pub fn set_offset(&mut self, offset: Option<Offset>) {
        self.lives.offset = offset;
        self.production.utc_offset = offset.map(|offset| from_utc(offset).into());
    }

    /// The numbers of the archives that they point at.
    pub fn archives(&mut self) -> impl Iterator<Item = &mut usize> {
        let events = self.events.iter_mut().map(|event| &mut event.source.archive);
        let sighted = self.sighted.iter_mut().map(|file| &mut file.place.archive);
        self.lives.archives().chain(events).chain(sighted)
    }
}

/// The grammar of the daemon's own lines.
pub(super) struct Grammar(Signatures<'static>);

impl Grammar {
    /// Made once for all files.
    pub fn new() -> Self {
        Self(Signatures::new(signature::DAEMON))
    }
}

/// What a message of the daemon says.
#[derive(Clone, Default)]
struct Sentence {
    kind: Option<EventKind>,
    app: Option<Arc<str>>,
    pm_id: Option<PmId>,
}

impl Sentence {
    fn of(reading: &Reading<'_, '_>) -> Self {
        let (app, pm_id) = (reading.get("app").map(Arc::from), reading.get("pm_id").and_then(PmId::parse));
        Self { kind: kind(reading), app, pm_id }
    }
}

/// A process ended and nobody had asked for it.
pub(super) struct Ending {
    pub origin: Origin,
    /// An exception may have done it.
    pub is_thrown: bool,
    /// It aborted, as V8 does without memory.
    pub is_abort: bool,
}

impl Ending {
    fn of(event: &Event, lives: &Lives) -> Self {
        let origin = Origin { app: event.app.clone(), pm_id: event.pm_id.map(PmId::number) };
        let (code, signal) = match &event.kind {
            EventKind::Exited { code, signal } => (*code, signal.as_deref()),
            _ => (0, None),
        };
        let is_thrown = signal.is_none() && !(code == 0 && lives.mode(&origin) == Some(Mode::Fork));
        Self { origin, is_thrown, is_abort: signal == Some("SIGABRT") }
    }
}

/// Reads one file of the daemon's log.
pub(super) struct DaemonLog<'a> {
    grammar: &'a Grammar,
    search: &'a Search<'a>,
    place: Place,
    daemons: Daemons,
    /// A daemon says the same few sentences over and over.
    heard: FxHashMap<Box<str>, Sentence>,
    /// Text that is not the daemon's, not yet ascribed to a worker.
    loose: Reader<'a>,
    /// There is such text.
    spoken: bool,
    time: Option<Stamp>,
    date: LastDate,
    sighted: BTreeMap<Origin, Sighted>,
}

impl<'a> DaemonLog<'a> {
    /// Before the first line of the file at `place`; `daemons` is what was told before.
    pub fn new(grammar: &'a Grammar, search: &'a Search<'a>, place: Place, daemons: Daemons) -> Self {
        let loose = loose(search, &place);
        let (heard, spoken, time, date, sighted) = Default::default();
        Self { grammar, search, place, daemons, heard, loose, spoken, time, date, sighted }
    }

    /// Takes a message of the daemon, without its date. The end that it tells, if nobody asked for that.
    pub fn message(&mut self, line: Line<'_>, message: &Message<'_>) -> Option<Ending> {
        let Message { time, text, is_error } = *message;
        self.loose.close();
        self.time = time.or(self.time);
        let Sentence { kind, app, pm_id } = self.sentence(text)?;
        let other = || is_error.then(|| EventKind::Error { text: excerpt(text).into() });
        let kind = kind.or_else(other)?;
        let source = Source {
            archive: self.place.archive,
            file: self.place.file.clone(),
            line: line.number,
            offset: line.offset,
        };
        self.event(Event { app, pm_id, time, kind, source }, text)
    }

    /// What `text` says, unless it is a line of the banner.
    fn sentence(&mut self, text: &str) -> Option<Sentence> {
        if let Some(known) = self.heard.get(text) {
            return Some(known.clone());
        }
        let reading = self.grammar.0.read(text);
        if let Some((id, value)) = reading.as_ref().and_then(|reading| Some((&**reading.id, reading.get("value")?))) {
            self.banner(id, value);
            return None;
        }
        let sentence = reading.as_ref().map(Sentence::of).unwrap_or_default();
        if sentence.app.is_some() {
            if self.heard.len() >= SENTENCES {
                self.heard.clear();
            }
            self.heard.insert(text.into(), sentence.clone());
        }
        Some(sentence)
    }

    /// An order to stop counts even before the window: it says that the end which follows was asked for.
    fn event(&mut self, mut event: Event, text: &str) -> Option<Ending> {
        if !(self.search.window.holds(event.time) || event.kind == EventKind::Stopping) {
            return None;
        }
        let is_end = self.daemons.lives.take(&mut event, text);
        let ending = is_end.then(|| Ending::of(&event, &self.daemons.lives));
        if let Some(ending) = &ending {
            self.ascribe(ending.origin.clone(), event.time);
        }
        if self.daemons.events.len() < EVENTS {
            self.daemons.events.push(event);
        } else {
            self.daemons.unlisted += 1;
        }
        ending
    }

    fn banner(&mut self, id: &str, value: &str) {
        let production = &mut self.daemons.production;
        match id {
            "banner-time" => self.daemons.set_offset(stamp::offset_of_banner(value)),
            "banner-pm2" => production.pm2_version = Some(value.into()),
            "banner-node" => production.node_version = Some(value.into()),
            "banner-home" => production.home = Some(value.into()),
            "banner-worker-interval" => production.worker_interval_ms = value.parse().ok(),
            "banner-kill-timeout" => production.kill_timeout_ms = value.parse().ok(),
            _ => {}
        }
    }

    /// A process of `app` ended, whichever.
    pub fn end_of(&mut self, app: Arc<str>, time: Stamp) {
        self.daemons.lives.end_of(app, time);
    }

    /// Whether `text` alone is a message of the daemon, word for word.
    pub fn knows(&self, text: &str) -> bool {
        self.grammar.0.read(text).is_some()
    }

    /// Takes a line that is not the daemon's.
    pub fn other(&mut self, line: Line<'_>, output: Output<'_>) {
        let time = output.time.or(self.time);
        self.spoken = true;
        self.loose.take(line.number, line.offset, &Output { time, ..output });
    }

    /// A worker ended: what was written right before were its last words.
    fn ascribe(&mut self, origin: Origin, time: Option<Stamp>) {
        if !std::mem::take(&mut self.spoken) {
            return;
        }
        let last = self.loose.time();
        let mut sighted = std::mem::replace(&mut self.loose, loose(self.search, &self.place)).finish();
        let near = time.zip(last).is_none_or(|(end, last)| end.ms_since(last) <= LAST_WORDS_MS);
        if near {
            sighted.ended(origin);
        } else {
            sighted.unended();
        }
        self.keep(sighted);
    }

    fn keep(&mut self, sighted: Sighted) {
        match self.sighted.get_mut(&sighted.origin) {
            Some(known) => known.merge(sighted),
            None => drop(self.sighted.insert(sighted.origin.clone(), sighted)),
        }
    }

    /// After the last line.
    pub fn finish(mut self) -> Daemons {
        let mut rest = std::mem::replace(&mut self.loose, loose(self.search, &self.place)).finish();
        rest.unended();
        self.keep(rest);
        self.daemons.sighted.extend(self.sighted.into_values());
        self.daemons
    }
}

fn loose<'a>(search: &'a Search<'a>, place: &Place) -> Reader<'a> {
    Reader::new(search, Sighted::new(place.clone(), Origin::default(), Stream::Error))
}

impl Sink for DaemonLog<'_> {
    fn line(&mut self, line: Line<'_>) -> bool {
        let text = decode::text(line.bytes);
        let dated = self.date.leading(&text);
        match message_of(&text, dated) {
            Some(message) => drop(self.message(line, &message)),
            None => match dated {
                // PM2 1 and older: a date alone.
                Some(dated) if self.grammar.0.read(dated.rest).is_some() => {
                    self.message(line, &Message { time: dated.stamp, text: dated.rest, is_error: false });
                }
                _ => self.other(line, Output { form: Form::Raw, ..decode::output(&text) }),
            },
        }
        true
    }
}

/// A line of the daemon, its date and `PM2 log: ` taken off.
pub(super) struct Message<'a> {
    pub time: Option<Stamp>,
    pub text: &'a str,
    /// PM2's own level is `error`.
    pub is_error: bool,
}

/// Reads `2026-11-22T11:12:44: PM2 log: text`, whatever `PM2_LOG_DATE_FORMAT` makes of the date (lib/Utility.js:96, v7.0.3).
pub(super) fn message(line: &str) -> Option<Message<'_>> {
    message_of(line, stamp::leading(line))
}

/// Reads `line`, whose date is known.
fn message_of<'a>(line: &'a str, dated: Option<Dated<'a>>) -> Option<Message<'a>> {
    let (time, named) = match dated {
        Some(dated) => (dated.stamp, dated.rest.strip_prefix("PM2 ")?),
        None => (None, undated(line)?),
    };
    let text = ["log: ", "info: ", "warn: ", "error: "].iter().find_map(|name| named.strip_prefix(name))?;
    Some(Message { time, text, is_error: named.starts_with("error") })
}

/// What follows `PM2 `, with a date before it in a format that [`stamp`] does not know, or none.
fn undated(line: &str) -> Option<&str> {
    let (date, rest) = line.split_once("PM2 ")?;
    (date.is_empty() || is_date(date)).then_some(rest)
}

/// Whether `text` may be a date in a format that [`stamp`] does not know.
fn is_date(text: &str) -> bool {
    text.len() <= DATE && text.ends_with(": ") && text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

fn kind(reading: &Reading<'_, '_>) -> Option<EventKind> {
    let text = |name: &str| reading.get(name).map(Arc::from);
    let number = |name: &str| reading.get(name)?.parse::<u64>().ok();
    let pid = || reading.get("pid")?.parse().ok();
    Some(match &**reading.id {
        "starting" => {
            EventKind::Starting { mode: if reading.get("mode")? == "fork" { Mode::Fork } else { Mode::Cluster } }
        }
        "online" | "online-3" => EventKind::Online,
        "exited" | "exited-3" => EventKind::Exited {
            code: reading.get("code")?.parse().ok()?,
            signal: reading.get("signal").filter(|signal| *signal != "SIGINT").map(Arc::from),
        },
        "disconnected" => EventKind::Disconnected,
        "stopping" => EventKind::Stopping,
        "retry-kill" => EventKind::RetryKill { pid: pid()? },
        "killed" => EventKind::Killed { pid: pid()? },
        "kill-timeout" => EventKind::KillTimeout { pid: pid()?, ms: number("ms")? },
        "not-killed" => EventKind::NotKilled { pid: pid()? },
        "unstable-limit" => EventKind::UnstableLimit { script: text("script")?, count: number("count")? },
        "will-restart" => EventKind::WillRestart { ms: number("ms")? },
        "memory-limit" => EventKind::MemoryLimit { current: number("current")?, limit: number("limit")? },
        "new-worker-listening" => EventKind::NewWorkerListening,
        "fork-reload" => EventKind::ForkReload,
        "watch-change" => EventKind::WatchChange { path: text("path")? },
        "cron-registered" => EventKind::CronRegistered,
        "cron-deregistered" => EventKind::CronDeregistered,
        "stale-exit" => EventKind::StaleExit { pid: pid()? },
        "no-ps" => EventKind::NoPs,
        "daemon-started" | "runtime-started" => EventKind::DaemonStarted,
        "daemon-stopped" | "daemon-killed" => EventKind::DaemonStopped,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::scan::sighted::PlaceKind;

    fn read(line: &str) -> Option<(Option<String>, &str)> {
        message(line).map(|message| (message.time.map(|time| time.to_string()), message.text))
    }

    #[test]
    fn messages_of_every_age_are_read() {
        let time = |text: &str| Some(text.to_owned());
        for (line, expected) in [
            ("2026-11-22T11:12:44: PM2 log: App [a:0] online", (time("2026-11-22T11:12:44"), "App [a:0] online")),
            ("[2018-05-30 13:53:11] PM2 error: x", (time("2018-05-30T13:53:11"), "x")),
            ("22. 11. 2026 11h12: PM2 log: x", (None, "x")),
            ("PM2 log: x", (None, "x")),
        ] {
            assert_eq!(read(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn quoted_messages_are_not_the_daemons() {
        for line in [
            "2026-11-22 11:24:46 +00:00: feedback: PM2 log: App [a:0] online",
            "feedback: PM2 log: App [a:0] online",
            "2026-11-22T11:12:44: PM2 logs are big",
            "PM2",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic_and_chunks_do_not_show(
            lines in proptest::collection::vec(proptest::sample::select(LINES), 0..40), noise in "\\PC{0,20}", chunk in 1_usize..200,
        ) {
            let text = format!("{}\n{noise}", lines.join("\n"));
            proptest::prop_assert_eq!(scan(&text, 1 << 20), scan(&text, chunk));
        }
    }

    const LINES: &[&str] = &[
        "2026-11-22T11:12:44: PM2 log: App [a:0] starting in -cluster mode-",
        "2026-11-22T11:12:45: PM2 log: App [a:0] exited with code [0] via signal [SIGINT]",
        "2026-11-22T11:12:45: PM2 log: Stopping app:a id:_old_0",
        "2026-11-22T11:12:45: PM2 log: App [a:_old_0] exited with code [0] via signal [SIGKILL]",
        "2026-11-22T11:12:46: PM2 log: Script /a.js had too many unstable restarts (3). Stopped. \"errored\"",
        "2026-11-22T11:12:46: PM2 error: Error: spawn ps ENOENT",
        "Error: Cannot find module './x'",
        "    at f (/srv/a.js:1:2) {",
        "}",
        "",
        "Node.js v20.0.0",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    ];

    fn scan(text: &str, chunk: usize) -> (Vec<Event>, Vec<Sighted>) {
        let (grammar, search) = (Grammar::new(), Search::new(&[], &[]));
        let place = Place { archive: 0, file: "pm2.log".into(), kind: PlaceKind::Daemon };
        let mut log = DaemonLog::new(&grammar, &search, place, Daemons::default());
        let limits = crate::archive::text::lines::Limits { chunk, ..Default::default() };
        crate::archive::text::lines::feed(text.as_bytes(), limits, None, &mut log).unwrap();
        let daemons = log.finish();
        (daemons.events, daemons.sighted)
    }
}
