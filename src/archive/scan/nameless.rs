//! Lines without a name in the output of several processes: what was printed last before PM2 tells of an end are the last words
//! of the process that ended.

use std::collections::{BTreeMap, VecDeque};

use super::daemon::{Ending, LAST_WORDS_MS};
use super::output::{Reader, Search};
use super::sighted::{Place, Sighted};
use crate::archive::errors::assemble::TextLine;
use crate::archive::text::decode::{Origin, Output};
use crate::archive::text::lines::Line;
use crate::archive::timeline::{Stamp, Stream};

/// So many errors wait for an end to be told; several processes may end at a time.
const WAITING: usize = 8;
/// Last words are no more lines above the end: other processes go on printing.
const NEAR: u64 = 200;

/// How V8 begins its last line. Users' texts may hold it too: only where a process aborts right after it counts.
const FATAL: &str = "FATAL ERROR: ";
/// The signature of what V8 says of its heap.
const HEAP: &str = "heap-exhausted";

/// Reads what nobody's name stands before.
pub(super) struct Nameless<'a> {
    search: &'a Search<'a>,
    place: Place,
    readers: BTreeMap<Stream, Reader<'a>>,
    /// Errors after which no end was told yet, the newest last.
    waiting: VecDeque<Words>,
    told: BTreeMap<(Origin, Stream), Sighted>,
    /// PM2 tells of ends in the same output.
    hears_ends: bool,
}

/// An error, and what was seen between the one before it and this one.
struct Words {
    line: u64,
    time: Option<Stamp>,
    sighted: Sighted,
}

impl<'a> Nameless<'a> {
    /// Before the first line.
    pub fn new(search: &'a Search<'a>, place: Place) -> Self {
        let (readers, waiting, told, hears_ends) = Default::default();
        Self { search, place, readers, waiting, told, hears_ends }
    }

    /// Takes a line.
    pub fn take(&mut self, line: Line<'_>, output: &Output<'_>) {
        let stream = output.stream.unwrap_or(Stream::Combined);
        let nobodys = || Sighted::new(self.place.clone(), Origin::default(), stream);
        let reader = self.readers.entry(stream).or_insert_with(|| Reader::new(self.search, nobodys()));
        reader.take(line.number, line.offset, output);
        let is_fatal = stream == Stream::Combined && output.text.starts_with(FATAL);
        if let Some(read) = is_fatal.then(|| self.search.read(&output.text)).flatten() {
            let (text, Line { number, offset, .. }) = (output.text.clone(), line);
            reader.sighted.signature(read, &TextLine { number, offset, time: output.time, text, form: output.form });
        }
        if !reader.sighted.errors.is_empty() {
            let words = Words { line: line.number, time: reader.time(), sighted: reader.cut() };
            self.wait(words);
        }
    }

    /// A process ended of itself; `line` and `time` are those of PM2's word on it.
    pub fn end(&mut self, ending: &Ending, line: u64, time: Option<Stamp>) {
        self.hears_ends = true;
        for reader in self.readers.values_mut() {
            reader.close();
        }
        let open = self.readers.values_mut().filter(|reader| !reader.sighted.errors.is_empty());
        let open: Vec<Words> = open.map(|reader| Words { line, time: reader.time(), sighted: reader.cut() }).collect();
        open.into_iter().for_each(|words| self.wait(words));
        let last = if ending.is_abort { self.abort() } else { self.last(ending, line, time) };
        if let Some(mut last) = last {
            last.ended(ending.origin.clone());
            self.keep(last);
        }
    }

    /// What V8 printed of its heap.
    fn abort(&mut self) -> Option<Sighted> {
        let of_heap = |reader: &&mut Reader<'a>| reader.sighted.signatures.keys().any(|(id, _)| id == HEAP);
        self.readers.values_mut().find(of_heap).map(|reader| reader.cut())
    }

    fn last(&mut self, ending: &Ending, line: u64, time: Option<Stamp>) -> Option<Sighted> {
        let is_near = |words: &Words| {
            let passed = time.zip(words.time).map_or(0, |(end, said)| end.ms_since(said));
            line - words.line <= NEAR && passed <= LAST_WORDS_MS
        };
        let is_last = |words: &Words| is_near(words) && words.sighted.may_have_ended();
        let at = self.waiting.iter().rposition(is_last).filter(|_| ending.is_thrown)?;
        self.waiting.remove(at).map(|words| words.sighted)
    }

    fn wait(&mut self, words: Words) {
        self.waiting.push_back(words);
        if self.waiting.len() > WAITING
            && let Some(words) = self.waiting.pop_front()
        {
            self.keep(words.sighted);
        }
    }

    fn keep(&mut self, sighted: Sighted) {
        match self.told.get_mut(&(sighted.origin.clone(), sighted.stream)) {
            Some(known) => known.merge(sighted),
            None => drop(self.told.insert((sighted.origin.clone(), sighted.stream), sighted)),
        }
    }

    /// After the last line: what each process said last, and the rest, which ended nobody if PM2 told of the ends.
    pub fn finish(mut self) -> impl Iterator<Item = Sighted> {
        let waiting = std::mem::take(&mut self.waiting);
        let rest = std::mem::take(&mut self.readers).into_values().map(Reader::finish);
        waiting.into_iter().map(|words| words.sighted).chain(rest).for_each(|sighted| self.keep(sighted));
        let (mut rest, mut own): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.told.into_iter().partition(|((origin, _), _)| *origin == Origin::default());
        for ((_, stream), sighted) in &mut own {
            rest.get_mut(&(Origin::default(), *stream)).into_iter().for_each(|rest| sighted.give_back(rest));
        }
        for nobodys in rest.values_mut() {
            nobodys.signatures.retain(|(id, _), _| id != HEAP);
            if self.hears_ends {
                nobodys.unended();
            }
        }
        own.into_values().chain(rest.into_values())
    }
}
