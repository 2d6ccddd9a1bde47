//! My bins, in walk order.
//!
//! Absent: every other screen.

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
