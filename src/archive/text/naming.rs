//! How log files are named: by PM2, and by what rotates and packs them.

use super::decode::Origin;
use crate::archive::timeline::Stream;

/// What packers add to a name.
const PACKED: [&str; 5] = [".gz", ".zst", ".xz", ".bz2", ".zip"];

/// The name of an app as PM2 writes it in the names of files (Common.js:201, v7.0.3).
pub fn mangled(app: &str) -> String {
    app.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '\\') { c } else { '-' }).collect()
}

/// Reads PM2's own naming, `<name>-out-<pm_id>.log` and `<name>-error.log` (Common.js:201, God.js:208, v7.0.3).
pub(in crate::archive) fn by_name(name: &str) -> Option<(Origin, Stream)> {
    let stem = name.strip_suffix(".log")?;
    let (rest, pm_id) = match stem.rsplit_once('-') {
        Some((rest, id)) if id.parse::<u32>().is_ok() => (rest, id.parse().ok()),
        _ => (stem, None),
    };
    let (app, stream) = rest.rsplit_once('-')?;
    let stream = match stream {
        "out" => Stream::Out,
        "error" | "err" => Stream::Error,
        _ => return None,
    };
    Some((Origin { app: Some(app.into()), pm_id }, stream))
}

/// Files of one log together, the oldest first, the live one last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::archive) struct Order {
    live: String,
    age: Age,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::archive) enum Age {
    Dated(String),
    /// `.3` is older than `.2`.
    Numbered(std::cmp::Reverse<u32>),
    Live,
}

impl Order {
    /// Of a log by its path.
    pub fn of(file: &str) -> Self {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let (live, age) = rotated(name);
        Self { live: format!("{folder}/{live}"), age }
    }
}

/// The name of a log before it was rotated and packed, and its age: what pm2-logrotate (`x__2026-11-22_11-36-06.log.gz`) and
/// logrotate (`x.log.1.gz`, `x.log-20261122`) make of `x.log`.
pub(in crate::archive) fn rotated(name: &str) -> (String, Age) {
    let name = PACKED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((stem, rest)) = name.split_once("__").filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        let (date, extension) = rest.split_once('.').unwrap_or((rest, "log"));
        return (format!("{stem}.{extension}"), Age::Dated(date.into()));
    }
    if let Some((live, date)) = dated(name) {
        return (live, Age::Dated(date));
    }
    match name.rsplit_once(['.', '-']) {
        Some((live, number)) if is_number(number) && live.contains(".log") => {
            (live.into(), Age::Numbered(std::cmp::Reverse(number.parse().unwrap_or(u32::MAX))))
        }
        _ => (name.into(), Age::Live),
    }
}

/// What logrotate's `dateext` makes of `x.log`, with its `extension` or without, in the formats that are usual: `x.log-20261122`,
/// `x-20261122.log`, `x.log-2026-11-22`, `x.log-20261122-1795345968`. The live name, and the date.
fn dated(name: &str) -> Option<(String, String)> {
    let (stem, extension) = name.strip_suffix(".log").map_or((name, ""), |stem| (stem, ".log"));
    let begins = stem.match_indices(['-', '.']).map(|(at, _)| at);
    let date_at = |at: &usize| stem.get(at + 1..).is_some_and(is_date);
    let at = begins.into_iter().find(date_at)?;
    Some((format!("{}{extension}", stem.get(..at)?), stem.get(at + 1..)?.to_owned()))
}

/// Whether `text` is `20261122` or `2026-11-22`, with a time behind it or not.
fn is_date(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let number = |range: std::ops::Range<usize>| {
        digits.get(range).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u32>().ok())
    };
    let is_written = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let is_day = number(0..4).is_some_and(|year| (2010..2100).contains(&year))
        && number(4..6).is_some_and(|month| (1..=12).contains(&month))
        && number(6..8).is_some_and(|day| (1..=31).contains(&day));
    is_written && is_day && matches!(digits.len(), 8 | 10 | 14 | 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_logs_come_before_the_live_one() {
        let names =
            ["x.log", "x.log.1.gz", "x.log.10.gz", "x__2026-11-22_11-36-06.log.gz", "x__2026-11-21_00-00-00.log"];
        let mut orders: Vec<(Order, &str)> = names.iter().map(|name| (Order::of(name), *name)).collect();
        orders.sort();
        let sorted: Vec<&str> = orders.into_iter().map(|(_, name)| name).collect();
        let dated = ["x__2026-11-21_00-00-00.log", "x__2026-11-22_11-36-06.log.gz"];
        assert_eq!(sorted, [dated[0], dated[1], "x.log.10.gz", "x.log.1.gz", "x.log"]);
    }

    #[test]
    fn every_date_of_logrotate_is_known() {
        for (name, live) in [
            ("web-error.log-20261122", "web-error.log"),
            ("web-error.log-20261122.gz", "web-error.log"),
            ("web-error-0-20261122.log", "web-error-0.log"),
            ("pm2-20261122.log.gz", "pm2.log"),
            ("web-out.log-2026-11-22", "web-out.log"),
            ("web-out.log.2026-11-22", "web-out.log"),
            ("web-out.log-20261122-1795345968", "web-out.log"),
            ("web-out.log-2026112214", "web-out.log"),
        ] {
            assert_eq!(rotated(name), (live.into(), rotated(name).1), "{name}");
            assert!(matches!(rotated(name).1, Age::Dated(_)), "{name}");
        }
        for name in ["web-error-12345678.log", "web-out-3.log", "v2-20269922.log", "web-2026-error.log"] {
            assert_eq!(rotated(name), (name.into(), Age::Live), "{name}");
        }
    }

    #[test]
    fn names_tell_app_stream_and_number() {
        for (name, app, pm_id, stream) in [
            ("web-out-3.log", "web", Some(3), Stream::Out),
            ("my-out-app-error.log", "my-out-app", None, Stream::Error),
        ] {
            assert_eq!(by_name(name), Some((Origin { app: Some(app.into()), pm_id }, stream)), "{name}");
        }
        assert_eq!(by_name("errors.log"), None);
    }
}
