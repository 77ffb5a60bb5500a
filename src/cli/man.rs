//! `pm2lint man`

use clap::{Command, CommandFactory};

use super::{Cli, Exit, Failure, print};

/// Prints the manual page, in roff
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  pm2lint man | man -l -\n  pm2lint man check > /usr/local/share/man/man1/pm2lint-check.1"
)]
pub struct Args {
    /// Of this subcommand [default: of pm2lint itself]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let mut page = Vec::new();
        clap_mangen::Man::new(command(self.command.as_deref())?).render(&mut page)?;
        print(&String::from_utf8_lossy(&page))?;
        Ok(Exit::Clean)
    }
}

/// The command whose page is wanted.
fn command(name: Option<&str>) -> Result<Command, Failure> {
    let mut whole = Cli::command();
    // Gives subcommands their full names: `pm2lint-check`.
    whole.build();
    let Some(name) = name else { return Ok(whole) };
    whole.find_subcommand(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
        Failure::usage(format!("there is no command `{name}`; there are {}", known.join(", ")))
    })
}
