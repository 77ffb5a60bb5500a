//! When errors were printed, to be compared with the ends of workers.

use std::ops::Range;
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
pub(super) struct Moment {
    pub time: Stamp,
    pub error: Arc<str>,
    /// How often in this second, without another one between.
    #[serde(default = "once")]
    pub count: u64,
}

fn once() -> u64 {
    1
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
        self.push(Moment { time, error, count: 1 });
    }

    /// Adds those that came after.
    pub fn extend(&mut self, later: Self) {
        later.0.into_iter().for_each(|moment| self.push(moment));
    }

    fn push(&mut self, moment: Moment) {
        let has_room = self.0.len() < MOST;
        match self.0.last_mut().filter(|last| last.is_in_the_second_of(moment.time)) {
            Some(last) => {
                let before = if last.error == moment.error { last.count } else { 0 };
                *last = Moment { count: before + moment.count, ..moment };
            }
            None if has_room => self.0.push(moment),
            None => {}
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Moment> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors that were the last before ends, each with these; `ends` gives those that soon follow a moment. Of several errors
    /// before one end, only the last can have caused it.
    pub fn before_ends(
        &self,
        ends: impl Fn(Stamp) -> Option<Range<usize>>,
    ) -> impl Iterator<Item = (&Moment, Range<usize>)> {
        let mut ended = self.0.iter().map(move |moment| (moment, ends(moment.time))).peekable();
        let next = move || {
            let (moment, ends) = ended.next()?;
            let next = ended.peek().and_then(|(_, next)| next.as_ref()).map(|next| next.start);
            Some((moment, ends.filter(|ends| next != Some(ends.start))))
        };
        std::iter::from_fn(next).filter_map(|(moment, ends)| Some((moment, ends?)))
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
        let ended = moments.before_ends(|time| (time.at.minute() == 32).then_some(0..1));
        let ended: Vec<_> = ended.map(|(moment, ends)| (&*moment.error, ends)).collect();
        assert_eq!(ended, [("thrown", 0..1)]);
    }

    #[test]
    fn of_a_second_that_a_cut_divides_one_error_is_kept() {
        let mut whole = moments(&[("first", "11:32:28"), ("second", "11:32:29")]);
        whole.extend(moments(&[("third", "11:32:29"), ("fourth", "11:32:30")]));
        assert_eq!(whole, moments(&[("first", "11:32:28"), ("third", "11:32:29"), ("fourth", "11:32:30")]));
    }
}
