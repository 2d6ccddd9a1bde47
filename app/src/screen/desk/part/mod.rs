//! Pieces that several screens of the desk use.
//!
//! Absent: pieces of the handheld (`crate::part`).

pub mod chart;
pub mod context;
pub mod feed;
pub mod load;
pub mod note;
pub mod reason;
