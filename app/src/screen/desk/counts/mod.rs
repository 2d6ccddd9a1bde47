//! The list of counts with their progress.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
