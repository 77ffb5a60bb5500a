//! What a call does of which no entry of the catalogue tells, by the name of the method.

use super::arguments::Arguments;
use super::classify::{Planned, Planning, runs};
use super::closing;
use super::effect::Action;
use super::written::merely_logs;
use crate::js::eval::{Reach, When, Writes};
use crate::js::value::Value;

/// Events that come in every normal life once something is set up.
const SET_UP: [&str; 12] = [
    "ready",
    "onReady",
    "open",
    "connect",
    "connected",
    "listening",
    "online",
    "init",
    "initialized",
    "start",
    "started",
    "bootstrap",
];

/// Methods that close what they are called on.
const CLOSING: [&str; 10] =
    ["close", "stop", "shutdown", "destroy", "terminate", "drain", "end", "quit", "disconnect", "dispose"];

/// Methods that take handlers of requests.
const ROUTES: [&str; 12] =
    ["get", "post", "put", "delete", "patch", "all", "use", "options", "head", "route", "createServer", "ws"];

/// Events by their names, routes by their methods; else nothing is known.
pub(super) fn by_name(arguments: &Arguments<'_>) -> Planned {
    let symbol = arguments.call.symbol;
    let method = symbol.rsplit('.').next().unwrap_or(symbol);
    if CLOSING.contains(&method)
        && (symbol.contains("()") || arguments.host.catalog.closed_connection(symbol).is_some())
    {
        return closing::close_by_name(arguments);
    }
    let functions = arguments.functions();
    if functions.is_empty() {
        return Planned::default();
    }
    let run = |when, at_most, writes| {
        let callbacks = functions.iter().map(|function| Planning { at_most, ..runs(function.clone(), when, writes) });
        Planned { callbacks: Some(callbacks.collect()), ..Planned::default() }
    };
    match method {
        "on" | "once" | "addListener" if logs_errors_of_server(arguments) => {
            Planned::of(Action::LoggedError).running([])
        }
        "on" | "once" | "addListener" | "addHook" => {
            match arguments.at(0).and_then(|event| arguments.text(event)).as_deref() {
                Some("listening" | "onListen") => run(When::Listening, Reach::Yes, Writes::Stand),
                Some(event) if SET_UP.contains(&event) => run(arguments.call.path.when, Reach::Yes, Writes::Stand),
                _ => run(When::Request, Reach::Maybe, Writes::Possible).given("what an event brings is not known"),
            }
        }
        _ if ROUTES.contains(&method) && symbol.contains(['.', '(']) => {
            run(When::Request, Reach::Maybe, Writes::Possible)
        }
        "register" => Planned::default().running(functions.iter().map(|plugin| registered(arguments, plugin))),
        "after" | "ready" => run(arguments.call.path.when, Reach::Yes, Writes::Stand),
        _ => Planned::default(),
    }
}

/// `app.register(plugin, options)`: the plugin is given the application and the options.
fn registered(arguments: &Arguments<'_>, plugin: &Value) -> Planning {
    let call = arguments.call;
    let options = call.arguments.get(1).cloned();
    let given = std::iter::once(call.receiver.clone()).chain(options);
    let given = given.chain([Value::further("what a library gives its callback is not known")]).collect();
    Planning { arguments: given, ..runs(plugin.clone(), call.path.when, Writes::Stand) }
}

/// `server.on('error', handler)` with a handler that does nothing but log. The application of a framework has an event of that
/// name too: Koa's is about requests, and none hears of its server.
fn logs_errors_of_server(arguments: &Arguments<'_>) -> bool {
    let is_error = arguments.at(0).and_then(Value::as_str) == Some("error");
    let catalog = arguments.libraries();
    let is_server = |object: &str| {
        let canonical = catalog.canonical(object);
        (object.ends_with("listen()") || canonical.ends_with("createServer()"))
            && catalog.listen(&format!("{canonical}.listen")).is_some()
    };
    is_error
        && arguments.call.symbol.rsplit_once('.').is_some_and(|(object, _)| is_server(object))
        && arguments.last_function().is_some_and(|handler| merely_logs(arguments, &handler))
}
