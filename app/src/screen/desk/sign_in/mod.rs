//! The ways in: signing in, setting up a fresh server, joining by a one-time link.
//!
//! Absent: where to go afterwards (`place`).

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
