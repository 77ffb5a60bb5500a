//! Programs that start another one: `npm start`, `npx tsx src/main.ts`. The Node program at the end is mostly a process below the
//! one that PM2 started: it has the same environment, and no channel to PM2. PM2's own code is never in it.

use std::sync::Arc;

use crate::checkout::{file_name, normalize};
use crate::commands::shell::{self, Simple};
use crate::modules::Resolver;
use crate::pm2::environment::{EnvValue, Variable, WorkerEnv};

/// The program that a command line comes to in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launched {
    /// The program.
    pub target: Target,
    /// Relative to the checkout.
    pub cwd: String,
    /// What follows the program.
    pub args: Vec<Arc<str>>,
    /// It is a process below the one that PM2 started, without a channel to PM2.
    pub is_child: bool,
    /// Variables that are set on the way.
    pub assigned: Vec<(Arc<str>, Arc<str>)>,
}

/// A program of Node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A script, as Node is given it.
    Script(String),
    /// A command that a package installs: `next`.
    Command(String),
}

/// Package scripts that lead to others, at most.
const MAX_STEPS: usize = 8;

/// Options of Node and of its loaders that take the next word.
const VALUED: [&str; 18] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-C",
    "--conditions",
    "--env-file",
    "--env-file-if-exists",
    "-P",
    "--project",
    "-T",
    "--tsconfig",
    "-O",
    "--compiler-options",
    "--cwd",
    "--dir",
    "--title",
];

/// Node, and Node with a loader.
const NODES: [&str; 11] = [
    "node",
    "nodejs",
    "ts-node",
    "ts-node-esm",
    "ts-node-script",
    "ts-node-transpile-only",
    "tsx",
    "babel-node",
    "esno",
    "swc-node",
    "vite-node",
];

/// Shells: PM2 gives a script with a space to bash, as `bash -c script`.
const SHELLS: [&str; 2] = ["bash", "sh"];

const PACKAGE_MANAGERS: [&str; 4] = ["npm", "yarn", "pnpm", "bun"];

/// Words between a package manager and the name of a script.
const RUN: [&str; 2] = ["run", "run-script"];

/// Words between a package manager and a command.
const EXEC: [&str; 3] = ["exec", "dlx", "x"];

/// Options of package managers that name the folder in which they run.
const FOLDER_OPTIONS: [&str; 4] = ["--prefix", "-C", "--cwd", "--dir"];

/// Options of package managers that name a package of the checkout.
const PACKAGE_OPTIONS: [&str; 4] = ["-w", "--workspace", "--filter", "-F"];

/// Programs that run the command behind them, as it is.
const RUNNERS: [&str; 7] = ["npx", "pnpx", "bunx", "cross-env", "cross-env-shell", "env", "exec"];

/// Launchers that are programs of Node themselves, so that a cluster worker can be one (measured, PM2 4 to 7): what they start
/// is a process of its own all the same.
pub(super) fn is_node_program(script: &str) -> bool {
    matches!(script, "npm" | "npx" | "yarn" | "pnpm" | "pnpx")
}

/// What `words` start in `cwd`; `None`: it is not known.
pub(super) fn launched(resolver: &Resolver, cwd: &str, words: Vec<String>) -> Option<Launched> {
    let launched = Launched {
        target: Target::Script(String::new()),
        cwd: cwd.to_owned(),
        args: Vec::new(),
        is_child: false,
        assigned: Vec::new(),
    };
    launched.follow(resolver, words, MAX_STEPS)
}

impl Launched {
    /// Sets what is set on the way.
    pub fn assign(&self, env: &mut WorkerEnv) {
        for (name, value) in &self.assigned {
            let (value, assumed_unset) = (EnvValue::Known(value.clone()), Vec::new());
            env.variables.insert(name.clone(), Variable { name: name.clone(), value, place: None, assumed_unset });
        }
    }

    fn follow(mut self, resolver: &Resolver, words: Vec<String>, steps: usize) -> Option<Self> {
        let (program, rest) = words.split_first()?;
        if let Some((name, value)) = assignment(program) {
            self.assigned.push((name, value));
            return self.follow(resolver, rest.to_vec(), steps);
        }
        let name = file_name(program);
        if let (true, [option, command]) = (SHELLS.contains(&name), rest)
            && option == "-c"
        {
            // A shell hands the channel on.
            return self.commands(resolver, command, Vec::new(), steps.checked_sub(1)?);
        }
        let is_launched = steps < MAX_STEPS;
        self.is_child |= !NODES.contains(&name);
        match name {
            name if NODES.contains(&name) => self.node(rest),
            name if PACKAGE_MANAGERS.contains(&name) => self.package_script(resolver, rest, steps.checked_sub(1)?),
            name if RUNNERS.contains(&name) => {
                let command = rest.iter().skip_while(|word| matches!(&***word, "-y" | "--yes" | "--")).cloned();
                self.follow(resolver, command.collect(), steps.checked_sub(1)?)
            }
            "nest" if is_launched => Some(self.nest(rest)),
            name if is_launched => {
                self.target = Target::Command(name.to_owned());
                self.args = rest.iter().map(|word| word.as_str().into()).collect();
                Some(self)
            }
            // The script of the app itself.
            _ => None,
        }
    }

    /// The first word that is no option is the script.
    fn node(mut self, words: &[String]) -> Option<Self> {
        let mut words = words.iter();
        let script = loop {
            let word = words.next()?;
            if VALUED.contains(&&**word) {
                words.next();
            } else if word == "watch" {
                // `tsx watch main.ts` starts it anew in a process of its own.
                self.is_child = true;
            } else if !word.starts_with('-') {
                break word;
            }
        };
        self.target = Target::Script(script.clone());
        self.args = words.map(|word| word.as_str().into()).collect();
        Some(self)
    }

    /// `nest start` runs what it has built: of a project, where one is named.
    fn nest(mut self, words: &[String]) -> Self {
        let mut named = words.iter().filter(|word| !word.starts_with('-'));
        self.target = match (named.next().map(String::as_str), named.next()) {
            (Some("start"), None) => Target::Script("dist/main.js".into()),
            (Some("start"), Some(project)) => Target::Script(format!("dist/apps/{project}/main.js")),
            _ => Target::Command("nest".into()),
        };
        self
    }

    /// The words without those that name another folder or package, into which it goes.
    fn moved_by(&mut self, resolver: &Resolver, words: &[String]) -> Option<Vec<String>> {
        let mut kept = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let (option, value, taken) = valued(word, words.get(at + 1));
            if word == "--" {
                kept.extend_from_slice(&words[at..]);
                break;
            } else if FOLDER_OPTIONS.contains(&option) {
                self.cwd = normalize(&self.cwd, value?)?;
            } else if PACKAGE_OPTIONS.contains(&option) || (at == 0 && word == "workspace") {
                self.cwd = resolver.package(&self.cwd, value?)?;
            } else {
                kept.push(word.clone());
                at += 1;
                continue;
            }
            at += taken;
        }
        Some(kept)
    }

    /// `npm start`, `npm run serve -- --port 1`: a script of the package.json here or above. What is no script is a command,
    /// for yarn and its like.
    fn package_script(mut self, resolver: &Resolver, words: &[String], steps: usize) -> Option<Self> {
        let words = self.moved_by(resolver, words)?;
        let mut words = words.iter().skip_while(|word| word.starts_with('-'));
        let first = words.next()?;
        let name = if RUN.contains(&&**first) { words.next()? } else { first };
        let mut further = words.filter(|word| *word != "--").cloned();
        if EXEC.contains(&&**first) {
            return self.follow(resolver, further.collect(), steps);
        }
        let Some((directory, text)) = resolver.package_script(&self.cwd, name) else {
            return self.follow(resolver, std::iter::once(name.clone()).chain(further.by_ref()).collect(), steps);
        };
        self.cwd = directory;
        self.commands(resolver, &text, further.collect(), steps)
    }

    /// A command line, with further words at its end: the last of its commands is the one that stays.
    fn commands(mut self, resolver: &Resolver, text: &str, further: Vec<String>, steps: usize) -> Option<Self> {
        let commands = shell::commands(text);
        let (last, before) = commands.split_last()?;
        if before.iter().any(|command| command.then != "&&") || !last.then.is_empty() {
            return None;
        }
        self.cwd = before.iter().try_fold(self.cwd, moved)?;
        let words = last.words.iter().cloned().chain(further).collect();
        self.follow(resolver, words, steps)
    }
}

/// An option and its value: `--prefix api`, `--prefix=api`.
fn valued<'w>(word: &'w str, next: Option<&'w String>) -> (&'w str, Option<&'w str>, usize) {
    match word.split_once('=') {
        Some((option, value)) if option.starts_with("--") => (option, Some(value), 1),
        _ => (word, next.map(String::as_str), 2),
    }
}

/// The folder after a command: `cd api`.
fn moved(directory: String, command: &Simple) -> Option<String> {
    match command.words.as_slice() {
        [cd, folder] if cd == "cd" => normalize(&directory, folder),
        _ => Some(directory),
    }
}

/// `NAME=value`
fn assignment(word: &str) -> Option<(Arc<str>, Arc<str>)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name.into(), value.into()))
}
