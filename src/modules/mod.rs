//! The modules of a checkout: which file a specifier means, which source a built file comes from, and each source lowered once.

mod built;
mod catalogs;
mod dotenv;
pub mod entry;
mod lockfiles;
mod lowered;
mod manifest;
mod memo;
pub mod models;
pub mod resolve;
mod tsconfig;
pub mod version;
mod versions;
mod yaml;

#[cfg(test)]
pub(crate) mod fixture;

pub use dotenv::EnvFiles;
pub use entry::{Entry, entry};
pub use lowered::Modules;
pub use resolve::{Resolution, Resolver};
