//! JavaScript and TypeScript: swc lives here and nowhere else.

mod comments;
pub mod eval;
pub mod heap;
pub mod ir;
mod lower;
mod nesting;
mod node;
mod number;
mod parse;
mod stack;
pub mod value;

pub use comments::comments;
pub use lower::{lower, lower_json};
pub use node::{Entry, Node, NodeKind};
pub use number::number_to_string;
pub use parse::{Dialect, SyntaxError};
pub use stack::{STACK_SIZE, with_large_stack};
