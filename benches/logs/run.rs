//! Runs a command and says how long it took, how much of that on a processor, and how much memory it had.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// One run.
pub struct Measured {
    pub seconds: f64,
    /// Of the processor, for the program and for the system (on Linux, in steps of 10 ms; 0 elsewhere).
    pub busy: f64,
    /// The largest resident set of the process.
    pub peak_kilobytes: u64,
}

impl Measured {
    /// The smaller figures of two runs.
    fn or(self, next: Self) -> Self {
        let (seconds, busy) = (self.seconds.min(next.seconds), self.busy.min(next.busy));
        Self { seconds, busy, peak_kilobytes: self.peak_kilobytes.max(next.peak_kilobytes) }
    }
}

/// The best of `runs` of each of two commands, by turns: what else the machine does concerns both.
pub fn best(runs: u64, one: impl Fn() -> Measured, other: impl Fn() -> Measured) -> (Measured, Measured) {
    let pairs = (0..runs.max(1)).map(|_| (one(), other()));
    pairs.reduce(|(one, other), next| (one.or(next.0), other.or(next.1))).unwrap()
}

/// What `rg` calls itself.
pub fn version(rg: &str) -> String {
    let output = Command::new(rg).arg("--version").output().unwrap_or_else(|error| panic!("{rg}: {error}"));
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
}

/// All lines with one of the patterns, numbered, on one thread. The output goes into a file: ripgrep stops at the first
/// match where nobody reads.
pub fn ripgrep(rg: &str, patterns: &Path, files: &[PathBuf]) -> Measured {
    let mut command = Command::new(rg);
    command.args(["--no-config", "-j1", "-n", "-F", "-f"]).arg(patterns).args(files);
    if files.iter().any(|file| file.extension().is_some_and(|extension| extension == "gz")) {
        command.arg("--search-zip");
    }
    timed(command, &[0, 1])
}

/// Everything that `pm2lint logs` says of the files.
pub fn pm2lint(files: &[PathBuf], threads: u32) -> Measured {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    command.arg("logs").args(files).env("RAYON_NUM_THREADS", threads.to_string());
    timed(command, &[0, 1])
}

fn timed(mut command: Command, expected: &[i32]) -> Measured {
    let output = std::fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("output")).unwrap();
    let (begin, busy) = (Instant::now(), busy());
    let mut child = command.stdout(output).stderr(Stdio::null()).spawn().unwrap();
    let peak = Peak::watch(child.id());
    let status = child.wait().unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    assert!(status.code().is_some_and(|code| expected.contains(&code)), "{command:?}: {status}");
    Measured { seconds, busy: self::busy() - busy, peak_kilobytes: peak.finish() }
}

/// Seconds of the processor that ended children have had: `cutime` and `cstime`, in hundredths (proc_pid_stat(5)).
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = behind_name.split(' ').skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Looks now and then how much memory a process has had (`VmHWM`, on Linux; 0 elsewhere).
struct Peak(std::thread::JoinHandle<u64>);

impl Peak {
    fn watch(pid: u32) -> Self {
        let status = format!("/proc/{pid}/status");
        Self(std::thread::spawn(move || {
            let mut peak = 0;
            while let Some(seen) = std::fs::read_to_string(&status).ok().and_then(|text| high_water(&text)) {
                peak = peak.max(seen);
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            peak
        }))
    }

    fn finish(self) -> u64 {
        self.0.join().unwrap_or(0)
    }
}

fn high_water(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
