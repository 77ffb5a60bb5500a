//! `pm2lint --version`

use crate::pm2;
use crate::rules::pages::PAGES;

/// The version, with all that a bug report should name where more is wanted.
pub fn text(is_verbose: bool) -> String {
    let version = concat!("pm2lint ", env!("CARGO_PKG_VERSION"), "\n");
    if !is_verbose {
        return version.to_owned();
    }
    format!(
        "{version}commit: {}\nrustc: {}\ntarget: {}\nPM2: {}\nNode: {}\nrules: {}\n",
        env!("PM2LINT_COMMIT"),
        env!("PM2LINT_RUSTC"),
        env!("PM2LINT_TARGET"),
        pm2::KNOWN_VERSIONS,
        pm2::KNOWN_NODE_VERSIONS,
        PAGES.len(),
    )
}
