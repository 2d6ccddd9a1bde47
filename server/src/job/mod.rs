//! What the server does by the clock, without anybody asking.
//!
//! Absent: deciding; that is in `shared`, and each job asks an action.

pub mod backup;
pub mod silence;
