//! The `pm2lint` binary.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pm2lint::cli::run(std::env::args_os()).into()
}
