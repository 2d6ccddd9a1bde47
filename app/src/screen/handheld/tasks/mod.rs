//! My bins, in walk order.
//!
//! Absent: every other screen.

pub mod model;
pub mod visited;
#[cfg(feature = "handheld")]
pub mod view;
