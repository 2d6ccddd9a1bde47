//! The screens, a folder per bundle and below it a folder per job: `model.rs` thinks without Leptos and is tested
//! natively, `view.rs` draws.
//!
//! Absent: rules of the domain. A screen asks `shared` or shows what the server decided.

pub mod desk;
pub mod handheld;
