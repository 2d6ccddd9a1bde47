//! Taking what this handheld holds off it by hand: as a file, or as codes on its screen.

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
