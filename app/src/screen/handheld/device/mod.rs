//! How this handheld stands: what is saved where, whether the browser keeps it, which build it is, and the way out.

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;
