//! What a stretch of execution waited for before: the `await`s and continuations on its way.

use super::super::value::{Origin, Value};
use super::Interpreter;

/// The last thing waited for, in [`Waits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitId(u32);

#[derive(Clone, Copy, Debug)]
struct Wait {
    before: Option<WaitId>,
    /// The call of a library whose promise it was; `None`: something else.
    call: Option<Origin>,
    count: u32,
}

/// What was waited for in one run.
#[derive(Clone, Debug, Default)]
pub struct Waits(Vec<Wait>);

/// How many are followed back.
const MAX_WAITS: usize = 32;

impl Waits {
    /// How often execution had waited.
    pub fn count(&self, last: Option<WaitId>) -> u32 {
        last.and_then(|id| self.get(id)).map_or(0, |wait| wait.count)
    }

    /// The calls that were waited for, the last first; `None` where it was something else.
    pub fn calls(&self, last: Option<WaitId>) -> impl Iterator<Item = Option<Origin>> {
        self.chain(last).map(|(_, wait)| wait.call)
    }

    /// What was waited for after `begin` up to `last`, the first first.
    fn between(&self, begin: Option<WaitId>, last: Option<WaitId>) -> Vec<Option<Origin>> {
        let mut calls: Vec<Option<Origin>> =
            self.chain(last).take_while(|(id, _)| Some(*id) != begin).map(|(_, wait)| wait.call).collect();
        calls.reverse();
        calls
    }

    fn chain(&self, last: Option<WaitId>) -> impl Iterator<Item = (WaitId, &Wait)> {
        let with_id = |id: WaitId| Some((id, self.get(id)?));
        std::iter::successors(last.and_then(with_id), move |(_, wait)| wait.before.and_then(with_id)).take(MAX_WAITS)
    }

    fn get(&self, id: WaitId) -> Option<&Wait> {
        self.0.get(id.0 as usize)
    }

    fn push(&mut self, before: Option<WaitId>, call: Option<Origin>) -> WaitId {
        self.0.push(Wait { before, call, count: self.count(before) + 1 });
        WaitId(self.0.len() as u32 - 1)
    }
}

impl Interpreter<'_> {
    /// Execution goes on when `value` is there.
    pub(super) fn waits_for(&mut self, value: &Value) {
        for call in self.waits_behind(value) {
            self.waited = Some(self.waits.push(self.waited, call));
        }
    }

    /// What is waited for until `value` is there; nothing for what is no promise.
    pub(super) fn waits_behind(&self, value: &Value) -> Vec<Option<Origin>> {
        if let Some(attempt) = self.attempt_of(value) {
            return self.attempts().waits(attempt).to_vec();
        }
        match value.as_symbol() {
            Some(_) if value.origin.is_some_and(|call| self.fulfilled.contains(&call)) => Vec::new(),
            Some(symbol) => vec![value.origin.filter(|_| symbol.ends_with("()"))],
            None if value.is_unknown() || self.heap.is_promise(value) => vec![None],
            None => Vec::new(),
        }
    }

    /// Runs `body`, whose waiting is its own: who calls it goes on at once. Gives what it waited for, too.
    pub(super) fn waiting_apart<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> (Vec<Option<Origin>>, R) {
        let begin = self.waited;
        let result = body(self);
        let last = std::mem::replace(&mut self.waited, begin);
        (self.waits.between(begin, last), result)
    }
}
