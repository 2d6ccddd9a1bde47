//! The counter's screens: one folder a job, `model.rs` thinks, `view.rs` draws.
//!
//! Absent: storing and sending (`crate::replica`), reading scanners (`crate::scan`).

#[cfg(feature = "handheld")]
mod camera;
pub mod count;
pub mod device;
#[cfg(feature = "handheld")]
mod early;
pub mod enrol;
#[cfg(feature = "handheld")]
pub mod floor;
#[cfg(feature = "handheld")]
mod leave;
#[cfg(feature = "handheld")]
mod open;
pub mod rescue;
pub mod scanner;
#[cfg(feature = "handheld")]
pub mod settings;
#[cfg(feature = "handheld")]
pub mod shell;
pub mod sign_in;
pub mod tasks;
#[cfg(feature = "handheld")]
mod unsure;
#[cfg(feature = "handheld")]
pub mod write;
