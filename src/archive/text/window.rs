//! The stretch of time that is asked for.

use jiff::civil::{Date, DateTime};

use super::stamp;
use crate::archive::timeline::Stamp;

/// From when to when; what has no time is in every window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub since: Option<Stamp>,
    /// The last moment.
    pub until: Option<Stamp>,
}

impl Window {
    /// Whether a line of `time` is looked at.
    pub fn holds(&self, time: Option<Stamp>) -> bool {
        let Some(time) = time else { return true };
        self.since.is_none_or(|since| time.ms_since(since) >= 0)
            && self.until.is_none_or(|until| until.ms_since(time) >= 0)
    }
}

/// A moment as people write it: `2026-11-22`, `2026-11-22 11:30`, `2026-11-22T11:30:05Z`. A date alone is its first second.
pub fn moment(text: &str) -> Option<Stamp> {
    let date = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
    let civil = || text.parse::<DateTime>().ok();
    stamp::parse(text).or_else(|| Some(Stamp { at: civil().or_else(date)?, offset: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, read) in [
            ("2026-11-22", Some("2026-11-22T00:00:00")),
            ("2026-11-22 11:30", Some("2026-11-22T11:30:00")),
            ("2026-11-22T11:30:05", Some("2026-11-22T11:30:05")),
            ("2026-11-22T11:30:05Z", Some("2026-11-22T11:30:05Z")),
            ("yesterday", None),
        ] {
            assert_eq!(moment(text).map(|stamp| stamp.to_string()).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn a_window_holds_its_ends_and_what_has_no_time() {
        let window = Window { since: moment("2026-11-22 11:00"), until: moment("2026-11-22 12:00") };
        for (time, held) in [("10:59:59", false), ("11:00:00", true), ("12:00:00", true), ("12:00:01", false)] {
            assert_eq!(window.holds(moment(&format!("2026-11-22T{time}"))), held, "{time}");
        }
        assert!(window.holds(None));
    }
}
