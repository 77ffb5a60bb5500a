//! Which error ended a worker, where the app's own words, a logger's and PM2's stand side by side.

#![allow(clippy::unwrap_used, reason = "a test whose data cannot be written has failed")]

use pm2lint::archive::{self, IncidentKind, Sources, Timeline};

/// Scans an archive of these files.
fn scan(files: &[(&str, &str)]) -> Timeline {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    archive::scan(&Sources { logs: &[folder.path().to_owned()], ..Sources::default() }, &[])
}

/// What PM2 says of lives of `app` that end at these `seconds` of one minute.
fn lives(app: &str, mode: &str, seconds: &[u32]) -> String {
    let line = |second: &u32, text: &str| format!("2026-11-22T11:12:{second:02}: PM2 log: App [{app}] {text}\n");
    let life = |second: &u32| {
        let start = line(&second.saturating_sub(1), &format!("starting in -{mode} mode-"));
        start + &line(second, "exited with code [1] via signal [SIGINT]")
    };
    seconds.iter().map(life).collect()
}

/// A line of pino of that second, or of winston's handler of uncaught exceptions.
fn logged(second: u32, milliseconds: u32, message: &str) -> String {
    let stack = format!(r"Error: {message}\n    at f (/srv/api.js:1:2)");
    format!(
        r#"{{"level":"error","time":"2026-11-22T11:12:{second:02}.{milliseconds:03}","message":"uncaughtException: {message}\n{stack}","stack":"{stack}"}}"#
    ) + "\n"
}

fn crash_error(timeline: &Timeline) -> Option<String> {
    timeline.incidents.iter().find_map(|incident| match &incident.kind {
        IncidentKind::CrashLoop(crash) => crash.error.as_ref().map(ToString::to_string),
        _ => None,
    })
}

fn rules(timeline: &Timeline) -> Vec<(&str, Option<&str>, u64)> {
    timeline.incidents.iter().map(|incident| (incident.kind.rule(), incident.app.as_deref(), incident.count)).collect()
}

/// A program that logs why it gives up and ends several times a second: the log of the daemon has whole seconds.
#[test]
fn what_a_logger_says_before_each_end_of_a_fast_loop_is_its_error() {
    let ends: Vec<u32> = (0..16).map(|life| 10 + life / 4).collect();
    let words: String = (0..16).map(|life| logged(10 + life / 4, life % 4 * 250, "no database")).collect();
    let timeline = scan(&[("pm2.log", &lives("api:0", "fork", &ends)), ("api-out.log", &words)]);
    assert_eq!(crash_error(&timeline).as_deref(), Some("Error: no database"));
    assert_eq!(timeline.errors[0].count, 16);
}

/// winston ends the process three seconds after it has logged the exception.
#[test]
fn a_logger_may_need_seconds_before_the_end() {
    let words: String = [10, 20, 30].map(|second| logged(second, 0, "no region")).concat();
    let timeline = scan(&[("pm2.log", &lives("api:0", "fork", &[13, 23, 33])), ("api-out.log", &words)]);
    assert_eq!(crash_error(&timeline).as_deref(), Some("Error: no region"));
}

#[test]
fn an_error_that_is_logged_all_the_time_ends_nobody() {
    let words: String = (10..40).map(|second| logged(second, 0, "no answer")).collect();
    let timeline = scan(&[("pm2.log", &lives("api:0", "cluster", &[13, 26, 39])), ("api-out-0.log", &words)]);
    assert_eq!(crash_error(&timeline), None);
}

/// A handler prints each error that it handles, three a second, beside an app that ends without a word.
#[test]
fn an_error_that_is_printed_all_the_time_stands_before_an_end_by_chance() {
    let dated = |second: u32| {
        format!(
            "2026-11-22T11:12:{second:02}: Error: bad body\n2026-11-22T11:12:{second:02}:     at f (/srv/api.js:1:2)\n"
        )
    };
    let words: String = (10..50).map(|second| dated(second).repeat(3)).collect();
    let daemon = lives("api:0", "fork", &[13, 26, 39]);
    for log in ["api-error.log", "all.log"] {
        let timeline = scan(&[("pm2.log", &daemon), (log, &words)]);
        assert_eq!(rules(&timeline), [("crash-loop", Some("api"), 3)], "{log}");
        assert_eq!(crash_error(&timeline), None, "{log}");
    }
}

/// Rejections end no worker; the exception does, however seldom it is beside them.
#[test]
fn an_exception_and_not_the_rejections_before_it_is_behind_a_loop() {
    let rejected = "You have triggered an unhandledRejection, you may have forgotten to catch a Promise rejection:\n\
        Error: no price\n    at f (/srv/api.js:1:2)\n";
    let thrown = "TypeError: no number\n    at g (/srv/api.js:3:4)\n";
    let words = [rejected, rejected, thrown].concat().repeat(3);
    let timeline = scan(&[("pm2.log", &lives("api:0", "cluster", &[13, 23, 33])), ("api-error-0.log", &words)]);
    assert_eq!(crash_error(&timeline).as_deref(), Some("TypeError: no number"));
}

#[test]
fn of_a_log_that_apps_share_the_error_is_the_one_that_ended() {
    let dated = |second: u32, text: &str| format!("2026-11-22 11:12:{second:02} +00:00: {text}\n");
    let error = |second: u32, text: &str| dated(second, text) + &dated(second, "    at f (/srv/a.js:1:2)");
    let words: String =
        [13, 23, 33].map(|end| error(end - 5, "Error: handled") + &error(end, "Error: feed ended")).concat();
    let daemon = lives("feed:0", "fork", &[13, 23, 33]) + &lives("beat:1", "fork", &[50]);
    let timeline = scan(&[("pm2.log", &daemon), ("all.log", &words)]);
    assert_eq!(rules(&timeline), [("crash-loop", Some("feed"), 3), ("uncaught-exception", Some("feed"), 3)]);
    assert_eq!(crash_error(&timeline).as_deref(), Some("Error: feed ended"));
}

/// A process that the app starts is ended by an exception, or somebody pastes what Node prints then: no worker ended. A port that
/// was taken no more often than the app was started is what a launcher does not notice.
#[test]
fn what_node_prints_of_the_end_of_another_process_ends_no_worker() {
    let banner = |head: &str| {
        format!(
            "node:events:502\n      throw er;\n      ^\n\n{head}\n    at f (/srv/child.js:1:2)\n\nNode.js v20.20.2\n"
        )
    };
    let (thrown, port) = (banner("Error: no page"), banner("Error: listen EADDRINUSE: address already in use :::8080"));
    let daemon = "2026-11-22T11:12:10: PM2 log: App [api:0] starting in -fork mode-\n";
    let told = |words: &str| rules(&scan(&[("pm2.log", daemon), ("api-error.log", words)])).len();
    assert_eq!((told(&thrown), told(&port.repeat(2)), told(&port)), (0, 0, 1));
    assert_eq!(rules(&scan(&[("api-error.log", &(thrown + &port))])).len(), 2, "of ends nothing is known");
}

/// Nest's logger prints the message, and below it the stack.
#[test]
fn a_message_and_its_stack_below_are_one() {
    let lines = "[Nest] 7  - 11/22/2026, 11:12:10 AM   ERROR [Boot] listen EADDRINUSE: address already in use 127.0.0.1:80\n\
        Error: listen EADDRINUSE: address already in use 127.0.0.1:80\n    at f (node:net:1:2)\n";
    let bare = "listen EADDRINUSE: address already in use 127.0.0.1:80\n";
    let daemon = lives("api:0", "fork", &[13, 23, 33]);
    for words in [lines, bare] {
        let timeline = scan(&[("pm2.log", &daemon), ("api-error.log", &words.repeat(3))]);
        let ports = rules(&timeline).into_iter().find(|(rule, ..)| *rule == "port-in-use");
        assert_eq!(ports, Some(("port-in-use", Some("api"), 3)), "{words}");
    }
}

/// Of several forked processes one got the port, and a logger alone tells of those that did not.
#[test]
fn who_holds_a_port_is_told_where_a_logger_alone_says_that_it_was_taken() {
    let words: String =
        [13, 23, 33].map(|end| logged(end, 0, "listen EADDRINUSE: address already in use :::3000")).concat();
    let holder = "2026-11-22T11:12:09: PM2 log: App [api:1] starting in -fork mode-\n";
    let daemon = holder.to_owned() + &lives("api:0", "fork", &[13, 23, 33]);
    let timeline = scan(&[("pm2.log", &daemon), ("api-out-0.log", &words)]);
    let port = timeline.incidents.iter().find_map(|incident| match &incident.kind {
        IncidentKind::PortInUse(port) => Some((port.address.as_deref(), port.port, port.held_by)),
        _ => None,
    });
    assert_eq!(port, Some((Some("::"), Some(3000), Some(1))));
}

/// After days the daemon's banner is rotated away, and with it its offset from UTC; a list of processes has the same start in UTC.
#[test]
fn without_its_banner_the_daemons_clock_is_told_by_the_list() {
    let words: String = [10, 20, 30].map(|second| logged(second, 0, "no region")).concat().replace("T11:", "T16:");
    let words = words.replace(r#"","message""#, r#"Z","message""#);
    let daemon = lives("api:0", "fork", &[10, 20, 30]);
    let started = 1_795_363_949_400_i64; // 2026-11-22T16:12:29.4Z
    let list = format!(r#"[{{"name":"api","pm_id":0,"pm2_env":{{"status":"online","pm_uptime":{started}}}}}]"#);
    let blind = scan(&[("pm2.log", &daemon), ("api-out.log", &words)]);
    assert_eq!(crash_error(&blind), None);
    let timeline = scan(&[("pm2.log", &daemon), ("api-out.log", &words), ("jlist.json", &list)]);
    assert_eq!(timeline.production.utc_offset.as_deref(), Some("-05:00"));
    assert_eq!(crash_error(&timeline).as_deref(), Some("Error: no region"));
}

/// A service manager ends the daemon and its workers at one time: some are started once more before all are gone.
#[test]
fn what_ends_while_the_daemon_ends_did_not_end_of_itself() {
    let line = |text: &str| format!("2026-11-22T11:12:10: PM2 log: {text}\n");
    let end = line("App [api:0] exited with code [1] via signal [SIGINT]");
    let start = line("App [api:0] starting in -fork mode-");
    let own = |text: &str| scan(&[("pm2.log", text)]).apps[0].workers[0].own_exits;
    let shutdown = start.clone()
        + &line("pm2 has been killed by signal, dumping process list before exit...")
        + &end
        + &start
        + &end;
    assert_eq!(own(&shutdown), 0);
    for banner in ["--- New PM2 Daemon started ------", "Launching in no daemon mode"] {
        assert_eq!(own(&(shutdown.clone() + &line(banner) + &start + &end)), 1, "{banner}");
    }
    let later = "2026-11-22T12:00:00: PM2 log: App [api:0] starting in -fork mode-\n\
        2026-11-22T12:00:00: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]\n";
    assert_eq!(own(&(shutdown + later)), 1, "the banner is not in the log");
}

/// The log of the app has no times; PM2's own has those of the ends, and its list tells whether somebody started it again.
#[test]
fn when_an_exception_without_a_time_ended_a_worker_is_told_by_the_daemon() {
    let list = r#"[{"name":"api","pm_id":0,"pm2_env":{"status":"stopped"}}]"#;
    let thrown = "Error: no route\n    at f (/srv/api.js:1:2)\n";
    let daemon = lives("api:0", "cluster", &[13]);
    let timeline = scan(&[("pm2.log", &daemon), ("api-error-0.log", thrown), ("jlist.json", list)]);
    let [incident] = &timeline.incidents[..] else { panic!("{:?}", timeline.incidents) };
    assert_eq!(incident.first.map(|time| time.to_string()).as_deref(), Some("2026-11-22T11:12:13"));
    let IncidentKind::UncaughtException(exception) = &incident.kind else { panic!("{incident:?}") };
    assert_eq!(exception.stopped, [0]);
}

/// Workers that end on purpose, with code 0 as crashed ones have in cluster mode, and an error that was handled.
#[test]
fn few_errors_do_not_explain_many_ends() {
    let handled = "Error: cache is cold\n    at f (/srv/api.js:1:2)\n";
    let daemon = lives("api:0", "cluster", &[13, 43]).replace("code [1]", "code [0]");
    assert_eq!(rules(&scan(&[("pm2.log", &daemon), ("api-error-0.log", handled)])), []);
    let thrown = handled.repeat(2);
    assert_eq!(
        rules(&scan(&[("pm2.log", &daemon), ("api-error-0.log", &thrown)])),
        [("uncaught-exception", Some("api"), 2)]
    );
}
