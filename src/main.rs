//! The `pm2lint` binary.

fn main() {}
