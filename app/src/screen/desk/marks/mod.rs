//! Marked entries, and deciding about them.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
