//! A word on the terminal while a long reading goes on.

use std::io::{IsTerminal, Write, stderr};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use walkdir::WalkDir;

/// What takes less time needs no word.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the word changes.
const TICK: Duration = Duration::from_millis(250);

/// Does `work` on the files below `paths`. If that takes longer than a second and stderr is a terminal, it says there what goes on.
pub fn reading<'p, T>(paths: impl Iterator<Item = &'p Path>, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    let bytes = paths.map(size).sum();
    let (working, ended) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || tell(bytes, &ended));
        let result = work();
        drop(working);
        result
    })
}

/// Tells until the other end of `ended` is gone.
fn tell(bytes: u64, ended: &Receiver<()>) {
    let start = Instant::now();
    let mut patience = PATIENCE;
    while ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
        patience = TICK;
        show(&format!("reading {} of logs, {} s", readable(bytes), start.elapsed().as_secs()));
    }
    if patience == TICK {
        show("");
    }
}

/// Puts `text` in the place of what was shown before. A terminal that is gone is no reason to stop.
fn show(text: &str) {
    let _ = write!(stderr(), "\r\x1b[K{text}").and_then(|()| stderr().flush());
}

fn size(path: &Path) -> u64 {
    let files = WalkDir::new(path).into_iter().filter_map(|entry| entry.ok()?.metadata().ok());
    files.filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()).sum()
}

fn readable(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        for (bytes, text) in [(5_000, "5 kB"), (7_400_000, "7 MB"), (1_250_000_000, "1.2 GB")] {
            assert_eq!(readable(bytes), text);
        }
    }
}
