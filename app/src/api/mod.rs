//! What the desk asks the server: one typed function per route, one file per noun, in the messages of `shared::api`.
//!
//! Absent: the handheld's sync (that is `replica`), and caching. Every answer is fresh; screens keep what they show.

pub mod path;
pub mod trouble;

#[cfg(feature = "desk")]
pub mod backup;
#[cfg(feature = "desk")]
mod call;
#[cfg(feature = "desk")]
pub mod count;
#[cfg(feature = "desk")]
pub mod discrepancy;
#[cfg(feature = "desk")]
pub mod incident;
#[cfg(feature = "desk")]
pub mod label;
#[cfg(feature = "desk")]
pub mod mark;
#[cfg(feature = "desk")]
pub mod master;
#[cfg(feature = "desk")]
pub mod people;
#[cfg(feature = "desk")]
pub mod rescue;
#[cfg(feature = "desk")]
pub mod session;

pub use trouble::Trouble;
