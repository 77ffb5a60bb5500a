//! Archives that are torn, foreign or absurd: what can be kept of them is kept, and what cannot is told.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be written has failed")]

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use pm2lint::archive::{self, EventKind, Sources, Timeline};

const CRASH: &str = "2026-11-22T11:12:44: PM2 log: App [api:0] starting in -fork mode-\n\
    2026-11-22T11:12:45: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]\n";

const ERROR: &str = "2026-11-22T11:12:45: Error: boom\n2026-11-22T11:12:45:     at f (/srv/api.js:1:2)\n";

/// Scans an archive of these files.
fn scan(files: &[(&str, &[u8])]) -> Timeline {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    scan_folder(folder.path())
}

fn scan_folder(root: &Path) -> Timeline {
    archive::scan(&Sources { logs: &[root.to_owned()], ..Sources::default() }, &[])
}

fn exits(timeline: &Timeline) -> usize {
    timeline.events.iter().filter(|event| matches!(event.kind, EventKind::Exited { .. })).count()
}

/// The messages, and how often each was printed.
fn errors(timeline: &Timeline) -> Vec<(&str, u64)> {
    timeline.errors.iter().map(|error| (&*error.error.message, error.count)).collect()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn every_encoding_tells_the_same() {
    let with_marks = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let windows = |text: &str| text.replace('\n', "\r\n").into_bytes();
    let nuls = |text: &str| text.replace('\n', "\n\0\0\0\n").into_bytes();
    for (name, encode) in [
        ("UTF-16", &utf16 as &dyn Fn(&str) -> Vec<u8>),
        ("byte order mark", &with_marks),
        ("CRLF", &windows),
        ("gzip", &packed),
    ] {
        let timeline = scan(&[("pm2.log", &encode(CRASH)), ("logs/api-error.log", &encode(ERROR))]);
        assert_eq!(exits(&timeline), 1, "{name}");
        assert_eq!(errors(&timeline), [("boom", 1)], "{name}");
        assert!(timeline.errors[0].uncaught.is_some(), "{name}");
        assert_eq!(timeline.problems, [], "{name}");
    }
    assert_eq!(exits(&scan(&[("pm2.log", &nuls(CRASH))])), 1);
}

#[test]
fn latin_1_is_read_as_such() {
    let timeline = scan(&[("logs/api-error.log", b"Error: Z\xfcrich\n    at f (/srv/api.js:1:2)\n")]);
    assert_eq!(errors(&timeline), [("Zürich", 1)]);
}

#[test]
fn of_a_torn_gzip_what_comes_before_the_tear_is_kept() {
    let noise: String = (0..20_000_u32).map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761))).collect();
    let mut torn = packed(&format!("{ERROR}fine\n{noise}"));
    torn.truncate(torn.len() / 2);
    let timeline = scan(&[("logs/api-error.log.1.gz", &torn)]);
    assert_eq!(errors(&timeline), [("boom", 1)]);
    assert!(timeline.problems[0].message.starts_with("cannot be read to its end"), "{:?}", timeline.problems);
}

#[test]
fn files_that_are_packed_otherwise_are_told() {
    let timeline = scan(&[("pm2.log", CRASH.as_bytes()), ("logs/api-error.log.zst", b"\x28\xb5\x2f\xfd rest")]);
    let [problem] = &timeline.problems[..] else { panic!("{:?}", timeline.problems) };
    assert!(problem.message.contains("packed by zstd; unpack it, or pack it by gzip"), "{}", problem.message);
}

#[test]
fn garbage_between_the_lines_loses_none_of_them() {
    let garbage: Vec<u8> = (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let between = |text: &str| [&garbage[..], b"\n", text.as_bytes(), &garbage, b"\n", text.as_bytes()].concat();
    let timeline = scan(&[("pm2.log", &between(CRASH)), ("logs/api-error.log", &between(ERROR))]);
    assert_eq!((exits(&timeline), errors(&timeline)), (2, vec![("boom", 2)]));
}

#[test]
fn a_line_without_end_hides_nothing_behind_it() {
    let endless = "x".repeat(5 << 20);
    let text = |line: &str| format!("{line}{endless}\n{line}");
    let timeline = scan(&[("pm2.log", text(CRASH).as_bytes()), ("logs/api-error.log", text(ERROR).as_bytes())]);
    assert_eq!((exits(&timeline), errors(&timeline)), (2, vec![("boom", 2)]));
}

/// Two workers that write one file, each several lines at a time: their stacks interleave.
#[test]
fn of_interleaved_stacks_no_error_is_lost() {
    let error = "2026-11-22T11:12:45: Error: boom\n2026-11-22T11:12:45: TypeError: y\n\
        2026-11-22T11:12:45:     at f (/srv/api.js:1:2)\n2026-11-22T11:12:45:     at g (/srv/other.js:3:4)\n\
        2026-11-22T11:12:45:     at h (/srv/api.js:5:6)\n";
    let timeline = scan(&[("logs/api-error.log", format!("{error}fine\n{error}").as_bytes())]);
    let told: u64 = timeline.errors.iter().map(|error| error.count).sum();
    assert!(timeline.errors.iter().any(|error| &*error.error.message == "y" && error.count == 2), "{timeline:?}");
    assert!((2..=4).contains(&told), "{:?}", errors(&timeline));
    let within = "Error: boom\n    at f (/srv/api.js:1:2)\nTypeError: y\n    at g (/srv/other.js:3:4)\n    at h (/srv/api.js:5:6)\n";
    let timeline = scan(&[("logs/api-error.log", within.as_bytes())]);
    assert_eq!(errors(&timeline), [("boom", 1), ("y", 1)]);
}

/// Of an error that is printed often, the first and the last times are kept, and all are counted.
#[test]
fn the_first_and_the_last_times_of_an_error_are_kept() {
    let text: String = (0..50)
        .map(|n| format!("2026-11-22T11:{n:02}:00: Error: order {n} failed\n2026-11-22T11:{n:02}:00:     at f (/srv/api.js:1:2)\n"))
        .collect();
    let timeline = scan(&[("logs/api-error.log", text.as_bytes())]);
    let [error] = &timeline.errors[..] else { panic!("{:?}", errors(&timeline)) };
    let texts = |kept: &[archive::Occurrence]| -> Vec<(u64, String)> {
        kept.iter().map(|one| (one.source.line, one.text.clone())).collect()
    };
    let expected = |numbers: [u64; 3]| numbers.map(|n| (2 * n + 1, format!("Error: order {n} failed"))).to_vec();
    assert_eq!(
        (error.count, texts(&error.earliest), texts(&error.latest)),
        (50, expected([0, 1, 2]), expected([47, 48, 49]))
    );
}

#[test]
fn a_clock_that_jumps_back_breaks_no_count() {
    let later = CRASH.replace("2026-11-22", "2026-11-23");
    let timeline = scan(&[("pm2.log", format!("{later}{CRASH}{later}").as_bytes())]);
    assert_eq!(exits(&timeline), 3);
    assert_eq!(timeline.apps[0].workers[0].own_exits, 3);
}
