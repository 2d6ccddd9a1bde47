//! One discrepancy: its evidence, and deciding on it.

#[cfg(feature = "desk")]
mod decide;
pub mod model;
#[cfg(feature = "desk")]
pub mod view;
