//! The desk's questions: one file a noun, SQL beside the function that reads its rows, by column name, returning the
//! messages of [`shared::api`].
//!
//! Absent: writing, and permissions: who may ask is decided before, by the route table. What a person without
//! `SeeBooks` may read is in functions that cannot hold a book quantity.

pub mod access;
pub mod adjustment;
pub mod backup;
pub mod barcode;
pub mod count;
pub mod dashboard;
pub mod device;
pub mod discrepancy;
pub mod doctor;
pub mod evidence;
pub mod export;
pub mod finding;
pub mod history;
pub mod incident;
pub mod item;
pub mod label;
pub mod location;
pub mod mark;
mod narrate;
pub mod person;
pub mod reason;
pub mod restore;
mod row;
pub mod search;
pub mod task;
pub mod threshold;
mod week;
