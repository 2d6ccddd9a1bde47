//! Labels of bins and items: choosing, looking, printing.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
