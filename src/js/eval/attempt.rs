//! Attempts: code that fails as a whole, and what becomes of its failure.
//!
//! The body of an async function, what follows a promise, a `try` and an ES module are attempts. Each passes its failure on to the
//! one that waits for it, or a handler answers it, or swallows it, or nobody is told.

use super::super::value::{ObjectId, Origin, Value};
use super::{Interpreter, Path, When};

/// An attempt of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(u32);

/// What becomes of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nobody is told: it is an unhandled rejection.
    Unhandled,
    /// The other attempt fails with it.
    PassedOn(AttemptId),
    /// A handler is told and lets the process live on.
    Swallowed,
    /// A handler is told and does something about it.
    Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Module,
    Try,
    Promise,
}

#[derive(Clone, Debug)]
struct Attempt {
    kind: Kind,
    /// The call that made the promise.
    place: Option<Origin>,
    /// The attempt in which this one began.
    outer: Option<AttemptId>,
    fate: Fate,
    risk: Option<Risk>,
    /// What it waits for before it is over: calls of libraries, `None` for other things.
    waits: Vec<Option<Origin>>,
}

/// Something outside the program that is waited for and may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Where.
    pub place: Origin,
    /// When: see [`super::Call::order`].
    pub order: u32,
}

/// A failure after which the process lives on without what should have followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What may fail.
    pub risk: Risk,
    /// The call whose promise fails with it, where there is one.
    pub call: Option<Origin>,
    /// A handler is told, and does nothing about it.
    pub is_swallowed: bool,
}

/// The attempts of a run.
#[derive(Clone, Debug, Default)]
pub struct Attempts(Vec<Attempt>);

/// How long a chain of attempts is followed.
const MAX_CHAIN: usize = 32;

impl Attempts {
    /// The failure that would keep execution from a call in `inner`, which came at `order`; else its own.
    pub fn failure_before(&self, inner: Option<AttemptId>, order: u32) -> Option<Failure> {
        let failures = || self.around(inner).filter_map(|attempt| self.failure(attempt));
        let earlier = failures().find(|failure| failure.risk.order < order);
        earlier.or_else(|| failures().find(|failure| failure.risk.order == order))
    }

    /// Whether a `try` with a handler is around.
    fn is_tried(&self, inner: Option<AttemptId>) -> bool {
        self.around(inner).any(|attempt| attempt.kind == Kind::Try)
    }

    fn around(&self, inner: Option<AttemptId>) -> impl Iterator<Item = &Attempt> {
        let first = inner.and_then(|id| self.get(id));
        std::iter::successors(first, |attempt| attempt.outer.and_then(|id| self.get(id))).take(MAX_CHAIN)
    }

    fn failure(&self, attempt: &Attempt) -> Option<Failure> {
        let risk = attempt.risk?;
        let next = |attempt: &&Attempt| match attempt.fate {
            Fate::PassedOn(next) => self.get(next),
            _ => None,
        };
        let last = std::iter::successors(Some(attempt), next).take(MAX_CHAIN).last()?;
        match last.fate {
            Fate::Unhandled | Fate::Swallowed => {
                Some(Failure { risk, call: last.place, is_swallowed: last.fate == Fate::Swallowed })
            }
            Fate::PassedOn(_) | Fate::Answered => None,
        }
    }

    /// What `id` waits for before it is over.
    pub(super) fn waits(&self, id: AttemptId) -> &[Option<Origin>] {
        self.get(id).map_or(&[], |attempt| &attempt.waits)
    }

    /// `id` waits for these things, too.
    pub(super) fn wait_for(&mut self, id: Option<AttemptId>, calls: Vec<Option<Origin>>) {
        if let Some(attempt) = id.and_then(|id| self.get_mut(id)) {
            attempt.waits.extend(calls);
        }
    }

    fn get(&self, id: AttemptId) -> Option<&Attempt> {
        self.0.get(id.0 as usize)
    }

    fn begin(&mut self, kind: Kind, place: Option<Origin>, outer: Option<AttemptId>) -> AttemptId {
        self.0.push(Attempt { kind, place, outer, fate: Fate::Unhandled, risk: None, waits: Vec::new() });
        AttemptId(self.0.len() as u32 - 1)
    }

    fn get_mut(&mut self, id: AttemptId) -> Option<&mut Attempt> {
        self.0.get_mut(id.0 as usize)
    }

    fn settle_fate(&mut self, id: AttemptId, fate: Fate) {
        if let Some(attempt) = self.get_mut(id) {
            attempt.fate = fate;
        }
    }

    fn risk(&mut self, id: AttemptId, risk: Option<Risk>) {
        if let Some(attempt) = self.get_mut(id) {
            attempt.risk = attempt.risk.or(risk);
        }
    }
}

impl Interpreter<'_> {
    /// An ES module's body is one attempt: its failure rejects the promise of its import.
    pub(super) fn attempt_module(&mut self) {
        self.path.attempt = Some(self.attempts.begin(Kind::Module, None, None));
    }

    /// Runs `body`, whose failure goes to a handler.
    pub(super) fn attempt_try<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> (AttemptId, R) {
        let before = self.path.attempt;
        let attempt = self.attempts.begin(Kind::Try, None, before);
        self.path.attempt = Some(attempt);
        let result = body(self);
        self.path.attempt = before;
        (attempt, result)
    }

    /// Runs the handler of a failure of `attempt`.
    pub(super) fn rescue<R>(&mut self, attempt: AttemptId, handler: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.path.rescue;
        self.attempts.settle_fate(attempt, Fate::Swallowed);
        self.path.rescue = Some(attempt);
        let result = handler(self);
        self.path.rescue = before;
        result
    }

    /// Runs `body`, whose failure is that of the promise it makes.
    pub(super) fn attempt_promise<R>(
        &mut self,
        place: Option<Origin>,
        body: impl FnOnce(&mut Self) -> R,
    ) -> (AttemptId, R) {
        let before = self.path.attempt;
        let attempt = self.attempts.begin(Kind::Promise, place, before);
        self.path.attempt = Some(attempt);
        let result = body(self);
        self.path.attempt = before;
        (attempt, result)
    }

    /// An attempt of whoever calls a function that was handed out: its failure is theirs.
    pub(super) fn attempt_of_others(&mut self) -> AttemptId {
        let attempt = self.attempts.begin(Kind::Promise, None, self.path.attempt);
        self.answer(attempt);
        attempt
    }

    /// `promise` fails as `attempt` does.
    pub(super) fn promises(&mut self, promise: &Value, attempt: AttemptId) {
        if let Some(id) = promise.as_object() {
            self.promised.insert(id, attempt);
        }
    }

    /// The call that made `promise`, unless it came from further in.
    pub(super) fn promised_at(&mut self, promise: &Value, site: Origin) {
        let Some(id) = self.attempt_of(promise) else { return };
        if let Some(attempt) = self.attempts.get_mut(id) {
            attempt.place = attempt.place.or(Some(site));
        }
    }

    /// `attempt` goes on only when `value` is there, and fails if that is a promise that fails.
    pub(super) fn depends_on(&mut self, attempt: Option<AttemptId>, value: &Value) {
        if self.path.when != When::Load {
            return;
        }
        let own = self.attempt_of(value);
        let risk = match own.and_then(|own| self.attempts.get(own)) {
            Some(own) => own.risk.filter(|_| !matches!(own.fate, Fate::Answered | Fate::Swallowed)),
            None => self.risk_of(value),
        };
        if let Some(attempt) = attempt {
            self.attempts.risk(attempt, risk);
        }
        if let Some(own) = own.filter(|own| Some(*own) != attempt && self.is_unhandled(*own)) {
            self.attempts.settle_fate(own, attempt.map_or(Fate::Answered, Fate::PassedOn));
        }
    }

    /// What a library promises may fail.
    fn risk_of(&mut self, value: &Value) -> Option<Risk> {
        let call = value.as_symbol()?.strip_suffix("()")?;
        let place = value.origin.filter(|place| !self.fulfilled.contains(place))?;
        self.host.may_fail(call).then_some(Risk { place, order: self.clock })
    }

    /// `await value`
    pub(super) fn wait_for(&mut self, value: &Value) {
        self.waits_for(value);
        self.depends_on(self.path.attempt, value);
        self.fulfil(value);
    }

    /// Who goes on with `value` has it, and no promise of it.
    pub(super) fn fulfil(&mut self, value: &Value) {
        self.fulfilled.extend(value.origin.filter(|_| value.as_symbol().is_some()));
    }

    /// Whoever got `value` sees to its failure.
    pub(super) fn answer_for(&mut self, value: &Value) {
        if let Some(attempt) = self.attempt_of(value).filter(|attempt| self.is_unhandled(*attempt)) {
            self.answer(attempt);
        }
    }

    /// Something is done about a failure of `attempt`.
    pub(super) fn answer(&mut self, attempt: AttemptId) {
        self.attempts.settle_fate(attempt, Fate::Answered);
    }

    /// `symbol` is called, perhaps by the handler of a failure: only to log it is no answer.
    pub(super) fn answer_by(&mut self, symbol: &str) {
        if let Some(attempt) = self.path.rescue.filter(|_| !logs(symbol)) {
            self.answer(attempt);
        }
    }

    /// An error is thrown at `site`, perhaps by the handler of another one.
    pub(super) fn thrown(&mut self, site: Origin) {
        if !self.is_tried() {
            self.host.throws(self.seen_at(site), self.path);
        }
        let Some(id) = self.path.rescue else { return };
        let fate = match self.attempts.get(id) {
            Some(attempt) if attempt.kind == Kind::Try => attempt.outer.map_or(Fate::Answered, Fate::PassedOn),
            _ => Fate::Unhandled,
        };
        self.attempts.settle_fate(id, fate);
    }

    /// A property of `object` is read, or it is called: where it is undefined, Node throws. Where that is so because a variable is
    /// assumed unset, it is the program's demand of that variable; else the program may not be as it seems.
    pub(super) fn demands(&mut self, object: &Value, what: &str, site: Origin) {
        if self.is_exact() || self.is_tried() || object.is_nullish() != Some(true) {
            return;
        }
        let path = Path { taint: self.path.taint.with(object.taint), ..self.path };
        match object.taint.is_assumed() {
            true => self.host.throws(self.seen_at(site), path),
            false => self.host.may_throw(format!("what is {what} here is undefined"), self.seen_at(site), path),
        }
    }

    /// The program reads `file`, which the checkout does not have.
    pub(super) fn misses_file(&mut self, file: &str, site: Origin) {
        if !self.is_exact() && !self.is_tried() {
            let file = file.trim_start_matches("/<root>/");
            self.host.may_throw(
                format!("`{file}` is read here and is not in the checkout"),
                self.seen_at(site),
                self.path,
            );
        }
    }

    /// Whether what is thrown here is caught.
    pub(super) fn is_tried(&self) -> bool {
        self.attempts.is_tried(self.path.attempt)
    }

    /// The attempts so far.
    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    pub(super) fn attempt_of(&self, value: &Value) -> Option<AttemptId> {
        let id: ObjectId = value.as_object()?;
        self.promised.get(&id).copied()
    }

    fn is_unhandled(&self, attempt: AttemptId) -> bool {
        self.attempts.get(attempt).is_some_and(|attempt| attempt.fate == Fate::Unhandled)
    }
}

/// Whether a call only tells somebody.
fn logs(symbol: &str) -> bool {
    let method = symbol.rsplit('.').next().unwrap_or(symbol);
    LOGGING.contains(&method) || matches!(symbol, "process.stdout.write" | "process.stderr.write")
}

/// Methods of loggers and of reporters of errors.
const LOGGING: [&str; 9] =
    ["error", "warn", "info", "log", "debug", "fatal", "trace", "captureException", "captureMessage"];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::heap::Heap;
    use super::super::{Call, Host, Limits, Loaded, Reaction, Variable};
    use super::*;

    /// Where every module is a library, and `listen` is looked out for.
    #[derive(Default)]
    struct World {
        listens: Vec<(Option<AttemptId>, u32)>,
    }

    impl Host for World {
        fn load(&mut self, _: &str, specifier: &str) -> Loaded {
            Loaded::Library(specifier.into())
        }

        fn variable(&mut self, _: &str) -> Variable {
            Variable::Unset
        }

        fn variables(&mut self) -> Vec<(Arc<str>, Value)> {
            Vec::new()
        }

        fn text(&mut self, _: &str) -> Option<Arc<str>> {
            None
        }

        fn exists(&mut self, _: &str) -> Option<bool> {
            None
        }

        fn constant(&mut self, _: &str) -> Option<Value> {
            None
        }

        fn call(&mut self, _: &Heap, call: &Call<'_>) -> Reaction {
            if call.symbol.ends_with("listen") {
                self.listens.push((call.path.attempt, call.order));
            }
            let exits = call.symbol == "process.exit";
            Reaction { exits, ..Reaction::default() }
        }
    }

    /// The failure before `app.listen()`: `None`, or whether a handler swallows it.
    fn failure(file: &str, program: &str) -> Option<bool> {
        let program = format!("const db = require('db');\nconst app = require('app');\n{program}");
        let ir = Arc::new(crate::js::lower(file, &program).unwrap());
        let mut world = World::default();
        let mut run = Interpreter::new(&mut world, Limits::PROGRAM);
        run.run(&file.into(), ir);
        let attempts = run.attempts().clone();
        let (attempt, order) = *world.listens.first().expect("the program listens");
        attempts.failure_before(attempt, order).map(|failure| failure.is_swallowed)
    }

    #[test]
    fn a_failure_that_nobody_is_told_of() {
        for program in [
            "async function main() { await db.connect(); app.listen(); } main();",
            "(async () => { await db.connect(); app.listen(); })();",
            "db.connect().then(() => app.listen());",
            "async function open() { await db.connect(); } open().then(() => app.listen());",
            "Promise.all([db.connect()]).then(() => app.listen());",
            "async function open() { return db.connect(); } async function main() { await open(); app.listen(); } main();",
            "async function main() { await db.connect(); app.listen(); } main().finally(() => console.log('started'));",
            "async function main() { try { await db.connect(); app.listen(); } catch (e) { throw e; } } main();",
        ] {
            assert_eq!(failure("a.js", program), Some(false), "{program}");
        }
    }

    #[test]
    fn a_failure_that_is_logged_and_nothing_else() {
        for program in [
            "db.connect().then(() => app.listen()).catch((e) => console.error(e));",
            "db.connect().then(() => app.listen(), console.error);",
            "async function main() { try { await db.connect(); app.listen(); } catch (e) { console.error(e); } } main();",
            "async function main() { await db.connect(); app.listen(); } main().catch(console.error);",
        ] {
            assert_eq!(failure("a.js", program), Some(true), "{program}");
        }
    }

    #[test]
    fn a_failure_that_something_is_done_about() {
        for program in [
            "async function main() { await db.connect(); app.listen(); } main().catch(() => process.exit(1));",
            "db.connect().then(() => app.listen()).catch((e) => { console.error(e); process.exit(1); });",
            "db.connect().then(() => { app.listen(); }, () => process.exit(1));",
            "async function main() { try { await db.connect(); app.listen(); } catch { process.exit(1); } } main();",
            "async function main() { await db.connect(); app.listen(); } require('runner').run(main());",
            "function go() { db.connect().then(() => app.listen()).catch(() => setTimeout(go, 1000)); } go();",
        ] {
            assert_eq!(failure("a.js", program), None, "{program}");
        }
    }

    #[test]
    fn nothing_fails_before() {
        for program in [
            "async function all() { try { const rows = await db.find(); return rows; } catch (e) { console.log(e); } }\n             async function main() { await all(); app.listen(); } main();",
            "app.listen();",
            "db.connect().catch(console.error); app.listen();",
            "async function main() { app.listen(); await db.connect(); } main();",
            "async function warm() { await db.connect(); } async function main() { warm().catch(() => {}); app.listen(); } main();",
            "async function main() { try { await db.connect(); } catch (e) { console.error(e); } app.listen(); } main();",
        ] {
            assert_eq!(failure("a.js", program), None, "{program}");
        }
    }

    #[test]
    fn an_es_module_fails_as_a_whole() {
        let program = "await db.connect(); app.listen(); export {};";
        assert_eq!(failure("a.mjs", program), Some(false));
    }
}
