//! What PM2 would run for an app under one environment.

use std::sync::Arc;

use super::Variable;
use crate::checkout::Place;
use crate::finding::Confidence;

/// One app under one environment, with everything that PM2's rules add.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// `production` for `env_production`; `None` for the base.
    pub env_name: Option<Arc<str>>,
    /// The name in the process list and the daemon's log: with `append_env_to_name`, and overwritten by a variable `name`.
    pub name: Arc<str>,
    /// PM2's group of apps, `default` where none is given.
    pub namespace: Arc<str>,
    /// Cluster or fork.
    pub mode: Mode,
    /// Why the mode is not certain.
    pub mode_doubt: Option<Doubt>,
    /// How many processes.
    pub workers: Workers,
    /// Why that number is not certain.
    pub workers_doubt: Option<Doubt>,
    /// What runs the script in fork mode. Cluster mode always uses the daemon's node.
    pub interpreter: Interpreter,
    /// The file or command as PM2 has it after its rewriting: `bash` for a script with a space in it.
    pub script: Option<Arc<str>>,
    /// Where the script is written.
    pub script_place: Option<Place>,
    /// The whole command line that PM2 hands to `bash -c`, where it does.
    pub command_line: Option<Arc<str>>,
    /// Relative to the checkout where the process file gives a relative one or none (`""` for the root), else as written.
    /// PM2's default is the directory it is called in: the process file's is assumed.
    pub cwd: Setting<Arc<str>>,
    /// Arguments of the script.
    pub args: Setting<Vec<Arc<str>>>,
    /// Arguments of the interpreter.
    pub node_args: Setting<Vec<Arc<str>>>,
    /// The variables that the process file sets, in order: `env`, `port`, `env_<name>`.
    pub env: Vec<Variable>,
    /// There may be further variables, and why.
    pub env_open: Option<Arc<str>>,
    /// The options that the processes find as variables of their own names.
    pub attributes: Vec<Variable>,
    /// The variable that holds the number of the process.
    pub instance_var: Setting<Arc<str>>,
    /// The variable whose number grows from process to process.
    pub increment_var: Option<Setting<Arc<str>>>,
    /// From the stop signal to SIGKILL, in ms.
    pub kill_timeout: Setting<u64>,
    /// Longest wait for the app to listen or send `ready`, in ms.
    pub listen_timeout: Setting<u64>,
    /// Whether the app counts as online only after `process.send('ready')`.
    pub wait_ready: Setting<bool>,
    /// Whether the app is stopped by the message `shutdown` in place of SIGINT.
    pub shutdown_with_message: Setting<bool>,
    /// Whether the children of the app are stopped too.
    pub treekill: Setting<bool>,
    /// Whether PM2 starts the app again when it ends.
    pub autorestart: Setting<bool>,
    /// Exit codes after which it does not.
    pub stop_exit_codes: Setting<Vec<i64>>,
    /// How many unstable exits make the app `errored`.
    pub max_restarts: Setting<u64>,
    /// Uptime below which an exit is unstable, in ms.
    pub min_uptime: Setting<u64>,
    /// Wait before a crashed app starts again, in ms.
    pub restart_delay: Setting<u64>,
    /// First wait of the growing ones, in ms; 0: no growing waits.
    pub exp_backoff: Setting<u64>,
    /// Cron pattern at which the app restarts.
    pub cron_restart: Option<Setting<Arc<str>>>,
    /// Resident memory above which the app is restarted, in bytes.
    pub max_memory_restart: Option<Setting<u64>>,
    /// Whether changed files restart the app.
    pub watch: Setting<bool>,
    /// Whether all processes share the log files.
    pub merge_logs: Setting<bool>,
    /// File for stdout, stderr and both, as written; `None`: PM2's default, or no such file.
    pub out_file: Option<Setting<Arc<str>>>,
    /// See `out_file`.
    pub error_file: Option<Setting<Arc<str>>>,
    /// See `out_file`.
    pub log_file: Option<Setting<Arc<str>>>,
    /// Whether PM2 loads its monitoring into the app, which swallows unhandled rejections in fork mode.
    pub pmx: Setting<bool>,
}

/// Cluster or fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A worker of the daemon's own cluster: shares ports, runs on the daemon's node.
    Cluster,
    /// A process of its own.
    Fork,
}

impl Mode {
    /// `cluster` or `fork`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Fork => "fork",
        }
    }
}

/// How many processes an app has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workers {
    /// That many.
    Count(u32),
    /// One per CPU of the host.
    Max,
    /// All CPUs but so many, and at least one.
    AllBut(u32),
    /// What the process file makes of the number of the host's CPUs.
    OfCpus,
    /// Not known, and why.
    Unknown(Arc<str>),
}

impl Workers {
    /// The fewest that are to be reckoned with: a host has at least two CPUs, and more where some are left out.
    pub fn at_least(&self) -> u32 {
        match self {
            Self::Count(count) => *count,
            Self::Max | Self::AllBut(_) | Self::OfCpus => 2,
            Self::Unknown(_) => 1,
        }
    }

    /// Whether there is more than one, as far as [`Self::at_least`] reckons; `None` where something unknown decides.
    pub fn are_many(&self) -> Option<bool> {
        match self {
            Self::Count(count) => Some(*count > 1),
            Self::Max | Self::AllBut(_) | Self::OfCpus => Some(true),
            Self::Unknown(_) => None,
        }
    }
}

impl std::fmt::Display for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(1) => f.write_str("1 process"),
            Self::Count(count) => write!(f, "{count} processes"),
            Self::Max => f.write_str("one process per CPU"),
            Self::AllBut(1) => f.write_str("one process per CPU but one"),
            Self::AllBut(count) => write!(f, "one process per CPU but {count}"),
            Self::OfCpus => f.write_str("several processes by the number of CPUs"),
            Self::Unknown(_) => f.write_str("an unknown number of processes"),
        }
    }
}

/// What runs a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Interpreter {
    /// As written, or as PM2 derives it from the script.
    pub command: Arc<str>,
    /// What that is.
    pub runtime: Runtime,
    /// Where it is written; `None`: derived.
    pub place: Option<Place>,
}

/// What an interpreter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Node itself, of whatever version.
    Node,
    /// Node with a loader: `ts-node`, `tsx`, `babel-node`.
    NodeLoader,
    /// Bun.
    Bun,
    /// Nothing: the script is a program (`interpreter: 'none'`, or a binary).
    Program,
    /// Something that does not run JavaScript, or not as Node does: `python`, `bash`, `deno`.
    Other,
    /// Not known.
    Unknown,
}

/// A value with the place of the option that set it; no place: PM2's default.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// In force; PM2's default where the written one is not known.
    pub value: T,
    /// What set it.
    pub place: Option<Place>,
    /// Why it is not certain.
    pub doubt: Option<Doubt>,
}

/// Why a value is not certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It was computed without these environment variables, which nothing in the checkout sets.
    Assumed(Vec<Arc<str>>),
    /// It is not known before run time, and why.
    Unknown(Arc<str>),
}

impl Doubt {
    /// How sure a statement about the value can be.
    pub fn confidence(doubt: Option<&Self>) -> Confidence {
        match doubt {
            None => Confidence::High,
            Some(Self::Assumed(_)) => Confidence::Medium,
            Some(Self::Unknown(_)) => Confidence::Low,
        }
    }
}

impl<T> Setting<T> {
    /// PM2's default.
    pub fn default_of(value: T) -> Self {
        Self { value, place: None, doubt: None }
    }

    /// Whether something in the process file set it.
    pub fn is_written(&self) -> bool {
        self.place.is_some()
    }

    /// How sure a statement about the value can be.
    pub fn confidence(&self) -> Confidence {
        Doubt::confidence(self.doubt.as_ref())
    }
}

impl Launch {
    /// The script's path: relative to the checkout where neither it nor the directory is absolute, with `.` and `..` resolved.
    /// `None` where there is no script file: a command line, or no script at all.
    pub fn script_path(&self) -> Option<Arc<str>> {
        let script = self.script.as_deref().filter(|_| self.command_line.is_none())?;
        Some(self.path(script))
    }

    /// A path as PM2 sees it from the directory of the app, in the form of `script_path`.
    pub fn path(&self, path: &str) -> Arc<str> {
        super::plan::join(&self.cwd.value, path)
    }

    /// The variable of that name that the process file sets.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.env.iter().find(|variable| &*variable.name == name)
    }
}
