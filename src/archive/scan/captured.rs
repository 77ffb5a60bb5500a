//! Reads captured output: of `pm2 logs` in its forms, of `pm2 report`, of a container that runs pm2-runtime.
//!
//! Lines of all processes are mixed; each is given to the reader of its process, or to that of the daemon's log.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::daemon::{self, DaemonLog, Daemons, Grammar, Message};
use super::nameless::Nameless;
use super::output::{Reader, Search};
use super::sighted::{Place, Sighted};
use crate::archive::processes::listing::Listing;
use crate::archive::text::decode::{self, Form, Origin, Output};
use crate::archive::text::envelope::{self, Enveloped};
use crate::archive::text::export::{self, Export, Field};
use crate::archive::text::lines::{Line, Sink};
use crate::archive::text::window::Window;
use crate::archive::text::{naming, stamp};
use crate::archive::timeline::{Process, Stamp, Stream};

/// Output of more processes is not told apart.
const READERS: usize = 1_000;
/// Nor that of more containers.
const SENDERS: usize = 1_000;
/// A line that comes in pieces is taken as it is when it is longer than this, in bytes.
const LONGEST: usize = 1 << 20;

/// So many lines show what a file is.
const HEAD: usize = 200;
/// No collector puts more before a line, in bytes.
const PREFIX: usize = 120;

/// Who prints the lines of a file of several writers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Writer {
    Daemon,
    Process(Origin, Option<Stream>),
}

/// A line with its writer.
struct Tagged<'a> {
    writer: Writer,
    time: Option<Stamp>,
    text: &'a str,
}

/// Reads one file of captured output.
pub(super) struct Captured<'a> {
    grammar: &'a Grammar,
    search: &'a Search<'a>,
    place: Place,
    /// One per container or unit whose lines are in the file; without envelopes it is the one without a name.
    senders: BTreeMap<String, Sender<'a>>,
    listing: Listing,
    export: Export,
    /// What stands before each line.
    prefix: Option<String>,
    /// Of this time the daemon's own log tells.
    told: Option<Window>,
}

/// What a file of captured output told.
pub(super) struct Told {
    pub daemons: Daemons,
    /// What the processes printed.
    pub sighted: Vec<Sighted>,
    /// Lists of processes that were printed.
    pub processes: Vec<Process>,
}

impl<'a> Captured<'a> {
    /// Before the first line; `daemons` is what was told before.
    pub fn new(grammar: &'a Grammar, search: &'a Search<'a>, place: Place, daemons: Daemons) -> Self {
        let unnamed = Sender::new(DaemonLog::new(grammar, search, place.clone(), daemons), search, place.clone());
        let senders = BTreeMap::from([(String::new(), unnamed)]);
        let (listing, export, prefix, told) = Default::default();
        Self { grammar, search, place, senders, listing, export, prefix, told }
    }

    /// Beside the daemon's own log, which tells of the time `told`.
    pub fn beside(mut self, told: Option<Window>) -> Self {
        self.told = told;
        self.senders.values_mut().for_each(|sender| sender.told = told);
        self
    }

    /// With `prefix` before each line, if there is one.
    pub fn prefixed(self, prefix: Option<String>) -> Self {
        Self { prefix, ..self }
    }

    fn sender(&mut self, name: &str) -> Option<&mut Sender<'a>> {
        let name = if self.senders.len() < SENDERS || self.senders.contains_key(name) { name } else { "" };
        if !self.senders.contains_key(name) {
            let daemon = DaemonLog::new(self.grammar, self.search, self.place.clone(), Daemons::default());
            let sender = Sender::new(daemon, self.search, self.place.clone());
            self.senders.insert(name.to_owned(), Sender { told: self.told, ..sender });
        }
        self.senders.get_mut(name)
    }

    /// After the last line.
    pub fn finish(mut self) -> Told {
        let production = std::mem::take(&mut self.listing.production);
        let processes = self.listing.processes(&self.place.file);
        let mut told = Told { daemons: Daemons::default(), sighted: Vec::new(), processes };
        for sender in self.senders.into_values() {
            let (daemons, sighted) = sender.finish();
            told.daemons.merge(daemons);
            told.sighted.extend(sighted);
        }
        told.daemons.production.merge(production);
        told
    }
}

impl Sink for Captured<'_> {
    fn line(&mut self, line: Line<'_>) -> bool {
        let coloured = decode::text(line.bytes);
        let enveloped = match self.export.take(&coloured) {
            Field::Message(message) => Some(message),
            Field::Other => return true,
            Field::None => opened(&coloured),
        };
        match enveloped {
            Some(mut enveloped) => {
                enveloped.text = unprefixed(enveloped.text, self.prefix.as_deref());
                if let Some(sender) = self.sender(&enveloped.sender) {
                    sender.enveloped(line, enveloped);
                }
            }
            None => {
                let coloured = unprefixed(coloured, self.prefix.as_deref());
                let text = decode::uncoloured(&coloured);
                if !self.listing.take(&text)
                    && let Some(sender) = self.sender("")
                {
                    sender.take(line, &coloured, &Envelope::default());
                }
            }
        }
        true
    }
}

/// A line out of its envelopes; their colours do not count.
fn opened(coloured: &str) -> Option<Enveloped<'_>> {
    envelope::open(coloured).or_else(|| envelope::open(&decode::uncoloured(coloured)).map(Enveloped::owned))
}

/// `text` without `prefix`, whatever its colours.
fn unprefixed<'a>(text: Cow<'a, str>, prefix: Option<&str>) -> Cow<'a, str> {
    let rest = prefix.and_then(|prefix| decode::uncoloured(&text).strip_prefix(prefix).map(str::to_owned));
    rest.map_or(text, Cow::Owned)
}

/// What the envelope told of a line.
#[derive(Clone, Copy, Default)]
struct Envelope {
    stream: Option<Stream>,
    time: Option<Stamp>,
}

/// One daemon and its processes.
struct Sender<'a> {
    daemon: DaemonLog<'a>,
    search: &'a Search<'a>,
    place: Place,
    readers: BTreeMap<(Origin, Stream), Reader<'a>>,
    nameless: Nameless<'a>,
    /// Whose file `pm2 logs` said it shows, and how many of its lines may still come.
    shown: Option<(Writer, u64)>,
    /// The beginning of a line that came in pieces.
    begun: String,
    /// The daemon itself prints here: pm2-runtime, which starts all its apps before our eyes.
    in_person: bool,
    /// Of this time the daemon's own log tells.
    told: Option<Window>,
}

impl<'a> Sender<'a> {
    fn new(daemon: DaemonLog<'a>, search: &'a Search<'a>, place: Place) -> Self {
        let nameless = Nameless::new(search, place.clone());
        let (readers, shown, begun, in_person, told) = Default::default();
        Self { daemon, search, place, readers, nameless, shown, begun, in_person, told }
    }

    /// What its processes printed. Where pm2-runtime runs one app alone, the lines without a name are that app's; `pm2 logs --raw`
    /// tells nothing of apps that are not restarted.
    fn finish(self) -> (Daemons, Vec<Sighted>) {
        let daemons = self.daemon.finish();
        let only = daemons.lives.only().filter(|_| self.in_person);
        let named = self.readers.into_values().map(Reader::finish);
        let mut sighted: Vec<Sighted> = named.chain(self.nameless.finish()).collect();
        if let Some(origin) = only {
            let nameless = sighted.iter_mut().filter(|file| file.origin == Origin::default());
            nameless.for_each(|file| file.origin = origin.clone());
        }
        (daemons, sighted)
    }

    fn enveloped(&mut self, line: Line<'_>, enveloped: Enveloped<'_>) {
        let Enveloped { stream, time, text, is_partial, .. } = enveloped;
        if is_partial || !self.begun.is_empty() {
            self.begun.push_str(&text);
            if is_partial && self.begun.len() < LONGEST {
                return;
            }
            let whole = std::mem::take(&mut self.begun);
            return self.take(line, &whole, &Envelope { stream, time });
        }
        self.take(line, &text, &Envelope { stream, time });
    }

    fn take(&mut self, line: Line<'_>, coloured: &str, envelope: &Envelope) {
        let text = decode::uncoloured(coloured);
        let shown = header(&text);
        self.shown = self.shown.take().and_then(|(writer, lines)| Some((writer, lines.checked_sub(1)?)));
        if let Some(shown) = shown {
            self.shown = shown;
        } else if let Some(mut tagged) = tag(&text).or_else(|| key_values(&text)) {
            self.complete(&mut tagged.writer, coloured);
            tagged.time = tagged.time.or(envelope.time);
            self.tagged(line, &tagged);
        } else if let Some(event) = decode::process_event(&text) {
            if event.is_end {
                self.daemon.end_of(event.app, event.time);
            }
        } else {
            self.untagged(line, &text, envelope);
        }
    }

    /// Takes a message of the daemon, unless its own log has it: pm2-runtime has none.
    fn message(&mut self, line: Line<'_>, message: &Message<'_>) {
        if !self.in_person && self.told.is_some_and(|told| told.holds(message.time)) {
            return;
        }
        if let Some(ending) = self.daemon.message(line, message) {
            self.nameless.end(&ending, line.number, message.time);
        }
    }

    fn process(&mut self, line: Line<'_>, origin: Origin, output: &Output<'_>) {
        if let Some(reader) = self.reader(origin, output.stream) {
            reader.take(line.number, line.offset, output);
        }
    }

    /// The one that reads what `origin` prints to `stream`, unless there are too many.
    fn reader(&mut self, origin: Origin, stream: Option<Stream>) -> Option<&mut Reader<'a>> {
        let stream = stream.unwrap_or(Stream::Combined);
        let has_room = self.readers.len() < READERS;
        match self.readers.entry((origin, stream)) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(free) if has_room => {
                let sighted = Sighted::new(self.place.clone(), free.key().0.clone(), stream);
                Some(free.insert(Reader::new(self.search, sighted)))
            }
            Entry::Vacant(_) => None,
        }
    }

    fn tagged(&mut self, line: Line<'_>, tagged: &Tagged<'_>) {
        match &tagged.writer {
            // `pm2 start --no-daemon` shows the daemon's lines a second time as `pm2 logs` does.
            Writer::Daemon if self.in_person => {}
            Writer::Daemon => {
                let message = daemon::message(tagged.text);
                let bare = Message { time: tagged.time, text: tagged.text, is_error: false };
                self.message(line, &message.unwrap_or(bare));
            }
            Writer::Process(origin, stream) => {
                if let Some(reader) = self.reader(origin.clone(), *stream) {
                    reader.unwrap(line, tagged.text, *stream, tagged.time);
                }
            }
        }
    }

    /// The colour tells the stream; the file that is shown tells that too, and the name in full.
    fn complete(&self, writer: &mut Writer, coloured: &str) {
        let Writer::Process(origin, stream) = writer else { return };
        *stream = stream.or_else(|| stream_by_colour(coloured));
        let Some((Writer::Process(shown, of_file), _)) = &self.shown else { return };
        let shortened = shown.app.as_ref().zip(origin.app.as_ref()).is_some_and(|(full, tag)| full.starts_with(&**tag));
        if shortened && shown.pm_id.is_none_or(|id| Some(id) == origin.pm_id) {
            *stream = stream.or(*of_file);
            origin.app.clone_from(&shown.app);
        }
    }

    fn untagged(&mut self, line: Line<'_>, text: &str, envelope: &Envelope) {
        if let Some(message) = daemon::message(text) {
            self.in_person |= self.shown.is_none();
            return self.message(line, &Message { time: message.time.or(envelope.time), ..message });
        }
        let output = decode::output(text);
        let time = output.time.or(envelope.time);
        match (&output.origin, &self.shown) {
            (Some(origin), _) => self.process(line, origin.clone(), &Output { time, ..output }),
            (None, Some((writer, _))) => {
                let writer = writer.clone();
                self.tagged(line, &Tagged { writer, time: None, text });
            }
            (None, None) if self.daemon.knows(text) => {
                self.message(line, &Message { time: envelope.time, text, is_error: false });
            }
            (None, None) => {
                let form = if output.form == Form::Logged { Form::Logged } else { Form::Raw };
                let stream = output.stream.or(envelope.stream);
                self.nameless.take(line, &Output { form, time, stream, ..output });
            }
        }
    }
}

/// What stands before nearly every line of a file that begins with `head`: a collector of logs put there whose they are. The
/// daemon's lines show where the text begins.
pub(super) fn prefix(head: &str) -> Option<String> {
    let plain = decode::uncoloured(head);
    let text = |line| envelope::open(line).map_or(Cow::Borrowed(line), |enveloped| enveloped.text);
    let lines: Vec<Cow<'_, str>> = plain.lines().take(HEAD).map(text).filter(|line| !line.trim().is_empty()).collect();
    let prefix = lines.iter().find_map(|line| before_message(line))?;
    let count = lines.iter().filter(|line| line.starts_with(prefix)).count();
    (count * 10 >= lines.len() * 9).then(|| prefix.to_owned())
}

/// What stands before `2026-11-22T11:12:44: PM2 log: `.
fn before_message(line: &str) -> Option<&str> {
    let at = line.find("PM2 log: ")?.checked_sub("2026-11-22T11:12:44: ".len())?;
    let (prefix, message) = line.split_at_checked(at)?;
    (!prefix.is_empty() && prefix.len() <= PREFIX && stamp::leading(message).is_some()).then_some(prefix)
}

/// Whether the beginning of a file looks like captured output.
pub(super) fn is_captured(head: &str) -> bool {
    let text = decode::uncoloured(head);
    text.lines().take(HEAD).any(|line| {
        line.starts_with("[TAILING]")
            || line.starts_with(export::BEGIN)
            || tag(line).is_some()
            || key_values(line).is_some()
            || daemon::message(line).is_some()
            || (line.starts_with("App [") && line.contains("] exited with code ["))
            || decode::output(line).origin.is_some()
            || decode::process_event(line).is_some()
            || envelope::open(line).is_some()
            || Listing::default().take(line)
    })
}

/// `/home/deploy/.pm2/logs/api-error-0.log last 15 lines:`, which are no more; a blank line ends what it shows only in form.
fn header(line: &str) -> Option<Option<(Writer, u64)>> {
    if line.starts_with("[TAILING]") {
        return Some(None);
    }
    let (path, rest) = line.split_once(" last ")?;
    let lines = rest.strip_suffix(" lines:").filter(|_| path.contains(['/', '\\']))?.parse().ok()?;
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let writer = match naming::by_name(name) {
        _ if name == "pm2.log" => Writer::Daemon,
        Some((origin, stream)) => Writer::Process(origin, Some(stream)),
        None => Writer::Process(Origin::default(), None),
    };
    Some(Some((writer, lines)))
}

/// `0|orders-a | text`, `PM2        | text`, a date before them or not.
fn tag(line: &str) -> Option<Tagged<'_>> {
    let dated = stamp::leading(line);
    let (time, rest) = dated.map_or((None, after_time(line).unwrap_or(line)), |dated| (dated.stamp, dated.rest));
    let (tag, text) = rest.split_once("| ").or_else(|| Some((rest.strip_suffix('|')?, "")))?;
    let writer = match tag.trim_end() {
        "PM2" => Writer::Daemon,
        tag => {
            let (id, name) = tag.split_once('|')?;
            let pm_id = Some(id.parse().ok()?);
            Writer::Process(Origin { app: Some(name.trim().into()), pm_id }, None)
        }
    };
    Some(Tagged { writer, time, text })
}

/// What follows a time that is no date before a tag: `pm2 logs --timestamp HH:mm:ss` prints `12:16:27 0|orders  | text`.
fn after_time(line: &str) -> Option<&str> {
    let (head, _) = line.split_once('|')?;
    let (time, tag) = head.trim_end().rsplit_once(' ')?;
    let is_time = time.contains(':') && time.bytes().all(|b| b.is_ascii_alphanumeric() || b" :.,/+-".contains(&b));
    let is_tag = tag == "PM2" || (!tag.is_empty() && tag.bytes().all(|b| b.is_ascii_digit()));
    line.get(time.len() + 1..).filter(|_| is_time && is_tag && time.starts_with(|c: char| c.is_ascii_digit()))
}

/// `timestamp=2026-11-22-12:16:23+0000 app=worker id=1 type=out message=tick`.
fn key_values(line: &str) -> Option<Tagged<'_>> {
    let (time, rest) = line.strip_prefix("timestamp=")?.split_once(" app=")?;
    let time = stamp::parse(time);
    let (head, text) = rest.split_once(" message=").or_else(|| Some((rest, "")).filter(|_| rest.contains(" type=")))?;
    let Some((app, head)) = head.split_once(" id=") else {
        return (head == "pm2").then_some(Tagged { writer: Writer::Daemon, time, text });
    };
    let (id, stream) = head.split_once(" type=")?;
    let stream = Some(if stream.starts_with("err") { Stream::Error } else { Stream::Out });
    Some(Tagged {
        writer: Writer::Process(Origin { app: Some(app.into()), pm_id: id.parse().ok() }, stream),
        time,
        text,
    })
}

/// `pm2 logs` prints the tags of error lines in red, those of output in green.
fn stream_by_colour(coloured: &str) -> Option<Stream> {
    let tag = coloured.split_once('|')?.0;
    let error = tag.contains("\u{1b}[31m");
    (error || tag.contains("\u{1b}[32m")).then_some(if error { Stream::Error } else { Stream::Out })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read() {
        let tagged = tag("2026-11-22-12:16:27 2|orders-api  | warn: x").unwrap();
        let origin = Origin { app: Some("orders-api".into()), pm_id: Some(2) };
        assert_eq!((tagged.writer, tagged.text), (Writer::Process(origin, None), "warn: x"));
        assert_eq!(tagged.time.unwrap().to_string(), "2026-11-22T12:16:27");
        for line in ["PM2           | App [a:0] online", "12:16:27 PM2     | App [a:0] online"] {
            assert_eq!(tag(line).unwrap().writer, Writer::Daemon);
        }
        assert_eq!(tag("12:16:27.250 2|orders-api  | warn: x").unwrap().text, "warn: x");
        for line in ["a | b", "x|y | z", "1 | 2", ""] {
            assert!(tag(line).is_none(), "{line}");
        }
    }

    #[test]
    fn key_values_are_read() {
        let tagged =
            key_values("timestamp=2026-11-22-12:16:24+0000 app=a b id=0 type=error message=Error: x message=y")
                .unwrap();
        let origin = Origin { app: Some("a b".into()), pm_id: Some(0) };
        assert_eq!((tagged.writer, tagged.text), (Writer::Process(origin, Some(Stream::Error)), "Error: x message=y"));
        assert!(tagged.time.is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC*", near in "(timestamp=|PM2|[0-9]\\||app=| id=| type=|message=|[| a/\\\\]| last 5 lines:){0,12}") {
            for text in [&line, &near] {
                is_captured(text);
                header(text);
                stream_by_colour(text);
            }
        }
    }
}
