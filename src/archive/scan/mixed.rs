//! The files of several writers: the daemons' logs, and what people saved of the output of PM2 or of a container. One is read after
//! the other, each goes on where the last one ended. Of what the daemon did its own log tells first.

use std::io;

use super::captured::{self, Captured, Told};
use super::daemon::{DaemonLog, Daemons, Grammar};
use super::inventory::{Kind, Log};
use super::output::Search;
use super::sighted::PlaceKind;
use super::{ENDS, place, problem};
use crate::archive::text::lines::{self, Limits, Sink};
use crate::archive::text::unpack;
use crate::archive::text::window::Window;
use crate::archive::timeline::{Problem, Process};

/// What they told.
#[derive(Default)]
pub(super) struct Mixed {
    pub daemons: Daemons,
    /// Lists of processes that are in captured output.
    pub printed: Vec<Process>,
    pub problems: Vec<Problem>,
}

impl Mixed {
    /// Reads those of `logs` that have several writers.
    pub fn read(logs: &[Log], search: &Search<'_>) -> Self {
        let grammar = Grammar::new();
        let mut mixed = Self::default();
        for log in logs.iter().filter(|log| log.kind == Kind::Daemon) {
            let daemons = std::mem::take(&mut mixed.daemons);
            let mut reader = DaemonLog::new(&grammar, search, place(log, PlaceKind::Daemon), daemons);
            let read = every_line(log, &mut reader);
            mixed.daemons = reader.finish();
            mixed.add_problem(log, read);
        }
        let times = || mixed.daemons.events.iter().filter_map(|event| event.time);
        let told = times().min_by_key(|time| time.at).zip(times().max_by_key(|time| time.at));
        let told = told.map(|(first, last)| Window { since: Some(first), until: Some(last) });
        for log in logs.iter().filter(|log| log.kind == Kind::Captured) {
            mixed.captured(log, &grammar, search, told);
        }
        mixed
    }

    /// Reads captured output; of the time `told` the daemons' own logs tell.
    fn captured(&mut self, log: &Log, grammar: &Grammar, search: &Search<'_>, told: Option<Window>) {
        let prefix = captured::prefix(&unpack::head(&log.path, ENDS));
        let daemons = std::mem::take(&mut self.daemons);
        let reader = Captured::new(grammar, search, place(log, PlaceKind::Log), daemons);
        let mut reader = reader.prefixed(prefix).beside(told);
        let read = every_line(log, &mut reader);
        let Told { daemons, sighted, processes } = reader.finish();
        self.daemons = daemons;
        self.daemons.sighted.extend(sighted);
        self.printed.extend(processes);
        self.add_problem(log, read);
    }

    fn add_problem(&mut self, log: &Log, read: io::Result<u64>) {
        self.problems.extend(read.err().map(|error| problem(log, &error)));
    }
}

fn every_line(log: &Log, sink: &mut impl Sink) -> io::Result<u64> {
    lines::feed(unpack::open(&log.path)?, Limits::default(), None, sink)
}
