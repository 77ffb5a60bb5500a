//! `suspicious-value`: a value that PM2 takes, in another unit or sense than was meant.

use super::quantity::{bytes, duration};
use super::same_cause::add;
use crate::checkout::Place;
use crate::ecosystem::{App, Ecosystem};
use crate::finding::{Finding, Severity};
use crate::pm2::{Launch, Setting};

/// Node itself takes about this much, in bytes.
const SMALLEST_PROCESS: u64 = 50 << 20;

/// Timeouts below this are seconds, in ms.
const SHORTEST_TIMEOUT: u64 = 100;

/// PM2 lets waits grow up to this, in ms. lib/God.js:522 (v7.0.4).
const LONGEST_WAIT: u64 = 15_000;

/// Looks at sizes, times and `watch` of every launch.
pub fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        let suspicions = [memory(launch), kill_timeout(launch), listen_timeout(launch), backoff(launch), watch(app)];
        for suspicion in suspicions.into_iter().flatten() {
            add(findings, suspicion.finding(app, launch));
        }
    }
}

/// A value that was hardly meant so.
struct Suspicion<'a> {
    option: &'static str,
    place: Option<&'a Place>,
    message: String,
    help: String,
}

impl Suspicion<'_> {
    fn finding(self, app: &App, launch: &Launch) -> Finding {
        Finding::new("suspicious-value", Severity::Warning, self.message)
            .at(app.place_or_entry(self.place), "hardly meant so")
            .help(self.help)
            .scope(self.option)
            .app(app.reference_in(launch))
    }
}

fn memory(launch: &Launch) -> Option<Suspicion<'_>> {
    let limit = launch.max_memory_restart.as_ref()?;
    let value = limit.value;
    (value > 0 && value < SMALLEST_PROCESS && limit.doubt.is_none()).then(|| Suspicion {
        option: "max_memory_restart",
        place: limit.place.as_ref(),
        message: format!(
            "`max_memory_restart` is {}, less than an idle Node process takes: PM2 restarts the app at every check, each 30 s; a number without a unit counts bytes",
            bytes(value)
        ),
        help: if value < 1 << 20 { format!("write `max_memory_restart: '{value}M'` if megabytes are meant") } else { "write a limit above 50 MiB".to_owned() },
    })
}

fn kill_timeout(launch: &Launch) -> Option<Suspicion<'_>> {
    too_short("kill_timeout", &launch.kill_timeout, "PM2 kills the app before it can finish anything")
}

fn listen_timeout(launch: &Launch) -> Option<Suspicion<'_>> {
    too_short("listen_timeout", &launch.listen_timeout, "no app is up by then, so that a reload does not wait for it")
}

fn too_short<'a>(option: &'static str, setting: &'a Setting<u64>, outcome: &str) -> Option<Suspicion<'a>> {
    let value = setting.value;
    (setting.is_written() && setting.doubt.is_none() && value < SHORTEST_TIMEOUT).then(|| Suspicion {
        option,
        place: setting.place.as_ref(),
        message: format!("`{option}` counts milliseconds: {value} are over at once, and {outcome}"),
        help: format!("write `{option}: {}` if seconds are meant", value * 1000),
    })
}

fn backoff(launch: &Launch) -> Option<Suspicion<'_>> {
    let first = &launch.exp_backoff;
    (first.value > LONGEST_WAIT && first.doubt.is_none()).then(|| Suspicion {
        option: "exp_backoff_restart_delay",
        place: first.place.as_ref(),
        message: format!(
            "`exp_backoff_restart_delay` is the first of waits that grow up to 15 s: from {} they shrink to 15 s and stay there",
            duration(first.value)
        ),
        help: "start lower, with 100 for instance, or write `restart_delay` for a constant wait".to_owned(),
    })
}

fn watch(app: &App) -> Option<Suspicion<'_>> {
    let watch =
        app.options.get("watch").filter(|watch| matches!(watch.value.as_str(), Some("false" | "true" | "0" | "no")))?;
    let text = watch.value.as_str().unwrap_or_default();
    Some(Suspicion {
        option: "watch",
        place: watch.place(),
        message: format!("`watch: '{text}'` is a text, which PM2 takes for a path: it watches a file called `{text}`"),
        help: format!("write `watch: {}` without quotes", text == "true"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::fixture::messages;

    #[test]
    fn units_that_were_not_meant_are_told() {
        assert!(messages(check, "max_memory_restart: 300")[0].contains("is 300 bytes"));
        assert!(messages(check, "kill_timeout: 10")[0].contains("counts milliseconds: 10"));
        assert!(messages(check, "exp_backoff_restart_delay: 30000")[0].contains("from 30 s they shrink"));
        assert!(messages(check, "watch: 'false'")[0].contains("a file called `false`"));
    }

    #[test]
    fn usual_values_are_fine() {
        assert!(messages(check, "env: { max_memory_restart: 384M }").is_empty());
        assert!(messages(check, "max_memory_restart: 300M, kill_timeout: 1600, restart_delay: 50, watch: src, exp_backoff_restart_delay: 100").is_empty());
    }
}
