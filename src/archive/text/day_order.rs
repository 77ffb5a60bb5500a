//! Whether `03/04/2026` is the third of April or the fourth of March: a log tells it by its other dates.

use super::cursor::Cursor;

/// What comes first in a date that begins with two small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) enum DayOrder {
    /// `22/11/2026`.
    DayFirst,
    /// `11/22/2026`.
    MonthFirst,
}

impl DayOrder {
    /// As the lines of `text` say: by a number that no month has, else by the one that goes on while the other stays, as days do.
    /// `None`: they do not tell, or disagree.
    pub fn of(text: &str) -> Option<Self> {
        let mut dates: Vec<(i32, i32)> = text.lines().filter_map(small_numbers).collect();
        dates.dedup();
        let too_large = dates.iter().filter_map(|date| match date {
            (13.., 1..=12) => Some(Self::DayFirst),
            (1..=12, 13..) => Some(Self::MonthFirst),
            _ => None,
        });
        let next = dates.iter().zip(dates.iter().skip(1)).filter_map(|(one, other)| {
            match (other.0 - one.0, other.1 - one.1) {
                (1, 0) => Some(Self::DayFirst),
                (0, 1) => Some(Self::MonthFirst),
                _ => None,
            }
        });
        agreed(too_large).or_else(|| agreed(next))
    }
}

fn agreed(mut said: impl Iterator<Item = DayOrder>) -> Option<DayOrder> {
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// The first two numbers of `22/11/2026 ...`.
fn small_numbers(line: &str) -> Option<(i32, i32)> {
    let mut cursor = Cursor(line.strip_prefix('[').unwrap_or(line));
    let (first, _) = cursor.digits(1, 2)?;
    let separator = ["/", ".", "-"].into_iter().find(|separator| cursor.0.starts_with(separator))?;
    cursor.take_any(&[separator])?;
    let (second, _) = cursor.digits(1, 2)?;
    cursor.take_any(&[separator])?;
    cursor.digits(4, 4)?;
    cursor.0.starts_with([' ', ',', 'T', '-']).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_of_a_log_tell_their_order() {
        for (lines, order) in [
            (&["03/04/2026 08:01:02: x", "no date", "13/04/2026 08:01:02: x"][..], Some(DayOrder::DayFirst)),
            (&["[03.04.2026 08:01:02] x", "03.28.2026 08:01:02 x"], Some(DayOrder::MonthFirst)),
            (&["03/04/2026, 08:01:02 x", "03/04/2026, 09:01:02 x", "04/04/2026, 00:00:02 x"], Some(DayOrder::DayFirst)),
            (&["03/04/2026 08:01:02 x", "03/05/2026 08:01:02 x"], Some(DayOrder::MonthFirst)),
            (&["03/04/2026 08:01:02 x", "03/04/2026 23:01:02 x"], None),
            (&["03/14/2026 08:01:02 x", "14/03/2026 08:01:02 x"], None),
            (&["1/2 of it", "10.0.0.1 - GET", "99/99/2026 08:01 x", ""], None),
        ] {
            assert_eq!(DayOrder::of(&lines.join("\n")), order, "{lines:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "([0-9]{1,4}|[/. ,T:-]|\n|\\PC){0,60}") {
            DayOrder::of(&text);
        }
    }
}
