//! HTTP: one route table, handlers of a few lines, one place for status codes.

pub mod bundle;
