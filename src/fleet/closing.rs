//! Calls that close something, and how what a call opens is closed.

use std::sync::Arc;

use super::arguments::Arguments;
use super::classify::{Planned, runs};
use super::effect::{Action, Close, Closing, WrongClose};
use crate::catalog;
use crate::js::eval::Writes;
use crate::js::value::Taint;

/// The way to close what the call opens, by what the catalogue knows of its receiver or of its result.
pub(super) fn way(arguments: &Arguments<'_>) -> Option<Closing> {
    let (catalog, call) = (arguments.libraries(), arguments.call.symbol);
    let receiver = catalog.canonical(call.rsplit_once('.').map_or(call, |(receiver, _)| receiver));
    let awaited = |method: &str| catalog.close(&format!("{receiver}.{method}")).map(|close| close.promise);
    match (awaited("close"), awaited("stop")) {
        (Some(true), _) if catalog.shutdown(&format!("{receiver}.enableShutdownHooks")).is_some() => {
            Some(Closing::Hooks)
        }
        (Some(true), _) => Some(Closing::Close),
        (_, Some(true)) => Some(Closing::Stop),
        (Some(false), _) => Some(Closing::ByCallback),
        _ => catalog.close(&format!("{call}().close")).map(|_| Closing::ByCallback),
    }
}

/// A server closes, as the catalogue says.
pub(super) fn close(arguments: &Arguments<'_>, entry: &catalog::Close) -> Planned {
    let function = arguments.last_function();
    let action = Action::Close(Close {
        call: arguments.call.symbol.into(),
        has_callback: entry.callback && function.is_some(),
        is_deaf: false,
        is_promised: entry.promise,
        is_server: true,
        is_at_once: false,
        timeout_ms: arguments.limit(&entry.timeout, entry.timeout_ms),
    });
    Planned::of(action).running(function.map(|function| runs(function, arguments.call.path.when, Writes::Stand)))
}

/// Whether the function that is given is never called.
pub(super) fn is_unheard(arguments: &Arguments<'_>, entry: &catalog::Deaf) -> bool {
    arguments.last_function().is_some() && !arguments.any(&entry.unless)
}

/// A connection closes, and the function that is given for then is never called.
pub(super) fn close_unheard(arguments: &Arguments<'_>) -> Planned {
    let action = Action::Close(Close {
        call: arguments.call.symbol.into(),
        has_callback: false,
        is_deaf: true,
        is_promised: true,
        is_server: false,
        is_at_once: false,
        timeout_ms: None,
    });
    Planned::of(action).running([])
}

/// It fails, which ends the process, before any callback.
pub(super) fn wrong_close(entry: &catalog::WrongClose) -> Planned {
    let wrong = WrongClose { fails: entry.fails.to_string().into(), instead: entry.instead.to_string().into() };
    let actions = [Action::WrongClose(wrong), Action::Exit];
    let actions = actions.into_iter().map(|action| (action, Taint::NONE)).collect();
    Planned { actions, exits: true, ..Planned::default() }.running([])
}

/// Something that closes by its name: a connection or a job that the catalogue knows, or what may be a server.
pub(super) fn close_by_name(arguments: &Arguments<'_>) -> Planned {
    let call: Arc<str> = arguments.call.symbol.into();
    let function = arguments.last_function();
    let connection = arguments.host.catalog.closed_connection(&call);
    let action = Action::Close(Close {
        call,
        has_callback: function.is_some(),
        is_deaf: false,
        is_promised: true,
        is_server: connection.is_none() && !is_job(arguments),
        is_at_once: connection.is_some_and(|connection| connection.closes_at_once),
        timeout_ms: None,
    });
    let when = arguments.call.path.when;
    Planned::of(action).running(function.map(|function| runs(function, when, Writes::Possible)))
}

/// The method is one of a job that a call has scheduled.
fn is_job(arguments: &Arguments<'_>) -> bool {
    let job = arguments.call.symbol.rsplit_once('.').and_then(|(job, _)| job.strip_suffix("()"));
    job.is_some_and(|call| arguments.libraries().schedule(call).is_some())
}
