//! A memory limit that the heap cannot reach.

use super::quantity::bytes;
use super::same_cause::add;
use crate::checkout::Place;
use crate::ecosystem::Ecosystem;
use crate::finding::{Confidence, Finding, Severity};
use crate::pm2::{EnvValue, Launch, Mode, Runtime};

const RULE: &str = "memory-limit-above-heap";

const MIB: u64 = 1 << 20;

/// What a process has beside its heap, in MiB: code, stacks, buffers. An empty one has 54 (measured on Node 20), an app more.
const OUTSIDE: u64 = 100;

/// What V8 adds to `--max-old-space-size` for young objects, in MiB, on Node 20 and on Node 24 (measured).
const YOUNG: [u64; 2] = [48, 192];

/// What V8 takes by default, in MiB, on a host with 16 GiB or more; on a smaller one it is less.
const LARGEST_DEFAULT: u64 = 4144;

pub(super) fn check(ecosystem: &Ecosystem, findings: &mut Vec<Finding>) {
    for (app, launch) in ecosystem.launches() {
        let Some(limit) = launch.max_memory_restart.as_ref().filter(|_| has_heap(launch)) else { continue };
        let heap = heap_limit(launch);
        let Some(confidence) = confidence(limit.value, heap.mib * MIB) else { continue };
        let size = match &heap.place {
            Some(_) => format!("`--max-old-space-size={}`", heap.mib),
            None => format!("V8's default, {} MiB at most", heap.mib),
        };
        let message = format!(
            "the heap ends before this limit of {} is reached ({size}): the process aborts with `heap out of memory` and drops its requests \
             where PM2 would have restarted it in good order",
            bytes(limit.value)
        );
        add(
            findings,
            Finding::new(RULE, Severity::Warning, message)
                .at(app.place_or_entry(limit.place.as_ref()), "not reached")
                .scope(format!("apps.{}.max_memory_restart", app.name))
                .related(heap.place, "the heap ends here")
                .help(format!(
                    "set `max_memory_restart` below the heap's limit ({} MiB or so), or raise the heap's with \
                     `node_args: '--max-old-space-size=…'`",
                    heap.mib / 5 * 4
                ))
                .confidence(confidence.min(limit.confidence()))
                .app(app.reference_in(launch)),
        );
    }
}

/// What runs it is Node, so that V8 bounds its memory.
fn has_heap(launch: &Launch) -> bool {
    launch.mode == Mode::Cluster || matches!(launch.interpreter.runtime, Runtime::Node | Runtime::NodeLoader)
}

/// What bounds the heap.
struct HeapLimit {
    mib: u64,
    /// What sets it; `None`: V8's default.
    place: Option<Place>,
}

/// NODE_OPTIONS works in fork mode only: in a cluster the worker's options are those of the daemon.
fn heap_limit(launch: &Launch) -> HeapLimit {
    if let Some(mib) = old_space(launch.node_args.value.iter().map(|word| &**word)) {
        return HeapLimit { mib, place: launch.node_args.place.clone() };
    }
    let options = launch.variable("NODE_OPTIONS").filter(|_| launch.mode == Mode::Fork);
    let text = options.and_then(|variable| match &variable.value {
        EnvValue::Known(text) => Some((text, variable.place.clone())),
        EnvValue::Unknown(_) | EnvValue::Filled(_) => None,
    });
    match text.and_then(|(text, place)| Some((old_space(text.split_whitespace())?, place))) {
        Some((mib, place)) => HeapLimit { mib, place },
        None => HeapLimit { mib: LARGEST_DEFAULT, place: None },
    }
}

/// The last `--max-old-space-size` in MiB; V8 takes `_` for `-`.
fn old_space<'a>(words: impl Iterator<Item = &'a str>) -> Option<u64> {
    let words: Vec<&str> = words.flat_map(str::split_whitespace).collect();
    let mut sizes = words.iter().enumerate().filter_map(|(index, word)| {
        let flag = word.replace('_', "-");
        let rest = flag.strip_prefix("--max-old-space-size")?;
        let value = rest.strip_prefix('=').or_else(|| words.get(index + 1).copied().filter(|_| rest.is_empty()))?;
        value.parse().ok()
    });
    sizes.next_back().filter(|mib| *mib > 0)
}

/// Memory is more than the heap, by a quarter as a rule, and by what every process has; `None`: the limit is reached first.
fn confidence(limit: u64, heap: u64) -> Option<Confidence> {
    let whole = YOUNG.map(|young| heap + (young + OUTSIDE) * MIB);
    match limit {
        _ if limit > whole[1].max(heap / 4 * 5) => Some(Confidence::High),
        _ if limit > whole[0] => Some(Confidence::Medium),
        _ if limit > heap => Some(Confidence::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 512 MiB for a heap of 384 MiB was called out of reach: with young objects and all else the process comes near it on Node 20,
    /// and beyond it on Node 24.
    #[test]
    fn small_heaps_have_much_beside_them() {
        let told = |limit: u64, heap: u64| confidence(limit * MIB, heap * MIB);
        assert_eq!(told(512, 384), Some(Confidence::Low));
        assert_eq!(told(600, 384), Some(Confidence::Medium));
        assert_eq!([told(1024, 512), told(600, 48)], [Some(Confidence::High); 2]);
        assert_eq!(told(800, 1024), None);
    }

    #[test]
    fn the_last_size_counts_in_all_its_spellings() {
        let size = |text: &str| old_space([text].into_iter());
        assert_eq!(size("--max-old-space-size=300"), Some(300));
        assert_eq!(size("--inspect --max_old_space_size=300 --max-old-space-size 512"), Some(512));
        assert_eq!(size("--max-old-space-size"), None);
        assert_eq!(size("--max-old-space-size=0"), None);
        assert_eq!(size("--max-semi-space-size=64"), None);
    }
}
