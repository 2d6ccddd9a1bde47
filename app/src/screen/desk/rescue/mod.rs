//! Counts carried in by hand: a file of a handheld, or its codes, and what became of them.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
