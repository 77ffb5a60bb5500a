//! When errors were printed, to be compared with the ends of workers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::archive::timeline::Stamp;

/// So many seconds with an error are kept per file.
const MOST: usize = 25_000;

/// The last error of each second, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Moments(Vec<Moment>);

/// When an error was printed, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Moment {
    time: Stamp,
    error: Arc<str>,
}

impl Moment {
    fn is_in_the_second_of(&self, time: Stamp) -> bool {
        let second = |time: Stamp| (time.at.second(), time.at.minute(), time.at.hour(), time.at.date(), time.offset);
        second(self.time) == second(time)
    }
}

impl Moments {
    /// Adds that `error` was printed.
    pub fn add(&mut self, time: Stamp, error: Arc<str>) {
        self.push(Moment { time, error });
    }

    /// Adds those that came after.
    pub fn extend(&mut self, later: Self) {
        later.0.into_iter().for_each(|moment| self.push(moment));
    }

    fn push(&mut self, moment: Moment) {
        let has_room = self.0.len() < MOST;
        match self.0.last_mut().filter(|last| last.is_in_the_second_of(moment.time)) {
            Some(last) => *last = moment,
            None if has_room => self.0.push(moment),
            None => {}
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors that were the last before an end, each with that end; `end` gives the one that soon follows a moment. Of several
    /// errors before one end, only the last can have caused it.
    pub fn before_ends(&self, end: impl Fn(Stamp) -> Option<usize>) -> impl Iterator<Item = (&Arc<str>, usize)> {
        let mut ended = self.0.iter().map(move |moment| (moment, end(moment.time))).peekable();
        let next = move || {
            let (moment, end) = ended.next()?;
            let is_last = ended.peek().is_none_or(|(_, next)| *next != end);
            Some((&moment.error, end.filter(|_| is_last)))
        };
        std::iter::from_fn(next).filter_map(|(error, end)| Some((error, end?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(errors: &[(&str, &str)]) -> Moments {
        let mut moments = Moments::default();
        for (error, time) in errors {
            moments.add(crate::archive::text::stamp::parse(&format!("2026-11-22 {time}")).unwrap(), (*error).into());
        }
        moments
    }

    #[test]
    fn only_the_last_error_before_an_end_caused_it() {
        let moments = moments(&[("logged", "11:32:28"), ("thrown", "11:32:29"), ("lone", "11:40:00")]);
        let ended: Vec<_> = moments.before_ends(|time| (time.at.minute() == 32).then_some(0)).collect();
        assert_eq!(ended, [(&Arc::from("thrown"), 0)]);
    }

    #[test]
    fn of_a_second_that_a_cut_divides_one_error_is_kept() {
        let mut whole = moments(&[("first", "11:32:28"), ("second", "11:32:29")]);
        whole.extend(moments(&[("third", "11:32:29"), ("fourth", "11:32:30")]));
        assert_eq!(whole, moments(&[("first", "11:32:28"), ("third", "11:32:29"), ("fourth", "11:32:30")]));
    }
}
