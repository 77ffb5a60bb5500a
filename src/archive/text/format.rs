//! `log_date_format`: what dayjs (PM2 4 and later) and moment (before) write for a format, read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::cursor::{Cursor, Dated, End, MONTHS};
use super::naming::mangled;
use crate::archive::timeline::{Process, Stamp};

const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The letters that stand for something, the longer ones first.
const TOKENS: [(&str, Token); 30] = [
    ("YYYY", Token::Year),
    ("YY", Token::ShortYear),
    ("MMMM", Token::LongMonth),
    ("MMM", Token::NamedMonth),
    ("MM", Token::Month),
    ("M", Token::Month),
    ("DD", Token::Day),
    ("Do", Token::OrdinalDay),
    ("D", Token::Day),
    ("dddd", Token::Word),
    ("ddd", Token::Word),
    ("dd", Token::Word),
    ("d", Token::Number),
    ("HH", Token::Hour),
    ("H", Token::Hour),
    ("hh", Token::Hour),
    ("h", Token::Hour),
    ("kk", Token::Hour),
    ("k", Token::Hour),
    ("mm", Token::Minute),
    ("m", Token::Minute),
    ("ss", Token::Second),
    ("s", Token::Second),
    ("SSS", Token::Fraction),
    ("A", Token::HalfDay),
    ("a", Token::HalfDay),
    ("ZZ", Token::Offset),
    ("Z", Token::Offset),
    ("X", Token::Seconds),
    ("x", Token::Millis),
];

/// One part of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Year,
    ShortYear,
    Month,
    NamedMonth,
    LongMonth,
    Day,
    OrdinalDay,
    Hour,
    Minute,
    Second,
    Fraction,
    HalfDay,
    Offset,
    /// Since the epoch.
    Seconds,
    /// Since the epoch.
    Millis,
    /// A weekday: it tells nothing more.
    Word,
    Number,
    Text(String),
}

/// A format, ready to read dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::archive) struct DateFormat(Vec<Token>);

/// Each app's format, by its name as it is in names of files; `None`: there are several.
#[derive(Default)]
pub(in crate::archive) struct Formats(BTreeMap<String, Option<DateFormat>>);

impl Formats {
    /// As the lists of processes say, else the process files.
    pub fn new(processes: &[Process], written: &[(Arc<str>, Arc<str>)]) -> Self {
        let listed =
            |process: &Process| Some((process.name.clone(), process.pm2_env.get("log_date_format")?.as_str()?.into()));
        let listed: Vec<(Arc<str>, Arc<str>)> = processes.iter().filter_map(listed).collect();
        let mut formats = Self::default();
        for (app, format) in if listed.is_empty() { written } else { &listed } {
            let format = DateFormat::new(format);
            let known = formats.0.entry(mangled(app)).or_insert_with(|| Some(format.clone()));
            known.take_if(|known| *known != format);
        }
        formats
    }

    /// That of the app with PM2's name `app`.
    pub fn of(&self, app: &str) -> Option<&DateFormat> {
        self.0.get(&mangled(app))?.as_ref()
    }
}

/// What was read of a date so far.
#[derive(Default)]
struct Read {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    hour: i32,
    minute: i32,
    second: i32,
    nanos: i32,
    is_afternoon: Option<bool>,
    offset: Option<Offset>,
    epoch_ms: Option<i64>,
}

impl DateFormat {
    /// Reads `YYYY-MM-DD HH:mm:ss [text] Z`.
    pub fn new(format: &str) -> Self {
        let (mut tokens, mut rest) = (Vec::new(), format);
        while let Some(first) = rest.chars().next() {
            let quoted = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
            let known = TOKENS.iter().find_map(|(name, token)| Some((token.clone(), rest.strip_prefix(name)?)));
            let (token, behind) = quoted
                .map(|(text, behind)| (Token::Text(text.to_owned()), behind))
                .or(known)
                .unwrap_or_else(|| (Token::Text(first.to_string()), rest.get(first.len_utf8()..).unwrap_or_default()));
            tokens.push(token);
            rest = behind;
        }
        Self(tokens)
    }

    /// Splits a date in this format, with PM2's colon behind it, off the head of `line`.
    pub fn leading<'a>(&self, line: &'a str) -> Option<Dated<'a>> {
        let (mut cursor, mut read) = (Cursor(line), Read::default());
        for token in &self.0 {
            read.take(token, &mut cursor)?;
        }
        let rest = cursor.0.strip_prefix(": ").or_else(|| (cursor.0 == ":").then_some(""))?;
        Some(Dated { stamp: read.stamp(), end: End::Colon, rest })
    }
}

impl Read {
    /// What moment alone knows is left by dayjs as it stands: `x`, and `Do` is the day and an `o`.
    fn take(&mut self, token: &Token, cursor: &mut Cursor<'_>) -> Option<()> {
        match token {
            Token::Year => self.year = Some(cursor.digits(4, 4)?.0),
            Token::ShortYear => self.year = Some(2000 + cursor.digits(2, 2)?.0),
            Token::Month => self.month = Some(cursor.digits(1, 2)?.0),
            Token::NamedMonth => self.month = Some(named(cursor, &MONTHS)?),
            Token::LongMonth => self.month = Some(named(cursor, &LONG_MONTHS)?),
            Token::Day => self.day = Some(cursor.digits(1, 2)?.0),
            Token::OrdinalDay => {
                self.day = Some(cursor.digits(1, 2)?.0);
                cursor.take_any(&["st", "nd", "rd", "th", "o"])?;
            }
            Token::Hour => self.hour = cursor.digits(1, 2)?.0,
            Token::Minute => self.minute = cursor.digits(1, 2)?.0,
            Token::Second => self.second = cursor.digits(1, 2)?.0,
            Token::Fraction => self.nanos = cursor.digits(3, 3)?.0 * 1_000_000,
            Token::HalfDay => {
                let (half, rest) = cursor.0.split_at_checked(2)?;
                self.is_afternoon = Some(half.eq_ignore_ascii_case("pm"));
                cursor.0 = rest;
            }
            Token::Offset => self.offset = Some(cursor.offset()?),
            Token::Seconds => match number(cursor) {
                Some(seconds) => self.epoch_ms = Some(seconds.checked_mul(1000)?),
                None => cursor.take_any(&["X"])?,
            },
            Token::Millis => match number(cursor) {
                Some(millis) => self.epoch_ms = Some(millis),
                None => cursor.take_any(&["x"])?,
            },
            Token::Word => cursor.0 = cursor.0.trim_start_matches(char::is_alphabetic),
            Token::Number => drop(cursor.digits(1, 1)?),
            Token::Text(text) => cursor.take_any(&[text])?,
        }
        Some(())
    }

    /// `None`: the format does not tell the day.
    fn stamp(&self) -> Option<Stamp> {
        if let Some(ms) = self.epoch_ms {
            return Stamp::from_millis(ms);
        }
        let hour = self.is_afternoon.map_or(self.hour, |afternoon| self.hour % 12 + if afternoon { 12 } else { 0 });
        let date = Date::new(self.year?.try_into().ok()?, self.month?.try_into().ok()?, self.day?.try_into().ok()?);
        let (hour, minute, second) = (hour % 24, self.minute.try_into().ok()?, self.second.try_into().ok()?);
        let time = Time::new(hour.try_into().ok()?, minute, second, self.nanos).ok()?;
        Some(Stamp { at: DateTime::from_parts(date.ok()?, time), offset: self.offset })
    }
}

fn named(cursor: &mut Cursor<'_>, names: &[&str; 12]) -> Option<i32> {
    let (index, name) = names.iter().enumerate().find(|(_, name)| cursor.0.starts_with(**name))?;
    cursor.0 = cursor.0.get(name.len()..)?;
    i32::try_from(index + 1).ok()
}

fn number(cursor: &mut Cursor<'_>) -> Option<i64> {
    let rest = cursor.0.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = cursor.0.strip_suffix(rest)?.parse().ok()?;
    cursor.0 = rest;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_were_written() {
        for (format, date, stamp) in [
            ("YYYY-MM-DDTHH:mm:ss", "2026-11-22T11:12:44", Some("2026-11-22T11:12:44")),
            ("DD/MM/YYYY HH:mm:ss", "03/04/2026 08:01:02", Some("2026-04-03T08:01:02")),
            ("MM/DD/YYYY hh:mm:ss A", "03/04/2026 08:01:02 PM", Some("2026-03-04T20:01:02")),
            ("D.M.YY H:mm", "3.4.26 8:01", Some("2026-04-03T08:01:00")),
            ("dddd, MMMM Do YYYY, h:mm:ss a", "Sunday, November 22nd 2026, 12:01:02 am", Some("2026-11-22T00:01:02")),
            (
                "ddd MMM DD YYYY HH:mm:ss.SSS Z",
                "Sun Nov 22 2026 08:01:02.250 +05:30",
                Some("2026-11-22T08:01:02.25+05:30"),
            ),
            ("[at] YYYYMMDD-HHmmss ZZ", "at 20261122-080102 +0000", Some("2026-11-22T08:01:02Z")),
            ("x", "1795345968926", Some("2026-11-22T11:12:48.926Z")),
            ("X", "1795345968", Some("2026-11-22T11:12:48Z")),
            ("x", "x", None),
            ("X", "X", None),
            ("L LTS", "L LTS", None),
            ("MMMM Do YYYY, h:mm:ss a", "November 27o 2026, 12:09:57 am", Some("2026-11-27T00:09:57")),
            ("HH:mm:ss", "08:01:02", None),
        ] {
            let line = format!("{date}: Error: x");
            let dated = DateFormat::new(format).leading(&line).unwrap_or_else(|| panic!("{format}: {line}"));
            assert_eq!(
                (dated.stamp.map(|stamp| stamp.to_string()).as_deref(), dated.rest),
                (stamp, "Error: x"),
                "{format}"
            );
            assert_eq!(DateFormat::new(format).leading("    at f (/srv/a.js:1:2)"), None, "{format}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(format in "([YMDdHhkmsSAaZXxo\\[\\]:/ ,.-]|\\PC){0,12}", line in "([0-9:/ ,.+-]|Nov|PM|\\PC){0,24}") {
            DateFormat::new(&format).leading(&line);
        }
    }
}
