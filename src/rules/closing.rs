//! The change that lets a server finish before the process ends, as its own library does it.

use crate::fleet::{App, Closing};

/// How the app's server is closed, as far as is known.
fn of(app: &App<'_>) -> Closing {
    let mut servers = app.listens().filter(|(_, _, listen)| !listen.udp);
    servers.find_map(|(_, _, listen)| listen.closing).unwrap_or(Closing::ByCallback)
}

/// What closes it and then ends the process, inside a handler.
pub fn statements(app: &App<'_>) -> &'static str {
    match of(app) {
        Closing::ByCallback => "`server.close(() => process.exit(0))`",
        Closing::Close | Closing::Hooks => "`await app.close(); process.exit(0)`",
        Closing::Stop => "`await server.stop(); process.exit(0)`",
    }
}

/// A handler of `signal` that does.
pub fn handler(app: &App<'_>, signal: &str) -> String {
    match of(app) {
        Closing::ByCallback => format!("`process.on('{signal}', () => server.close(() => process.exit(0)))`"),
        Closing::Close => format!("`process.on('{signal}', async () => {{ await app.close(); process.exit(0); }})`"),
        Closing::Stop => format!("`process.on('{signal}', async () => {{ await server.stop(); process.exit(0); }})`"),
        Closing::Hooks => "`app.enableShutdownHooks()`, with which Nest closes the app and ends the process".to_owned(),
    }
}
