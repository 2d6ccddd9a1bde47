//! Paper count sheets: printing them, and typing in what was written on one.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
