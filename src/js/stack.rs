//! Room for recursion: syntax trees, and what is lowered from them, are walked by functions that call themselves.

use std::panic::resume_unwind;
use std::thread;

/// Bytes of stack in which every text that [`lower`](super::lower) accepts can be parsed, lowered and walked.
/// Only the pages that are touched cost memory.
pub const STACK_SIZE: usize = 64 << 20;

/// Runs `work` on a thread of its own with [`STACK_SIZE`] bytes of stack and waits for its value.
///
/// # Panics
/// If `work` does, and, as [`std::thread::spawn`], if the system refuses another thread.
pub fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, work);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => resume_unwind(Box::new(format!("could not start a thread: {error}"))),
        }
    })
}
