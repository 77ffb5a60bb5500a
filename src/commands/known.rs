//! The flags that PM2's command lines know, as they declare them: `-n --name <name>` takes the next word, `-l --log [path]`
//! takes it unless it is a flag. lib/binaries of 4.5.6, 5.4.3, 6.0.14 and 7.0.4.

use super::{Command, Flag};

/// Those of `pm2 start`. lib/binaries/CLI.js:31 and :265 (v7.0.4).
const OF_START: &str = include_str!("../../rules/pm2/flags.txt");

/// Those of its other verbs and of its other programs.
const ELSEWHERE: &str = include_str!("../../rules/pm2/flags-elsewhere.txt");

impl Command {
    /// The first flag that `pm2` does not know, where that starts or restarts: it says `error: unknown option` and does nothing
    /// (commander 2.15.1, index.js:820). `pm2-runtime` passes over such flags. lib/binaries/Runtime4Docker.js:45 (v7.0.4).
    pub fn unknown_flag(&self) -> Option<&Flag> {
        let refuses = &*self.program == "pm2" && (self.starts() || self.reloads() || &*self.verb == "restart");
        self.flags.iter().find(|flag| refuses && !flag.is_known())
    }
}

impl Flag {
    /// Whether `pm2 start` knows it, as far as is known: a shell may fill it in, and letters behind one `-` are several flags.
    pub fn is_known(&self) -> bool {
        let is_several = self.name.len() != 2 && !self.name.starts_with("--");
        is_several || self.name.contains(['$', '`', '{', '<']) || declared(OF_START, &self.name).is_some()
    }
}

/// Whether a flag takes the word behind it. One that is not known does unless that is a flag. commander 2.15.1, index.js:750.
pub(super) fn takes(flag: &str, next: &str) -> bool {
    let declaration = declared(OF_START, flag).or_else(|| declared(ELSEWHERE, flag));
    match declaration.map(|line| (line.contains('<'), line.contains('['))) {
        Some((true, _)) => true,
        Some((false, false)) => false,
        Some((false, true)) | None => !next.starts_with('-'),
    }
}

fn declared(flags: &'static str, flag: &str) -> Option<&'static str> {
    flags.lines().find(|line| line.split(' ').any(|name| name == flag))
}
