//! Scanning logs against ripgrep searching the same literals, on generated logs, in one run:
//! `cargo bench --bench logs`. See `docs/performance.md`.
//!
//! `PM2LINT_BENCH_MB` is the size of a log (default 1024), `PM2LINT_BENCH_RUNS` how often each command runs (default 5),
//! `RG` the ripgrep to compare with (at least 15).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends there, and prints")]

mod generate;
mod run;

use std::path::{Path, PathBuf};

use generate::Kind;
use run::{Measured, best};

/// One comparison: what both tools read, on how many threads pm2lint does (ripgrep: one), and how much of ripgrep's time it may need.
struct Comparison {
    name: &'static str,
    files: Vec<PathBuf>,
    threads: u32,
    at_most: Option<f64>,
}

fn main() {
    let megabytes = setting("PM2LINT_BENCH_MB").unwrap_or(1024);
    let runs = setting("PM2LINT_BENCH_RUNS").unwrap_or(5);
    let rg = std::env::var("RG").unwrap_or_else(|_| "rg".to_owned());
    println!("{}, {megabytes} MB per log, the best of {runs} runs", run::version(&rg));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("logs");
    let patterns = generate::patterns(&folder);
    let log = |name: &str, kind, seed| generate::log(&folder.join(name), kind, megabytes << 20, seed);
    let app = log("api-error-0.log", Kind::App, 1);
    let other = log("api-error-1.log", Kind::App, 2);
    let stacks = log("worker-error-2.log", Kind::Stacks, 3);
    let daemon = log("pm2.log", Kind::Daemon, 4);
    let packed = generate::pack(&app);
    let comparisons = [
        Comparison { name: "app log", files: vec![app.clone()], threads: 2, at_most: Some(0.8) },
        Comparison { name: "the same, 1 thread", files: vec![app.clone()], threads: 1, at_most: None },
        Comparison { name: "two app logs", files: vec![app, other], threads: 2, at_most: Some(0.55) },
        Comparison { name: "app log, .gz", files: vec![packed], threads: 1, at_most: Some(0.5) },
        Comparison { name: "stacks alone", files: vec![stacks], threads: 1, at_most: None },
        Comparison { name: "pm2.log", files: vec![daemon], threads: 1, at_most: None },
    ];
    println!(
        "{:<18} {:>25} {:>25} {:>8} {:>8} {:>8}",
        "", "wall: rg  pm2lint  ratio", "busy: rg  pm2lint  ratio", "budget", "MB/s", "peak MB"
    );
    for Comparison { name, files, threads, at_most } in comparisons {
        // ripgrep searches a file on one thread; two files, too, for what a second thread is good for to be seen.
        let (theirs, ours) = best(runs, || run::ripgrep(&rg, &patterns, &files), || run::pm2lint(&files, threads));
        report(name, &theirs, &ours, at_most, files.len() as u64 * megabytes);
    }
}

fn report(name: &str, theirs: &Measured, ours: &Measured, at_most: Option<f64>, megabytes: u64) {
    let budget = at_most.map_or_else(|| "-".to_owned(), |budget| format!("{budget}"));
    let speed = megabytes as f64 / ours.seconds;
    let compared = |theirs: f64, ours: f64| format!("{theirs:>8.3}s {ours:>7.3}s {:>6.2}", ours / theirs);
    let (wall, busy) = (compared(theirs.seconds, ours.seconds), compared(theirs.busy, ours.busy));
    println!("{name:<18} {wall:>25} {busy:>25} {budget:>8} {speed:>8.0} {:>8}", ours.peak_kilobytes / 1024);
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
