//! Dates at the head of log lines: PM2's own, those of `log_date_format` in its usual spellings, and those of loggers.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::cursor::{Cursor, Dated, End, MONTHS, WEEKDAYS};
use super::day_order::DayOrder;
use super::format::DateFormat;
use crate::archive::timeline::Stamp;

/// No date is longer than this, with what follows it, in bytes.
const UNKNOWN: usize = 64;

/// Splits the date off the head of `line`, if it has one.
pub(in crate::archive) fn leading(line: &str) -> Option<Dated<'_>> {
    leading_in(None, line)
}

/// Splits the date off the head of `line`, if it has one, in a log whose dates have the `order`.
fn leading_in(order: Option<DayOrder>, line: &str) -> Option<Dated<'_>> {
    let bare = line.strip_prefix('[').unwrap_or(line);
    if !bare.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut cursor = Cursor(bare);
    let (date, time) = match cursor.iso() {
        Some((date, time)) => (Some(date), time),
        None => {
            let date = cursor.date(order)?;
            cursor.take_any(&["T", ", ", " ", "-"])?;
            (date, cursor.time()?)
        }
    };
    let offset = cursor.offset();
    let (end, rest) = cursor.end()?;
    let stamp = date.map(|date| Stamp { at: DateTime::from_parts(date, time), offset });
    Some(Dated { stamp, end, rest })
}

/// The last date before a colon: many lines have the one of the line above.
#[derive(Clone, Debug, Default)]
pub(in crate::archive) struct LastDate {
    /// With the colon and the space behind it.
    text: String,
    stamp: Option<Stamp>,
    /// The `log_date_format`, where it is known.
    format: Option<DateFormat>,
    /// That of the log, where it is known.
    order: Option<DayOrder>,
    /// A date in a form that nothing tells, as it was written; empty: none was seen.
    form: String,
}

impl LastDate {
    /// Before the first date, in `format` if that is known.
    pub fn new(format: Option<DateFormat>) -> Self {
        Self { format, ..Self::default() }
    }

    /// In a log whose dates have the `order`.
    pub fn ordered(self, order: Option<DayOrder>) -> Self {
        Self { order, ..self }
    }

    /// What follows the same date in `line`.
    pub fn rest<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        line.strip_prefix(self.text.as_bytes()).filter(|_| self.was_seen())
    }

    /// Whether there was one.
    pub fn was_seen(&self) -> bool {
        !self.text.is_empty()
    }

    /// The time that it tells.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// A date in a form that nothing tells: before a line of a stack, or as the last one was.
    fn unknown<'a>(&mut self, line: &'a str) -> Option<Dated<'a>> {
        let alike = line.split_at_checked(self.form.len()).filter(|(date, _)| is_alike(date, &self.form));
        if let Some((_, rest)) = alike.filter(|_| !self.form.is_empty()) {
            return Some(Dated { stamp: None, end: End::Colon, rest });
        }
        let dated = before_frame(line)?;
        self.form = line.strip_suffix(dated.rest)?.to_owned();
        Some(dated)
    }

    /// As [`leading`], or as the format says; what stands before a colon and a space tells the whole date.
    pub fn leading<'a>(&mut self, line: &'a str) -> Option<Dated<'a>> {
        if let Some(rest) = line.strip_prefix(&*self.text).filter(|_| self.was_seen()) {
            return Some(Dated { stamp: self.stamp, end: End::Colon, rest });
        }
        let formatted = self.format.as_ref().and_then(|format| format.leading(line));
        let dated = formatted.or_else(|| leading_in(self.order, line)).or_else(|| self.unknown(line))?;
        if dated.end == End::Colon {
            self.text.clear();
            self.text.push_str(line.strip_suffix(dated.rest).unwrap_or_default());
            self.stamp = dated.stamp;
        }
        Some(dated)
    }
}

/// Whether both have digits and letters at the same places, and else the same.
fn is_alike(one: &str, other: &str) -> bool {
    let is_same = |(a, b): (u8, u8)| {
        a == b || (a.is_ascii_digit() && b.is_ascii_digit()) || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
    };
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(is_same)
}

/// A date in a form that nothing tells, as far as it is seen by what follows it: PM2 puts it before each line of a stack, too.
fn before_frame(line: &str) -> Option<Dated<'_>> {
    let head = line.as_bytes().get(..UNKNOWN.min(line.len()))?;
    let at = memchr::memmem::find(head, b":     at ")?;
    let (date, rest) = (line.get(..at)?, line.get(at + 2..)?);
    let is_time = date.contains(':') && date.bytes().filter(u8::is_ascii_digit).count() >= 4;
    (is_time && !date.starts_with(' ')).then_some(Dated { stamp: None, end: End::Colon, rest })
}

/// Reads a whole text as a date: ISO 8601 and its relatives.
pub(in crate::archive) fn parse(text: &str) -> Option<Stamp> {
    leading(text).filter(|dated| dated.rest.is_empty())?.stamp
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no time")))
    }
}

/// The offset of `Sun Nov 22 2026 11:12:44 GMT+0100 (...)`, as the daemon's banner has it.
pub(in crate::archive) fn offset_of_banner(text: &str) -> Option<Offset> {
    let (_, offset) = text.split_once("GMT")?;
    Cursor(offset).offset()
}

impl<'a> Cursor<'a> {
    /// `2026-11-22T11:12:44.250`, or with a space: what nearly every dated line begins with.
    fn iso(&mut self) -> Option<(Date, Time)> {
        let (head, rest) = self.0.split_at_checked("2026-11-22T11:12:44".len())?;
        let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T' | b' ', h0, h1, b':', n0, n1, b':', s0, s1] =
            *head.as_bytes()
        else {
            return None;
        };
        let two = |tens: u8, ones: u8| {
            let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            digits.then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
        };
        let date = civil(two(y0, y1)? * 100 + two(y2, y3)?, two(m0, m1)?, two(d0, d1)?)?;
        let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
        let mut ahead = Cursor(rest);
        let nanos = ahead.fraction();
        if half_day(ahead.0).is_some() {
            return None;
        }
        let time = Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, nanos).ok()?;
        self.0 = ahead.0;
        Some((date, time))
    }

    /// Outer `None`: no date. Inner: a date that has two readings, if no `order` is known.
    fn date(&mut self, order: Option<DayOrder>) -> Option<Option<Date>> {
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.named_date().map(Some);
        }
        let (first, width) = self.digits(1, 4)?;
        let separator = self.0.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
        self.0 = self.0.get(1..)?;
        let (second, _) = self.digits(1, 2)?;
        self.0 = self.0.strip_prefix(separator)?;
        let (third, _) = self.digits(1, 4)?;
        match (width, first > 12, second > 12) {
            (4, ..) => civil(first, second, third).map(Some),
            (_, true, false) => civil(third, second, first).map(Some),
            (_, false, true) => civil(third, first, second).map(Some),
            (_, false, false) => match order {
                Some(DayOrder::DayFirst) => civil(third, second, first).map(Some),
                Some(DayOrder::MonthFirst) => civil(third, first, second).map(Some),
                None => Some(None),
            },
            _ => None,
        }
    }

    /// `Nov 22 2026`, with the weekday before or not.
    fn named_date(&mut self) -> Option<Date> {
        let mut words = self.0.splitn(2, ' ');
        let (word, rest) = (words.next()?, words.next()?);
        let Some(month) = MONTHS.iter().position(|month| *month == word) else {
            let weekday = WEEKDAYS.contains(&word.trim_end_matches(','));
            self.0 = rest;
            return if weekday { self.named_date_without_weekday() } else { None };
        };
        self.0 = rest;
        self.day_and_year(month)
    }

    fn named_date_without_weekday(&mut self) -> Option<Date> {
        let month = MONTHS.iter().position(|month| self.0.starts_with(month))?;
        self.0 = self.0.get(3..)?.strip_prefix(' ')?;
        self.day_and_year(month)
    }

    fn day_and_year(&mut self, month: usize) -> Option<Date> {
        let (day, _) = self.digits(1, 2)?;
        self.take_any(&[", ", " "])?;
        let (year, _) = self.digits(4, 4)?;
        civil(year, i32::try_from(month).ok()? + 1, day)
    }

    fn time(&mut self) -> Option<Time> {
        let (mut hour, _) = self.digits(1, 2)?;
        self.take_any(&[":"])?;
        let (minute, _) = self.digits(2, 2)?;
        let second = if self.0.starts_with(':') && self.0.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            self.take_any(&[":"])?;
            self.digits(2, 2)?.0
        } else {
            0
        };
        let nanos = self.fraction();
        if let Some((rest, afternoon)) = half_day(self.0) {
            self.0 = rest;
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, nanos).ok()
    }

    fn fraction(&mut self) -> i32 {
        let mut ahead = Cursor(self.0);
        let parsed = ahead.take_any(&[".", ","]).and_then(|()| ahead.digits(1, 9));
        let Some((value, width)) = parsed else { return 0 };
        self.0 = ahead.0;
        value * 10_i32.pow(u32::try_from(9 - width).unwrap_or(0))
    }

    fn end(self) -> Option<(End, &'a str)> {
        let rest = self.0;
        if let Some(rest) = rest.strip_prefix(": ") {
            return Some((End::Colon, rest));
        }
        if rest.is_empty() || rest == ":" {
            return Some((End::Other, ""));
        }
        ["] ", " ", ","].iter().find_map(|end| rest.strip_prefix(end)).map(|rest| (End::Other, rest))
    }
}

/// ` AM` or ` PM`, but not ` PM2`.
fn half_day(text: &str) -> Option<(&str, bool)> {
    let (half, rest) = text.strip_prefix(' ')?.split_at_checked(2)?;
    let afternoon = half.eq_ignore_ascii_case("pm");
    let whole = !rest.starts_with(char::is_alphanumeric);
    (whole && (afternoon || half.eq_ignore_ascii_case("am"))).then_some((rest, afternoon))
}

fn civil(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_pm2_and_of_loggers_are_split_off() {
        for (line, stamp, rest) in [
            ("2026-11-22T11:12:44: PM2 log: x", "2026-11-22T11:12:44", "PM2 log: x"),
            ("[2018-05-30 13:53:11] PM2 log: x", "2018-05-30T13:53:11", "PM2 log: x"),
            ("2026-11-22 11:32:29 +00:00: Error", "2026-11-22T11:32:29Z", "Error"),
            ("2026-11-22 11:32 +0530: Error", "2026-11-22T11:32:00+05:30", "Error"),
            ("2026-11-22T12:16:23.523Z", "2026-11-22T12:16:23.523Z", ""),
            ("2026-11-22-12:16:24 1|worker | x", "2026-11-22T12:16:24", "1|worker | x"),
            ("2026-11-22-12:16:24 PM2 | x", "2026-11-22T12:16:24", "PM2 | x"),
            ("22/11/2026 08:01:02: x", "2026-11-22T08:01:02", "x"),
            ("11/22/2026, 8:01:02 PM: x", "2026-11-22T20:01:02", "x"),
            ("Sun Nov 22 2026 11:12:44: x", "2026-11-22T11:12:44", "x"),
            ("Nov 2, 2026 11:12:44,250 x", "2026-11-02T11:12:44.25", "x"),
        ] {
            let dated = leading(line).unwrap_or_else(|| panic!("no date in {line}"));
            assert_eq!((dated.stamp.unwrap().to_string().as_str(), dated.rest), (stamp, rest), "{line}");
        }
    }

    #[test]
    fn a_date_with_two_readings_has_no_time_unless_the_log_tells_the_order() {
        let line = "03/04/2026 08:01:02: x";
        let dated = leading(line).unwrap();
        assert_eq!((dated.stamp, dated.rest), (None, "x"));
        for (order, stamp) in
            [(DayOrder::DayFirst, "2026-04-03T08:01:02"), (DayOrder::MonthFirst, "2026-03-04T08:01:02")]
        {
            let stamp_in = LastDate::default().ordered(Some(order)).leading(line).unwrap().stamp.unwrap();
            assert_eq!(stamp_in.to_string(), stamp);
        }
    }

    #[test]
    fn the_date_of_the_line_above_is_known_again() {
        let mut last = LastDate::default();
        for line in [
            "2026-11-22T11:12:44: x",
            "2026-11-22T11:12:44: y",
            "2026-11-22T11:12:44 z",
            "2026-11-22T11:12:45: : x",
            "no date",
            "2026-11-22T11:12:45: ",
            "03/04/2026 08:01:02: x",
            "03/04/2026 08:01:02: y",
        ] {
            assert_eq!(last.leading(line), leading(line), "{line}");
        }
    }

    #[test]
    fn a_date_in_an_unknown_form_is_known_by_the_stack_behind_it() {
        for date in ["08:01:02.250", "Nov 27, 00:10:09", "UTC 27.11.2026, 00:09:54", "um 8 Uhr, 27:11"] {
            let mut last = LastDate::default();
            let frame = format!("{date}:     at f (/srv/a.js:1:2)");
            assert_eq!(last.leading(&frame).map(|dated| dated.rest), Some("    at f (/srv/a.js:1:2)"), "{date}");
            let head = format!("{date}: Error: x");
            assert_eq!(last.leading(&head).map(|dated| (dated.stamp, dated.rest)), Some((None, "Error: x")), "{date}");
            let later = head.replace('0', "1").replace("Nov", "Dec");
            assert_eq!(last.leading(&later).map(|dated| (dated.stamp, dated.rest)), Some((None, "Error: x")), "{date}");
            assert_eq!(last.leading("Error: x, 08:01:02.250 is no date: at all"), None, "{date}");
        }
        for line in ["Error: x:     at f (/srv/a.js:1:2)", "    at f (/srv/a.js:1:2)"] {
            assert_eq!(LastDate::default().leading(line), None, "{line}");
        }
    }

    #[test]
    fn other_heads_are_not_dates() {
        for line in
            ["", "Error: x", "2026", "10.0.0.1 - GET", "12:30 lunch", "2026-13-41T11:12:44: x", "[0x27]", "Mon cheri"]
        {
            assert_eq!(leading(line), None, "{line}");
        }
    }

    #[test]
    fn the_banner_tells_the_zone() {
        let offset = offset_of_banner("Sun Nov 22 2026 11:12:44 GMT+0130 (X)").unwrap();
        assert_eq!(offset.seconds(), 5400);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(line in "\\PC*", near in "[\\[0-9TZ:./, +-]{0,32}") {
            leading(&line);
            leading(&near);
            let mut last = LastDate::default();
            for text in [&near, &near, &line] {
                proptest::prop_assert_eq!(last.leading(text), leading(text));
            }
        }
    }
}
