//! The files of the checkout: containment in the root, ignore rules, text with a line index.

mod span;

pub use span::{Place, Span};

/// The checkout.
pub struct Checkout;
