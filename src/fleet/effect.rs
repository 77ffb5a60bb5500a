//! What a worker does that matters under PM2.

use std::sync::Arc;

use super::message::Message;
use super::per_worker::{Child, Pool, Singleton, State, Sticky};
use crate::catalog::SinkKind;
use crate::checkout::Place;
use crate::finding::Confidence;
use crate::js::eval::{Reach, When};

/// A place in the program with an effect, and how each worker comes there.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Where.
    pub place: Place,
    /// The enclosing function.
    pub function: Option<Arc<str>>,
    /// How each worker comes there, in the order of [`super::App::workers`]; `None`: not at all.
    pub seen: Vec<Option<Seen>>,
}

/// One worker at the place of an effect.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it does there.
    pub action: Action,
    /// The object whose method does it (the server that listens): the place where it was made.
    pub object: Option<Place>,
    /// The function that will run because of it.
    pub callback: Option<Place>,
    /// Other places that belong to it.
    pub also: Vec<Place>,
    /// Whether it comes there.
    pub reach: Reach,
    /// In which part of its life.
    pub when: When,
    /// The effect whose callback this is: an index into [`super::App::effects`].
    pub cause: Option<usize>,
    /// Why it comes there only maybe, the last reason of several.
    pub doubt: Option<Doubt>,
    /// Conditions passed on the way, the last first.
    pub guards: Vec<PassedGuard>,
    /// Variables that were assumed unset on the way.
    pub assumed: Vec<Arc<str>>,
    /// Number in the order of execution of that worker.
    pub order: u32,
    /// The result is awaited at once.
    pub awaited: bool,
    /// How often execution had waited for something before.
    pub waits: u32,
    /// The calls that it had waited for, the last first; `None` where it was something else.
    pub waited_for: Vec<Option<Place>>,
    /// The failure of something before it that keeps the worker from coming here, and not from living on.
    pub failure: Option<Failure>,
}

/// Why a worker comes somewhere only maybe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// The condition, loop or call from which it goes on only maybe.
    pub place: Place,
    /// What is not known there.
    pub why: Arc<str>,
}

/// A failure after which a worker lives on without what should have followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What may fail: a library's promise that is waited for.
    pub risk: Place,
    /// The call whose promise fails with it, where there is one.
    pub call: Option<Place>,
    /// A handler is told, and does nothing about it.
    pub is_swallowed: bool,
}

/// A condition on the way to an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedGuard {
    /// The condition.
    pub place: Place,
    /// The side on which the effect is.
    pub holds: bool,
    /// What it came out as for this worker.
    pub outcome: Option<bool>,
    /// The worker's number decides it.
    pub of_instance: bool,
    /// Its number in the daemon, `pm_id`, is a part of that.
    pub of_pm_id: bool,
    /// The worker's role in a cluster decides it.
    pub of_role: bool,
    /// Whether there is a channel to a parent process decides it.
    pub of_channel: bool,
    /// Which file Node was given as the main one decides it: PM2's container, or the script itself.
    pub of_launcher: bool,
    /// What tells the process from all others, an id or the answer of a lock, decides it.
    pub of_process: bool,
    /// A variable that was assumed unset decides it.
    pub is_assumed: bool,
}

/// What happens at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A server opens a port.
    Listen(Listen),
    /// A function will run again and again, or at a time.
    Schedule(Schedule),
    /// A handler for a signal.
    Signal(Signal),
    /// A handler of the message that PM2 sends, or of the process's own events (`uncaughtException`, `exit`).
    Handler {
        /// `message`, `uncaughtException`, `exit` ...
        event: Arc<str>,
        /// The handler is a function of the program, whose effects are known.
        is_followed: bool,
        /// That function is `async`.
        is_async: bool,
    },
    /// An error is thrown and not caught by the program.
    Throw,
    /// An error is thrown and not caught by the program, if the host has no more than the checkout: why.
    MayThrow(Arc<str>),
    /// A server's `error` is handled by logging it, and nothing else.
    LoggedError,
    /// A module is asked for that is not there: as written.
    Missing(Arc<str>),
    /// `process.send('ready')`
    Ready,
    /// `process.send` of something else.
    Send(Message),
    /// The process ends.
    Exit,
    /// Beside [`Action::Exit`]: with a code other than 0.
    Failure,
    /// A server is closed, or starts to.
    Close(Close),
    /// `setTimeout`: in so many ms, if known.
    Timer(Option<Delay>),
    /// A promise that a timer settles: in so many ms, if known.
    Sleep(Option<u64>),
    /// A consumer of a queue starts to take its jobs.
    Consume,
    /// A call that is to take a lock, and takes none: why.
    LockInVain(Arc<str>),
    /// A call that is to close something, and fails.
    WrongClose(WrongClose),
    /// `cluster.fork()`
    Fork,
    /// Something that others see: a database, mail, HTTP, a file.
    Sink(SinkKind),
    /// A lock that other processes see, and that stops those that do not get it. One that merely answers is seen in the
    /// conditions on its answer: [`PassedGuard::of_process`].
    Lock,
    /// State in the memory of this process.
    State(State),
    /// A container of the program's own that requests share: where it is filled and where it is looked into is in
    /// [`Seen::also`].
    Container(Container),
    /// A server whose clients must come back to this worker.
    Sticky(Sticky),
    /// A pool of connections.
    Pool(Pool),
    /// Something of which one process alone may have one.
    Singleton(Singleton),
    /// A process that this one starts and does not wait for.
    Child(Child),
}

impl PassedGuard {
    /// The worker's number or role decides it.
    pub fn of_worker(&self) -> bool {
        self.of_instance || self.of_role
    }

    /// The worker is on the side where the effect is.
    pub fn is_passed(&self) -> bool {
        self.outcome != Some(!self.holds)
    }
}

impl Action {
    /// Its name in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Listen(_) => "listen",
            Self::Schedule(_) => "schedule",
            Self::Signal(_) | Self::Handler { .. } => "signal",
            Self::Throw => "throw",
            Self::MayThrow(_) => "may-throw",
            Self::Consume => "consume",
            Self::WrongClose(_) => "wrong-close",
            Self::Ready => "ready",
            Self::Send(_) => "send",
            Self::Exit => "exit",
            Self::Close(_) => "close",
            Self::Timer(_) | Self::Sleep(_) => "timer",
            Self::Fork => "fork",
            Self::Sink(_) => "sink",
            Self::Lock => "lock",
            Self::LockInVain(_) => "lock-in-vain",
            Self::Failure => "failure",
            Self::LoggedError => "logged-error",
            Self::Missing(_) => "missing",
            Self::State(_) => "state",
            Self::Container(_) => "container",
            Self::Sticky(_) => "sticky",
            Self::Pool(_) => "pool",
            Self::Singleton(_) => "singleton",
            Self::Child(_) => "child",
        }
    }
}

/// A server that opens a port.
#[derive(Clone, Debug, PartialEq)]
pub struct Listen {
    /// The package: `express`.
    pub library: Arc<str>,
    /// The call: `express().listen`.
    pub call: Arc<str>,
    /// Which port.
    pub port: Port,
    /// The port depends on the number of the worker.
    pub port_per_worker: bool,
    /// The address, if given and known.
    pub host: Option<Arc<str>>,
    /// Workers of a cluster share the port.
    pub shares: bool,
    /// They would, but the call says `exclusive`.
    pub is_exclusive: bool,
    /// The kernel shares the port among processes that ask for that.
    pub reuses_port: bool,
    /// A function is given that runs when it listens.
    pub has_callback: bool,
    /// The result can be awaited until it listens, and fails where it cannot.
    pub is_promised: bool,
    /// That function takes no argument: what it would be told is lost.
    pub ignores_outcome: bool,
    /// That function is called with a failure, too, and nothing is thrown.
    pub errors_to_callback: bool,
    /// How it is closed again, if that is known.
    pub closing: Option<Closing>,
    /// A datagram port.
    pub udp: bool,
    /// How long it leaves an idle HTTP connection open by default, in ms, if that is known.
    pub keep_alive_ms: Option<u32>,
}

/// How a server is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// `server.close(callback)`, of what the call gives or is made on.
    ByCallback,
    /// `await app.close()`
    Close,
    /// `await app.stop()`
    Stop,
    /// Nest's `await app.close()`, or its `app.enableShutdownHooks()`, which ends the process, too.
    Hooks,
}

impl Listen {
    /// Whether the one keeps the other from opening its port: same protocol, same port, addresses that overlap.
    pub fn collides_with(&self, other: &Self) -> bool {
        self.udp == other.udp
            && self.port.is_fixed()
            && self.port == other.port
            && !(self.port_per_worker || other.port_per_worker)
            && !(self.reuses_port && other.reuses_port)
            && overlap(self.host.as_deref(), other.host.as_deref())
    }
}

/// Whether two addresses have one in common; none, or a wildcard, is all.
fn overlap(one: Option<&str>, other: Option<&str>) -> bool {
    let is_all = |host: &str| matches!(host, "" | "0.0.0.0" | "::");
    match (one, other) {
        (None, _) | (_, None) => true,
        (Some(one), Some(other)) if is_all(one) || is_all(other) || one == other => true,
        (Some("localhost"), Some(host)) | (Some(host), Some("localhost")) => matches!(host, "127.0.0.1" | "::1"),
        _ => false,
    }
}

/// A port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// That one.
    Number(u16),
    /// A Unix socket.
    Path(Arc<str>),
    /// None given, or 0: the system chooses.
    Any,
    /// Given, but `undefined`: the system chooses.
    Undefined,
    /// `NaN`: Node throws.
    NotANumber,
    /// Not known, and why.
    Unknown(Arc<str>),
}

impl Port {
    /// The same one for all who name it so.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Path(_))
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "port {number}"),
            Self::Path(path) => write!(f, "the socket `{path}`"),
            Self::Any | Self::Undefined => f.write_str("a port that the system chooses"),
            Self::NotANumber => f.write_str("no port"),
            Self::Unknown(_) => f.write_str("the same port"),
        }
    }
}

/// A scheduled job.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The call: `node-cron.schedule`.
    pub call: Arc<str>,
    /// The cron expression or period as written, if known.
    pub when: Option<Arc<str>>,
    /// It runs once over all workers by itself.
    pub coordinated: bool,
    /// A bare timer.
    pub timer: bool,
    /// It runs once.
    pub once: bool,
    /// Nothing has started it (yet).
    pub paused: bool,
}

/// What requests share a container for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// One puts something there, and another needs it.
    Handed,
    /// They are counted in it.
    Counted,
}

/// How long a timer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// In ms.
    pub ms: u64,
    /// A variable may say otherwise; so long it is where that does not.
    pub is_default: bool,
}

/// A handler for a signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// `SIGINT`, `SIGTERM` ...
    pub name: Arc<str>,
    /// The library that installs it; `None`: `process.on`.
    pub library: Option<Arc<str>>,
    /// The handler is a function of the program, whose effects are known.
    pub is_followed: bool,
    /// It sets what other code may act on: a flag that ends a loop.
    pub leaves_word: bool,
    /// The library ends the process when the handlers are done.
    pub exits: bool,
    /// The library ends the process by itself, and closes no server but one of its own.
    pub leaves_server: bool,
    /// What keeps the library from handling it: `stopOnTerminationSignals: false`.
    pub switched_off_by: Option<Arc<str>>,
    /// The library ends the process as soon as its handlers have returned.
    pub is_immediate: bool,
    /// The library gives up waiting after so many ms.
    pub timeout_ms: Option<u64>,
}

/// A call that fails to close.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongClose {
    /// How it fails.
    pub fails: Arc<str>,
    /// What to close instead, and how.
    pub instead: Arc<str>,
}

/// The closing of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Close {
    /// The call: `http.createServer().close`.
    pub call: Arc<str>,
    /// A function is given that runs when it is closed.
    pub has_callback: bool,
    /// A function is given that never runs.
    pub is_deaf: bool,
    /// The result can be awaited until it is closed.
    pub is_promised: bool,
    /// What is closed is a server, not a connection.
    pub is_server: bool,
    /// It is closed when the call has returned.
    pub is_at_once: bool,
    /// How long it waits at most, in ms.
    pub timeout_ms: Option<u64>,
}

impl Seen {
    /// How sure it is that the worker comes there: high when every condition was decided, medium with one undecided step,
    /// low with more, or where it hangs on a variable that was assumed unset.
    pub fn confidence(&self) -> Confidence {
        certainty(&self.guards, usize::from(self.reach == Reach::Maybe))
    }

    /// The same of the outermost condition that `closes` and keeps the worker out.
    pub fn confidence_before(&self, closes: impl Fn(&PassedGuard) -> bool) -> Confidence {
        let at = self.guards.iter().rposition(|guard| closes(guard) && !guard.is_passed());
        certainty(at.and_then(|at| self.guards.get(at + 1..)).unwrap_or_default(), 0)
    }
}

/// How sure it is that a worker comes through `guards`, of which at least so many are undecided.
fn certainty(guards: &[PassedGuard], at_least: usize) -> Confidence {
    let undecided = guards.iter().filter(|guard| guard.outcome.is_none()).count();
    match undecided.max(at_least) {
        _ if guards.iter().any(|guard| guard.is_assumed) => Confidence::Low,
        0 => Confidence::High,
        1 => Confidence::Medium,
        _ => Confidence::Low,
    }
}

impl Effect {
    /// Whether any worker comes there.
    pub fn is_reached(&self) -> bool {
        self.reach() > Reach::No
    }

    /// The surest of its workers.
    pub fn reach(&self) -> Reach {
        self.seen.iter().flatten().map(|seen| seen.reach).max().unwrap_or(Reach::No)
    }

    /// The worker that comes there most surely, the first of equals.
    pub fn best(&self) -> Option<&Seen> {
        let best = self.reach();
        self.seen.iter().flatten().find(|seen| seen.reach == best)
    }

    /// How many workers come there, maybe ones too.
    pub fn worker_count(&self) -> usize {
        self.reached_by().count()
    }

    /// The workers that come there, maybe ones too, as positions in [`super::App::workers`].
    pub fn reached_by(&self) -> impl Iterator<Item = usize> {
        let reached = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.reach > Reach::No);
        self.seen.iter().enumerate().filter(move |(_, seen)| reached(seen)).map(|(index, _)| index)
    }
}
