//! Connecting a handheld to its site with a one-time code.
//!
//! Absent: every other screen.

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
