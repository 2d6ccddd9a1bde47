//! What went wrong with handhelds, logs and the server, and closing it.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
