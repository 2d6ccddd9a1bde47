//! The edge: HTTP and SQLite around the domain.

#![forbid(unsafe_code)]

pub mod action;
pub mod cli;
pub mod http;
pub mod import;
pub mod job;
pub mod label;
pub mod planted;
pub mod project;
pub mod read;
pub mod role;
pub mod store;
