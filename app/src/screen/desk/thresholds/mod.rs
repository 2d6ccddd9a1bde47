//! Tolerance rules and reasons.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
