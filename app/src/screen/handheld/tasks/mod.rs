//! My bins, in walk order.
//!
//! Absent: every other screen.

#[cfg(feature = "handheld")]
pub mod again;
pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
pub mod visited;
