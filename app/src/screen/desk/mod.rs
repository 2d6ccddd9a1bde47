//! The desk: dense, calm screens for leads, supervisors, auditors and admins; a folder per job.
//!
//! What can be thought without a browser is in the `model.rs` of each job and in `place`, `words`, `draw` and `keys`,
//! tested natively. Absent: floating point for any number that is shown; drawings use thousandths.

pub mod draw;
pub mod keys;
pub mod place;
pub mod words;

pub mod adjustments;
pub mod backups;
pub mod barcodes;
pub mod count_detail;
pub mod count_new;
pub mod counts;
pub mod dashboard;
pub mod discrepancies;
pub mod discrepancy;
pub mod history;
pub mod incidents;
pub mod labels;
pub mod marks;
pub mod paper;
pub mod people;
pub mod rescue;
pub mod thresholds;

#[cfg(feature = "desk")]
pub mod devices;
#[cfg(feature = "desk")]
pub mod findings;
#[cfg(feature = "desk")]
pub mod part;
#[cfg(feature = "desk")]
pub mod shell;
#[cfg(feature = "desk")]
pub mod sign_in;
