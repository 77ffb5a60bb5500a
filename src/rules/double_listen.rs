//! One process that opens one port twice.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{App, Effect, Listen, Seen};
use crate::js::eval::{Reach, When};
use crate::pm2::Mode;

const RULE: &str = "double-listen";

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let listens: Vec<_> = app.listens().collect();
    for (at, (second, _, listen)) in listens.iter().enumerate() {
        let earlier = listens.get(..at).unwrap_or_default();
        let clash = earlier.iter().find_map(|(first, _, other)| {
            let (one, two) = listen.collides_with(other).then(|| in_one_worker(first, second))??;
            is_failure(one, two, listen).then_some((*first, one, two))
        });
        if let Some((first, one, two)) = clash {
            findings.push(finding(app, (first, one), (second, two), listen));
        }
    }
}

/// Both, as one worker comes to them while it starts.
fn in_one_worker<'a>(first: &'a Effect, second: &'a Effect) -> Option<(&'a Seen, &'a Seen)> {
    let both = first.seen.iter().zip(&second.seen).filter_map(|(one, two)| Some((one.as_ref()?, two.as_ref()?)));
    both.into_iter().find(|(one, two)| starts_up(one) && starts_up(two) && are_together(one, two))
}

fn starts_up(seen: &Seen) -> bool {
    seen.reach > Reach::No && matches!(seen.when, When::Load | When::Listening)
}

/// Who comes to the one comes to the other: surely, or under the same conditions.
fn are_together(one: &Seen, two: &Seen) -> bool {
    let undecided = |seen: &Seen| {
        let open = seen.guards.iter().filter(|guard| guard.outcome.is_none());
        open.map(|guard| (guard.place.clone(), guard.holds)).collect::<Vec<_>>()
    };
    let conditions = undecided(one);
    one.reach == two.reach && conditions == undecided(two) && (one.reach == Reach::Yes || !conditions.is_empty())
}

/// While the address is looked up, a second call on the same server of Node's goes unnoticed.
fn is_failure(one: &Seen, two: &Seen, listen: &Listen) -> bool {
    !is_same_server(one, two, listen) || two.when == When::Listening || listen.host.is_none()
}

fn is_same_server(one: &Seen, two: &Seen, listen: &Listen) -> bool {
    one.object.is_some() && one.object == two.object && is_nodes_own(listen)
}

/// `listen` opens the port of the object itself, where frameworks make a new server with each call.
fn is_nodes_own(listen: &Listen) -> bool {
    ["http.", "https.", "http2.", "net.", "tls."].iter().any(|module| listen.call.starts_with(module))
}

fn finding(
    app: &App<'_>,
    (first, one): (&Effect, &Seen),
    (second, seen): (&Effect, &Seen),
    listen: &Listen,
) -> Finding {
    let port = &listen.port;
    let error = match app.mode() {
        _ if is_same_server(one, seen, listen) && seen.when == When::Listening => "`ERR_SERVER_ALREADY_LISTEN`",
        Mode::Fork if is_same_server(one, seen, listen) => "`ERR_SERVER_ALREADY_LISTEN`",
        Mode::Cluster => "`bind EADDRINUSE`",
        Mode::Fork => "`listen EADDRINUSE`",
    };
    let assumed = if seen.assumed.is_empty() { Confidence::High } else { Confidence::Medium };
    Finding::new(RULE, Severity::Error, format!("{port} is opened a second time in the same process: {error}, and the process ends as it starts"))
        .at(second.place.clone(), format!("{port} again"))
        .scope(second.function.as_deref().unwrap_or_default())
        .related(Some(first.place.clone()), "opened here already")
        .help("listen in one place: export the app without listening, and let the entry listen; attach websockets to the server that `listen()` returned")
        .confidence(seen.confidence().min(assumed))
        .app(app.reference())
}
