//! JavaScript and TypeScript: swc lives here and nowhere else.

pub mod eval;
pub mod heap;
pub mod ir;
mod node;
pub mod value;

pub use node::{Entry, Node, NodeKind};
