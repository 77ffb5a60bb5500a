//! The environment of PM2's daemon, as far as images, services and scripts of the checkout set it.
//!
//! Two variables change how every app is stopped, and no process file can set them: `PM2_KILL_SIGNAL` and `PM2_KILL_TIMEOUT`
//! (`constants.js:106`, v7.0.3).

use std::sync::Arc;

use crate::checkout::{Checkout, Place, Source, Span, file_name};

/// What the daemon's environment says of stopping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daemon {
    /// The signal in place of SIGINT.
    pub kill_signal: Option<Set<Arc<str>>>,
    /// From the signal to SIGKILL in ms, for apps without `kill_timeout`.
    pub kill_timeout: Option<Set<u64>>,
}

/// A value and what sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// The line's part that sets it.
    pub place: Place,
}

impl Daemon {
    /// What the files of `checkout` set, the first in order of name where several do.
    pub fn read(checkout: &Checkout) -> Self {
        let mut daemon = Self::default();
        for file in checkout.files().iter().filter(|file| sets_variables(file)) {
            if let Some(source) = checkout.source(file) {
                daemon.add(file, &source);
            }
        }
        daemon
    }

    fn add(&mut self, file: &Arc<str>, source: &Source) {
        let signal = assignment(source.text(), "PM2_KILL_SIGNAL").filter(|(value, _)| value.starts_with("SIG"));
        let signal = signal.map(|(value, span)| Set { value: value.into(), place: Place::new(file.clone(), span) });
        self.kill_signal = self.kill_signal.take().or(signal);
        let timeout = assignment(source.text(), "PM2_KILL_TIMEOUT")
            .and_then(|(value, span)| Some(Set { value: value.parse().ok()?, place: Place::new(file.clone(), span) }));
        self.kill_timeout = self.kill_timeout.take().or(timeout);
    }
}

/// Images, compositions, services and shell scripts.
fn sets_variables(file: &str) -> bool {
    let name = file_name(file).to_ascii_lowercase();
    let is_composition = name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"));
    name.contains("dockerfile")
        || name.contains("containerfile")
        || is_composition
        || name.ends_with(".service")
        || name.ends_with(".sh")
}

/// The value given to `name` in a line that is no comment: `NAME=value`, `NAME: value`, `NAME value`, quoted or not.
fn assignment<'t>(text: &'t str, name: &str) -> Option<(&'t str, Span)> {
    text.match_indices(name).find_map(|(at, _)| {
        let line = text.get(text.get(..at)?.rfind('\n').map_or(0, |end| end + 1)..at)?;
        let rest = text.get(at + name.len()..)?;
        let value = rest.trim_start_matches(['=', ':', ' ', '"', '\'']);
        let length = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
        let value = value.get(..length).filter(|value| !value.is_empty() && !line.trim_start().starts_with('#'))?;
        let end = at + name.len() + (rest.len() - rest.trim_start_matches(['=', ':', ' ', '"', '\'']).len()) + length;
        Some((value, Span::new(u32::try_from(at).ok()?, u32::try_from(end).ok()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> Option<&str> {
        assignment(line, "PM2_KILL_SIGNAL").map(|(value, _)| value)
    }

    #[test]
    fn every_form_of_an_assignment_is_read() {
        for line in [
            "ENV PM2_KILL_SIGNAL=SIGTERM",
            "ENV A=1 PM2_KILL_SIGNAL=\"SIGTERM\" B=2",
            "ENV PM2_KILL_SIGNAL SIGTERM",
            "      PM2_KILL_SIGNAL: 'SIGTERM'",
            "      - PM2_KILL_SIGNAL=SIGTERM",
            "Environment=\"PM2_KILL_SIGNAL=SIGTERM\"",
            "PM2_KILL_SIGNAL=SIGTERM pm2 start",
        ] {
            assert_eq!(value(line), Some("SIGTERM"), "{line}");
        }
    }

    #[test]
    fn a_comment_sets_nothing() {
        assert_eq!(value("# ENV PM2_KILL_SIGNAL=SIGTERM"), None);
        assert_eq!(value("# PM2_KILL_SIGNAL=SIGTERM\nENV PM2_KILL_SIGNAL=SIGHUP"), Some("SIGHUP"));
        assert_eq!(value("ENV PM2_KILL_SIGNAL=$SIGNAL"), None);
        assert_eq!(value("PM2_KILL_SIGNAL="), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[ -~\n\u{e9}]{0,40}PM2_KILL_SIGNAL[ -~\n\u{e9}]{0,20}") {
            if let Some((value, span)) = assignment(&text, "PM2_KILL_SIGNAL") {
                assert!(text[span.start as usize..span.end as usize].ends_with(value));
            }
        }
    }
}
