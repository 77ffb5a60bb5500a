//! Answers that are worked out once.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// What was worked out for a path.
pub(super) struct Memo<V>(Mutex<FxHashMap<String, V>>);

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone> Memo<V> {
    /// The value for `key`. `make` may ask the same memo for other keys, and may run twice when two threads ask at once.
    pub fn get(&self, key: &str, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return value.clone();
        }
        let value = make();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_insert(value).clone()
    }
}
