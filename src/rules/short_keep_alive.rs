//! A server that closes idle connections before the load balancer does.

use super::Context;
use crate::balancer::{self, Upstream};
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, Listen, Port, Seen};

const RULE: &str = "short-keep-alive";

/// The property by which a server is told how long to wait.
const LIMIT: &str = "keepAliveTimeout";

/// From this version on Node waits 65 s by itself (nodejs/node#62782).
const PATIENT_NODE: u32 = 26;

/// A server with the default limit of its library.
struct Server<'a> {
    app: &'a App<'a>,
    effect: &'a Effect,
    seen: &'a Seen,
    listen: &'a Listen,
    limit_ms: u32,
}

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if runs_patient_node(context) {
        return;
    }
    let servers: Vec<Server<'_>> = context.fleet.apps.iter().flat_map(|app| servers(app, context)).collect();
    if servers.is_empty() {
        return;
    }
    let upstreams = balancer::upstreams(context.modules.checkout());
    for server in servers {
        let patient = |upstream: &&Upstream| upstream.idle_ms >= u64::from(server.limit_ms);
        let behind = upstreams.iter().filter(patient).find_map(|upstream| Some((upstream, host_of(&server, upstream)?)));
        if let Some((upstream, host)) = behind {
            findings.push(finding(&server, upstream, host));
        }
    }
}

fn runs_patient_node(context: &Context<'_>) -> bool {
    let version = context.production.node_version.as_deref();
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= PATIENT_NODE)
}

fn servers<'a>(app: &'a App<'a>, context: &Context<'_>) -> Vec<Server<'a>> {
    let with_default = |(effect, seen, listen): (&'a Effect, &'a Seen, &'a Listen)| {
        Some(Server { app, effect, seen, listen, limit_ms: listen.keep_alive_ms? })
    };
    let servers: Vec<_> = app.listens().filter_map(with_default).collect();
    if servers.is_empty() || says(app, context) { Vec::new() } else { servers }
}

/// Whether the program says itself how long its servers wait.
fn says(app: &App<'_>, context: &Context<'_>) -> bool {
    let mut sources = app.files.iter().filter_map(|file| context.modules.checkout().source(file));
    sources.any(|source| source.text().contains(LIMIT))
}

/// The host under which `upstream` has the server's port.
fn host_of<'u>(server: &Server<'_>, upstream: &'u Upstream) -> Option<&'u str> {
    let Port::Number(own) = server.listen.port else { return None };
    upstream.servers.iter().find(|(_, port)| *port == own).map(|(host, _)| &**host)
}

fn finding(server: &Server<'_>, upstream: &Upstream, host: &str) -> Finding {
    let Server { app, effect, seen, listen, limit_ms } = server;
    let (own, other) = (limit_ms / 1000, upstream.idle_ms / 1000);
    let is_same_host = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let wanted = upstream.idle_ms + 5_000;
    Finding::new(
        RULE,
        Severity::Info,
        format!("this server closes a connection that was idle for {own} s, and nginx keeps it for {other} s: a request that nginx sends in between is answered with 502"),
    )
    .at(effect.place.clone(), format!("{} closes after {own} s by default", listen.library))
    .scope(effect.function.as_deref().unwrap_or_default())
    .related(Some(upstream.place.clone()), format!("nginx keeps it for {other} s"))
    .help(format!(
        "let nginx be the one that closes: `server.keepAliveTimeout = {}; server.headersTimeout = {};` on what `listen()` gives, or `keepalive_timeout {}s;` in the upstream",
        wanted,
        wanted + 1_000,
        own.saturating_sub(1).max(1),
    ))
    .confidence(seen.confidence())
    .at_most(if is_same_host { Confidence::High } else { Confidence::Medium })
    .app(app.reference())
}
