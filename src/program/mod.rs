//! From an entry to the modules it reaches: which source a built file comes from, which file a specifier means, and
//! what the libraries do that the modules call.

mod built;
pub mod catalog;
pub mod entry;
mod manifest;
mod memo;
pub mod modules;
pub mod resolve;
mod tsconfig;

#[cfg(test)]
mod fixture;
