//! What `pm2lint --version --verbose` tells of the build. A source tree without git builds all the same.

use std::process::Command;

/// Hands the facts to the crate as environment variables of its compilation.
pub fn tell() {
    let rustc = std::env::var("RUSTC").unwrap_or_default();
    println!("cargo::rustc-env=PM2LINT_RUSTC={}", output(&rustc, &["--version"]).unwrap_or_else(unknown));
    println!("cargo::rustc-env=PM2LINT_TARGET={}", std::env::var("TARGET").unwrap_or_default());
    println!("cargo::rustc-env=PM2LINT_COMMIT={}", commit());
}

/// The commit of a release build: another commit must not rebuild what is being worked on.
fn commit() -> String {
    if std::env::var("PROFILE").is_ok_and(|profile| profile != "release") {
        return "not recorded in a debug build".to_owned();
    }
    packaged().or_else(checked_out).unwrap_or_else(unknown)
}

/// From the file that `cargo package` puts beside the sources.
fn packaged() -> Option<String> {
    let info = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = info.split_once("\"sha1\": \"")?;
    Some(rest.get(..12)?.to_owned())
}

/// From git, if this is the checkout itself and not a copy inside another one.
fn checked_out() -> Option<String> {
    if !output("git", &["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    let log = output("git", &["rev-parse", "--git-path", "logs/HEAD"])?;
    if std::path::Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    output("git", &["rev-parse", "--short=12", "HEAD"])
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}
