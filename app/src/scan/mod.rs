//! From the browser's events to scans: the glue around [`shared::scan`], and what a scan means here.
//!
//! Absent: listeners (`browser::keys`).

#[cfg(feature = "handheld")]
pub mod listen;
pub mod resolve;
