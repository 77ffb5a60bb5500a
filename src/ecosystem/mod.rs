//! Process files: from the file to the apps that PM2 would see.

mod evaluate;

pub use evaluate::evaluate;
