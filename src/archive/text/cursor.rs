//! Reading a date from the head of a line, piece by piece.

use jiff::tz::Offset;

use crate::archive::timeline::Stamp;

/// What a date at the head of a line ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) enum End {
    /// `: `, as PM2 writes it.
    Colon,
    /// `] `, a space, or the end of the line.
    Other,
}

/// A date at the head of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) struct Dated<'a> {
    /// `None`: it is a date, but day and month cannot be told apart.
    pub stamp: Option<Stamp>,
    /// What follows its end.
    pub end: End,
    /// The line without it.
    pub rest: &'a str,
}

/// As the daemon and `MMM` write them.
pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// As `ddd` writes them.
pub(super) const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What is still to be read of a line.
pub(super) struct Cursor<'a>(pub &'a str);

impl Cursor<'_> {
    /// Takes the first of `choices` that comes next.
    pub fn take_any(&mut self, choices: &[&str]) -> Option<()> {
        self.0 = choices.iter().find_map(|choice| self.0.strip_prefix(choice))?;
        Some(())
    }

    /// Takes a number of `min` to `max` digits: its value, and how many there were.
    pub fn digits(&mut self, min: usize, max: usize) -> Option<(i32, usize)> {
        let digits = self.0.bytes().take(max).take_while(u8::is_ascii_digit);
        let (value, count) = digits.fold((0, 0), |(value, count), b| (value * 10 + i32::from(b - b'0'), count + 1));
        self.0 = self.0.get(count..).filter(|_| count >= min)?;
        Some((value, count))
    }

    /// Takes an offset from UTC, a space before it or not.
    pub fn offset(&mut self) -> Option<Offset> {
        let mut ahead = Cursor(self.0.strip_prefix(' ').unwrap_or(self.0));
        if ahead.take_any(&["Z"]).is_some() {
            self.0 = ahead.0;
            return Some(Offset::UTC);
        }
        let sign = if ahead.0.starts_with('-') { -1 } else { 1 };
        ahead.take_any(&["+", "-"])?;
        let (hours, _) = ahead.digits(2, 2)?;
        ahead.0 = ahead.0.strip_prefix(':').unwrap_or(ahead.0);
        let (minutes, _) = ahead.digits(2, 2)?;
        self.0 = ahead.0;
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
    }
}
