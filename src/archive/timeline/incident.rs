//! What went wrong: incidents, and the errors that apps printed.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::{Mode, Stamp};
use super::outlook::Outlook;
use crate::finding::Evidence;

/// One thing that went wrong in one app, however often.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incident {
    /// What.
    #[serde(flatten)]
    pub kind: IncidentKind,
    /// PM2's name of the app. `None`: the archive does not tell.
    pub app: Option<Arc<str>>,
    /// The processes it happened to, sorted; outgoing workers of a reload stand under their own number.
    pub workers: Vec<u32>,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Option<Stamp>,
    /// The last time.
    pub last: Option<Stamp>,
    /// The lines that prove it, best first.
    pub evidence: Vec<Evidence>,
}

/// What went wrong, with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum IncidentKind {
    /// It ended by itself and was started again, over and over.
    CrashLoop(CrashLoop),
    /// `EADDRINUSE`.
    PortInUse(PortInUse),
    /// An exception ended a worker.
    UncaughtException(Exception),
    /// A rejected promise that nobody handled: PM2 prints it and the worker lives on.
    UnhandledRejection(Exception),
    /// SIGKILL after the kill timeout.
    ForcedKill {
        /// The kill timeout, where its line is in the log.
        timeout_ms: Option<u64>,
    },
    /// A new worker was taken for ready (or the old one stopped) without having said so. A candidate: whether the gap is the
    /// `listen_timeout`, only the process file tells.
    ReadyTimeout(ReadyTimeout),
    /// PM2 restarted it again and again for its memory.
    MemoryRestartLoop {
        /// `max_memory_restart`, in bytes.
        limit: u64,
        /// The most it had, in bytes.
        highest: u64,
    },
    /// V8 ran out of heap.
    OutOfMemory,
    /// A module could not be loaded.
    ModuleNotFound(Missing),
    /// A reload stopped the old worker before the new one served.
    DroppedByReload(DroppedByReload),
    /// Several workers did one job at the same times.
    DuplicateJob(DuplicateJob),
    /// One worker of several got all requests.
    UnevenLoad(UnevenLoad),
    /// A watched file changed right after each start, over and over: the app, or what it starts, writes it.
    WatchLoop {
        /// The path that changed most often, relative to the app's cwd.
        path: Arc<str>,
    },
}

impl IncidentKind {
    /// The id of the rule that reports it.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::CrashLoop(CrashLoop { clean: true, .. }) => "one-shot-restarted",
            Self::CrashLoop(_) => "crash-loop",
            Self::PortInUse(_) => "port-in-use",
            Self::UncaughtException(_) => "uncaught-exception",
            Self::UnhandledRejection(_) => "unhandled-rejection",
            Self::ForcedKill { .. } => "forced-kill",
            Self::ReadyTimeout(_) => "ready-timeout",
            Self::MemoryRestartLoop { .. } => "memory-restart-loop",
            Self::OutOfMemory => "out-of-memory",
            Self::ModuleNotFound(_) => "module-not-found",
            Self::DroppedByReload(_) => "dropped-by-reload",
            Self::DuplicateJob(_) => "duplicate-job",
            Self::UnevenLoad(_) => "uneven-load",
            Self::WatchLoop { .. } => "watch-in-production",
        }
    }
}

/// Own exits followed by starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrashLoop {
    /// Exits that nobody asked for, over all workers.
    pub exits: u64,
    /// The workers that PM2 gave up (`errored`), sorted.
    pub errored: Vec<u32>,
    /// The most frequent exit code. 0 is not a clean end in cluster mode.
    pub code: i32,
    /// The signal of these exits, if one ended them.
    pub signal: Option<Arc<str>>,
    /// The mode of the last start.
    pub mode: Option<Mode>,
    /// Every exit was a fork-mode exit with code 0: a script that ends and is started again.
    pub clean: bool,
    /// Shortest and longest time from start to exit, in milliseconds; PM2's log has whole seconds.
    pub lifetime_ms: Option<(u64, u64)>,
    /// Shortest and longest time from exit to the next start, in milliseconds.
    pub pause_ms: Option<(u64, u64)>,
    /// Whether PM2 gave it up, or ever will.
    pub outlook: Outlook,
    /// When what PM2 had given up was started anew, if none of it has ended by itself since.
    pub revived: Option<Stamp>,
    /// The script, where PM2 named it.
    pub script: Option<Arc<str>>,
    /// Its log of errors was read, and there is none in it.
    pub silent: bool,
    /// The error that its log shows for these exits, where there is one. In cluster mode one thrown while loading leaves none.
    pub error: Option<Arc<ErrorBlock>>,
}

/// An address that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortInUse {
    /// The address as printed; `None`: all.
    pub address: Option<Arc<str>>,
    /// The port; `None`: a socket path or pipe, which is then `address`.
    pub port: Option<u16>,
    /// Who refused it.
    pub call: ListenCall,
    /// The process of the same app that has it: the one of several forked ones that was never refused.
    pub held_by: Option<u32>,
    /// The error, where its stack was printed.
    pub error: Option<Arc<ErrorBlock>>,
}

/// Which of Node's two texts an `EADDRINUSE` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ListenCall {
    /// `listen EADDRINUSE`: the process asked the system itself (fork mode, `exclusive`, a child process).
    Listen,
    /// `bind EADDRINUSE`: a cluster worker asked its primary.
    Bind,
}

/// An error with its effect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exception {
    /// What was printed.
    pub error: Arc<ErrorBlock>,
    /// Why it is held for uncaught, or unhandled.
    pub proof: Proof,
    /// Of those it happened to, the workers that live on and have never printed anything to their output, sorted: they may be
    /// online without listening.
    pub silent: Vec<u32>,
    /// Those of them that ended and that the saved list calls stopped, sorted: PM2 did not start them again.
    pub stopped: Vec<u32>,
}

/// What proves that an error was not caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// PM2's or Node's own words stand around it.
    Printed,
    /// The worker ended within the second.
    Timed,
    /// The worker has as many own exits as its log has such errors; the log has no times.
    Counted,
    /// The code at its place drops the promise that it rejects.
    Dropped,
}

/// A start that was slow to be ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReadyTimeout {
    /// The longest time from `starting` to `online` (or to the stop of the old worker), in milliseconds, in whole seconds.
    pub gap_ms: u64,
    /// The shortest such time.
    pub shortest_ms: u64,
    /// Reloads in which the old worker was stopped though the new one had not listened nor said ready.
    pub reloads: u64,
}

/// Reloads in which requests met nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DroppedByReload {
    /// Fork: PM2 cannot start the new process before it stops the old one. Cluster: the new worker had not spoken in time.
    pub mode: Mode,
    /// Other reloads show that the app listens.
    pub listens: bool,
}

/// A job that more than one worker did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DuplicateJob {
    /// What the first of them printed first.
    pub text: Arc<str>,
    /// How often several did it at one time, as far as the beginning of their output tells.
    pub ticks: u64,
}

/// Workers of which one got all requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnevenLoad {
    /// Which.
    pub busy: u32,
    /// The others, sorted.
    pub idle: Vec<u32>,
    /// How many requests it got, as far as the beginning of its output tells.
    pub requests: u64,
}

/// A module that could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The specifier, or the file of an unknown kind.
    pub module: Arc<str>,
    /// `MODULE_NOT_FOUND`, `ERR_MODULE_NOT_FOUND`, `ERR_REQUIRE_ESM`, `ERR_UNKNOWN_FILE_EXTENSION`.
    pub code: &'static str,
    /// The error, where its stack was printed.
    pub error: Option<Arc<ErrorBlock>>,
}

/// Where Node runs the body of an ES module: `node:internal/modules/esm/module_job`.
pub const ESM_LOADER: &str = "internal/modules/esm/";

/// An error as printed: head, frames, and what Node's inspector adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ErrorBlock {
    /// `TypeError`.
    pub class: Arc<str>,
    /// `ERR_X` of `Error [ERR_X]:`, or the inspector's `code: 'X'`.
    pub code: Option<Arc<str>>,
    /// The message, its first line.
    pub message: Arc<str>,
    /// The stack, innermost first, as paths were on the host.
    pub frames: Vec<Frame>,
    /// Node's `Require stack`, the file that requires first.
    pub required_by: Vec<Arc<str>>,
    /// `[cause]: ...`.
    pub cause: Option<Arc<ErrorBlock>>,
}

impl ErrorBlock {
    /// The innermost frame in the app's own code: neither Node's nor of `node_modules`.
    pub fn app_frame(&self) -> Option<&Frame> {
        self.frames.iter().find(|frame| frame.is_app())
    }

    /// Whether it was thrown by the body of an ES module, or by what the body called at once: Node ran that.
    pub fn is_of_loading(&self) -> bool {
        let mut below = self.frames.iter().skip_while(|frame| !frame.is_app()).skip_while(|frame| frame.is_app());
        below.next().is_some_and(|frame| frame.path.contains(ESM_LOADER))
    }

    /// The bytes of `line` that are its class and message; empty if it has them in other words.
    pub(in crate::archive) fn place_in(&self, line: &str) -> Range<usize> {
        let Some(at) = line.find(&*self.message) else { return 0..0 };
        let start = line.get(..at).and_then(|before| before.rfind(&*self.class)).unwrap_or(at);
        start..at + self.message.len()
    }
}

impl fmt::Display for ErrorBlock {
    /// As its first line was printed: `TypeError: x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.class.is_empty() {
            write!(f, "{}: ", self.class)?;
        }
        f.write_str(&self.message)
    }
}

/// A line of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frame {
    /// `Timeout._onTimeout`; `None` for anonymous code.
    pub function: Option<Arc<str>>,
    /// `/srv/app/server.js`, `C:\app\server.js`, `node:net`; `file://` is taken off.
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

impl Frame {
    /// Whether it lies in the app's own code.
    pub fn is_app(&self) -> bool {
        let internal = self.path.starts_with("node:") || self.path.starts_with("internal/");
        !internal && self.path.contains(['/', '\\']) && !self.path.split(['/', '\\']).any(|part| part == "node_modules")
    }
}
