//! What is written in a log: lines, their dates and wrappers, the names of files.

pub(super) mod cursor;
pub(super) mod day_order;
pub(super) mod decode;
mod entry;
pub(super) mod envelope;
pub(super) mod excerpt;
pub(super) mod export;
pub(super) mod format;
pub(super) mod lines;
pub(super) mod naming;
pub(super) mod stamp;
pub(super) mod unpack;
pub(super) mod window;
