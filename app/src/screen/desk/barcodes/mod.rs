//! Barcodes nobody knows, and naming them.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
