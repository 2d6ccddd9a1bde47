//! Who works here: roles, limits, one-time links.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
