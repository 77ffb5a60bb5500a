//! The command line: one file per subcommand.

mod check;
mod completions;
mod config;
mod exit;
mod explain;
mod fix;
mod fleet;
mod logs;
mod outputs;
mod progress;
mod root;
mod rules;
mod settings;
mod terminal;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use exit::Exit;
use exit::{Failure, guard, print};

/// Says what will go wrong, or did go wrong, when PM2 runs the Node apps of a checkout. Runs nothing, needs no network.
#[derive(Debug, Parser)]
#[command(name = "pm2lint", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Box<check::Args>),
    Config(config::Args),
    Fleet(fleet::Args),
    Logs(logs::Args),
    Explain(explain::Args),
    Rules(rules::Args),
    Completions(completions::Args),
}

/// Runs pm2lint with `args`, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    guard(move || match Cli::try_parse_from(args) {
        Ok(cli) => cli.command.run(),
        Err(error) => no_command(&error),
    })
}

impl Command {
    fn run(self) -> Result<Exit, Failure> {
        match self {
            Command::Check(args) => args.run(),
            Command::Config(args) => args.run(),
            Command::Fleet(args) => args.run(),
            Command::Logs(args) => args.run(),
            Command::Explain(args) => args.run(),
            Command::Rules(args) => args.run(),
            Command::Completions(args) => args.run(),
        }
    }
}

/// `--help` and `--version`, or arguments that make no sense.
fn no_command(error: &clap::Error) -> Result<Exit, Failure> {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
    match error.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}
