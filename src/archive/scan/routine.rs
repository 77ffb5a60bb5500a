//! What a worker prints over and over: the beginning of its output, by its sentences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::inventory::{Kind, Log};
use super::sighted::{Place, PlaceKind, Tally};
use crate::archive::text::decode::{self, Origin, Output};
use crate::archive::text::stamp::LastDate;
use crate::archive::text::unpack;
use crate::archive::text::window::Window;
use crate::archive::timeline::{Stamp, Stream};

/// So much of the output is looked at, in bytes: enough for hours of jobs, and flat for logs of any size.
const HEAD: u64 = 1 << 18;
/// So many sentences are told apart.
const SENTENCES: usize = 200;
/// So often is one noted.
const SPOKEN: usize = 500;
/// A longer line is none that repeats, in bytes.
const LONGEST: usize = 400;

/// What lines of web servers' request logs hold.
const REQUESTS: [&str; 12] = [
    "GET /",
    "POST /",
    "PUT /",
    "PATCH /",
    "DELETE /",
    "HEAD /",
    r#""method":"GET""#,
    r#""method":"POST""#,
    r#""method":"PUT""#,
    r#""method":"PATCH""#,
    r#""method":"DELETE""#,
    r#""method":"HEAD""#,
];

/// The beginning of the output of one worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::archive) struct Routine {
    pub place: Place,
    pub origin: Origin,
    /// It is all of the output.
    pub is_whole: bool,
    /// Something was printed, in the window.
    pub has_lines: bool,
    /// Requests that it logged.
    pub requests: Tally,
    /// By what stays the same in them.
    pub sentences: BTreeMap<String, Vec<Spoken>>,
}

/// A sentence as spoken once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::archive) struct Spoken {
    pub line: u64,
    pub time: Option<Stamp>,
    pub text: String,
    /// What varies, in order.
    pub words: Vec<String>,
}

impl Routine {
    /// Reads the beginning of `log`, if one worker alone prints to it.
    pub fn read(log: &Log, date: LastDate, window: Window) -> Option<Self> {
        let Kind::App(origin, Stream::Out) = &log.kind else { return None };
        origin.pm_id?;
        let head = unpack::head(&log.path, HEAD);
        let place = Place { archive: log.archive, file: log.file.clone(), kind: PlaceKind::Log };
        let is_whole = (head.len() as u64) < HEAD;
        Some(Self { is_whole, ..Self::new(place, origin.clone()) }.fed(&head, date, window))
    }

    /// All of an output without a line.
    pub fn new(place: Place, origin: Origin) -> Self {
        let (has_lines, requests, sentences) = Default::default();
        Self { place, origin, is_whole: true, has_lines, requests, sentences }
    }

    /// With the lines of `text`.
    pub fn fed(mut self, text: &str, mut date: LastDate, window: Window) -> Self {
        for (number, line) in (1..).zip(text.lines()) {
            let plain = decode::uncoloured(line);
            let output = decode::output_after(&mut date, &plain);
            self.line(number, &plain, &output, window);
        }
        self.sentences.retain(|_, spoken| spoken.len() > 1);
        self
    }

    fn line(&mut self, number: u64, plain: &str, output: &Output<'_>, window: Window) {
        if !window.holds(output.time) {
            return;
        }
        self.has_lines |= !plain.trim().is_empty();
        if REQUESTS.iter().any(|request| plain.contains(request)) {
            return self.requests.add(number, output.time, &output.text);
        }
        let text = output.text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return;
        }
        let (sentence, words) = parts(text);
        if self.sentences.len() >= SENTENCES && !self.sentences.contains_key(&sentence) {
            return;
        }
        let spoken = self.sentences.entry(sentence).or_default();
        if spoken.len() < SPOKEN {
            spoken.push(Spoken { line: number, time: output.time, text: text.to_owned(), words });
        }
    }
}

/// `digest sent at #:#:# by #` and the words for `#`: those that hold a digit. The fraction of a second is left out: workers
/// that do the same at one time do it some milliseconds apart.
fn parts(text: &str) -> (String, Vec<String>) {
    let (mut sentence, mut words) = (String::with_capacity(text.len()), Vec::new());
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if word.contains(|c: char| c.is_ascii_digit()) {
            let is_fraction = sentence.ends_with("#:#:#.") || sentence.ends_with("#:#:#,");
            words.push(if is_fraction { String::new() } else { word.trim_end_matches('Z').to_owned() });
            sentence.push('#');
        } else {
            sentence.push_str(word);
        }
        sentence.push_str(piece.get(word.len()..).unwrap_or_default());
    }
    (sentence, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_told_from_what_stays() {
        let (sentence, words) = parts("digest 7 sent at 2026-11-22T11:20:15.034Z by pid 4711");
        assert_eq!(sentence, "digest # sent at #-#-#:#:#.# by pid #");
        assert_eq!(words, ["7", "2026", "11", "22T11", "20", "15", "", "4711"]);
    }

    #[test]
    fn requests_are_counted_and_sentences_that_come_once_are_dropped() {
        let text = "up\ntick 1\n127.0.0.1 - - \"GET /x HTTP/1.1\" 200\ntick 2\n{\"level\":30,\"req\":{\"method\":\"GET\"},\"msg\":\"done\"}\n";
        let place = Place { archive: 0, file: "a-out-0.log".into(), kind: PlaceKind::Log };
        let routine = Routine::new(place, Origin::default()).fed(text, LastDate::default(), Window::default());
        assert_eq!(routine.requests.count, 2);
        assert_eq!(routine.sentences.keys().collect::<Vec<_>>(), ["tick #"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(\\PC{0,6}|[0-9:.,]{0,9}|GET /|\n){0,40}") {
            let place = Place { archive: 0, file: "a-out-0.log".into(), kind: PlaceKind::Log };
            Routine::new(place, Origin::default()).fed(&text, LastDate::default(), Window::default());
        }
    }
}
