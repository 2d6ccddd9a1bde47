//! The figures, drawn.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
