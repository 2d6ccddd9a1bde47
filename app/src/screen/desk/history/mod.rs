//! The history of anything, from the facts.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
