//! From the words of a command to what it asks of PM2.

use std::sync::Arc;

use super::known::takes;
use super::shell::{self, Simple};
use super::sources::Script;
use super::{Command, Flag, Runner, apps};
use crate::checkout::{Place, Span, file_name};

/// PM2's programs.
const PROGRAMS: [&str; 4] = ["pm2", "pm2-runtime", "pm2-docker", "pm2-dev"];

/// Words before the program that only say how to run it.
const RUNNERS: [&str; 22] = [
    "sudo",
    "exec",
    "npx",
    "yarn",
    "pnpm",
    "bunx",
    "bun",
    "dlx",
    "run",
    "env",
    "time",
    "nohup",
    "command",
    "tini",
    "dumb-init",
    "then",
    "do",
    "else",
    "!",
    "{",
    "cross-env",
    "node",
];

/// The commands of PM2 in a script.
pub(super) fn in_script(script: &Script) -> Vec<Command> {
    let Some(words) = &script.words else { return in_shell(script, &script.text) };
    let whole = Simple { words: words.clone(), ..Simple::default() };
    let inner = match words.as_slice() {
        [.., flag, text] if flag.starts_with('-') && flag.ends_with('c') => in_shell(script, text),
        _ => Vec::new(),
    };
    command(script, &whole, Runner::Container).into_iter().chain(inner).collect()
}

fn in_shell(script: &Script, text: &str) -> Vec<Command> {
    let mut folder = script.folder.clone();
    let mut commands = Vec::new();
    for simple in shell::commands(text) {
        folder = apps::changed(&folder, &simple.words).unwrap_or(folder);
        commands.extend(
            command(script, &simple, Runner::Shell).map(|command| Command { folder: folder.clone(), ..command }),
        );
    }
    commands
}

fn command(script: &Script, simple: &Simple, runner: Runner) -> Option<Command> {
    let is_prefix = |word: &&String| {
        RUNNERS.contains(&file_name(word)) || word.starts_with('-') || (word.contains('=') && !word.starts_with('='))
    };
    let before = simple.words.iter().take_while(is_prefix).count();
    let mut words = simple.words.iter().skip(before);
    let program = words.next().map(|word| file_name(word)).filter(|program| PROGRAMS.contains(program))?;
    let mut command = Command {
        place: script.place_of(simple),
        program: program.into(),
        verb: "".into(),
        targets: Vec::new(),
        flags: Vec::new(),
        args: Vec::new(),
        assigned: simple.words.iter().take(before).filter_map(|word| assignment(word)).collect(),
        folder: script.folder.clone(),
        script: script.name.clone(),
        by: if simple.words.first().is_some_and(|first| first == "exec") { Runner::Replaced } else { runner },
        is_last: simple.then.trim().is_empty(),
    };
    read(&mut command, words.map(|word| &**word));
    (!command.verb.is_empty()).then_some(command)
}

/// `NAME=value`, in front of a command.
fn assignment(word: &str) -> Option<(Arc<str>, Arc<str>)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name.into(), value.into()))
}

fn read<'w>(command: &mut Command, words: impl Iterator<Item = &'w str>) {
    let mut plain: Vec<Arc<str>> = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            command.args = words.map(Arc::from).collect();
            break;
        }
        let Some(flag) = word.strip_prefix('-').map(|_| word) else {
            plain.push(word.into());
            continue;
        };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, words.next_if(|next| takes(flag, next))),
        };
        command.flags.push(Flag { name: name.into(), value: value.map(Arc::from) });
    }
    let is_pm2 = &*command.program == "pm2";
    let has_verb = is_pm2 || plain.first().is_some_and(|word| **word == *"start");
    command.verb = match has_verb && !plain.is_empty() {
        true => plain.remove(0),
        // PM2 by itself asks for nothing, and `npm run pm2` is a script of that name.
        false if is_pm2 => "".into(),
        false => "start".into(),
    };
    command.targets = plain;
}

impl Script {
    /// Where a command stands in the file: its own words if the file has them as they are, else the whole script.
    fn place_of(&self, simple: &Simple) -> Place {
        let words = self.text.get(simple.range.clone()).filter(|words| !words.is_empty());
        let start = words.and_then(|words| Some((self.raw.find(words)?, words.len())));
        match start {
            Some((start, length)) => {
                let start = self.place.span.start + start as u32;
                Place::new(self.place.file.clone(), Span::new(start, start + length as u32))
            }
            None => self.place.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<Command> {
        let place = Place::new("deploy.sh", Span::new(0, text.len() as u32));
        in_script(&Script { text: text.into(), raw: text.into(), words: None, place, folder: "".into(), name: None })
    }

    #[test]
    fn what_runs_pm2_is_passed_over_and_what_only_names_it_too() {
        let found = commands(
            "sudo -E pm2 reload 0\nnpx pm2-runtime ecosystem.config.js --env prod\nNODE_ENV=x ./node_modules/.bin/pm2 scale api +2\n\
             npm i -g pm2\necho pm2 stop all\npnpm run pm2\npm2 --version\npm2 start a.js -i max -- --port 1",
        );
        let told: Vec<_> = found.iter().map(|command| (&*command.verb, command.targets.join(" "))).collect();
        let expected = [("reload", "0"), ("start", "ecosystem.config.js"), ("scale", "api +2"), ("start", "a.js")];
        assert_eq!(told, expected.map(|(verb, targets)| (verb, targets.to_owned())));
        assert_eq!(found[1].value("--env", "").map(|env| &**env), Some("prod"));
        assert_eq!(found[0].place.span, Span::new(0, 20));
    }

    /// `--instance-var` was taken for an option; PM2 7.0.4 says "error: unknown option `--instance-var'", with exit code 1.
    #[test]
    fn a_flag_that_pm2_does_not_know_is_no_option() {
        let found = commands(
            "pm2 start a.js --instance-var WORKER\npm2-runtime a.js --instance-var WORKER\npm2 start a.js --kill-timeout 5 -fx $MORE -- --port 1",
        );
        let unknown = |command: &Command| command.unknown_flag().map(|flag| flag.name.to_string());
        assert_eq!(found.iter().map(unknown).collect::<Vec<_>>(), [Some("--instance-var".into()), None, None]);
        assert!(
            found[..2].iter().all(|command| command.flags[0].option().is_none() && *command.targets == ["a.js".into()])
        );
        assert!(found[2].flags[0].option().is_some());
    }

    /// A script that was taken for a second app: `--watch dist` watches `dist`.
    #[test]
    fn a_path_after_watch_is_what_is_watched() {
        let found = commands("pm2 start a.js --watch dist --name x\npm2 start b.js --watch --name y");
        let watched = |command: &Command| command.value("--watch", "").map(|path| path.to_string());
        assert_eq!(found.iter().map(watched).collect::<Vec<_>>(), [Some("dist".into()), None]);
        assert_eq!(found.iter().map(|command| command.targets.join(" ")).collect::<Vec<_>>(), ["a.js", "b.js"]);
    }
}
