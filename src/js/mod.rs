//! JavaScript and TypeScript: swc lives here and nowhere else.

pub mod ir;
mod node;

pub use node::{Entry, Node, NodeKind};
