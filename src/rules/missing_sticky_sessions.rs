//! A server whose clients need several requests at one worker, under a load balancer that knows no clients.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App};
use crate::pm2::Mode;

const RULE: &str = "missing-sticky-sessions";

pub(super) fn check(app: &App<'_>, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let has_own_port = app.listens().any(|(_, _, listen)| listen.port_per_worker);
    if app.mode() != Mode::Cluster || has_own_port || !app.shares_requests() {
        return;
    }
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::Sticky(server) = &seen.action else { continue };
        if server.by_one_connection || server.is_sticky {
            continue;
        }
        let library = server.entry.packages.first().map_or("the library", |name| &**name);
        let workers = &app.launch.workers;
        let message = format!(
            "a client of `{library}` connects with several requests, and PM2 ({workers}) gives each to the next worker: those that did not \
             begin the handshake answer 400 (`Session ID unknown`)"
        );
        let adapter = match server.has_adapter {
            true => "; the adapter carries messages between workers, not handshakes",
            false => ", with an adapter (@socket.io/redis-adapter) for what is sent to all",
        };
        let confidence = match clients_keep_to_websocket(app, context) {
            true => Confidence::Low,
            false => seen.confidence(),
        };
        findings.push(
            Finding::new(RULE, Severity::Error, message)
                .at(effect.place.clone(), "handshakes over HTTP need one worker")
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), format!("{workers} share the port"))
                .help(format!(
                    "allow websocket alone on both sides (`transports: ['websocket']`), or use @socket.io/pm2 with `setupWorker` of \
                     @socket.io/sticky{adapter}"
                ))
                .confidence(confidence)
                .app(app.reference()),
        );
    }
}

/// A file of the checkout that the server does not load, a client's, says that it keeps to websocket.
fn clients_keep_to_websocket(app: &App<'_>, context: &Context<'_>) -> bool {
    let checkout = context.modules.checkout();
    let is_page = |file: &str| [".js", ".jsx", ".ts", ".tsx", ".mjs", ".html", ".vue", ".svelte"].iter().any(|end| file.ends_with(end));
    let clients = checkout.files().iter().filter(|file| is_page(file) && !app.files.contains(file));
    clients.filter_map(|file| checkout.source(file)).any(|source| {
        let text: String = source.text().chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).collect();
        text.contains("transports:[websocket]")
    })
}
