//! Puts printed errors together from the lines of one stream.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::stack::{self, Head, SHOWN};
use crate::archive::text::decode::Form;
use crate::archive::timeline::{ErrorBlock, Frame, Stamp};

/// What PM2 prints above a rejection in cluster mode (ProcessContainer.js:239, v7.0.3).
pub(in crate::archive) const REJECTION: &str =
    "You have triggered an unhandledRejection, you may have forgotten to catch";

/// How far above its first frame the head of an error may be.
const RECENT: usize = 12;
/// More frames than this are not kept.
const FRAMES: usize = 40;
/// A longer error is cut, in lines.
pub(in crate::archive) const LONGEST: u64 = 300;
/// So many different lines of stacks are remembered.
const REMEMBERED: usize = 4_096;

/// A line of one stream, its date taken off.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::archive) struct TextLine<'a> {
    pub number: u64,
    pub offset: u64,
    pub time: Option<Stamp>,
    pub text: Cow<'a, str>,
    pub form: Form,
}

impl TextLine<'_> {
    fn into_owned(self) -> TextLine<'static> {
        TextLine { text: Cow::Owned(self.text.into_owned()), ..self }
    }
}

/// A printed error.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::archive) struct Printed {
    pub error: ErrorBlock,
    /// Its head.
    pub line: TextLine<'static>,
    /// Text stands before the error: a logger printed it.
    pub led: bool,
    /// PM2 says above it that nobody handled the rejection.
    pub rejection: bool,
    /// Node says below it that it ended the process.
    pub by_node: bool,
}

/// Puts errors together, line by line.
#[derive(Debug, Default)]
pub(in crate::archive) struct Assembler {
    state: State,
    frames: Frames,
}

/// The state between two lines.
#[derive(Debug, Default)]
struct State {
    recent: VecDeque<TextLine<'static>>,
    open: Option<Open>,
    /// The line above said that a rejection follows.
    announced: bool,
}

/// What a line of a stack holds: nothing for one without a place.
type Held<'f> = Option<&'f Frame>;

/// Lines of stacks that were read before: an app prints the same ones again and again.
#[derive(Debug, Default)]
struct Frames {
    numbers: FxHashMap<Box<[u8]>, usize>,
    frames: Vec<Option<Frame>>,
}

impl Frames {
    /// As [`stack::frame`].
    fn read(&mut self, line: &str) -> Option<Held<'_>> {
        if !stack::may_be_frame(line) {
            return None;
        }
        let number = match self.numbers.get(line.as_bytes()) {
            Some(number) => *number,
            None => self.add(line)?,
        };
        self.frames.get(number).map(Option::as_ref)
    }

    /// A line that was read before.
    fn known(&self, line: &[u8]) -> Option<Held<'_>> {
        self.frames.get(*self.numbers.get(line)?).map(Option::as_ref)
    }

    fn add(&mut self, line: &str) -> Option<usize> {
        let frame = stack::frame(line)?;
        if self.frames.len() >= REMEMBERED {
            *self = Self::default();
        }
        let number = self.frames.len();
        self.numbers.insert(line.as_bytes().into(), number);
        self.frames.push(frame);
        Some(number)
    }
}

/// An error that may go on.
#[derive(Debug)]
struct Open {
    printed: Printed,
    /// No head was found: only to be skipped.
    orphan: bool,
    lines: u64,
    part: Part,
}

/// Where in an error we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Message,
    Stack,
    /// `Emitted 'error' event on Server instance at:`, with a stack of its own.
    Emitted,
    /// `{ code: 'X' ... }`; with the stack of a cause or not.
    Properties,
    /// The blank line before Node's banner.
    Blank,
}

impl Assembler {
    /// Whether the next line is needed to tell where the error ends.
    pub fn is_open(&self) -> bool {
        self.state.open.is_some() || self.state.announced
    }

    /// Takes the next line; gives the error that ends before it.
    pub fn push(&mut self, line: TextLine<'_>) -> Option<Printed> {
        let frame = self.frames.read(&line.text);
        self.state.push(line, frame)
    }

    /// Takes a line of a stack that was read before and goes on with the error that is open; `false`: it is none.
    pub fn push_known(&mut self, line: &[u8]) -> bool {
        let open = self.state.open.as_mut().filter(|open| open.is_in_stack());
        let Some((open, frame)) = open.and_then(|open| Some((open, self.frames.known(line)?))) else { return false };
        open.lines += 1;
        open.push(frame, line.ends_with(b"{"));
        true
    }

    /// Nothing follows, or not the next line: gives the error that was open.
    pub fn close(&mut self) -> Option<Printed> {
        self.state.close()
    }
}

impl State {
    fn push(&mut self, line: TextLine<'_>, frame: Option<Held<'_>>) -> Option<Printed> {
        if self.open.as_mut().is_some_and(|open| open.take(&line, frame)) {
            return None;
        }
        let ended = if self.open.is_some() { self.close() } else { None };
        self.begin(line, frame);
        ended
    }

    fn close(&mut self) -> Option<Printed> {
        self.recent.clear();
        self.announced = false;
        self.open.take().filter(|open| !open.orphan).map(|open| open.printed)
    }

    fn begin(&mut self, line: TextLine<'_>, frame: Option<Held<'_>>) {
        if line.text.starts_with(REJECTION) {
            self.recent.clear();
            self.announced = true;
        } else if self.announced && self.may_be_shown(&line.text) {
            self.recent.push_back(line.into_owned());
        } else if std::mem::take(&mut self.announced) {
            let shown = self.shown();
            self.recent.clear();
            self.open = Some(Open::new(line.into_owned(), true, Part::Message).shown(shown));
        } else if let Some(frame) = frame {
            let (head, shown) = self.head().unzip();
            let orphan = head.is_none();
            let head = head.unwrap_or_else(|| line.clone().into_owned());
            let mut open = Open::new(head, false, Part::Message).shown(shown.flatten());
            open.orphan = orphan;
            self.recent.drain(..).for_each(|line| open.message(&line.text));
            open.push(frame, line.text.ends_with('{'));
            self.open = Some(open);
        } else {
            self.recent.push_back(line.into_owned());
            if self.recent.len() > RECENT {
                self.recent.pop_front();
            }
        }
    }

    /// Whether a line may belong to the source that Node shows above an error in it.
    fn may_be_shown(&self, text: &str) -> bool {
        let is_next =
            if self.recent.is_empty() { stack::source_line(text).is_some() } else { self.recent.len() < SHOWN };
        is_next && Head::parse(text).is_none()
    }

    /// The place in the source that the last lines show.
    fn shown(&self) -> Option<Frame> {
        stack::shown_place(self.recent.iter().rev().map(|line| &*line.text))
    }

    /// The head of the error whose first frame comes now, and the place that is shown above it; what stays is the rest of its
    /// message.
    fn head(&mut self) -> Option<(TextLine<'static>, Option<Frame>)> {
        let strict = |line: &TextLine| Head::parse(&line.text).is_some_and(|head| !head.led);
        let at = self.recent.iter().rposition(strict).or_else(|| {
            let last = self.recent.back().is_some_and(|line| !line.text.trim().is_empty());
            if last { self.recent.iter().rposition(|line| !is_of_a_message(&line.text)) } else { self.badged() }
        })?;
        let mut rest = self.recent.split_off(at);
        let head = rest.pop_front()?;
        let shown = self.shown();
        self.recent = rest;
        Some((head, shown))
    }

    /// The last line above blank ones, if a logger says there that it is an error.
    fn badged(&self) -> Option<usize> {
        let at = self.recent.iter().rposition(|line| !line.text.trim().is_empty())?;
        stack::unbadged(&self.recent.get(at)?.text).map(|_| at)
    }
}

/// What Node adds below the message of an error, before its stack: whoever printed that printed the error above it.
fn is_of_a_message(text: &str) -> bool {
    text.starts_with("- ") || text.starts_with("Require stack:")
}

impl Open {
    fn new(line: TextLine<'static>, rejection: bool, part: Part) -> Self {
        let head = Head::parse(&line.text);
        let is_led = head.as_ref().map_or(!rejection && !stack::is_named(&line.text), |head| head.led);
        let led = line.form == Form::Logged || is_led;
        let message = stack::unbadged(&line.text).unwrap_or(&line.text);
        let bare = || ErrorBlock { message: message.trim().into(), ..ErrorBlock::default() };
        let error = head.map_or_else(bare, |head| head.block());
        Self { printed: Printed { error, line, led, rejection, by_node: false }, orphan: false, lines: 0, part }
    }

    /// The place in the source that is shown above an error in it comes before all frames.
    fn shown(mut self, place: Option<Frame>) -> Self {
        let is_of_source = Head::parse(&self.printed.line.text).is_some_and(|head| head.is_of_source());
        self.printed.error.frames.extend(place.filter(|_| is_of_source));
        self
    }

    /// Takes a line that belongs to it; `false`: it does not.
    fn take(&mut self, line: &TextLine<'_>, frame: Option<Held<'_>>) -> bool {
        let text = &*line.text;
        self.lines += 1;
        if self.lines > LONGEST || text.starts_with(REJECTION) {
            return false;
        }
        match self.part {
            Part::Properties => self.property(text, frame),
            Part::Blank if text.trim().is_empty() => {}
            Part::Blank => {
                let banner = text.starts_with("Node.js v") && !self.printed.by_node;
                self.printed.by_node |= banner;
                return banner;
            }
            Part::Message | Part::Stack | Part::Emitted => return self.outside(text, frame),
        }
        true
    }

    fn outside(&mut self, text: &str, frame: Option<Held<'_>>) -> bool {
        if let Some(frame) = frame {
            self.push(frame, text.ends_with('{'));
        } else if text.trim().is_empty() && self.part != Part::Message {
            self.part = Part::Blank;
        } else if text.starts_with("Emitted 'error' event") {
            self.part = Part::Emitted;
        } else {
            let more = self.part == Part::Message && Head::parse(text).is_none() && self.lines <= RECENT as u64;
            self.message(text);
            return more || text.trim_start().starts_with("... ");
        }
        true
    }

    /// A further line of the message.
    fn message(&mut self, text: &str) {
        if let Some(file) = text.strip_prefix("- ").filter(|_| self.part == Part::Message) {
            self.printed.error.required_by.push(file.trim_end_matches(')').into());
        }
    }

    /// Whether a line of a stack would simply go on with it.
    fn is_in_stack(&self) -> bool {
        self.lines < LONGEST && matches!(self.part, Part::Message | Part::Stack | Part::Emitted)
    }

    fn push(&mut self, frame: Held<'_>, opens_properties: bool) {
        let error = &mut self.printed.error;
        if self.part != Part::Emitted && error.frames.len() < FRAMES {
            error.frames.extend(frame.cloned());
        }
        if opens_properties {
            self.part = Part::Properties;
        } else if self.part == Part::Message {
            self.part = Part::Stack;
        }
    }

    fn property(&mut self, text: &str, frame: Option<Held<'_>>) {
        let error = &mut self.printed.error;
        if text.trim_end() == "}" {
            self.part = Part::Blank;
        } else if let Some(head) = text.trim_start().strip_prefix("[cause]: ").and_then(Head::parse) {
            error.cause = Some(Arc::new(head.block()));
        } else if let Some(frame) = frame {
            let cause = error.cause.as_mut().map(Arc::make_mut).filter(|cause| cause.frames.len() < FRAMES);
            cause.into_iter().for_each(|cause| cause.frames.extend(frame.cloned()));
        } else if let Some(code) = stack::code_property(text) {
            let owner = match &mut error.cause {
                Some(cause) => &mut Arc::make_mut(cause).code,
                None => &mut error.code,
            };
            owner.get_or_insert_with(|| code.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assemble(text: &str) -> Vec<Printed> {
        let mut assembler = Assembler::default();
        let mut printed = Vec::new();
        for (number, text) in text.lines().enumerate() {
            let number = number as u64 + 1;
            let line = TextLine { number, offset: 0, time: None, text: text.into(), form: Form::Raw };
            printed.extend(assembler.push(line));
        }
        printed.extend(assembler.close());
        printed
    }

    fn said(printed: &Printed) -> (u64, &str, usize) {
        (printed.line.number, &printed.error.message, printed.error.frames.len())
    }

    #[test]
    fn errors_that_follow_each_other_are_told_apart() {
        let printed = assemble("Error: a\n    at /a.js:1:1\nError: b\n    at /b.js:1:1\n    at /c.js:1:1\nfine\n");
        assert_eq!(printed.iter().map(said).collect::<Vec<_>>(), [(1, "a", 1), (3, "b", 2)]);
    }

    #[test]
    fn a_message_may_have_several_lines() {
        let printed = assemble("Error: Cannot find module 'x'\nRequire stack:\n- /a.js\n    at /a.js:1:1\n");
        assert_eq!(printed.iter().map(said).collect::<Vec<_>>(), [(1, "Cannot find module 'x'", 1)]);
        assert_eq!(printed[0].error.required_by, ["/a.js".into()]);
    }

    #[test]
    fn a_message_of_several_lines_may_be_led_by_words() {
        let printed = assemble("up\nfailed Error: Cannot find module 'x'\nRequire stack:\n- /a.js\n    at /a.js:1:1\n");
        let read: Vec<_> = printed.iter().map(|p| (said(p), p.led)).collect();
        assert_eq!(read, [((2, "Cannot find module 'x'", 1), true)]);
    }

    #[test]
    fn properties_give_the_code_and_the_cause() {
        let text = "Error: x\n    at /a.js:1:1 {\n  code: 'E1',\n  [cause]: Error: y\n      at /b.js:1:1 {\n    code: 'E2'\n  }\n}\nnext\n";
        let error = &assemble(text)[0].error;
        assert_eq!((error.code.as_deref(), error.frames.len()), (Some("E1"), 1));
        let cause = error.cause.as_ref().unwrap();
        assert_eq!((&*cause.message, cause.code.as_deref(), cause.frames.len()), ("y", Some("E2"), 1));
    }

    #[test]
    fn rejections_are_announced_and_may_have_no_stack() {
        let printed = assemble(&format!("{REJECTION} a Promise rejection:\nundefined\nError: b\n    at /b.js:1:1\n"));
        assert_eq!(
            printed.iter().map(|p| (said(p), p.rejection)).collect::<Vec<_>>(),
            [((2, "undefined", 0), true), ((3, "b", 1), false)]
        );
    }

    #[test]
    fn an_error_in_the_source_begins_where_node_shows_it() {
        let shown = "file:///srv/a/index.js:2\nimport { x } from './y.js';\n         ^\n";
        let error = "SyntaxError: The requested module './y.js' does not provide an export named 'x'\n    at async /a.mjs:1:1\n";
        let rejected = format!("{REJECTION} a Promise rejection:\n{shown}{error}");
        for (text, line) in [(rejected, 5), (format!("{shown}\n{error}"), 5)] {
            let printed = assemble(&text);
            let frames: Vec<_> = printed[0].error.frames.iter().map(|frame| (&*frame.path, frame.line)).collect();
            assert_eq!((printed[0].line.number, &frames[..1]), (line, &[("/srv/a/index.js", 2)][..]), "{text}");
        }
    }

    #[test]
    fn nodes_banner_below_an_error_is_seen() {
        let text = "node:events:502\n      throw er;\n      ^\n\nError: x\n    at /a.js:1:1\nEmitted 'error' event on Server instance at:\n    at /b.js:1:1 {\n  code: 'E1'\n}\n\nNode.js v20.20.2\nnext\n";
        let printed = assemble(text);
        assert_eq!(printed.iter().map(|p| (said(p), p.by_node)).collect::<Vec<_>>(), [((5, "x", 1), true)]);
    }

    /// `console.trace`, a line of another process between: what a program that is ended by an exception prints has its name.
    #[test]
    fn a_line_without_the_name_of_an_error_was_printed_by_the_program() {
        for (head, led) in [("tick", true), ("Trace: x", true), ("QuotaExceeded: x", false), ("NotFound", false)] {
            let printed = assemble(&format!("{head}\n    at /a.js:1:1\n"));
            assert_eq!(printed.iter().map(|p| p.led).collect::<Vec<_>>(), [led], "{head}");
        }
    }

    #[test]
    fn a_badge_and_a_blank_line_may_stand_above_a_stack() {
        let printed =
            assemble("warming\n\n ERROR  no manifest\n\n    at src/a.mjs:4:13\n\nup\n\n    at src/b.mjs:1:1\n");
        assert_eq!(printed.iter().map(|p| (said(p), p.led)).collect::<Vec<_>>(), [((3, "no manifest", 1), true)]);
    }

    #[test]
    fn a_stack_without_a_head_is_skipped() {
        assert_eq!(assemble("    at /a.js:1:1\n    at /b.js:1:1\nfine\n"), []);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "([{}]|Error: x|    at /a:1:1|    at f \\(/a:1:1\\) \\{|Node.js v1|\\[cause\\]: Error: y|\n|\\PC{0,3}){0,40}") {
            assemble(&text);
        }
    }
}
