//! `pm2lint completions SHELL`

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, Failure, print};

/// Prints the completion script of a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For example: `pm2lint completions bash > /etc/bash_completion.d/pm2lint`
    shell: Shell,
}

impl Args {
    pub fn run(self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "pm2lint", &mut script);
        print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Clean)
    }
}
