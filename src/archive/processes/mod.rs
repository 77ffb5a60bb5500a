//! Lists of processes that were saved: `pm2 jlist`, `prettylist`, `describe`, `list`, `dump.pm2`.

pub(super) mod inspect;
pub(super) mod listing;
pub(super) mod process;
