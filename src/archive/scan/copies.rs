//! Output that was saved beside the logs of the apps: what the logs hold themselves counts once. What they do not hold stays:
//! pm2-runtime writes less to its logs than it prints.

use super::sighted::{ErrorTally, PlaceKind, Sighted};
use crate::archive::text::naming::mangled;

/// Forgets of `saved` what `logs` hold, of the same app, or, where `saved` has no name, of any.
pub(super) fn forget(saved: &mut [Sighted], logs: &mut [Sighted]) {
    for copy in saved.iter_mut().filter(|file| file.place.kind == PlaceKind::Log) {
        let app = app(copy);
        for log in logs.iter_mut().filter(|log| log.origin.app.is_some()) {
            if app.is_none() || app == self::app(log) {
                copy.errors
                    .iter()
                    .for_each(|(key, seen)| log.errors.get_mut(key).into_iter().for_each(|own| prove(own, seen)));
                copy.errors.retain(|key, _| !log.errors.contains_key(key));
                copy.signatures.retain(|read, _| !log.signatures.contains_key(read));
            }
        }
    }
}

fn app(file: &Sighted) -> Option<String> {
    file.origin.app.as_deref().map(mangled)
}

/// The log keeps what the copy alone could tell of an error: that it ended a worker.
fn prove(own: &mut ErrorTally, copy: &ErrorTally) {
    own.timed = own.timed.max(copy.timed);
    own.parting = own.parting.max(copy.parting);
}
