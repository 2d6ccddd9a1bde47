//! The edge: HTTP and SQLite around the domain.

pub mod http;
