//! How a run ends: the exit codes, what goes to stderr, and panics.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// The exit codes. A format never changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// A usage or settings error, or a path that does not exist.
    Usage = 2,
    /// pm2lint itself failed.
    Failed = 3,
    /// A directory was given and no app was found in any.
    NoApps = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a run ends before its result.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// How it ends.
    pub exit: Exit,
    /// What, why, and what to do.
    pub message: String,
}

impl Failure {
    /// Something the user can set right.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, message: message.into() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure { exit: Exit::Failed, message: error.to_string() }
    }
}

/// Writes `text` to stdout. A reader that has seen enough (`| head`) is no error.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure { exit: Exit::Failed, message: format!("cannot write the output: {error}") })
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr; where that is closed there is nobody to tell.
pub fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "pm2lint: {message}");
}

/// What the last panic said, from whichever thread.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs `body`; a failure or a panic in it becomes a message and an exit code.
pub fn guard(body: impl FnOnce() -> Result<Exit, Failure>) -> Exit {
    let previous = take_hook();
    set_hook(Box::new(|panic| *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string()));
    let ended = attempt(body);
    set_hook(previous);
    let failure = match ended.flatten() {
        Ok(exit) => return exit,
        Err(failure) => failure,
    };
    warn(&failure.message);
    failure.exit
}

/// Runs `body` below [`guard`]; a panic in it becomes a failure of the tool.
pub fn attempt<T>(body: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| Failure { exit: Exit::Failed, message: panic_message() })
}

fn panic_message() -> String {
    let panic = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    format!("this is a fault in pm2lint, please report it with the files it happens on\n{panic}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_of_the_tool() {
        assert_eq!(guard(|| panic!("boom")), Exit::Failed);
        assert!(panic_message().contains("boom"));
    }

    #[test]
    fn a_failure_keeps_its_code() {
        assert_eq!(guard(|| Err(Failure::usage("no such path"))), Exit::Usage);
        assert_eq!(guard(|| Ok(Exit::Findings)), Exit::Findings);
    }
}
