//! Why execution goes a way only maybe.

use std::sync::Arc;

use super::super::value::Origin;
use super::{Callback, Doubt, DoubtId, Interpreter, Path, Reach, When};

/// Why the handler of a failure runs only maybe.
pub(super) const FAILS: &str = "it runs if something fails";

/// Why it is not certain that a function runs which was given to `symbol`, or to what is not known.
pub(super) fn why_called(symbol: &str) -> String {
    match symbol {
        "" => "what is called here is not known, and may call it".to_owned(),
        symbol => format!("`{symbol}` may call it"),
    }
}

impl Interpreter<'_> {
    /// `path`, gone on only maybe because of what is not known at `place`.
    pub(super) fn maybe_from(&mut self, path: Path, place: Origin, why: impl Into<Arc<str>>) -> Path {
        if path.reach == Reach::No || self.is_exact() {
            return Path { reach: path.reach.min(Reach::Maybe), ..path };
        }
        let place = self.seen_at(place);
        self.doubts.push(Doubt { place, why: why.into() });
        Path { reach: Reach::Maybe, doubt: Some(DoubtId(self.doubts.len() as u32 - 1)), ..path }
    }

    /// A callback that the host makes of the call of `symbol` at `site`, with the reason where it is less sure than the call.
    pub(super) fn explained(&mut self, callback: Callback, symbol: &str, site: Origin) -> Callback {
        let path = callback.path;
        if path.reach != Reach::Maybe || self.path.reach != Reach::Yes {
            return callback;
        }
        let why = match path.when {
            When::Request => format!("`{symbol}` calls it when something comes in"),
            _ => why_called(symbol),
        };
        Callback { path: self.maybe_from(path, site, why), ..callback }
    }
}
