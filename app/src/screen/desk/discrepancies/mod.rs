//! The queue of discrepancies, worst value first.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
