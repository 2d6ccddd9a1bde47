//! What the desk and the server say to each other: one file a noun, one struct a message. Requests refuse unknown
//! fields; quantities and money are decimal text. Sites are named by code in the path: `/api/v1/sites/{site}/…`.
//!
//! Absent: anything a handheld syncs (that is [`crate::sync::message`]).

#![allow(missing_docs)] // a field's name says what it is; what does not is documented

pub mod backup;
pub mod count;
pub mod dashboard;
pub mod discrepancy;
pub mod history;
pub mod incident;
pub mod label;
pub mod mark;
pub mod master;
pub mod paper;
pub mod people;
pub mod problem;
pub mod rescue;
pub mod session;
