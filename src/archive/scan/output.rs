//! Reads the output of one process: its lines -> what was seen.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::probe::Probe;
use super::sighted::{Read, Sighted};
use crate::archive::errors::assemble::{Assembler, Printed, REJECTION, TextLine};
use crate::archive::errors::signature::{self, Signature, Signatures};
use crate::archive::errors::stack::{self, Head, SHOWN};
use crate::archive::text::decode::{self, Form, Origin, Output};
use crate::archive::text::format::Formats;
use crate::archive::text::lines::{Line, Sink};
use crate::archive::text::stamp::LastDate;
use crate::archive::text::window::Window;
use crate::archive::timeline::{Stamp, Stream};

/// What every line of a stack holds.
const FRAME: &str = "    at ";
/// What every line of a JSON logger holds that has a stack.
const LOGGED_STACK: &str = "\"stack";

/// What is searched in the apps' logs; made once for all files.
pub(super) struct Search<'p> {
    signatures: Signatures<'static>,
    /// The user's own: in every stream, in every line.
    own: Option<Signatures<'p>>,
    /// Every probe at every place, overlapping or not.
    probes: Option<AhoCorasick>,
    /// By their numbers in what was asked.
    asked: Vec<(u32, &'p Probe)>,
    errors_and_probes: Option<AhoCorasick>,
    stacks_and_asked: Option<AhoCorasick>,
    /// Lines of other times are left out.
    pub window: Window,
    formats: Formats,
}

impl<'p> Search<'p> {
    /// Prepares the search for `probes` and the signatures `own` beside the known signatures and errors.
    pub fn new(probes: &'p [Probe], own: &'p [Signature]) -> Self {
        let asked: Vec<(u32, &Probe)> = (0..).zip(probes).filter(|(_, probe)| !probe.needle().is_empty()).collect();
        let texts: Vec<&str> = asked.iter().map(|(_, probe)| probe.needle()).collect();
        let signatures = Signatures::new(signature::APP);
        let asked_for = || texts.iter().copied().chain(own.iter().map(Signature::literal));
        let all = signatures.literals().chain([FRAME, REJECTION]).chain(asked_for());
        let errors_and_probes = signature::needles(all).ok();
        let stacks_and_asked = signature::needles(asked_for().chain([LOGGED_STACK])).ok();
        let own = Some(Signatures::new(own)).filter(|_| !own.is_empty());
        Self {
            signatures,
            own,
            probes: AhoCorasick::new(&texts).ok().filter(|_| !texts.is_empty()),
            asked,
            errors_and_probes,
            stacks_and_asked,
            window: Window::default(),
            formats: Formats::default(),
        }
    }

    /// The same search, in `window` alone.
    pub fn within(self, window: Window) -> Self {
        Self { window, ..self }
    }

    /// The same search, in logs whose dates are in these `formats`.
    pub fn dated(self, formats: Formats) -> Self {
        Self { formats, ..self }
    }

    /// Before the first date of `origin`.
    pub fn dates_of(&self, origin: &Origin) -> LastDate {
        LastDate::new(origin.app.as_deref().and_then(|app| self.formats.of(app)).cloned())
    }

    /// What finds the lines worth reading in a log of `stream`. `None`: there is nothing to find.
    pub fn needles(&self, stream: Stream) -> Option<&AhoCorasick> {
        match stream {
            Stream::Out => self.stacks_and_asked.as_ref(),
            Stream::Error | Stream::Combined => self.errors_and_probes.as_ref(),
        }
    }

    /// Lines of stacks are looked at for nothing else.
    fn is_plain(&self) -> bool {
        self.probes.is_none() && self.own.is_none()
    }

    /// The signature of a line of an error log, and where it stands.
    pub fn read(&self, text: &str) -> Option<(Read, Range<usize>)> {
        let reading = self.signatures.read(text)?;
        Some(((reading.id.clone(), reading.named()), reading.hit()))
    }

    /// The user's own signature of a line, and where it stands.
    fn own(&self, text: &str) -> Option<(Read, Range<usize>)> {
        let reading = self.own.as_ref()?.read(text)?;
        Some(((reading.id.clone(), reading.named()), reading.hit()))
    }

    /// The probes that ask for `text`, and for which bytes; of several those that say most of it.
    fn probes(&self, text: &str) -> Vec<(u32, Range<usize>)> {
        let hits = self.probes.iter().flat_map(|probes| probes.find_overlapping_iter(text));
        let asked = hits.filter_map(|hit| self.asked.get(hit.pattern().as_usize()));
        let fitting: Vec<_> = asked.filter_map(|(id, probe)| Some((id, probe, probe.find(text)?))).collect();
        let most = fitting.iter().map(|(_, probe, _)| probe.weight()).max();
        let telling = fitting.into_iter().filter(|(_, probe, _)| Some(probe.weight()) == most);
        let mut found: Vec<(u32, Range<usize>)> = telling.map(|(id, _, hit)| (*id, hit)).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found.dedup_by_key(|(id, _)| *id);
        found
    }
}

/// Reads the lines of one process. Of a stack that was printed before, each line is taken at sight.
pub(super) struct Reader<'a> {
    search: &'a Search<'a>,
    assembler: Assembler,
    time: Option<Stamp>,
    /// Which process wrote the line, where the line itself says so.
    pm_id: Option<u32>,
    date: LastDate,
    next: u64,
    /// What was seen so far.
    pub sighted: Sighted,
}

impl<'a> Reader<'a> {
    /// Before the first line.
    pub fn new(search: &'a Search<'a>, sighted: Sighted) -> Self {
        let (assembler, time, pm_id) = Default::default();
        let date = search.dates_of(&sighted.origin);
        Self { search, assembler, time, pm_id, date, next: 0, sighted }
    }

    /// After the date `date`.
    pub fn dated(self, date: LastDate) -> Self {
        Self { date, ..self }
    }

    /// Unwraps a line of which something else told the stream and perhaps the time, and takes it.
    pub fn unwrap(&mut self, line: Line<'_>, text: &str, stream: Option<Stream>, time: Option<Stamp>) {
        let output = decode::output_after(&mut self.date, text);
        let time = time.or(output.time);
        self.take(line.number, line.offset, &Output { stream, time, ..output });
    }

    /// Takes a line as unwrapped by [`decode`]. Whether the next one is needed.
    pub fn take(&mut self, number: u64, offset: u64, output: &Output<'_>) -> bool {
        self.time = output.time.or(self.time);
        self.pm_id = output.origin.as_ref().and_then(|origin| origin.pm_id);
        self.sighted.wrapped |= output.form == Form::Wrapped || self.date.was_seen();
        if !self.search.window.holds(self.time) {
            self.close();
            return false;
        }
        let (time, form, is_of_an_error) = (self.time, output.form, self.may_tell_of_an_error(output));
        // A blank line is one, too.
        let lines = output.text.strip_suffix('\n').unwrap_or(&output.text).split('\n');
        for text in lines.map(|text| text.strip_suffix('\r').unwrap_or(text)) {
            let line = TextLine { number, offset, time, text: text.into(), form };
            self.look_for_what_was_asked(&line);
            if is_of_an_error {
                self.text(line);
            }
        }
        self.assembler.is_open()
    }

    /// What an app prints to its output is no error unless its logger says so: users' texts are printed, too.
    fn may_tell_of_an_error(&self, output: &Output<'_>) -> bool {
        self.sighted.stream != Stream::Out || (output.form == Form::Logged && output.text.contains(FRAME))
    }

    /// Takes a line of a stack that was printed before, without a date or under the one of the line above; `false`: it is none.
    fn take_known(&mut self, line: Line<'_>) -> bool {
        let dated = self.date.rest(line.bytes).filter(|_| self.search.window.holds(self.date.stamp()));
        let text = dated.unwrap_or(line.bytes);
        let is_known = line.number == self.next && self.search.is_plain() && self.assembler.push_known(text);
        if is_known && dated.is_some() {
            self.time = self.date.stamp().or(self.time);
        }
        is_known
    }

    /// Looks at the next line on the way up.
    fn climb(&mut self, bytes: &[u8], way: &mut WayUp) {
        let text = decode::text(bytes);
        let output = decode::output_after(&mut self.date, &text);
        let mut heads = output.text.lines().filter_map(Head::parse).filter(|head| !head.led);
        let head = || heads.next().map(|head| lines_above(&head));
        way.above = way.above.map(|more| more.saturating_sub(1)).or_else(head);
        way.is_dated |= output.time.is_some();
    }

    fn look_for_what_was_asked(&mut self, line: &TextLine<'_>) {
        for (id, hit) in self.search.probes(&line.text) {
            self.sighted.probes.entry((id, self.pm_id)).or_default().add(line, hit);
        }
        if let Some(read) = self.search.own(&line.text) {
            self.sighted.signature(read, line);
        }
    }

    fn text(&mut self, line: TextLine<'_>) {
        if let Some(read) = self.signature(&line.text) {
            self.sighted.signature(read, &line);
        }
        let printed = self.assembler.push(line);
        self.printed(printed);
    }

    /// What a logger prints to the output is taken as the error that it is, and for nothing else.
    fn signature(&self, text: &str) -> Option<(Read, Range<usize>)> {
        let is_plain = self.sighted.stream != Stream::Out && !stack::may_be_frame(text);
        let read = if is_plain { self.search.read(text) } else { None };
        read.filter(|_| self.is_of_an_error(text))
    }

    /// Where output and errors are in one file, a line must look like an error: users' texts are logged too.
    fn is_of_an_error(&self, text: &str) -> bool {
        self.sighted.stream == Stream::Error || Head::parse(text).is_some_and(|head| !head.led)
    }

    fn printed(&mut self, printed: Option<Printed>) {
        if let Some(printed) = printed {
            self.sighted.error(printed);
        }
    }

    /// The time of the last line.
    pub fn time(&self) -> Option<Stamp> {
        self.time
    }

    /// An error that is open ends here.
    pub fn close(&mut self) {
        let printed = self.assembler.close();
        self.printed(printed);
    }

    /// What was seen since the last cut.
    pub fn cut(&mut self) -> Sighted {
        let Sighted { place, origin, stream, .. } = &self.sighted;
        let empty = Sighted::new(place.clone(), origin.clone(), *stream);
        std::mem::replace(&mut self.sighted, empty)
    }

    /// Everything that was seen.
    pub fn finish(mut self) -> Sighted {
        self.close();
        self.sighted
    }
}

impl Sink for Reader<'_> {
    fn line(&mut self, line: Line<'_>) -> bool {
        if self.take_known(line) {
            self.next += 1;
            return true;
        }
        if line.number != self.next {
            self.close();
            self.time = None;
        }
        self.next = line.number + 1;
        let text = decode::text(line.bytes);
        let text = decode::uncoloured(&text);
        let output = decode::output_after(&mut self.date, &text);
        self.take(line.number, line.offset, &output)
    }

    /// Back to the head of an error, and to a date.
    fn context<'a>(&mut self, lines: impl Iterator<Item = Line<'a>>, hit: &[u8]) {
        let (mut needed, mut way) = (Vec::new(), WayUp::default());
        self.climb(hit, &mut way);
        for line in lines {
            if way.is_dated && way.above == Some(0) {
                break;
            }
            self.climb(line.bytes, &mut way);
            needed.push(line);
        }
        needed.into_iter().rev().for_each(|line| {
            self.line(line);
        });
    }
}

/// What was found on the way up from a line of an error.
#[derive(Default)]
struct WayUp {
    /// How many lines above its head tell of it, of those that were not looked at yet; `None`: the head was not found.
    above: Option<usize>,
    is_dated: bool,
}

/// How many lines above the head of an error tell of it.
fn lines_above(head: &Head<'_>) -> usize {
    if head.is_of_source() { SHOWN } else { 0 }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;
    use crate::archive::scan::lives::Ends;
    use crate::archive::scan::sighted::{Place, PlaceKind};
    use crate::archive::text::lines::{Limits, feed};

    fn read(text: &str, chunk: usize, probes: &[Probe]) -> Sighted {
        let search = Search::new(probes, &[]);
        let place = Place { archive: 0, file: "logs/a-error-0.log".into(), kind: PlaceKind::Log };
        let mut reader = Reader::new(&search, Sighted::new(place, Origin::default(), Stream::Error));
        let limits = Limits { chunk, ..Limits::default() };
        feed(text.as_bytes(), limits, search.needles(Stream::Error), &mut reader).unwrap();
        reader.finish()
    }

    #[test]
    fn the_lines_of_json_loggers_are_logged_and_no_more() {
        let text =
            r#"{"level":50,"time":1795345968926,"err":{"stack":"Error: x\n    at f (/a.js:1:1)"},"msg":"failed"}"#;
        let mut sighted = read(text, 1 << 20, &[]);
        let app = "a".into();
        sighted.settle(&Ends::new(vec![("2026-11-22T11:12:49".parse().unwrap(), &app)], Some(Offset::UTC)));
        let seen = sighted.errors.values().next().unwrap();
        assert_eq!((seen.led, seen.timed, seen.tally.line), (1, 0, 1));
    }

    #[test]
    fn of_probes_that_fit_the_one_that_says_most_counts() {
        let probes = [Probe::text("job done"), Probe::text("job"), Probe::text("a job")];
        let sighted = read("quiet\nthe job done\na job\n", 4, &probes);
        let counts: Vec<_> =
            sighted.probes.iter().map(|((id, _), said)| (*id, said.tally.count, said.tally.line)).collect();
        assert_eq!(counts, [(0, 1, 2), (2, 1, 3)]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic_and_chunks_do_not_show(
            lines in proptest::collection::vec(proptest::sample::select(LINES), 0..60), noise in "\\PC{0,20}", chunk in 1_usize..300,
        ) {
            let text = format!("{}\n{noise}", lines.join("\n"));
            let probes = [Probe::text("fine")];
            proptest::prop_assert_eq!(read(&text, 1 << 20, &probes), read(&text, chunk, &probes));
        }

        /// With something to search in every line none is taken at sight.
        #[test]
        fn lines_that_are_taken_at_sight_tell_the_same(
            lines in proptest::collection::vec(proptest::sample::select(LINES), 0..60), chunk in 1_usize..300,
        ) {
            let text = lines.join("\n");
            proptest::prop_assert_eq!(read(&text, chunk, &[]), read(&text, chunk, &[Probe::text("never said")]));
        }
    }

    const LINES: &[&str] = &[
        "fine",
        "2026-11-22 11:32:28 +00:00: dull",
        "2026-11-22 11:32:29 +00:00: Error: x",
        "2026-11-22 11:32:29 +00:00:     at f (/a.js:1:1)",
        "Error: listen EADDRINUSE: address already in use :::3000",
        "You have triggered an unhandledRejection, you may have forgotten to catch a Promise rejection:",
        "    at g (/a.js:2:1) {",
        "    at g (/a.js:2:1)",
        "Emitted 'error' event on Server instance at:",
        "  code: 'E1'",
        "}",
        "",
        r#"{"message":"Error: y\n    at h (/a.js:3:1)\n","timestamp":"2026-11-22T11:32:29Z","type":"err","process_id":0,"app_name":"a"}"#,
    ];
}
