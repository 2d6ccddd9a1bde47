//! Adjustments: handing them over, acknowledging them.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
