//! Errors among the lines: stacks that are put together, and signatures of what they mean.

pub(super) mod assemble;
pub(super) mod fingerprint;
pub(super) mod signature;
pub(super) mod stack;
