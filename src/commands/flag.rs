//! The options of an app that the flags of a command line stand for.

use super::{Command, Flag};
use crate::checkout::{Checkout, Place, Span};
use crate::js::{Node, NodeKind};
use crate::pm2::options::{self, Spec, Type};

/// The options that short flags, and those with another name, stand for. lib/binaries/CLI.js:35 (v7.0.4).
const FLAGS: [(&str, &str); 12] = [
    ("-c", "cron_restart"),
    ("-e", "error_file"),
    ("-f", "force"),
    ("-i", "instances"),
    ("-k", "kill_timeout"),
    ("-l", "log_file"),
    ("-n", "name"),
    ("-o", "out_file"),
    ("-p", "pid_file"),
    ("-x", "execute_command"),
    ("--env", ""),
    ("--write", ""),
];

impl Flag {
    /// The option of an app that it sets, with the value: `--no-autorestart` is `autorestart: false`. `None`: it says what the
    /// command does, or no command line knows it.
    pub fn option(&self) -> Option<(&'static Spec, Node)> {
        if !self.is_known() {
            return None;
        }
        let long = self.name.trim_start_matches('-').replace('-', "_");
        let known = FLAGS.iter().find(|(name, _)| *name == &*self.name).map(|(_, option)| *option);
        let (name, is_on) = match (known, long.strip_prefix("no_")) {
            (Some(option), _) => (option, true),
            (None, Some(option)) => (option, false),
            (None, None) => (&*long, true),
        };
        let spec = options::find(name).filter(|_| self.name.starts_with("--") || known.is_some())?;
        let value = match &self.value {
            Some(value) if spec.name == "watch" => Node::new(NodeKind::Array(vec![text(value)])),
            Some(value) => text(value),
            None if spec.types.contains(&Type::Boolean) => Node::new(NodeKind::Bool(is_on)),
            None => return None,
        };
        Some((spec, value))
    }

    /// Whether PM2 heeds it where the command starts a process file: the file's own options hold against all others.
    /// lib/API.js:986 (v7.0.4), and measured there.
    pub fn counts_for_files(&self) -> bool {
        match self.option() {
            Some((spec, _)) if spec.name == "watch" => self.value.is_none(),
            Some((spec, _)) => matches!(spec.name, "cwd" | "force" | "gid" | "namespace" | "uid"),
            None => true,
        }
    }
}

impl Command {
    /// Where a word of the command stands; the whole command, where it is not written like this. `None`: the file cannot be
    /// read.
    pub fn place_of(&self, word: &str, checkout: &Checkout) -> Option<Place> {
        let whole = &self.place;
        let source = checkout.source(&whole.file)?;
        let slice = source.slice(whole.span);
        let at = slice.match_indices(word).map(|(at, _)| at).find(|at| is_word(slice, *at, word.len()));
        Some(match at.filter(|_| !word.is_empty()) {
            Some(at) => {
                let start = whole.span.start + at as u32;
                Place::new(whole.file.clone(), Span::new(start, start + word.len() as u32))
            }
            None => whole.clone(),
        })
    }
}

/// Whether nothing that belongs to a word stands round a part of the text.
fn is_word(text: &str, start: usize, length: usize) -> bool {
    let is_end =
        |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '\\' | ',' | ';'));
    let (before, rest) = text.split_at(start);
    is_end(before.chars().next_back()) && is_end(rest[length..].chars().next())
}

/// The value of a word, which a shell may fill in.
pub(super) fn text(word: &str) -> Node {
    Node::new(match word.contains(['$', '`']) || word.contains("{{") {
        true => NodeKind::Unknown("the shell decides it".into()),
        false => NodeKind::String(word.into()),
    })
}
