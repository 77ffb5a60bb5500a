//! What happened and what to do about it, in words.

use std::borrow::Cow;

use crate::archive::{
    CrashLoop, DroppedByReload, DuplicateJob, ErrorBlock, Exception, Incident, IncidentKind, ListenCall, Missing, Mode,
    Outlook, PortInUse, UnevenLoad,
};
use crate::finding::Severity;

use super::cause::Cause;
use super::known::Known;

/// A cause in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How bad.
    pub severity: Severity,
    /// What happened to which app, how often, since when and why.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Account {
    /// The account of `cause`. `None`: with what is known of the app it is nothing.
    pub fn of(cause: &Cause<'_>, known: &Known) -> Option<Self> {
        let incident = &*cause.dated();
        let name = &incident.app.as_deref().map_or("an app".to_owned(), |name| format!("`{name}`"));
        let mut account = match &incident.kind {
            IncidentKind::CrashLoop(crash) => error(crash_loop(name, crash, incident), &crash_help(crash)),
            IncidentKind::PortInUse(port) => error(port_in_use(name, port, incident), &port_help(port, known)),
            IncidentKind::UncaughtException(exception) => uncaught(name, exception, incident),
            IncidentKind::UnhandledRejection(exception) => rejected(name, exception, incident),
            IncidentKind::ForcedKill { timeout_ms } => killed(name, *timeout_ms, incident),
            IncidentKind::ReadyTimeout(timeout) => {
                // An app whose starts are quick and that is slow in reloads alone is reloaded in a way that misses its `ready`.
                let is_missed = timeout.reloads == incident.count && known.sends_ready;
                return (known.is_ready_timeout(timeout.gap_ms) && !is_missed)
                    .then(|| late(name, timeout.gap_ms, incident));
            }
            IncidentKind::MemoryRestartLoop { limit, highest } => too_large(name, *limit, *highest, incident),
            IncidentKind::OutOfMemory => error(
                format!("V8 ran out of heap and aborted {name} {}", times(incident)),
                "find what grows; if the app needs more when healthy, raise `--max-old-space-size` in `node_args`, and set `max_memory_restart` below it",
            ),
            IncidentKind::ModuleNotFound(missing) => not_found(name, missing, incident),
            IncidentKind::DroppedByReload(dropped) => return reload(name, dropped, known, incident),
            IncidentKind::DuplicateJob(job) => duplicate_job(name, job, incident),
            IncidentKind::UnevenLoad(load) => uneven_load(name, load),
            IncidentKind::WatchLoop { path } => watch_loop(name, path, incident),
        };
        for effect in &cause.effects {
            if let IncidentKind::CrashLoop(crash) = &effect.kind {
                account.message = format!("{}; {}", account.message, outcome(crash));
            }
        }
        Some(account)
    }
}

fn error(message: String, help: &str) -> Account {
    Account { severity: Severity::Error, message, help: help.to_owned() }
}

fn warning(message: String, help: &str) -> Account {
    Account { severity: Severity::Warning, message, help: help.to_owned() }
}

fn uncaught(name: &str, exception: &Exception, incident: &Incident) -> Account {
    error(
        format!("`{}` ended an instance of {name} {}{}", exception.error, times(incident), stop(&exception.stopped)),
        unreachable(&exception.error)
            .as_deref()
            .unwrap_or("mend what throws here; a handler of uncaughtException that lives on would only hide it"),
    )
}

/// `; worker 0 was not started again: PM2 calls it stopped`
fn stop(stopped: &[u32]) -> String {
    match numbered(stopped) {
        None => String::new(),
        Some(workers) if stopped.len() == 1 => format!("; {workers} was not started again: PM2 calls it stopped"),
        Some(workers) => format!("; {workers} were not started again: PM2 calls them stopped"),
    }
}

/// `workers 0, 2`
fn numbered(workers: &[u32]) -> Option<String> {
    let numbers: Vec<String> = workers.iter().map(u32::to_string).collect();
    let noun = if workers.len() == 1 { "worker" } else { "workers" };
    (!workers.is_empty()).then(|| format!("{noun} {}", numbers.join(", ")))
}

fn rejected(name: &str, exception: &Exception, incident: &Incident) -> Account {
    if exception.error.is_of_loading() {
        return error(
            format!(
                "`{}` was thrown {} while {name} was loaded: Node imports an ES module as a promise, and PM2 prints its rejection and \
                 keeps the process online, which never gets further{}",
                exception.error,
                times(incident),
                silence(&exception.silent)
            ),
            "mend what throws here; what may fail at start-up belongs in a function that ends the process: `main().catch((error) => { console.error(error); process.exit(1); })`",
        );
    }
    error(
        format!(
            "a promise of {name} was rejected {} with `{}` and nothing handled it: PM2 prints it and the process lives on, whatever was left undone{}",
            times(incident),
            exception.error,
            silence(&exception.silent)
        ),
        "handle the rejection; at start-up end the process: `main().catch((error) => { console.error(error); process.exit(1); })`",
    )
}

/// `; workers 0, 2 never printed anything to the output: ...`
fn silence(silent: &[u32]) -> String {
    numbered(silent).map_or(String::new(), |workers| {
        format!(
            "; {workers} never printed anything to the output: look whether they listen, for PM2 shows them as online"
        )
    })
}

fn killed(name: &str, timeout_ms: Option<u64>, incident: &Incident) -> Account {
    let timeout = timeout_ms.map_or("kill_timeout".to_owned(), |timeout| format!("{timeout} ms (kill_timeout)"));
    error(
        format!(
            "PM2 killed {name} with SIGKILL {}: it was still alive {timeout} after it was told to stop",
            times(incident)
        ),
        "end the process in the handler of SIGINT when its work is done, and give it the time with `kill_timeout`",
    )
}

fn late(name: &str, gap_ms: u64, incident: &Incident) -> Account {
    warning(
        format!(
            "{name} took {gap_ms} ms to come online {}: PM2 waited for `ready` until listen_timeout",
            times(incident)
        ),
        "send `ready` as soon as the server listens, or raise `listen_timeout` above the time that it needs to start",
    )
}

/// `None`: nothing shows that the app serves anybody, or PM2 waited for a `ready` and the app may have listened all the while.
fn reload(name: &str, dropped: &DroppedByReload, known: &Known, incident: &Incident) -> Option<Account> {
    let times = times(incident);
    if known.serves == Some(false) {
        return None;
    }
    match dropped.mode {
        Mode::Fork => Some(warning(
            format!(
                "a reload of {name} stopped the old process before the new one was there {times}: in fork mode it is a restart, and requests in between are refused"
            ),
            "use `exec_mode: 'cluster'`, where a reload starts the new worker first",
        )),
        Mode::Cluster if known.is_unawaited() && (dropped.listens || known.serves == Some(true)) => Some(warning(
            format!(
                "a reload of {name} stopped the old worker {times} though the new one did not listen yet: listen_timeout was over"
            ),
            "raise `listen_timeout` above the time that the app needs to start, or find out what keeps it from listening",
        )),
        Mode::Cluster => None,
    }
}

fn duplicate_job(name: &str, job: &DuplicateJob, incident: &Incident) -> Account {
    error(
        format!(
            "{} workers of {name} did the same job at the same time, {} times: `{}`",
            incident.workers.len(),
            job.ticks,
            job.text
        ),
        "run it in one worker only: `if (process.env.NODE_APP_INSTANCE === '0')`, or as an app of its own with one instance",
    )
}

fn uneven_load(name: &str, load: &UnevenLoad) -> Account {
    Account {
        severity: Severity::Info,
        message: format!(
            "worker {} of {name} got all {} requests, {} got none: PM2 spreads connections, not requests, and these came over a single one",
            load.busy,
            load.requests,
            match &load.idle[..] {
                [other] => format!("worker {other}"),
                others => format!("the {} others", others.len()),
            }
        ),
        help: "let the proxy in front open several connections (`keepalive` in nginx's upstream), or close them after some requests (`server.maxRequestsPerSocket`)".to_owned(),
    }
}

fn watch_loop(name: &str, path: &str, incident: &Incident) -> Account {
    error(
        format!(
            "PM2 restarted {name} because a watched file changed {}, each time right after the start: most often `{path}`, which the app (or what it runs) writes",
            times(incident)
        ),
        "set `watch: false` in production; where it is needed, name folders that the app does not write: `watch: ['src']`",
    )
}

fn too_large(name: &str, limit: u64, highest: u64, incident: &Incident) -> Account {
    error(
        format!(
            "PM2 restarted {name} {} because it had more than max_memory_restart: {} MiB of {} MiB at the most",
            times(incident),
            highest >> 20,
            limit >> 20
        ),
        "find what grows (a heap snapshot under load); raise `max_memory_restart` only if the app needs that much when healthy",
    )
}

fn not_found(name: &str, missing: &Missing, incident: &Incident) -> Account {
    error(
        format!("{name} could not load `{}` ({}) {}", missing.module, missing.code, times(incident)),
        "install or build it before the start, or correct the path",
    )
}

/// `14 times between 2026-03-02T02:00:11 and 2026-03-02T02:14:00`
fn times(incident: &Incident) -> String {
    let count = match incident.count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    match (incident.first, incident.last) {
        (Some(first), Some(last)) if first != last => format!("{count} between {first} and {last}"),
        (Some(first), _) => format!("{count} at {first}"),
        _ => count,
    }
}

fn outcome(crash: &CrashLoop) -> Cow<'static, str> {
    let given_up = "PM2 started it again until it gave up (errored)";
    let outcome = match (crash.outlook, crash.revived) {
        (Outlook::Open, _) => "PM2 started it again each time",
        (Outlook::GivenUp, None) => given_up,
        (Outlook::GivenUp, Some(time)) => {
            return format!("{given_up}; started anew at {time}, it has not ended by itself since").into();
        }
        (Outlook::PausesTooLong, _) => {
            "PM2 started it again each time and never gives it up: the pauses before the starts outlast min_uptime * max_restarts"
        }
        (Outlook::LivesTooLong, _) => {
            "PM2 started it again each time and never gives it up: its lives are too long to be counted against max_restarts"
        }
    };
    outcome.into()
}

fn crash_loop(name: &str, crash: &CrashLoop, incident: &Incident) -> String {
    let cause = match &crash.error {
        Some(error) => format!(": `{}`", error),
        None if crash.signal.is_some() => format!(
            ": {} ended it, and PM2 did not send that{}",
            crash.signal.as_deref().unwrap_or_default(),
            if crash.signal.as_deref() == Some("SIGKILL") { " (the kernel's out-of-memory killer does)" } else { "" }
        ),
        None if crash.mode == Some(Mode::Cluster) && crash.code != 0 => {
            format!(": it ended with code {}, as `process.exit({})` does", crash.code, crash.code)
        }
        None => String::new(),
    };
    let is_silent = cause.is_empty() && crash.mode == Some(Mode::Cluster) && crash.silent;
    let silence = if is_silent {
        ". No error was logged: in cluster mode what is thrown while the program loads leaves no trace"
    } else {
        ""
    };
    let life = crash.lifetime_ms.map_or(String::new(), |lives| format!(", each time {}", lived(lives)));
    format!("{name}: it ended by itself {}{life}{cause}; {}{silence}", times(incident), outcome(crash))
}

/// `within about a second`, `after about 5 s`, `after 1 to 3 s`: the shortest and the longest life, in ms; PM2's log has whole
/// seconds.
pub(super) fn lived((shortest, longest): (u64, u64)) -> String {
    let seconds = |ms: u64| ms as f64 / 1000.0;
    match longest {
        ..=1000 if shortest < 1000 => "within about a second".to_owned(),
        _ if shortest == longest => format!("after about {} s", seconds(longest)),
        _ => format!("after {} to {} s", seconds(shortest), seconds(longest)),
    }
}

fn crash_help(crash: &CrashLoop) -> Cow<'static, str> {
    match &crash.error {
        Some(error) => unreachable(error).map_or(
            "mend the error; PM2 gives a crashing app up only where it dies faster than `min_uptime`".into(),
            Cow::Owned,
        ),
        None if crash.clean => "if it is a job that ends when it is done, set `autorestart: false`".into(),
        None if crash.signal.is_some() => signal_help(crash.signal.as_deref().unwrap_or_default()).into(),
        None => "start the script with plain `node` and the same environment to see the error".into(),
    }
}

/// What to do where a signal ended it that PM2 did not send.
fn signal_help(signal: &str) -> &'static str {
    match signal {
        "SIGKILL" => {
            "see in the kernel's log whether it was killed for memory, in a container whether its limit was reached (exit code 137); then raise the limit, or set `max_memory_restart` below it, so that PM2 restarts it in time"
        }
        "SIGABRT" | "SIGSEGV" | "SIGBUS" | "SIGILL" | "SIGFPE" | "SIGTRAP" => {
            "native code ended it, a module's or Node's own: see the last lines of its error log and of pm2.log, and the core dump"
        }
        _ => "find what else on the host sends it that signal: a service manager, a script of the deploy, a watchdog",
    }
}

/// What to do where the error is that something else did not answer: no line of the program is wrong but the one that does not
/// expect it.
fn unreachable(error: &ErrorBlock) -> Option<String> {
    let peer =
        |call: &str| Some(error.message.split_once(call)?.1.split_whitespace().next()?.trim_end_matches([',', ';']));
    if let Some(peer) = peer("connect ECONNREFUSED ") {
        return Some(format!(
            "nothing accepts connections at {peer}: see that it runs and that the app has the right address; an app that waits and tries again needs no restart"
        ));
    }
    if let Some(host) = peer("getaddrinfo ENOTFOUND ").or_else(|| peer("getaddrinfo EAI_AGAIN ")) {
        return Some(format!(
            "the name `{host}` was not found: see that it is spelt right and that the host can resolve it"
        ));
    }
    let peer = peer("connect ETIMEDOUT ")?;
    Some(format!("{peer} did not answer: see that it runs and that no firewall is between"))
}

fn port_in_use(name: &str, port: &PortInUse, incident: &Incident) -> String {
    let address = match (&port.address, port.port) {
        (Some(address), Some(port)) => format!("{address}:{port}"),
        (None, Some(port)) => format!("port {port}"),
        (Some(path), None) => path.to_string(),
        (None, None) => "its port".to_owned(),
    };
    let who = match (port.call, port.held_by) {
        (ListenCall::Listen, Some(id)) => {
            &*format!("process {id} of the same app has it, for in fork mode each one opens the port itself")
        }
        (ListenCall::Listen, None) => "the process asked for it itself, so another process on the host has it",
        (ListenCall::Bind, _) => {
            "a cluster worker asked for it, so something outside this PM2 has it, or the same worker twice"
        }
    };
    format!("{name} could not open {address} (EADDRINUSE) {}: {who}", times(incident))
}

fn port_help(port: &PortInUse, known: &Known) -> String {
    if port.held_by.is_some() {
        return "set `exec_mode: 'cluster'`, where the instances share what they listen on, or give each its own (`increment_var: 'PORT'`)".to_owned();
    }
    if let (Some(path), None) = (&port.address, port.port) {
        return format!(
            "see who holds it: `ss -lxp | grep {path}`; if nobody does, a process that was killed left the file there: remove it before the start"
        );
    }
    let number = port.port.map_or("PORT".to_owned(), |port| port.to_string());
    let other = if known.is_many { " or another instance of the app" } else { "" };
    format!(
        "see who holds it: `ss -ltnp 'sport = :{number}'` (an old process, another app{other}); then stop that, or give one of them another port"
    )
}
