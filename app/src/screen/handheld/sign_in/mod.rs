//! Who takes the handheld.
//!
//! Absent: every other screen.

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
