//! The command line: one file per subcommand.

mod baseline;
mod check;
mod completions;
mod config;
mod exit;
mod explain;
mod fix;
mod fleet;
mod logs;
mod man;
mod outputs;
mod progress;
mod root;
mod rules;
mod settings;
mod terminal;
mod version;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use exit::Exit;
use exit::{Failure, guard, print};

/// Says what will go wrong, or did go wrong, when PM2 runs the Node apps of a checkout
///
/// It reads the process file, the code that the apps run and, where there is one, an archived ~/.pm2. It runs nothing
/// and needs no network.
#[derive(Debug, Parser)]
#[command(
    name = "pm2lint",
    disable_version_flag = true,
    arg_required_else_help = true,
    override_usage = "pm2lint <COMMAND>",
    max_term_width = 100,
    after_help = "Start with:\n  pm2lint check                             before a deploy, in a checkout\n  \
                  pm2lint check --logs /backup/.pm2         after an incident, with a copy of ~/.pm2\n  \
                  pm2lint explain unguarded-cron            what a finding means, and what to change"
)]
struct Cli {
    /// Print the version
    #[arg(short = 'V', long)]
    version: bool,
    /// With --version: the commit, the compiler and the versions of PM2 that are known
    #[arg(long, requires = "version")]
    verbose: bool,
    #[command(subcommand)]
    command: Option<Command>,
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
    Man(man::Args),
}

/// Runs pm2lint with `args`, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    guard(move || match Cli::try_parse_from(args) {
        Ok(cli) => cli.run(),
        Err(error) => no_command(&error),
    })
}

impl Cli {
    fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Some(command) if !self.version => command.run(),
            _ => print(&version::text(self.verbose)).map(|()| Exit::Clean),
        }
    }
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
            Command::Man(args) => args.run(),
        }
    }
}

/// `--help`, or arguments that make no sense.
fn no_command(error: &clap::Error) -> Result<Exit, Failure> {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
    match error.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}
