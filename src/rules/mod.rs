//! The rules.

pub mod pages;
