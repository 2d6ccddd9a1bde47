//! Backups: what there is, when the next is made, going back to one, and who has healed since.

pub mod model;
#[cfg(feature = "desk")]
pub mod view;
