//! One discrepancy: its evidence, and deciding on it.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
