//! What container runtimes, orchestrators, syslog and the journal put around each line that a container or a unit prints.

use std::borrow::Cow;

use jiff::tz::Offset;
use serde_json::Value;

use super::cursor::{MONTHS, WEEKDAYS};
use super::stamp;
use crate::archive::timeline::{Stamp, Stream};

/// Envelopes may lie in each other: Compose around Docker's times.
const DEPTH: usize = 3;

/// A line, taken out of what it was sent in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::archive) struct Enveloped<'a> {
    /// The container, pod or unit, where it is named: one file may hold lines of several.
    pub sender: Cow<'a, str>,
    pub stream: Option<Stream>,
    pub time: Option<Stamp>,
    pub text: Cow<'a, str>,
    /// The line goes on in the sender's next one.
    pub is_partial: bool,
}

impl Enveloped<'_> {
    /// On its own.
    pub fn owned(self) -> Enveloped<'static> {
        let (sender, text) = (self.sender.into_owned().into(), self.text.into_owned().into());
        Enveloped { sender, text, ..self }
    }
}

/// Takes `line` out of all its envelopes. `None`: it lies in none.
pub(in crate::archive) fn open(line: &str) -> Option<Enveloped<'_>> {
    let mut opened = outermost(line)?;
    for _ in 1..DEPTH {
        let Cow::Borrowed(text) = opened.text else { break };
        let Some(inner) = outermost(text) else { break };
        opened = Enveloped {
            sender: if inner.sender.is_empty() { opened.sender } else { inner.sender },
            stream: inner.stream.or(opened.stream),
            time: inner.time.or(opened.time),
            ..inner
        };
    }
    Some(opened)
}

fn outermost(line: &str) -> Option<Enveloped<'_>> {
    match line.as_bytes().first()? {
        b'{' => json(line),
        b'[' => pod(line),
        b'0'..=b'9' => cri(line).or_else(|| timed(line)).or_else(|| syslog(line)).or_else(|| compose(line)),
        _ => syslog(line).or_else(|| compose(line)),
    }
}

/// Docker's `json-file` driver, and `journalctl -o json`.
fn json(line: &str) -> Option<Enveloped<'_>> {
    if !(line.contains("\"log\"") || line.contains("\"MESSAGE\"")) {
        return None;
    }
    let value: Value = serde_json::from_str(line).ok()?;
    docker(&value).or_else(|| journal(&value))
}

/// `{"log":"text\n","stream":"stdout","time":"2026-11-22T11:12:44.123456789Z"}`; lines above 16 KB come in pieces.
fn docker(value: &Value) -> Option<Enveloped<'static>> {
    let log = value.get("log")?.as_str()?;
    let stream = ["stream", "source"].iter().find_map(|key| value.get(key)?.as_str());
    let time = value.get("time").and_then(Value::as_str);
    stream.or(time)?;
    let text = log.strip_suffix('\n').unwrap_or(log);
    let sender = ["container_name", "container_id"].iter().find_map(|key| value.get(key)?.as_str());
    Some(Enveloped {
        sender: sender.unwrap_or_default().to_owned().into(),
        stream: stream.and_then(stream_of),
        time: time.and_then(stamp::parse),
        text: text.strip_suffix('\r').unwrap_or(text).to_owned().into(),
        is_partial: !log.ends_with('\n'),
    })
}

/// The journal writes a message that is no UTF-8 as an array of bytes.
fn journal(value: &Value) -> Option<Enveloped<'static>> {
    let text = match value.get("MESSAGE")? {
        Value::String(text) => text.clone(),
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            super::decode::text(&bytes).into_owned()
        }
        _ => return None,
    };
    let micros = value.get("__REALTIME_TIMESTAMP").and_then(|time| time.as_str()?.parse::<i64>().ok());
    let sender =
        ["CONTAINER_NAME", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER"].iter().find_map(|key| value.get(key)?.as_str());
    Some(Enveloped {
        sender: sender.unwrap_or_default().to_owned().into(),
        time: micros.and_then(|micros| Stamp::from_millis(micros / 1000)),
        text: text.into(),
        ..Enveloped::default()
    })
}

fn stream_of(name: &str) -> Option<Stream> {
    // With a terminal Docker calls everything `stdout`.
    match name {
        "stderr" => Some(Stream::Error),
        "stdout" => Some(Stream::Combined),
        _ => None,
    }
}

/// containerd and CRI-O: `2026-11-22T11:12:44.123456789Z stdout F text`; `P` goes on.
fn cri(line: &str) -> Option<Enveloped<'_>> {
    let mut words = line.splitn(4, ' ');
    let (time, stream, tag) = (words.next()?, words.next()?, words.next()?);
    let text = words.next().unwrap_or_default();
    let is_partial = match tag.split(':').next()? {
        "F" => false,
        "P" => true,
        _ => return None,
    };
    let (stream, time) = (Some(stream_of(stream)?), Some(stamp::parse(time)?));
    Some(Enveloped { stream, time, text: text.into(), is_partial, ..Enveloped::default() })
}

/// `docker logs -t`, `kubectl logs --timestamps`: microseconds at least, and a zone.
fn timed(line: &str) -> Option<Enveloped<'_>> {
    let (head, text) = line.split_once(' ').unwrap_or((line, ""));
    let (_, fraction) = head.split_once('.')?;
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let time = stamp::parse(head).filter(|time| digits >= 6 && time.offset.is_some())?;
    Some(Enveloped { time: Some(time), text: text.into(), ..Enveloped::default() })
}

/// `kubectl logs --prefix`: `[pod/name/container] text`.
fn pod(line: &str) -> Option<Enveloped<'_>> {
    let (name, text) = line.strip_prefix("[pod/")?.split_once("] ")?;
    let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
    is_name.then(|| Enveloped { sender: name.into(), text: text.into(), ..Enveloped::default() })
}

/// `docker compose logs`: `api-1  | text`, Compose 1: `shop_api_1 | text`; `docker service logs`: `web.1.x8k2@node1    | text`.
fn compose(line: &str) -> Option<Enveloped<'_>> {
    let (name, text) = line.split_once('|')?;
    let text = text.strip_prefix(' ').or_else(|| text.is_empty().then_some(""))?;
    let padded = name.len() > name.trim_end().len();
    let name = name.trim_end();
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@'));
    let numbered = name.rsplit_once(['-', '_']).is_some_and(|(stem, number)| {
        !stem.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    });
    let is_sender = padded && is_name && (numbered || name.contains('@'));
    is_sender.then(|| Enveloped { sender: name.into(), text: text.into(), ..Enveloped::default() })
}

/// `Nov 22 11:12:44 host node[123]: text`, as syslog and `journalctl` print it; `-o short-iso`, `short-full` and `short-unix` have
/// a whole date. Without a year there is no time, only an order.
fn syslog(line: &str) -> Option<Enveloped<'_>> {
    let without_year = short_date(line).map(|rest| (None, rest));
    let (time, rest) = without_year.or_else(|| full_date(line)).or_else(|| unix_time(line))?;
    let (host, rest) = rest.split_once(' ')?;
    let (process, text) = rest.split_once(": ").or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    let (name, pid) = process.strip_suffix(']')?.split_once('[')?;
    let is_pid = !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit());
    let is_head = !host.is_empty() && !name.is_empty() && !name.contains(char::is_whitespace);
    (is_pid && is_head).then(|| Enveloped { sender: name.into(), time, text: text.into(), ..Enveloped::default() })
}

/// `2026-11-22T11:12:44+0000 `, or `Sun 2026-11-22 11:12:44 UTC `; of other zones only the name is told.
fn full_date(line: &str) -> Option<(Option<Stamp>, &str)> {
    let day = line.split_once(' ').filter(|(day, _)| WEEKDAYS.contains(day));
    let dated = stamp::leading(day.map_or(line, |(_, rest)| rest))?;
    let is_zone = |zone: &str| zone == "UTC" || (day.is_some() && zone.bytes().all(|b| b.is_ascii_uppercase()));
    match dated.rest.split_once(' ').filter(|(zone, _)| is_zone(zone)) {
        Some(("UTC", rest)) => Some((dated.stamp.map(|stamp| Stamp { offset: Some(Offset::UTC), ..stamp }), rest)),
        Some((_, rest)) => Some((dated.stamp, rest)),
        None => Some((dated.stamp, dated.rest)),
    }
}

/// `1795345968.926123 `
fn unix_time(line: &str) -> Option<(Option<Stamp>, &str)> {
    let (time, rest) = line.split_once(' ')?;
    let (seconds, micros) =
        time.split_once('.').filter(|(seconds, micros)| seconds.len() == 10 && micros.len() == 6)?;
    let (seconds, micros): (i64, i64) = (seconds.parse().ok()?, micros.parse().ok()?);
    Some((Stamp::from_millis(seconds * 1000 + micros / 1000), rest))
}

/// What follows `Nov 22 11:12:44 ` or `Nov  2 11:12:44.123456 `.
fn short_date(line: &str) -> Option<&str> {
    let (month, rest) = line.split_at_checked(3)?;
    MONTHS.contains(&month).then_some(())?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    let (day, rest) = rest.split_once(' ')?;
    let (time, rest) = rest.split_once(' ')?;
    let is_day = matches!(day.len(), 1 | 2) && day.bytes().all(|b| b.is_ascii_digit());
    let is_time = time.len() >= 8 && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    (is_day && is_time).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_envelope_is_opened() {
        let time = Some("2026-11-22T11:12:44.123456789Z");
        for (line, sender, stream, time, text) in [
            (
                r#"{"log":"Error: x\n","stream":"stderr","time":"2026-11-22T11:12:44.123456789Z"}"#,
                "",
                Some(Stream::Error),
                time,
                "Error: x",
            ),
            ("2026-11-22T11:12:44.123456789Z stderr F Error: x", "", Some(Stream::Error), time, "Error: x"),
            ("2026-11-22T11:12:44.123456789Z Error: x", "", None, time, "Error: x"),
            ("[pod/shop-5f9c/api] Error: x", "shop-5f9c/api", None, None, "Error: x"),
            ("api-1  | Error: x", "api-1", None, None, "Error: x"),
            ("shop_api_1    | ", "shop_api_1", None, None, ""),
            ("web.1.x8k2@node1    | Error: x", "web.1.x8k2@node1", None, None, "Error: x"),
            ("api-1  | 2026-11-22T11:12:44.123456789Z Error: x", "api-1", None, time, "Error: x"),
            ("Nov  2 11:12:44 web1 pm2-runtime[812]: Error: x", "pm2-runtime", None, None, "Error: x"),
            (
                "2026-11-22T11:12:44+0000 web1 node[812]: Error: x",
                "node",
                None,
                Some("2026-11-22T11:12:44Z"),
                "Error: x",
            ),
            (
                "Sun 2026-11-22 11:12:44 UTC web1 shop.service[812]: Error: x",
                "shop.service",
                None,
                Some("2026-11-22T11:12:44Z"),
                "Error: x",
            ),
            (
                "Sun 2026-11-22 11:12:44 CET web1 pm2[812]: Error: x",
                "pm2",
                None,
                Some("2026-11-22T11:12:44"),
                "Error: x",
            ),
            ("1795345968.926123 web1 pm2[812]: Error: x", "pm2", None, Some("2026-11-22T11:12:48.926Z"), "Error: x"),
            (
                r#"{"MESSAGE":"Error: x","__REALTIME_TIMESTAMP":"1795345968926123","_SYSTEMD_UNIT":"shop.service"}"#,
                "shop.service",
                None,
                Some("2026-11-22T11:12:48.926Z"),
                "Error: x",
            ),
            (r#"{"MESSAGE":[69,114,114],"SYSLOG_IDENTIFIER":"node"}"#, "node", None, None, "Err"),
        ] {
            let (sender, text) = (sender.into(), text.into());
            let expected = Enveloped { sender, stream, time: time.and_then(stamp::parse), text, is_partial: false };
            assert_eq!(open(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn long_lines_come_in_pieces() {
        for line in [
            r#"{"log":"half","stream":"stdout","time":"2026-11-22T11:12:44.1Z"}"#,
            "2026-11-22T11:12:44.123456789Z stdout P half",
        ] {
            assert!(open(line).unwrap().is_partial, "{line}");
        }
    }

    #[test]
    fn other_lines_lie_in_no_envelope() {
        for line in [
            "",
            "a | b",
            "0|orders-a | x",
            "PM2        | x",
            "total-5 |x",
            "2026-11-22T11:12:44: PM2 log: App [a:0] online",
            "2026-11-22T11:12:44.123Z info: x",
            "[2026-11-22] x",
            r#"{"level":50,"msg":"catalog"}"#,
            "Nov 22 2026 11:12:44: x",
            "Monday: all fine",
        ] {
            assert_eq!(open(line), None, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC*", near in "(Nov |2026-11-22T11:12:44|\\.123456|Z | stdout| F | P |\\[pod/|\\] |-1 \\| |[a-z]\\[1\\]: |\\{\"log\":\"|\"\\}){0,8}") {
            open(&line);
            open(&near);
        }
    }
}
