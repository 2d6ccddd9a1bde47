//! One count: its tasks in walk order, reassigning, cancelling, closing.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
