//! What happens by the clock while the server runs.
//!
//! Absent: deciding; each job asks an action.

pub mod silence;
