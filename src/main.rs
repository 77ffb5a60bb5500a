//! The `pm2lint` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    pm2lint::cli::run(std::env::args_os()).into()
}
