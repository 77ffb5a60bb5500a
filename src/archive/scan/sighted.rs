//! What was seen in one file of one process: counted, with its first and last line, never all of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lives::Ends;
use super::moments::{Moment, Moments};
use super::pairs;
use super::said::Said;
use crate::archive::errors::assemble::{Printed, TextLine};
use crate::archive::errors::fingerprint::fingerprint;
use crate::archive::errors::stack::Head;
use crate::archive::text::decode::{Form, Origin};
use crate::archive::text::excerpt::{around, cut, excerpt};
use crate::archive::timeline::{ErrorBlock, Stamp, Stream};
use crate::finding::Evidence;

/// So many different errors, or signatures with different captures, are told apart in one file.
const KINDS: usize = 1000;
/// So often is one error kept from the beginning, and as often from the end.
pub(in crate::archive) const KEPT: usize = 3;
/// An error that is printed more often than so many times before each end does not cause it.
const SELDOM: u64 = 6;
/// An exception ends its process at once; the daemon's log has whole seconds.
const AT_ONCE_S: i64 = 1;
/// A program that ends itself waits for its logger to write: winston for 3 s (lib/winston/exception-handler.js, v3.17.0).
const LOGGED_S: i64 = 5;

/// The file that evidence points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::archive) struct Place {
    pub archive: usize,
    pub file: Arc<str>,
    pub kind: PlaceKind,
}

/// Whose words a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::archive) enum PlaceKind {
    /// The daemon's.
    Daemon,
    /// An app's, or those of many.
    Log,
}

impl PlaceKind {
    /// As [`Evidence::kind`] says it.
    fn name(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Log => "log",
        }
    }
}

/// How often one thing was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct Tally {
    pub count: u64,
    pub line: u64,
    pub first: Option<Stamp>,
    pub last: Option<Stamp>,
    excerpt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hit: Option<Range<usize>>,
    /// The last line that said it in words of its own: the error itself may follow.
    #[serde(skip)]
    announced: Option<u64>,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, number: u64, time: Option<Stamp>, text: &str) {
        self.add_hit(number, time, text, || 0..0);
    }

    /// Counts one more, of which the bytes `hit` were looked for; empty: all of it. Asked only for the first line.
    pub fn add_hit(&mut self, number: u64, time: Option<Stamp>, text: &str, hit: impl FnOnce() -> Range<usize>) {
        if self.count == 0 || number < self.line {
            self.line = number;
            (self.excerpt, self.hit) = around(text, hit());
        }
        self.count += 1;
        self.span(time, time);
    }

    /// Clocks are set back, and files are read in parts: the first time is the earliest.
    fn span(&mut self, first: Option<Stamp>, last: Option<Stamp>) {
        self.first = [self.first, first].into_iter().flatten().min_by_key(|time| time.at);
        self.last = [self.last, last].into_iter().flatten().max_by_key(|time| time.at);
    }

    /// Adds what was counted after, or in another stream of the same file.
    pub fn merge(&mut self, other: &Self) {
        if self.count == 0 || (other.count > 0 && other.line < self.line) {
            (self.line, self.excerpt, self.hit) = (other.line, other.excerpt.clone(), other.hit.clone());
        }
        self.count += other.count;
        self.span(other.first, other.last);
    }

    /// The first line.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// As evidence in `place`.
    pub fn evidence(&self, place: &Place) -> Evidence {
        Evidence {
            kind: place.kind.name(),
            archive: place.archive,
            file: place.file.clone(),
            line: Some(self.line),
            count: self.count,
            first: self.first.map(|time| time.to_string()),
            last: self.last.map(|time| time.to_string()),
            excerpt: self.excerpt.clone(),
            hit: self.hit.clone(),
        }
    }
}

/// The same thing over several files, in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct Trace(Vec<(Place, Tally)>);

impl Trace {
    /// Counts one more, in `place`.
    pub fn add(&mut self, place: &Place, number: u64, time: Option<Stamp>, text: &str) {
        match self.0.last_mut().filter(|(last, _)| last == place) {
            Some((_, tally)) => tally.add(number, time, text),
            None => {
                let mut tally = Tally::default();
                tally.add(number, time, text);
                self.0.push((place.clone(), tally));
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub fn extend(&mut self, place: &Place, tally: &Tally) {
        match self.0.iter_mut().find(|(known, _)| known == place) {
            Some((_, known)) => known.merge(tally),
            None => self.0.push((place.clone(), tally.clone())),
        }
    }

    /// Adds another trace.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(place, tally)| self.extend(place, tally));
    }

    /// The numbers of its archives.
    pub fn archives(&mut self) -> impl Iterator<Item = &mut usize> {
        self.0.iter_mut().map(|(place, _)| &mut place.archive)
    }

    /// How often, over all files.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.count).sum()
    }

    /// The first and the last time.
    pub fn span(&self) -> (Option<Stamp>, Option<Stamp>) {
        let first = self.0.iter().filter_map(|(_, tally)| tally.first).min_by_key(|time| time.at);
        (first, self.0.iter().filter_map(|(_, tally)| tally.last).max_by_key(|time| time.at))
    }

    /// All as one piece of evidence, which points at the first file.
    pub fn summary(&self) -> Option<Evidence> {
        let (first, last) = self.span();
        let (first, last) = (first.map(|time| time.to_string()), last.map(|time| time.to_string()));
        Some(Evidence { count: self.count(), first, last, ..self.evidence().next()? })
    }

    /// One piece of evidence per file.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> {
        self.0.iter().map(|(place, tally)| tally.evidence(place))
    }
}

/// One of the times that an error was printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct Seen {
    pub line: u64,
    pub offset: u64,
    pub time: Option<Stamp>,
    pub text: String,
}

/// The first and the last times that an error was printed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct Kept {
    pub first: Vec<Seen>,
    pub last: VecDeque<Seen>,
}

impl Kept {
    fn add(&mut self, line: &TextLine<'_>) {
        let Self { first, last } = self;
        let TextLine { number, offset, time, .. } = *line;
        let seen = |text| Seen { line: number, offset, time, text };
        if first.len() < KEPT {
            return first.push(seen(excerpt(&line.text)));
        }
        // Errors are many: the room of the one that is forgotten is used again.
        let mut text = if last.len() < KEPT { None } else { last.pop_back() }.map_or(String::new(), |old| old.text);
        text.clear();
        cut(&line.text, &mut text);
        last.push_front(seen(text));
    }

    /// Adds what was kept after these.
    fn merge(&mut self, later: &Self) {
        for seen in later.all().cloned() {
            if self.first.len() < KEPT {
                self.first.push(seen);
            } else {
                self.last.truncate(KEPT - 1);
                self.last.push_front(seen);
            }
        }
    }

    /// All that are kept, in order.
    pub fn all(&self) -> impl Iterator<Item = &Seen> {
        self.first.iter().chain(self.last.iter().rev())
    }
}

/// One error, however often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct ErrorTally {
    /// The first of them.
    pub error: Arc<ErrorBlock>,
    pub tally: Tally,
    pub kept: Kept,
    /// Printed by a logger.
    pub led: u64,
    /// Announced by PM2 as unhandled rejection.
    pub rejections: u64,
    /// Followed by Node's banner.
    pub by_node: u64,
    /// Without the date or the JSON that the app's own lines have.
    pub raw: u64,
    /// Followed within the second by the end of the worker.
    pub timed: u64,
    /// The same of those that a logger printed: the program may have ended itself because of them.
    #[serde(default)]
    pub parting: u64,
    /// How often it was the last error of a second, while ends are known.
    #[serde(default)]
    pub around: u64,
}

impl ErrorTally {
    /// Whether it comes before ends, and seldom else: one that is printed all the time stands before each end by chance.
    pub fn is_of_ends(&self) -> bool {
        (self.timed + self.parting) * SELDOM >= self.around
    }

    fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.kept.merge(&other.kept);
        self.led += other.led;
        self.rejections += other.rejections;
        self.by_node += other.by_node;
        self.raw += other.raw;
        self.timed += other.timed;
        self.parting += other.parting;
        self.around += other.around;
    }
}

/// A signature's id and what it captured.
pub(super) type Read = (Cow<'static, str>, BTreeMap<Arc<str>, Arc<str>>);

/// What was seen in one file of one process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::archive) struct Sighted {
    pub place: Place,
    pub origin: Origin,
    pub stream: Stream,
    /// Some lines have PM2's date or JSON.
    pub wrapped: bool,
    pub errors: BTreeMap<Arc<str>, ErrorTally>,
    /// Which of them ended a worker is known: it was told right after them.
    #[serde(default)]
    pub ends_are_told: bool,
    /// What may have ended a worker, in order; to be settled when all ends are known.
    moments: Moments,
    /// The same of errors that a logger printed.
    #[serde(default)]
    partings: Moments,
    #[serde(with = "pairs")]
    pub signatures: BTreeMap<Read, Tally>,
    /// By probe, and by the process where the lines of a shared file name it. Those of one run: another one asks for other texts.
    #[serde(skip)]
    pub probes: BTreeMap<(u32, Option<u32>), Said>,
}

impl Sighted {
    /// Nothing yet.
    pub fn new(place: Place, origin: Origin, stream: Stream) -> Self {
        let (wrapped, errors, ends_are_told, moments, partings, signatures, probes) = Default::default();
        Self { place, origin, stream, wrapped, errors, ends_are_told, moments, partings, signatures, probes }
    }

    /// Counts a printed error.
    pub fn error(&mut self, printed: Printed) {
        let Printed { error, line, led, rejection, by_node } = printed;
        let text = fingerprint(&error);
        let known = self.errors.get_key_value(&*text).map(|(key, _)| key.clone());
        if self.errors.len() >= KINDS && known.is_none() {
            return;
        }
        let key = known.unwrap_or_else(|| text.into());
        if let Some(time) = line.time.filter(|_| !rejection) {
            let moments = if led { &mut self.partings } else { &mut self.moments };
            moments.add(time, key.clone());
        }
        let seen = self.errors.entry(key).or_insert_with(|| ErrorTally {
            error: Arc::new(error),
            tally: Tally::default(),
            kept: Kept::default(),
            led: 0,
            rejections: 0,
            by_node: 0,
            raw: 0,
            timed: 0,
            parting: 0,
            around: 0,
        });
        let ErrorTally { error, tally, .. } = seen;
        tally.add_hit(line.number, line.time, &line.text, || error.place_in(&line.text));
        seen.kept.add(&line);
        seen.led += u64::from(led);
        seen.rejections += u64::from(rejection);
        seen.by_node += u64::from(by_node);
        seen.raw += u64::from(line.form == Form::Raw);
    }

    /// Nothing of this waits to be compared with ends.
    pub fn is_settled(&self) -> bool {
        self.moments.is_empty() && self.partings.is_empty()
    }

    /// Finds the errors that ended a worker, now that the ends are known: which, and before which end.
    pub fn settle(&mut self, ends: &Ends<'_>) -> Vec<(Arc<str>, usize)> {
        let (moments, partings) = (std::mem::take(&mut self.moments), std::mem::take(&mut self.partings));
        let known = moments.all().chain(partings.all()).filter(|moment| ends.are_known_at(moment.time));
        known.for_each(|moment| self.with(moment, |seen| seen.around += moment.count));
        let mut ended = Vec::new();
        for (moment, ends) in moments.before_ends(|time| ends.after(time, AT_ONCE_S)) {
            self.with(moment, |seen| seen.timed += moment.count.min(ends.len() as u64));
            ended.push((moment.error.clone(), ends.start));
        }
        for (moment, ends) in partings.before_ends(|time| ends.after(time, LOGGED_S)) {
            self.with(moment, |seen| seen.parting += moment.count.min(ends.len() as u64));
            ended.push((moment.error.clone(), ends.start));
        }
        ended.retain(|(key, _)| self.errors.get(key).is_some_and(ErrorTally::is_of_ends));
        ended
    }

    fn with(&mut self, moment: &Moment, change: impl FnOnce(&mut ErrorTally)) {
        if let Some(seen) = self.errors.get_mut(&moment.error) {
            change(seen);
        }
    }

    /// Takes out the errors `keys` for `app`, which they ended, with the signatures of their lines.
    pub fn split(&mut self, app: Arc<str>, keys: &[Arc<str>]) -> Self {
        let mut own = Self::new(self.place.clone(), Origin { app: Some(app), pm_id: None }, self.stream);
        own.wrapped = self.wrapped;
        own.errors.extend(keys.iter().filter_map(|key| self.errors.remove_entry(key)));
        let is_own = |tally: &Tally| own.errors.values().any(|seen| seen.tally.line == tally.line);
        let signatures = std::mem::take(&mut self.signatures).into_iter();
        (own.signatures, self.signatures) = signatures.partition(|(_, tally)| is_own(tally));
        own
    }

    /// The worker to which `origin` belongs ended right after all this.
    pub fn ended(&mut self, origin: Origin) {
        self.origin = origin;
        self.unended();
        for seen in self.errors.values_mut() {
            (seen.timed, seen.parting) = (seen.tally.count - seen.led, seen.led);
        }
    }

    /// Gives errors back that `nobodys` has more often: they stood before an end by chance.
    pub fn give_back(&mut self, nobodys: &mut Self) {
        for (key, seen) in &mut nobodys.errors {
            let is_rarer = self.errors.get(key).is_some_and(|own| own.tally.count < seen.tally.count);
            if let Some(own) = is_rarer.then(|| self.errors.remove(key)).flatten() {
                seen.merge(&ErrorTally { timed: 0, parting: 0, ..own });
            }
        }
    }

    /// Whether one of the errors may have ended a process: none does that of which PM2 says that it is a rejection.
    pub fn may_have_ended(&self) -> bool {
        self.errors.values().any(|seen| seen.rejections < seen.tally.count)
    }

    /// Nothing else of this can have ended a worker: none ended near.
    pub fn unended(&mut self) {
        (self.moments, self.partings) = Default::default();
        self.ends_are_told = true;
    }

    /// What was seen in a part of the file, before which there are so many lines and bytes.
    pub fn moved(mut self, lines: u64, bytes: u64) -> Self {
        let errors = self.errors.values_mut();
        let (tallies, kept): (Vec<_>, Vec<_>) = errors.map(|seen| (&mut seen.tally, &mut seen.kept)).unzip();
        let said = self.probes.values_mut().map(|said| &mut said.tally);
        tallies.into_iter().chain(self.signatures.values_mut()).chain(said).for_each(|tally| tally.line += lines);
        for seen in kept.into_iter().flat_map(|kept| kept.first.iter_mut().chain(&mut kept.last)) {
            seen.line += lines;
            seen.offset += bytes;
        }
        self
    }

    /// Adds what another part of the same file told of the same process.
    pub fn merge(&mut self, other: Self) {
        self.wrapped |= other.wrapped;
        self.ends_are_told |= other.ends_are_told;
        self.moments.extend(other.moments);
        self.partings.extend(other.partings);
        for (key, seen) in other.errors {
            let room = self.errors.len() < KINDS;
            match self.errors.get_mut(&key) {
                Some(known) => known.merge(&seen),
                None if room => drop(self.errors.insert(key, seen)),
                None => {}
            }
        }
        for (read, tally) in other.signatures {
            if self.signatures.len() < KINDS || self.signatures.contains_key(&read) {
                self.signatures.entry(read).or_default().merge(&tally);
            }
        }
        for (id, said) in other.probes {
            self.probes.entry(id).or_default().merge(&said);
        }
    }

    /// Counts a line that a signature matched at the bytes `hit`. A logger that prints the message and then the stack has said it
    /// once.
    pub fn signature(&mut self, (read, hit): (Read, Range<usize>), line: &TextLine<'_>) {
        if self.signatures.len() >= KINDS && !self.signatures.contains_key(&read) {
            return;
        }
        let is_head = Head::parse(&line.text).is_some_and(|head| !head.led);
        let tally = self.signatures.entry(read).or_default();
        if is_head && tally.announced.take().is_some_and(|above| line.number - above <= 1) {
            return;
        }
        tally.announced = (!is_head).then_some(line.number);
        tally.add_hit(line.number, line.time, &line.text, || hit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_keeps_the_first_line_and_both_ends_of_time() {
        let mut tally = Tally::default();
        for (line, time) in [(3, None), (5, Some("2026-11-22T11:00:00")), (9, Some("2026-11-22T12:00:00"))] {
            tally.add(line, time.and_then(crate::archive::text::stamp::parse), "x");
        }
        let evidence = tally.evidence(&Place { archive: 0, file: "a.log".into(), kind: PlaceKind::Log });
        assert_eq!((evidence.line, evidence.count), (Some(3), 3));
        assert_eq!(evidence.last.as_deref(), Some("2026-11-22T12:00:00"));
    }
}
