//! The change that lets a server finish before the process ends, as its own library does it.

use super::Context;
use crate::fleet::{App, Closing, Effect, Listen};

/// What closes it and then ends the process, inside a handler.
pub fn statements(app: &App<'_>, context: &Context<'_>) -> String {
    let server = Server::of(app, context);
    let name = &server.name;
    let ends = match server.closing {
        Closing::ByCallback => format!("{name}.close(() => process.exit(0))"),
        Closing::Close | Closing::Hooks => format!("await {name}.close(); process.exit(0)"),
        Closing::Stop => format!("await {name}.stop(); process.exit(0)"),
    };
    format!("`{ends}`{}", server.explained)
}

/// A handler of `signal` that does.
pub fn handler(app: &App<'_>, context: &Context<'_>, signal: &str) -> String {
    let server = Server::of(app, context);
    let name = &server.name;
    let ends = match server.closing {
        Closing::ByCallback => format!("() => {name}.close(() => process.exit(0))"),
        Closing::Close => format!("async () => {{ await {name}.close(); process.exit(0); }}"),
        Closing::Stop => format!("async () => {{ await {name}.stop(); process.exit(0); }}"),
        Closing::Hooks => {
            return format!("`{name}.enableShutdownHooks()`, with which Nest closes the app and ends the process");
        }
    };
    format!("`process.on('{signal}', {ends})`{}", server.explained)
}

/// The server of an app.
struct Server {
    /// How it is closed, as far as is known.
    closing: Closing,
    /// What the program calls it.
    name: String,
    /// What that is, where the program has no name for it.
    explained: &'static str,
}

impl Server {
    fn of(app: &App<'_>, context: &Context<'_>) -> Self {
        let mut servers = app.listens().filter(|(_, _, listen)| !listen.udp);
        let known = servers.find_map(|(effect, _, listen)| Some((effect, listen, listen.closing?)));
        let Some((effect, listen, closing)) = known else {
            return Self { closing: Closing::ByCallback, name: "server".into(), explained: "" };
        };
        let (usual, unnamed) = match closing {
            Closing::ByCallback => ("server", ", `server` being what `listen` gives"),
            Closing::Stop => ("server", ""),
            Closing::Close | Closing::Hooks => ("app", ""),
        };
        match name(effect, listen, closing, context) {
            Some(name) => Self { closing, name, explained: "" },
            None => Self { closing, name: usual.into(), explained: unnamed },
        }
    }
}

/// The name of what listens, or of what that gives.
fn name(effect: &Effect, listen: &Listen, closing: Closing, context: &Context<'_>) -> Option<String> {
    let source = context.modules.checkout().source(&effect.place.file)?;
    let before = source.text().get(..effect.place.span.start as usize)?;
    let assigned = before.trim_end().trim_end_matches("await").trim_end().strip_suffix('=');
    let call = source.slice(effect.place.span);
    let receiver = call.find(".listen(").or_else(|| call.find(".start(")).and_then(|end| call.get(..end));
    let name = match closing {
        Closing::ByCallback if assigned.is_none() && listen.call.contains("createServer()") => receiver,
        Closing::ByCallback => assigned.map(declared),
        Closing::Close | Closing::Stop | Closing::Hooks => receiver,
    };
    name.filter(|name| !name.is_empty() && last_path(name) == *name && !name.contains("exports")).map(str::to_owned)
}

/// The name that `text` ends with, or that is before a type at its end: `const server: http.Server`.
fn declared(text: &str) -> &str {
    let name = last_path(text.trim_end());
    let ahead = text.trim_end().strip_suffix(name).unwrap_or_default().trim_end();
    ahead.strip_suffix(':').map_or(name, |typed| last_path(typed.trim_end()))
}

/// The names with dots between them that `text` ends with.
fn last_path(text: &str) -> &str {
    let is_of_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    text.get(text.trim_end_matches(is_of_path).len()..).unwrap_or_default()
}
