//! The forms that lines of apps have: dates in any format, loggers, and one around the other.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be written has failed")]

use std::sync::Arc;

use pm2lint::archive::{self, LoggedError, Sources, Timeline};

/// PM2's words on a worker that ended at the time of all errors here.
const END: &str = "2026-04-03T08:01:02: PM2 log: App [api:0] starting in -fork mode-\n\
    2026-04-03T08:01:02: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]\n";

/// Scans an archive with these lines in the error log of `api`, and PM2's list of it, if there is one.
fn scan(lines: &str, list: Option<&str>, formats: &[(Arc<str>, Arc<str>)]) -> Timeline {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("pm2.log", END);
    write("api-error-0.log", lines);
    list.into_iter().for_each(|list| write("dump.pm2", list));
    archive::scan(&Sources { logs: &[folder.path().to_owned()], formats, ..Sources::default() }, &[])
}

fn only(timeline: Timeline) -> LoggedError {
    let [error] = &timeline.errors[..] else { panic!("{:?}", timeline.errors) };
    error.clone()
}

fn first(error: &LoggedError) -> Option<String> {
    error.first.map(|time| time.to_string())
}

#[test]
fn a_date_is_read_as_the_list_or_the_process_file_says() {
    for (format, date) in [
        ("DD/MM/YYYY HH:mm:ss", "03/04/2026 08:01:02"),
        ("MM/DD/YYYY h:mm:ss a", "04/03/2026 8:01:02 am"),
        ("dddd, MMMM Do YYYY, HH:mm:ss", "Friday, April 3rd 2026, 08:01:02"),
        ("[on] D.M.YY [at] HH[h]mm:ss", "on 3.4.26 at 08h01:02"),
    ] {
        let lines = format!("{date}: Error: boom\n{date}:     at f (/srv/api.js:1:2)\n");
        let list = serde_json::json!([{ "name": "api", "pm_id": 0, "pm2_env": { "log_date_format": format } }]);
        for (from, timeline) in [
            ("list", scan(&lines, Some(&list.to_string()), &[])),
            ("process file", scan(&lines, None, &[("api".into(), format.into())])),
        ] {
            let error = only(timeline);
            assert_eq!(first(&error).as_deref(), Some("2026-04-03T08:01:02"), "{format} of the {from}");
            assert_eq!(&*error.error.message, "boom", "{format} of the {from}");
            assert!(error.uncaught.is_some(), "{format} of the {from}");
        }
    }
}

/// What a logger prints was handled, whatever ended right after.
#[test]
fn errors_of_loggers_are_found_and_are_no_ends() {
    let stack = r"Error: boom\n    at f (/srv/api.js:1:2)";
    let plain = "    at f (/srv/api.js:1:2)";
    let json = |text: String| serde_json::to_string(&text).unwrap();
    let pino = format!(
        r#"{{"level":50,"time":1775203262000,"pid":7,"hostname":"web","err":{{"type":"Error","message":"boom","stack":"{stack}"}},"msg":"boom"}}"#
    );
    for (name, lines) in [
        ("pino", pino.clone()),
        (
            "bunyan",
            format!(
                r#"{{"name":"api","hostname":"web","pid":7,"level":50,"err":{{"message":"boom","name":"Error","stack":"{stack}"}},"msg":"boom","time":"2026-04-03T08:01:02.000Z","v":0}}"#
            ),
        ),
        (
            "winston",
            format!(r#"{{"level":"error","message":"boom","stack":"{stack}","timestamp":"2026-04-03T08:01:02.000Z"}}"#),
        ),
        ("log4js", format!("[2026-04-03T08:01:02.001] [ERROR] api - Error: boom\n{plain}")),
        (
            "PM2's date before log4js's",
            format!(
                "2026-04-03T08:01:02: [2026-04-03T08:01:02.001] [ERROR] api - Error: boom\n2026-04-03T08:01:02: {plain}"
            ),
        ),
        ("PM2's date before pino", format!("2026-04-03T08:01:02: {pino}")),
        (
            "PM2's JSON around pino",
            format!(
                r#"{{"message":{},"timestamp":"2026-04-03T08:01:02.003Z","type":"err","process_id":0,"app_name":"api"}}"#,
                json(format!("{pino}\n"))
            ),
        ),
    ] {
        let error = only(scan(&(lines + "\n"), None, &[]));
        assert_eq!((&*error.error.message, error.error.frames.len(), error.count), ("boom", 1, 1), "{name}");
        assert!(first(&error).is_some_and(|time| time.starts_with("2026-04-03T08:01:02")), "{name}: {error:?}");
        assert_eq!(error.uncaught, None, "{name}");
    }
}
