//! From a process file to its apps.

use std::sync::Arc;

use super::{Ecosystem, Problem, ProcessFile};
use crate::js::Node;
use crate::pm2::Version;

/// What loading needs to know of the checkout.
pub trait Sources {
    /// The text of a file; `None` where there is none, or it is no text.
    fn text(&self, file: &str) -> Option<Arc<str>>;

    /// What a JavaScript, TypeScript or JSON file exports: `module.exports`, or the namespace object of an ES module.
    fn evaluate(&self, file: &str) -> Result<Node, Problem>;
}

/// Reads a process file. `None`: it only looked like one.
pub fn load(_file: &ProcessFile, _sources: &dyn Sources, _version: Version) -> Option<Ecosystem> {
    None
}
