//! From the browser's events to scans: the glue around [`shared::scan`], and what a scan means here.
//!
//! Absent: listeners (`browser::keys`).

pub mod resolve;
