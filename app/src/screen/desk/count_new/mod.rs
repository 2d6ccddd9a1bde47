//! Making a count: picking zones or locations, naming it, assigning it.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
