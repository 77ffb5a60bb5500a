//! Pools of connections that together ask more of a server than it gives.

use super::Context;
use crate::finding::{Confidence, Finding, Severity};
use crate::fleet::{Action, App, Pool};
use crate::pm2::Workers;

const RULE: &str = "pool-times-workers";

/// Hosts that run an app with one process per CPU have often as many.
const CPUS: u32 = 8;

pub(super) fn check(app: &App<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    for (effect, seen) in app.reached().filter(|(effect, _)| app.is_repeated(effect)) {
        let Action::Pool(pool) = &seen.action else { continue };
        let Some(demand) = demand(&app.launch.workers, pool) else { continue };
        let whose = if pool.is_given { "" } else { " (its default)" };
        let message = format!(
            "each worker opens up to {} connections{whose}, {demand}, and a server with its default settings takes {}: further ones are refused",
            pool.size, pool.server_limit
        );
        let confidence = match app.launch.workers {
            Workers::Count(_) => seen.confidence().min(Confidence::Medium),
            _ => Confidence::Low,
        };
        let fitting = fitting(&app.launch.workers, pool);
        findings.push(
            Finding::new(RULE, Severity::Warning, message)
                .at(effect.place.clone(), format!("up to {} connections in every worker", pool.size))
                .scope(effect.function.as_deref().unwrap_or_default())
                .related(app.app.option_place("instances").cloned(), format!("{}", app.launch.workers))
                .help(format!(
                    "limit the pool to {fitting} (a reload runs old and new workers side by side), raise the server's limit, or put a pooler between \
                     (PgBouncer, ProxySQL)"
                ))
                .confidence(confidence)
                .app(app.reference()),
        );
    }
}

/// What the workers ask for together, where that is too much.
fn demand(workers: &Workers, pool: &Pool) -> Option<String> {
    match workers {
        Workers::Count(count) => {
            let total = count.saturating_mul(pool.size);
            (total > pool.server_limit).then(|| format!("{count} workers up to {total}"))
        }
        Workers::Max => {
            let breaks_at = pool.server_limit / pool.size.max(1) + 1;
            (pool.is_given && breaks_at <= CPUS).then(|| format!("too many from {breaks_at} CPUs on"))
        }
        Workers::AllBut(_) | Workers::OfCpus | Workers::Unknown(_) => None,
    }
}

/// The largest pool that leaves room for one more worker.
fn fitting(workers: &Workers, pool: &Pool) -> u32 {
    let count = if let Workers::Count(count) = workers { *count } else { CPUS };
    (pool.server_limit / count.saturating_add(1)).max(1)
}
